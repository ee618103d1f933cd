#include <algorithm>

#include "base/text.hh"
#include "cloud/paging.hh"
#include "services/route53/zone.hh"

// Changes and their progress, and the tags of zones and health checks.
namespace mainstay::route53 {
namespace {

// AWS's servers have a change "usually within 60 seconds"; this cloud has it at once, but shows
// PENDING for a moment so that clients which must wait are seen to wait.
constexpr int64_t pending_ms = 50;
constexpr size_t tags_max = 50;

struct Tagged {
  std::string_view type, table, member, code, noun;
};
constexpr Tagged kinds[] = {
    {"hostedzone", "zone", "Id", "NoSuchHostedZone", "hosted zone"},
    {"healthcheck", "health-check", "Id", "NoSuchHealthCheck", "health check"}};

Result<const Tagged*> kind_of(const Value& in) {
  for (const Tagged& k : kinds)
    if (k.type == in["ResourceType"].as_string()) return &k;
  return aws_error("InvalidInput", "Unknown resource type " + in["ResourceType"].as_string());
}

Result<Value> tagged_document(Call& call, const Tagged& kind, const std::string& id) {
  const Value* document = call.find(kind.table, id);
  if (!document)
    return aws_error(std::string(kind.code),
                     "No " + std::string(kind.noun) + " found with ID: " + id, 404);
  return *document;
}

Value tag_set(const Tagged& kind, const std::string& id, const Value& document) {
  return Value::map({{"ResourceType", kind.type},
                     {"ResourceId", id},
                     {"Tags", document["_tags"].is_list() ? document["_tags"] : Value::list()}});
}

}  // namespace

Value change_info(const Value& change, Time now) {
  Value out = change;
  bool done = now - change["SubmittedAt"].as_time() >= pending_ms;
  return out.set("Status", done ? "INSYNC" : "PENDING");
}

Value new_change(Call& call, const Value& comment) {
  std::string id = "C" + call.random.alphanumeric(20);
  Value change = Value::map({{"Id", "/change/" + id}, {"SubmittedAt", call.now}});
  if (comment.is_string()) change.set("Comment", comment);
  call.put("change", id, change);
  return change_info(change, call.now);
}

Result<Value> get_change(Call& call, const Value& in) {
  std::string id = bare_id(in["Id"].as_string());
  const Value* change = call.find("change", id);
  if (!change) return aws_error("NoSuchChange", "Could not find resource with ID: " + id, 404);
  return Value::map({{"ChangeInfo", change_info(*change, call.now)}});
}

Result<Value> change_tags(Call& call, const Value& in) {
  TRY(const Tagged* kind, kind_of(in));
  std::string id = bare_id(in["ResourceId"].as_string());
  TRY(Value document, tagged_document(call, *kind, id));
  Value tags = cloud::without_tags(document["_tags"], in["RemoveTagKeys"]);
  tags = cloud::merge_tags(tags, in["AddTags"]);
  if (tags.size() > tags_max)
    return aws_error("InvalidInput", "A resource can have no more than 50 tags.");
  call.put(kind->table, id, document.set("_tags", std::move(tags)));
  return Value::map({});
}

Result<Value> list_tags(Call& call, const Value& in) {
  TRY(const Tagged* kind, kind_of(in));
  std::string id = bare_id(in["ResourceId"].as_string());
  TRY(Value document, tagged_document(call, *kind, id));
  return Value::map({{"ResourceTagSet", tag_set(*kind, id, document)}});
}

Result<Value> list_tags_for_many(Call& call, const Value& in) {
  TRY(const Tagged* kind, kind_of(in));
  Value sets = Value::list();
  for (const Value& resource : in["ResourceIds"].items()) {
    std::string id = bare_id(resource.as_string());
    TRY(Value document, tagged_document(call, *kind, id));
    sets.push_back(tag_set(*kind, id, document));
  }
  return Value::map({{"ResourceTagSets", std::move(sets)}});
}

}  // namespace mainstay::route53
