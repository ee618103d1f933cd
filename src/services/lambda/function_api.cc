// CreateFunction, GetFunction, ListFunctions, DeleteFunction and the two updates.
#include <algorithm>

#include "services/lambda/code.hh"
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"
#include "services/lambda/runner.hh"
#include "services/lambda/settings.hh"
#include "store/blobs.hh"

namespace mainstay::lambda {
namespace {

std::vector<std::string> ids_below(const Call& call, std::string_view table,
                                   std::string_view name) {
  std::string start = key_of(name, "");
  std::vector<std::string> ids;
  const store::Documents& all = call.all(table);
  for (auto it = all.lower_bound(start); it != all.end() && it->first.starts_with(start); ++it)
    ids.push_back(it->first);
  return ids;
}

// Everything that goes with a function ("DeleteFunction"); its event source mappings stay.
void remove_all_of(Call& call, const Value& function) {
  const std::string name = function["Name"].as_string();
  std::set<std::string> blobs = {function["Code"]["Blob"].as_string()};
  for (const std::string& id : ids_below(call, "version", name))
    blobs.insert((*call.find("version", id))["Code"]["Blob"].as_string());
  for (const char* table : {"version", "alias", "policy", "event_config", "url"})
    for (const std::string& id : ids_below(call, table, name)) call.remove(table, id);
  call.remove("function", name);
  call.after_commit.push_back([&store = call.blobs(), blobs] {
    for (const std::string& blob : blobs) store.remove(blob);
  });
}

Result<Value> delete_version(Call& call, const Value& function, const std::string& number) {
  const std::string name = function["Name"].as_string();
  if (number == latest)
    return invalid_parameter("$LATEST version cannot be deleted without deleting the function.");
  const Value* found = call.find("version", key_of(name, number));
  if (!found) return Value::map({});  // recorded: 204 for a version that is not there
  std::string aliases;
  for (const std::string& id : ids_below(call, "alias", name)) {
    const Value& alias = *call.find("alias", id);
    bool routes = alias["RoutingConfig"]["AdditionalVersionWeights"].has(number);
    if (alias["FunctionVersion"].as_string() == number || routes)
      aliases += (aliases.empty() ? "" : ", ") + alias["Name"].as_string();
  }
  if (!aliases.empty())
    return conflict("Unable to delete version because the following aliases reference it: [" +
                    aliases + "]");
  Value code = (*found)["Code"];
  call.remove("version", key_of(name, number));
  call.remove("policy", key_of(name, number));
  call.remove("event_config", key_of(name, number));
  drop_code(call, name, code);
  return Value::map({});
}

// Lists answer without the state of each, which GetFunctionConfiguration tells.
Value without_state(Value config) {
  for (const char* member : {"State", "StateReason", "StateReasonCode", "LastUpdateStatus",
                             "LastUpdateStatusReason", "LastUpdateStatusReasonCode"})
    config.erase(member);
  return config;
}

}  // namespace

Result<Value> create_function(Call& call, const Value& in) {
  CHECK_OK(refuse_unknown(in));
  FunctionName named = parse_function(in["FunctionName"].as_string());
  constexpr size_t name_max = 64;
  if (named.name.size() > name_max)
    return invalid_parameter("1 validation error detected: Value '" + named.name +
                             "' at 'functionName' failed to satisfy constraint: Member must have "
                             "length less than or equal to 64");
  if (call.find("function", named.name)) return conflict("Function already exist: " + named.name);
  CHECK_OK(check_tags(call, in["Tags"]));
  TRY(Value config, new_settings(call, in));
  TRY(Value code, take_code(call, in["Code"]));
  config.erase("_Name");
  Value function = Value::map({{"Name", named.name},
                               {"Config", std::move(config)},
                               {"Code", std::move(code)},
                               {"Tags", in.has("Tags") ? in["Tags"] : Value::map({})},
                               {"LastVersion", 0},
                               {"Created", call.now},
                               {"Changed", call.now}});
  put_function(call, function);
  if (!in["Publish"].as_bool())
    return configuration_while_created(call, *call.find("function", named.name));
  // Told as the function itself, under the number of its version (recorded on AWS).
  Value out = configuration_while_created(call, *call.find("function", named.name));
  TRY(Value version, publish(call, function, in["Description"]));
  return out.set("Version", version["Version"]);
}

Result<Value> get_function_configuration(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  TRY(Target target, find_target(call, named));
  return configuration(call, target);
}

Result<Value> get_function(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  TRY(Target target, find_target(call, named));
  Value out = Value::map(
      {{"Configuration", configuration(call, target)},
       {"Code", Value::map({{"RepositoryType", "S3"},
                            {"Location", code_location(call, target.document["Code"])}})}});
  // "Lambda returns tags for … the function" (a version or alias has none of its own).
  if (!target.function["Tags"].empty()) out.set("Tags", target.function["Tags"]);
  if (target.function.has("Reserved"))
    out.set("Concurrency",
            Value::map({{"ReservedConcurrentExecutions", target.function["Reserved"]}}));
  return out;
}

Result<Value> list_functions(Call& call, const Value& in) {
  constexpr cloud::ResourceKind kind = {.table = "function",
                                        .list = "Functions",
                                        .missing_code = "",
                                        .missing = "",
                                        .pages = page_words};
  if (in["FunctionVersion"].as_string() != "ALL")
    return cloud::list_resources(call, kind, in, {.show = [&](const Value& function) {
                                   return without_state(configuration(call, function, ""));
                                 }});
  List items;
  for (const auto& [name, function] : call.all("function")) {
    items.push_back(without_state(configuration(call, function, latest)));
    for (const std::string& id : ids_below(call, "version", name)) {
      const Value& version = *call.find("version", id);
      items.push_back(without_state(configuration(call, version, version_of(version))));
    }
  }
  auto key = [](const Value& item) {
    return key_of(item["FunctionName"].as_string(), item["Version"].as_string());
  };
  return answer_page(std::move(items), key, in, "Functions");
}

Result<Value> delete_function(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  if (!named.qualifier.empty() && !is_version(named.qualifier))
    return invalid_parameter("Deletion of aliases is not currently supported.");
  const Value* found = call.find("function", named.name);
  if (!found) return function_not_found(call, named.name);
  if (!named.qualifier.empty()) return delete_version(call, *found, named.qualifier);
  Value function = *found;
  remove_all_of(call, function);
  retire_environments(call, named.name);
  return Value::map({{"StatusCode", 204}});
}

Result<Value> update_function_code(Call& call, const Value& in) {
  CHECK_OK(refuse_unknown(in));
  TRY(FunctionName named, function_named(call, in));
  const Value* found = call.find("function", named.name);
  if (!found) return function_not_found(call, named.name);
  Value function = *found;
  CHECK_OK(check_settled(call, function));
  CHECK_OK(check_revision(call, function, in, "GetFunction/GetAlias"));
  Value before = function["Code"];
  TRY(Value code, take_code(call, in));
  if (in["DryRun"].as_bool()) {
    call.after_commit.push_back(
        [&blobs = call.blobs(), blob = code["Blob"].as_string()] { blobs.remove(blob); });
    function.set("Code", code);
    return configuration(call, function, "");
  }
  function.set("Code", code);
  if (in.has("Architectures")) function.member("Config").set("Architectures", in["Architectures"]);
  function.set("Changed", call.now);
  if (code["Digest"] != before["Digest"] || in.has("Architectures"))
    function.set("ChangedSincePublished", true);
  put_function(call, function);
  drop_code(call, named.name, before);
  retire_environments(call, named.name);
  if (!in["Publish"].as_bool())
    return configuration_while_updated(call, *call.find("function", named.name));
  TRY(Value version, publish(call, function, {}));
  return configuration_while_created(call, version);
}

Result<Value> update_function_configuration(Call& call, const Value& in) {
  CHECK_OK(refuse_unknown(in));
  TRY(FunctionName named, function_named(call, in));
  const Value* found = call.find("function", named.name);
  if (!found) return function_not_found(call, named.name, latest);
  Value function = *found;
  CHECK_OK(check_settled(call, function));
  CHECK_OK(check_revision(call, function, in, "GetFunction/GetAlias"));
  Value config = function["Config"];
  config.set("_Name", named.name);
  CHECK_OK(change_settings(call, config, in));
  config.erase("_Name");
  if (config != function["Config"]) function.set("ChangedSincePublished", true);
  function.set("Config", std::move(config));
  function.set("Changed", call.now);
  put_function(call, function);
  retire_environments(call, named.name);
  return configuration_while_updated(call, *call.find("function", named.name));
}

}  // namespace mainstay::lambda
