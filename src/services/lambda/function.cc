#include "services/lambda/function.hh"

#include "base/digest.hh"
#include "base/text.hh"
#include "cloud/paging.hh"
#include "cloud/partition.hh"

namespace mainstay::lambda {
namespace {

// "2024-05-01T12:00:00.000+0000"
std::string last_modified(const Value& time) {
  std::string text = format_iso8601(time.as_time(), true);
  return text.substr(0, text.size() - 1) + "+0000";
}

// Which build of a runtime runs: AWS names it by a hash. Here it is one a runtime.
Value runtime_version(const Call& call, const std::string& runtime) {
  return Value::map({{"RuntimeVersionArn", "arn:" + std::string(cloud::partition_of(call.region)) +
                                               ":lambda:" + call.region +
                                               "::runtime:" + hex_encode(sha256(runtime))}});
}

// What AWS takes, about: nothing is told of it but that it takes a while.
constexpr int64_t creation_ms = 2'000, update_ms = 1'500;

void set_created(Value& out) {
  out.erase("LastUpdateStatus");
  out.set("State", "Pending");
  out.set("StateReason", "The function is being created.");
  out.set("StateReasonCode", "Creating");
}

void set_updated(Value& out) {
  out.set("LastUpdateStatus", "InProgress");
  out.set("LastUpdateStatusReason", "The function is being created.");
  out.set("LastUpdateStatusReasonCode", "Creating");
}

}  // namespace

bool is_pending(const Call& call, const Value& document) {
  return call.now - document["Created"].as_time() < call.duration(creation_ms);
}

bool is_updating(const Call& call, const Value& document) {
  return call.now - document["Changed"].as_time() < call.duration(update_ms);
}

std::string current_revision(const Call& call, const Value& document) {
  bool settled = !is_pending(call, document) && !is_updating(call, document);
  bool has_another = settled && document.has("RevisionOnceSettled");
  return document[has_another ? "RevisionOnceSettled" : "Revision"].as_string();
}

Status check_settled(const Call& call, const Value& document) {
  const char* start = "The operation cannot be performed at this time. ";
  if (is_pending(call, document))
    return conflict(std::string(start) +
                    "The function is currently in the following state: Pending");
  if (is_updating(call, document))
    return conflict(std::string(start) + "An update is in progress for resource: " +
                    function_arn(call, document["Name"].as_string()));
  return {};
}

std::string version_of(const Value& document) {
  return document.has("Version") ? document["Version"].as_string() : std::string(latest);
}

Result<Value> find_function(const Call& call, const FunctionName& name) {
  const Value* found = call.find("function", name.name);
  if (!found) return function_not_found(call, name.name, name.qualifier);
  return *found;
}

Result<Value> find_version(const Call& call, const Value& function, std::string_view version) {
  if (version == latest) return function;
  const std::string& name = function["Name"].as_string();
  const Value* found = call.find("version", key_of(name, version));
  if (!found) return function_not_found(call, name, version);
  return *found;
}

const Value* find_alias(const Call& call, std::string_view name, std::string_view alias) {
  return call.find("alias", key_of(name, alias));
}

Result<Target> find_target(const Call& call, const FunctionName& name) {
  Target target;
  target.qualifier = name.qualifier;
  TRY(target.function, find_function(call, name));
  target.version = name.qualifier.empty() ? std::string(latest) : name.qualifier;
  if (!is_version(target.version)) {
    const Value* alias = find_alias(call, name.name, target.version);
    if (!alias) return function_not_found(call, name.name, name.qualifier);
    target.version = (*alias)["FunctionVersion"].as_string();
  }
  TRY(target.document, find_version(call, target.function, target.version));
  return target;
}

Value configuration(const Call& call, const Value& document, std::string_view arn_qualifier) {
  const std::string& name = document["Name"].as_string();
  Value out = document["Config"];
  out.set("FunctionName", name);
  out.set("FunctionArn", function_arn(call, name, arn_qualifier));
  out.set("CodeSize", document["Code"]["Size"]);
  out.set("CodeSha256",
          base64_encode(hex_decode(document["Code"]["Digest"].as_string()).value_or("")));
  out.set("LastModified", last_modified(document["Changed"]));
  out.set("Version", version_of(document));
  out.set("RevisionId", current_revision(call, document));
  out.set("State", "Active");
  out.set("LastUpdateStatus", "Successful");
  out.set("PackageType", "Zip");
  out.set("RuntimeVersionConfig", runtime_version(call, out["Runtime"].as_string()));
  bool is_latest = !document.has("Version");
  if (is_latest && is_pending(call, document))
    set_created(out);
  else if (is_latest && is_updating(call, document))
    set_updated(out);
  return out;
}

Value configuration(const Call& call, const Target& target) {
  return configuration(call, target.document, target.qualifier);
}

Value configuration_while_created(const Call& call, const Value& document) {
  Value out =
      configuration(call, document, document.has("Version") ? document["Version"].as_string() : "");
  out.set("RevisionId", document["Revision"]);
  set_created(out);
  return out;
}

Value configuration_while_updated(const Call& call, const Value& document) {
  Value out = configuration(call, document, "");
  out.set("RevisionId", document["Revision"]);
  set_updated(out);
  return out;
}

void put_function(Call& call, Value document) {
  std::string name = document["Name"].as_string();
  document.set("Revision", call.random.uuid()).set("RevisionOnceSettled", call.random.uuid());
  call.put("function", name, std::move(document));
}

Status check_revision(const Call& call, const Value& document, const Value& in,
                      std::string_view where) {
  if (in.has("RevisionId") && in["RevisionId"] != Value(current_revision(call, document)))
    return precondition_failed(where);
  return {};
}

// "PublishVersion: Lambda doesn't publish a version if the function's configuration and code
// haven't changed since the last version."
Result<Value> publish(Call& call, Value& function, const Value& description) {
  const std::string name = function["Name"].as_string();
  int64_t last = function["LastVersion"].as_int();
  if (last > 0 && !function["ChangedSincePublished"].as_bool())
    if (const Value* same = call.find("version", key_of(name, std::to_string(last)))) return *same;
  std::string number = std::to_string(last + 1);
  Value version = function;
  for (const char* member :
       {"Tags", "LastVersion", "Reserved", "IsReserved", "ChangedSincePublished"})
    version.erase(member);
  version.set("Version", number);
  version.set("Revision", call.random.uuid()).erase("RevisionOnceSettled");
  if (description.is_string()) version.member("Config").set("Description", description);
  if (version["Config"]["SnapStart"]["ApplyOn"].as_string() == "PublishedVersions")
    version.member("Config").member("SnapStart").set("OptimizationStatus", "On");
  call.put("version", key_of(name, number), version);
  function.set("LastVersion", last + 1);
  function.set("ChangedSincePublished", false);
  put_function(call, function);
  return version;
}

Result<Value> answer_page(List items, const std::function<std::string(const Value&)>& key,
                          const Value& in, std::string_view member) {
  constexpr int64_t items_max = 50;  // "MaxItems … maximum of 50 items in each response"
  auto count = static_cast<size_t>(std::min(in["MaxItems"].as_int(items_max), items_max));
  TRY(cloud::Page page, cloud::paginate(std::move(items), key, in["Marker"].as_string(), count,
                                        invalid_parameter("Invalid marker value.")));
  Value out = Value::map({{std::string(member), Value(std::move(page.items))}});
  if (!page.next.empty()) out.set("NextMarker", page.next);
  return out;
}

}  // namespace mainstay::lambda
