#include "services/s3/notification.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/target.hh"
#include "services/s3/notification_target.hh"
#include "wire/arn.hh"
#include "wire/server.hh"

namespace mainstay::s3 {
namespace {

constexpr std::string_view empty_etag = "d41d8cd98f00b204e9800998ecf8427e";

// How EventBridge words an event ("EventBridge event schema", user guide).
struct BusWords {
  std::string_view event, detail_type, reason, deletion;
};
constexpr BusWords bus_words[] = {
    {"ObjectCreated:Put", "Object Created", "PutObject", ""},
    {"ObjectCreated:Post", "Object Created", "POST Object", ""},
    {"ObjectCreated:Copy", "Object Created", "CopyObject", ""},
    {"ObjectCreated:CompleteMultipartUpload", "Object Created", "CompleteMultipartUpload", ""},
    {"ObjectRemoved:Delete", "Object Deleted", "DeleteObject", "Permanently Deleted"},
    {"ObjectRemoved:DeleteMarkerCreated", "Object Deleted", "DeleteObject",
     "Delete Marker Created"},
    {"LifecycleExpiration:Delete", "Object Deleted", "Lifecycle Expiration", "Permanently Deleted"},
    {"LifecycleExpiration:DeleteMarkerCreated", "Object Deleted", "Lifecycle Expiration",
     "Delete Marker Created"},
    {"LifecycleTransition", "Object Storage Class Changed", "", ""},
    {"ObjectRestore:Post", "Object Restore Initiated", "", ""},
    {"ObjectRestore:Completed", "Object Restore Completed", "", ""},
    {"ObjectRestore:Delete", "Object Restore Expired", "", ""},
    {"ObjectTagging:Put", "Object Tags Added", "", ""},
    {"ObjectTagging:Delete", "Object Tags Deleted", "", ""},
    {"ObjectAcl:Put", "Object ACL Updated", "", ""},
};

bool is_of(std::string_view event, std::string_view family) {
  return event.starts_with(family);
}

// Versions 2.2 and 2.3 are of the events that came later ("Event message structure").
std::string_view version_of(std::string_view event) {
  if (is_of(event, "Replication:")) return "2.2";
  bool later = is_of(event, "Lifecycle") || is_of(event, "ObjectTagging") ||
               is_of(event, "ObjectAcl") || event == "ObjectRestore:Delete";
  return later ? "2.3" : "2.1";
}

bool is_sequenced(std::string_view event) {
  return is_of(event, "ObjectCreated") || is_of(event, "ObjectRemoved") ||
         event == "LifecycleExpiration:Delete" ||
         event == "LifecycleExpiration:DeleteMarkerCreated";
}

// Rises from event to event of this part of the state, whatever the clock does.
std::string next_sequencer(Call& call) {
  const Value* last = call.find("sequence", "last");
  int64_t number = std::max(last ? (*last)["Number"].as_int() + 1 : 0, call.now.ms << 12);
  call.put("sequence", "last", Value::map({{"Number", number}}));
  constexpr int digits = 16;
  std::string out;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out += "0123456789ABCDEF"[number >> shift & 15];
  return out;
}

std::string plain_etag(const Value& object) {
  if (object["_Marker"].as_bool()) return std::string(empty_etag);
  std::string etag = object["ETag"].as_string();
  std::erase(etag, '"');
  return etag;
}

// Keys are encoded as in a form: a space is a plus sign ("Event message structure").
std::string form_encoded(const std::string& key) {
  std::string out = percent_encode(key, true);
  constexpr std::string_view space = "%20";
  for (size_t at = out.find(space); at != std::string::npos; at = out.find(space, at + 1))
    out.replace(at, space.size(), "+");
  return out;
}

// What both kinds of message say of the object, in the words of one of them.
struct ObjectWords {
  const char *etag, *version;
  bool is_form;
};
Value object_part(const Value& bucket, std::string_view event, const Value& object,
                  const std::string& sequencer, const ObjectWords& words) {
  const std::string& key = object["Key"].as_string();
  Value out = Value::map({{"key", words.is_form ? form_encoded(key) : key}});
  bool is_there = is_of(event, "ObjectCreated") || is_of(event, "ObjectRestore") ||
                  is_of(event, "LifecycleTransition");
  if (is_there) out.set("size", object["Size"]);
  if (is_there || object["_Marker"].as_bool() || is_of(event, "ObjectTagging") ||
      is_of(event, "ObjectAcl"))
    out.set(words.etag, plain_etag(object));
  if (versioned(bucket)) out.set(words.version, object["VersionId"]);
  if (!sequencer.empty()) out.set("sequencer", sequencer);
  return out;
}

std::string principal_of(const Call& call) {
  if (call.caller.kind == cloud::Caller::Kind::service) return "s3.amazonaws.com";
  return "AWS:" + call.caller.user_id;
}

Value record_of(const Call& call, const Value& bucket, std::string_view event, const Value& object,
                const std::string& sequencer) {
  Value about = object_part(bucket, event, object, sequencer, {"eTag", "versionId", true});
  Value who = Value::map({{"principalId", principal_of(call)}});
  Value owner = Value::map({{"principalId", owner_of(bucket["_account"].as_string())["ID"]}});
  Value out = Value::map(
      {{"eventVersion", version_of(event)},
       {"eventSource", "aws:s3"},
       {"awsRegion", bucket["BucketRegion"]},
       {"eventTime", format_iso8601(call.now, true)},
       {"eventName", event},
       {"userIdentity", std::move(who)},
       {"requestParameters", Value::map({{"sourceIPAddress", call.caller.source_ip}})},
       {"responseElements", Value::map({{"x-amz-request-id", call.request_id},
                                        {"x-amz-id-2", wire::s3_host_id(call.request_id)}})},
       {"s3", Value::map({{"s3SchemaVersion", "1.0"},
                          {"configurationId", ""},
                          {"bucket", Value::map({{"name", bucket["Name"]},
                                                 {"ownerIdentity", std::move(owner)},
                                                 {"arn", arn_of_bucket(bucket)}})},
                          {"object", std::move(about)}})}});
  if (event == "ObjectRestore:Completed")
    out.set("glacierEventData",
            Value::map({{"restoreEventData",
                         Value::map({{"lifecycleRestorationExpiryTime",
                                      format_iso8601(object["_RestoredUntil"].as_time(), true)},
                                     {"lifecycleRestoreStorageClass", object["StorageClass"]}})}}));
  return out;
}

void tell_bus(Call& call, const Value& bucket, std::string_view event, const Value& object,
              const std::string& sequencer) {
  const std::string &account = bucket["_account"].as_string(),
                    &region = bucket["BucketRegion"].as_string();
  const auto* words = std::ranges::find(bus_words, event, &BusWords::event);
  if (words == std::end(bus_words) || !call.cloud.audience().has(account, region)) return;
  bool is_service = call.caller.kind == cloud::Caller::Kind::service;
  Value detail = Value::map(
      {{"version", "0"},
       {"bucket", Value::map({{"name", bucket["Name"]}})},
       {"object", object_part(bucket, event, object, sequencer, {"etag", "version-id", false})},
       {"request-id", call.request_id},
       {"requester", is_service ? "s3.amazonaws.com" : call.caller.account}});
  if (!call.caller.source_ip.empty()) detail.set("source-ip-address", call.caller.source_ip);
  if (!words->reason.empty()) detail.set("reason", words->reason);
  if (!words->deletion.empty()) detail.set("deletion-type", words->deletion);
  if (words->event == "LifecycleTransition")
    detail.set("destination-storage-class", object["StorageClass"]);
  Value entry = Value::map({{"Source", "aws.s3"},
                            {"DetailType", words->detail_type},
                            {"Detail", to_json(detail)},
                            {"Resources", Value::list({arn_of_bucket(bucket)})},
                            {"Time", call.now}});
  call.later({.service = "events",
              .operation = "PutEvents",
              .input = Value::map({{"Entries", Value::list({std::move(entry)})}}),
              .account = account,
              .region = region,
              .caller = cloud::Caller::service_principal(account, "s3.amazonaws.com"),
              .lane = "bus/" + bucket["Name"].as_string()});
}

}  // namespace

void tell_event(Call& call, const Value& bucket, std::string_view event, const Value& object) {
  const Value& configuration = bucket["_Notification"];
  if (configuration.empty()) return;
  std::string sequencer;
  Value record;
  for (const TargetKind& kind : target_kinds)
    for (const Value& row : configuration[kind.list].items()) {
      if (!wants(row, event, object["Key"].as_string())) continue;
      if (sequencer.empty() && is_sequenced(event)) sequencer = next_sequencer(call);
      if (record.is_null()) record = record_of(call, bucket, event, object, sequencer);
      Value own = record["s3"];
      own.set("configurationId", row["Id"]);
      Value told = record;
      Value message = Value::map({{"Records", Value::list({told.set("s3", std::move(own))})}});
      send(call, bucket, row[kind.arn].as_string(), to_json(message));
    }
  if (!configuration.has("EventBridgeConfiguration")) return;
  if (sequencer.empty() && is_sequenced(event)) sequencer = next_sequencer(call);
  tell_bus(call, bucket, event, object, sequencer);
}

}  // namespace mainstay::s3
