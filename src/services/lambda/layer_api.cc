// Layers: versions of code that functions share.
//
// Table "layer", by name: LastVersion. Table "layer_version", by key_of(name, number): Name,
// Version, Code, Created, Description, and what was given of LicenseInfo, CompatibleRuntimes and
// CompatibleArchitectures; Statements and PolicyRevision once it has a policy.
#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/partition.hh"
#include "services/lambda/code.hh"
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"
#include "store/blobs.hh"

namespace mainstay::lambda {
namespace {

std::string version_arn(const Call& call, const Value& version) {
  return call.arn("layer:" + version["Name"].as_string() + ":" + version["Version"].to_text());
}

Value answer_listed(const Call& call, const Value& version) {
  Value out = Value::map({{"LayerVersionArn", version_arn(call, version)},
                          {"Version", version["Version"]},
                          {"Description", version["Description"]},
                          {"CreatedDate", version["Created"]}});
  for (const char* member : {"CompatibleRuntimes", "CompatibleArchitectures", "LicenseInfo"})
    if (version.has(member)) out.set(member, version[member]);
  return out;
}

Value answer_version(const Call& call, const Value& version) {
  Value out = answer_listed(call, version);
  const Value& code = version["Code"];
  out.set("Content",
          Value::map(
              {{"Location", code_location(call, code)},
               {"CodeSha256", base64_encode(hex_decode(code["Digest"].as_string()).value_or(""))},
               {"CodeSize", code["Size"]}}));
  return out.set("LayerArn", call.arn("layer:" + version["Name"].as_string()));
}

bool fits(const Value& version, const Value& in) {
  auto names = [&](const char* list, const Value& wanted) {
    if (wanted.is_null()) return true;
    const List& items = version[list].items();
    return std::find(items.begin(), items.end(), wanted) != items.end();
  };
  return names("CompatibleRuntimes", in["CompatibleRuntime"]) &&
         names("CompatibleArchitectures", in["CompatibleArchitecture"]);
}

Result<Value> find_layer_version(const Call& call, const LayerName& layer, int64_t version) {
  const Value* found = call.find("layer_version", key_of(layer.name, std::to_string(version)));
  if (!found) return not_found("The resource you requested does not exist.");
  return *found;
}

Result<Value> find_layer_version(const Call& call, const Value& in) {
  return find_layer_version(call, parse_layer(in["LayerName"].as_string()),
                            in["VersionNumber"].as_int());
}

void put_layer_version(Call& call, const Value& version) {
  call.put("layer_version", key_of(version["Name"].as_string(), version["Version"].to_text()),
           version);
}

}  // namespace

Result<Value> publish_layer_version(Call& call, const Value& in) {
  std::string name = parse_layer(in["LayerName"].as_string()).name;
  TRY(Value code, take_code(call, in["Content"]));
  const Value* layer = call.find("layer", name);
  int64_t number = (layer ? (*layer)["LastVersion"].as_int() : 0) + 1;
  call.put("layer", name, Value::map({{"LastVersion", number}}));
  Value version = Value::map({{"Name", name},
                              {"Version", number},
                              {"Code", std::move(code)},
                              {"Created", call.now},
                              {"Description", in["Description"].as_string()}});
  for (const char* member : {"CompatibleRuntimes", "CompatibleArchitectures", "LicenseInfo"})
    if (in.has(member)) version.set(member, in[member]);
  put_layer_version(call, version);
  return answer_version(call, version);
}

Result<Value> get_layer_version(Call& call, const Value& in) {
  TRY(Value version, find_layer_version(call, in));
  return answer_version(call, version);
}

Result<Value> get_layer_version_by_arn(Call& call, const Value& in) {
  LayerName layer = parse_layer(in["Arn"].as_string());
  TRY(Value version, find_layer_version(call, layer, layer.version));
  return answer_version(call, version);
}

// Each with its newest version that there still is.
Result<Value> list_layers(Call& call, const Value& in) {
  std::map<std::string, Value> newest;
  for (const auto& [id, version] : call.all("layer_version"))
    if (fits(version, in)) newest[version["Name"].as_string()] = version;
  List items;
  for (const auto& [name, version] : newest)
    items.push_back(Value::map({{"LayerName", name},
                                {"LayerArn", call.arn("layer:" + name)},
                                {"LatestMatchingVersion", answer_listed(call, version)}}));
  auto key = [](const Value& item) { return item["LayerName"].as_string(); };
  return answer_page(std::move(items), key, in, "Layers");
}

// The newest first.
Result<Value> list_layer_versions(Call& call, const Value& in) {
  LayerName layer = parse_layer(in["LayerName"].as_string());
  List items;
  for (const std::string& id : call.find_by("layer_version", "Name", layer.name)) {
    const Value& version = *call.find("layer_version", id);
    if (fits(version, in)) items.push_back(answer_listed(call, version));
  }
  std::reverse(items.begin(), items.end());
  auto key = [](const Value& item) {
    constexpr int64_t above_all = 9'999'999'999;
    return std::to_string(above_all - item["Version"].as_int());
  };
  return answer_page(std::move(items), key, in, "LayerVersions");
}

// One that is not there is gone as wished. Functions that have it keep it on AWS
// ("DeleteLayerVersion: functions that use it keep a copy"): so its code stays, out of sight.
Result<Value> delete_layer_version(Call& call, const Value& in) {
  auto found = find_layer_version(call, in);
  if (!found.has_value()) return Value::map({});
  std::string key = key_of((*found)["Name"].as_string(), (*found)["Version"].to_text());
  call.remove("layer_version", key);
  std::string arn = version_arn(call, *found);
  auto uses = [&](const Value& function) {
    for (const Value& layer : function["Config"]["Layers"].items())
      if (layer["Arn"].as_string() == arn) return true;
    return false;
  };
  for (const char* table : {"function", "version"})
    for (const auto& [id, function] : call.all(table))
      if (uses(function)) {
        call.put("layer_deleted", key, *found);
        return Value::map({});
      }
  call.after_commit.push_back(
      [&blobs = call.blobs(), blob = (*found)["Code"]["Blob"].as_string()] { blobs.remove(blob); });
  return Value::map({});
}

Result<Value> add_layer_permission(Call& call, const Value& in) {
  TRY(Value version, find_layer_version(call, in));
  if (in.has("RevisionId") && in["RevisionId"] != version["PolicyRevision"])
    return precondition_failed("GetLayerVersionPolicy");
  const std::string& id = in["StatementId"].as_string();
  Value statements = version.has("Statements") ? version["Statements"] : Value::list();
  for (const Value& one : statements.items())
    if (one["Sid"].as_string() == id)
      return conflict("The statement id (" + id +
                      ") provided already exists. Please provide a new statement id, or remove the "
                      "existing statement.");
  const std::string& who = in["Principal"].as_string();
  Value principal =
      who == "*"
          ? Value("*")
          : Value::map({{"AWS", is_account_id(who)
                                    ? "arn:" + std::string(cloud::partition_of(call.region)) +
                                          ":iam::" + who + ":root"
                                    : who}});
  Value statement = Value::map({{"Sid", id},
                                {"Effect", "Allow"},
                                {"Principal", std::move(principal)},
                                {"Action", in["Action"]},
                                {"Resource", version_arn(call, version)}});
  if (in.has("OrganizationId"))
    statement.set(
        "Condition",
        Value::map({{"StringEquals", Value::map({{"aws:PrincipalOrgID", in["OrganizationId"]}})}}));
  statements.push_back(statement);
  version.set("Statements", std::move(statements));
  version.set("PolicyRevision", call.random.uuid());
  put_layer_version(call, version);
  return Value::map({{"Statement", to_json(statement)}, {"RevisionId", version["PolicyRevision"]}});
}

Result<Value> remove_layer_permission(Call& call, const Value& in) {
  TRY(Value version, find_layer_version(call, in));
  Value kept = Value::list();
  for (const Value& one : version["Statements"].items())
    if (one["Sid"] != in["StatementId"]) kept.push_back(one);
  if (kept.size() == version["Statements"].size())
    return not_found("Statement " + in["StatementId"].as_string() +
                     " is not found in resource policy.");
  version.set("Statements", std::move(kept));
  version.set("PolicyRevision", call.random.uuid());
  put_layer_version(call, version);
  return Value::map({});
}

Result<Value> get_layer_policy(Call& call, const Value& in) {
  TRY(Value version, find_layer_version(call, in));
  if (version["Statements"].empty())
    return not_found("No policy is associated with the given resource.");
  Value document = Value::map(
      {{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", version["Statements"]}});
  return Value::map({{"Policy", to_json(document)}, {"RevisionId", version["PolicyRevision"]}});
}

}  // namespace mainstay::lambda
