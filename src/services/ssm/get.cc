#include "base/json.hh"
#include "base/text.hh"
#include "base/time.hh"
#include "services/ssm/handlers.hh"

namespace mainstay::ssm {
namespace {

constexpr std::string_view secret_prefix = "/aws/reference/secretsmanager/";

// "Referencing AWS Secrets Manager secrets from Parameter Store parameters", user guide.
Result<Value> get_secret(Call& call, const std::string& text, bool decrypt) {
  if (!decrypt)
    return validation("WithDecryption flag must be True for retrieving a Secret Manager secret.");
  std::string id = text.substr(secret_prefix.size());
  auto secret = call.invoke("secretsmanager", "GetSecretValue", Value::map({{"SecretId", id}}));
  if (!secret.has_value() && secret.error().code == "ResourceNotFoundException")
    return aws_error("ParameterNotFound",
                     "An error occurred (ParameterNotFound) when referencing "
                     "Secrets Manager: Secret " +
                         text + " not found.");
  if (!secret.has_value()) return std::move(secret.error());
  Value source = *secret;
  source.set("CreatedDate", format_iso8601((*secret)["CreatedDate"].as_time()));
  return Value::map({{"Name", text},
                     {"Type", "SecureString"},
                     {"Value", (*secret)["SecretString"]},
                     {"Version", 0},
                     {"SourceResult", to_json(source)},
                     {"LastModifiedDate", (*secret)["CreatedDate"]},
                     {"ARN", call.arn("parameter" + text)},
                     {"DataType", "text"}});
}

// A parameter by any name it has, one of AWS's public ones, or a secret by its reference.
Result<Value> get_one(Call& call, const std::string& text, bool decrypt) {
  if (text.starts_with(secret_prefix)) return get_secret(call, text, decrypt);
  Reference reference = parse_reference(call, text);
  if (Value open = public_parameter(call, reference.name); !open.is_null()) return open;
  TRY(Value version, find_version(call, reference));
  return answer_parameter(call, reference, version, decrypt);
}

bool is_missing(const Error& error) {
  return error.code == "ParameterNotFound" || error.code == "ParameterVersionNotFound";
}

bool delete_one(Call& call, const std::string& text) {
  std::string name = parse_reference(call, text).name;
  if (!call.remove("parameter", name)) return false;
  for (const Value& version : versions_of(call, name))
    call.remove("version", version_key(name, version["Version"].as_int()));
  return true;
}

}  // namespace

Result<Value> get_parameter(Call& call, const Value& in) {
  TRY(Value parameter, get_one(call, in["Name"].as_string(), in["WithDecryption"].as_bool()));
  return Value::map({{"Parameter", std::move(parameter)}});
}

Result<Value> get_parameters(Call& call, const Value& in) {
  Value found = Value::list(), missing = Value::list();
  std::set<std::string> seen;
  for (const Value& name : in["Names"].items()) {
    if (!seen.insert(name.as_string()).second) continue;
    auto parameter = get_one(call, name.as_string(), in["WithDecryption"].as_bool());
    if (parameter.has_value()) {
      found.push_back(std::move(*parameter));
    } else if (is_missing(parameter.error())) {
      missing.push_back(name);
    } else {
      return parameter.error();
    }
  }
  return Value::map({{"Parameters", std::move(found)}, {"InvalidParameters", std::move(missing)}});
}

Result<Value> get_parameter_history(Call& call, const Value& in) {
  std::string name = parse_reference(call, in["Name"].as_string()).name;
  CHECK_OK(find_parameter(call, name));
  TRY(cloud::Page page,
      cloud::paginate(
          versions_of(call, name),
          [&](const Value& v) { return version_key(name, v["Version"].as_int()); },
          in["NextToken"].as_string(), static_cast<size_t>(in["MaxResults"].as_int(50)),
          aws_error("InvalidNextToken", "The specified token isn't valid.")));
  Value out = Value::list();
  for (Value& version : page.items) {
    if (in["WithDecryption"].as_bool() && version["Type"].as_string() == "SecureString") {
      TRY(std::string plain, open_value(call, version));
      version.set("Value", std::move(plain));
    }
    out.push_back(version);
  }
  Value answer = Value::map({{"Parameters", std::move(out)}});
  if (!page.next.empty()) answer.set("NextToken", page.next);
  return answer;
}

Result<Value> delete_parameter(Call& call, const Value& in) {
  if (!delete_one(call, in["Name"].as_string())) return parameter_not_found();
  return Value::map({});
}

Result<Value> delete_parameters(Call& call, const Value& in) {
  Value deleted = Value::list(), missing = Value::list();
  for (const Value& name : in["Names"].items())
    (delete_one(call, name.as_string()) ? deleted : missing).push_back(name);
  return Value::map(
      {{"DeletedParameters", std::move(deleted)}, {"InvalidParameters", std::move(missing)}});
}

}  // namespace mainstay::ssm
