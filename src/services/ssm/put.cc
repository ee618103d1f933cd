#include "base/text.hh"
#include "services/ssm/handlers.hh"
#include "wire/pattern.hh"

namespace mainstay::ssm {
namespace {

constexpr int64_t versions_max = 100;
constexpr size_t standard_max = 4096, advanced_max = 8192;  // characters of a value

// Advanced where the request says so, or lets us choose and needs it.
std::string tier_of(const Value& in, const Value* before) {
  std::string asked = in["Tier"].as_string();
  bool was_advanced = before && (*before)["Tier"].as_string() == "Advanced";
  if (asked == "Intelligent-Tiering")
    return was_advanced || utf8_length(in["Value"].as_string()) > standard_max ? "Advanced"
                                                                               : "Standard";
  if (asked.empty()) return was_advanced ? "Advanced" : "Standard";
  return asked;
}

Status check_size(const std::string& value, const std::string& tier) {
  size_t most = tier == "Advanced" ? advanced_max : standard_max;
  if (utf8_length(value) <= most) return {};
  if (tier == "Advanced")
    return validation("Advanced tier parameters support a maximum parameter value of " +
                      std::to_string(most) + " characters.");
  return validation(
      "Standard tier parameters support a maximum parameter value of " + std::to_string(most) +
      " characters. To create a larger parameter value, upgrade the parameter to use the "
      "advanced-parameter tier. For more information, see "
      "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
      "parameter-store-advanced-parameters.html");
}

Status check_new(const Value& in) {
  CHECK_OK(check_name(in["Name"].as_string()));
  if (!in.has("Type"))
    return validation("A parameter type is required when you create a parameter.");
  return check_tags(in["Tags"]);
}

Status check_overwrite(const Value& in, const Value& before) {
  if (!in["Overwrite"].as_bool())
    return aws_error("ParameterAlreadyExists",
                     "The parameter already exists. To overwrite this value, set the overwrite "
                     "option in the request to true.");
  if (in.has("Type") && in["Type"] != before["Type"])
    return aws_error("HierarchyTypeMismatchException",
                     "Parameter Store doesn't support changing a parameter type in a hierarchy. "
                     "For example, you can't change a parameter from a String type to a "
                     "SecureString type. You must create a new, unique parameter.");
  if (before["Tier"].as_string() == "Advanced" && in["Tier"].as_string() == "Standard")
    return validation(
        "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
        "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the "
        "advanced parameter and recreate it as a standard parameter.");
  return {};
}

Status check_value(const Value& in, const std::string& type) {
  const std::string& value = in["Value"].as_string();
  if (value.empty())
    return validation("Parameter value can't be empty: give at least one character.");
  const std::string& pattern = in["AllowedPattern"].as_string();
  if (!pattern.empty() && !wire::Pattern(pattern).matches(value))
    return aws_error("ParameterPatternMismatchException",
                     "Parameter value, cannot be validated against allowedPattern: " + pattern);
  if (in["DataType"].as_string() == "aws:ec2:image" && !value.starts_with("ami-"))
    return validation("The parameter value " + value +
                      " is not the id of an image, as the data type aws:ec2:image asks.");
  if (in.has("KeyId") && type != "SecureString")
    return validation("KeyId is only for parameters of type SecureString.");
  return {};
}

Status check_request(const Value& in) {
  if (in["Overwrite"].as_bool() && !in["Tags"].empty())
    return validation(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with "
        "tags, please remove overwrite flag. To update tags for an existing parameter, please use "
        "AddTagsToResource or RemoveTagsFromResource.");
  if (!in["Policies"].as_string().empty() && in["Policies"].as_string() != "[]")
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud does not carry out parameter policies", 501);
  return {};
}

// The hundredth-and-first version drives out the oldest, unless that one has a label.
Status make_room(Call& call, const std::string& name) {
  List versions = versions_of(call, name);
  if (static_cast<int64_t>(versions.size()) < versions_max) return {};
  const Value& oldest = versions.front();
  if (!oldest["Labels"].empty())
    return aws_error("ParameterMaxVersionLimitExceeded",
                     "You attempted to create a new version of " + name +
                         " by calling the PutParameter API with the overwrite flag. Version " +
                         oldest["Version"].to_text() +
                         ", the oldest version, can't be deleted because it has a label associated "
                         "with it. Move the label to another version of the parameter, and try "
                         "again.");
  call.remove("version", version_key(name, oldest["Version"].as_int()));
  return {};
}

Value metadata_of(const Call& call, Value version, const Value& tags) {
  for (const char* member : {"Value", "Labels", "_DataKey"}) version.erase(member);
  return version.set("ARN", arn_of(call, version["Name"].as_string())).set("_Tags", tags);
}

}  // namespace

Result<Value> put_parameter(Call& call, const Value& in) {
  CHECK_OK(check_request(in));
  std::string name = parse_reference(call, in["Name"].as_string()).name;
  const Value* before = call.find("parameter", name);
  if (before) {
    CHECK_OK(check_overwrite(in, *before));
  } else {
    CHECK_OK(check_new(in));
  }
  std::string type = before ? (*before)["Type"].as_string() : in["Type"].as_string();
  std::string tier = tier_of(in, before);
  CHECK_OK(check_value(in, type));
  CHECK_OK(check_size(in["Value"].as_string(), tier));
  int64_t number = (before ? (*before)["Version"].as_int() : 0) + 1;
  if (before) CHECK_OK(make_room(call, name));
  Value version = Value::map({{"Name", name},
                              {"Type", type},
                              {"Value", in["Value"]},
                              {"Version", number},
                              {"LastModifiedDate", call.now},
                              {"LastModifiedUser", call.caller.arn},
                              {"Tier", tier},
                              {"Policies", Value::list()},
                              {"Labels", Value::list()},
                              {"DataType", in.has("DataType") ? in["DataType"] : Value("text")}});
  for (const char* member : {"Description", "AllowedPattern", "KeyId"})
    if (in.has(member)) version.set(member, in[member]);
  if (type == "SecureString") {
    if (!in.has("KeyId")) version.set("KeyId", "alias/aws/ssm");
    CHECK_OK(seal_value(call, version, in["Value"].as_string()));
  }
  Value tags = before ? (*before)["_Tags"] : in.has("Tags") ? in["Tags"] : Value::list();
  call.put("version", version_key(name, number), version);
  call.put("parameter", name, metadata_of(call, std::move(version), tags));
  return Value::map({{"Version", number}, {"Tier", tier}});
}

}  // namespace mainstay::ssm
