// Published versions, and aliases that name them.
#include "services/lambda/code.hh"
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"

namespace mainstay::lambda {
namespace {

Value answer_alias(const Call& call, const Value& alias) {
  Value out = alias;
  const std::string function = alias["Function"].as_string();
  out.set("AliasArn", function_arn(call, function, alias["Name"].as_string()));
  out.set("RevisionId", alias["Revision"]);
  for (const char* member : {"Function", "Revision"}) out.erase(member);
  return out;
}

// "Lambda function aliases", weighted: one more version, of those published, and not $LATEST.
Status check_routing(Call& call, const Value& function, const std::string& version,
                     const Value& routing) {
  const Value& weights = routing["AdditionalVersionWeights"];
  if (weights.empty()) return {};
  if (weights.size() > 1)
    return invalid_parameter(
        "Number of items in AdditionalVersionWeights cannot be greater than 1");
  const auto& [other, weight] = weights.members().nth(0);
  if (other == version)
    return invalid_parameter("Invalid function version " + other + ". Function version " + other +
                             " is already included in routing configuration.");
  if (version == latest)
    return invalid_parameter(
        "$LATEST is not supported for an alias pointing to more than 1 version");
  return find_version(call, function, other).has_value()
             ? Status()
             : function_not_found(call, function["Name"].as_string(), other);
}

// What is given of version, description and routing goes into the alias.
Status change_alias(Call& call, const Value& function, Value& alias, const Value& in) {
  for (const char* member : {"FunctionVersion", "Description"})
    if (in.has(member)) alias.set(member, in[member]);
  if (in.has("RoutingConfig")) {
    alias.erase("RoutingConfig");
    if (!in["RoutingConfig"]["AdditionalVersionWeights"].empty())
      alias.set("RoutingConfig", in["RoutingConfig"]);
  }
  const std::string version = alias["FunctionVersion"].as_string();
  CHECK_OK(find_version(call, function, version));
  CHECK_OK(check_routing(call, function, version, alias["RoutingConfig"]));
  alias.set("Revision", call.random.uuid());
  return {};
}

}  // namespace

Result<Value> publish_version(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  const Value* found = call.find("function", named.name);
  if (!found) return function_not_found(call, named.name);
  Value function = *found;
  CHECK_OK(check_settled(call, function));
  CHECK_OK(check_revision(call, function, in, "GetFunction/GetAlias"));
  Value now = configuration(call, function, "");
  if (in.has("CodeSha256") && in["CodeSha256"] != now["CodeSha256"])
    return invalid_parameter("CodeSHA256 (" + in["CodeSha256"].as_string() +
                             ") is different from current CodeSHA256 in $LATEST (" +
                             now["CodeSha256"].as_string() +
                             "). Please try again with the CodeSHA256 in $LATEST.");
  TRY(Value version, publish(call, function, in["Description"]));
  return configuration(call, version, version_of(version));
}

Result<Value> list_versions(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  const Value* function = call.find("function", named.name);
  if (!function) return function_not_found(call, named.name);
  List items = {configuration(call, *function, latest)};
  for (const std::string& id : call.find_by("version", "Name", named.name)) {
    const Value& version = *call.find("version", id);
    items.push_back(configuration(call, version, version_of(version)));
  }
  for (Value& item : items)
    for (const char* member : {"State", "LastUpdateStatus"}) item.erase(member);
  auto key = [](const Value& item) {
    return key_of(item["FunctionName"].as_string(), item["Version"].as_string());
  };
  return answer_page(std::move(items), key, in, "Versions");
}

Result<Value> create_alias(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  const std::string name = in["Name"].as_string();
  const Value* function = call.find("function", named.name);
  if (!function) return function_not_found(call, named.name, in["FunctionVersion"].as_string());
  if (find_alias(call, named.name, name))
    return conflict("Alias already exists: " + function_arn(call, named.name, name));
  Value alias = Value::map({{"Function", named.name}, {"Name", name}, {"Description", ""}});
  CHECK_OK(change_alias(call, *function, alias, in));
  call.put("alias", key_of(named.name, name), alias);
  return answer_alias(call, alias);
}

Result<Value> get_alias(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  const std::string& name = in["Name"].as_string();
  const Value* alias = find_alias(call, named.name, name);
  if (!alias) return not_found("Cannot find alias arn: " + function_arn(call, named.name, name));
  return answer_alias(call, *alias);
}

Result<Value> list_aliases(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  if (!call.find("function", named.name)) return function_not_found(call, named.name);
  constexpr cloud::ResourceKind kind = {
      .table = "alias", .list = "Aliases", .missing_code = "", .missing = "", .pages = page_words};
  return cloud::list_resources(
      call, kind, in,
      {.prefix = key_of(named.name, ""),
       .has =
           [&](const Value& alias) {
             return !in.has("FunctionVersion") || in["FunctionVersion"] == alias["FunctionVersion"];
           },
       .show = [&](const Value& alias) { return answer_alias(call, alias); }});
}

Result<Value> update_alias(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  const std::string& name = in["Name"].as_string();
  const Value* function = call.find("function", named.name);
  const Value* found = find_alias(call, named.name, name);
  if (!function || !found)
    return not_found("Alias not found: " + function_arn(call, named.name, name));
  CHECK_OK(check_revision(call, *found, in, "GetFunction/GetAlias"));
  Value alias = *found;
  CHECK_OK(change_alias(call, *function, alias, in));
  call.put("alias", key_of(named.name, name), alias);
  return answer_alias(call, alias);
}

// One that is not there is gone as wished (recorded: 204).
Result<Value> delete_alias(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  std::string key = key_of(named.name, in["Name"].as_string());
  for (const char* table : {"alias", "policy", "event_config", "url"}) call.remove(table, key);
  return Value::map({});
}

}  // namespace mainstay::lambda
