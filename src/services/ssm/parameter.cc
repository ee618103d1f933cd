#include "services/ssm/parameter.hh"

#include <algorithm>

#include "base/text.hh"
#include "wire/arn.hh"

namespace mainstay::ssm {
namespace {

constexpr size_t levels_max = 15;
constexpr size_t name_length_max = 1011;  // of 2048 with the ARN before it (PutParameter, "Name")

Error bad_prefix() {
  return validation(
      "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). If formed as "
      "a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as "
      "a mix of letters, numbers and the following 3 symbols .-_");
}

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' ||
         c == '/';
}

Error no_version(const std::string& name, const std::string& version) {
  return aws_error("ParameterVersionNotFound", "Systems Manager could not find version " + version +
                                                   " of " + name +
                                                   ". Verify the version and try again.");
}

}  // namespace

Error parameter_not_found() {
  return aws_error("ParameterNotFound", "");
}

Error validation(std::string message) {
  return aws_error("ValidationException", std::move(message));
}

Status check_name(const std::string& name) {
  if (!std::all_of(name.begin(), name.end(), is_name_character))
    return validation(
        "Parameter name: can only consist of letters, numbers and the following symbols: .-_/");
  if (name.size() > name_length_max)
    return validation("Parameter name: must be at most " + std::to_string(name_length_max) +
                      " characters long");
  bool is_path = name.find('/') != std::string::npos;
  if (is_path && !name.starts_with("/"))
    return validation("Parameter name must be a fully qualified name.");
  if (name.ends_with("/") || name.find("//") != std::string::npos)
    return validation("Parameter name must not end with a slash, nor have an empty level.");
  if (std::count(name.begin(), name.end(), '/') > static_cast<std::ptrdiff_t>(levels_max))
    return aws_error("HierarchyLevelLimitExceededException",
                     "Hierarchy depth must not exceed " + std::to_string(levels_max) + " levels.");
  std::string first = to_lower(name.substr(is_path ? 1 : 0));
  if (first.starts_with("aws"))
    return aws_error("AccessDeniedException",
                     "No access to reserved parameter name: " + name + ".");
  if (first.starts_with("ssm")) return bad_prefix();
  return {};
}

std::string arn_of(const Call& call, std::string_view name) {
  return call.arn("parameter" + std::string(name.starts_with("/") ? "" : "/") + std::string(name));
}

Reference parse_reference(Call& call, const std::string& text) {
  std::string name = text;
  auto arn = wire::parse_arn(text);
  // Of this account and region, or public: nothing else is here, whatever has its name.
  bool is_here = arn.has_value() && arn->service == "ssm" && arn->region == call.region &&
                 (arn->account == call.account ||
                  (arn->account.empty() && arn->resource.starts_with("parameter/aws/")));
  bool is_arn = is_here && arn->resource.starts_with("parameter/");
  if (is_arn) name = arn->resource.substr(9);
  Reference out;
  size_t colon = name.find(':');
  if (colon != std::string::npos) out.selector = name.substr(colon);
  out.name = name.substr(0, colon);
  out.name = stored_name(call, out.name);
  return out;
}

// Both have one ARN ("parameter/w"), as recorded answers of AWS show.
std::string stored_name(const Call& call, const std::string& name) {
  bool has_slash = name.starts_with("/");
  bool is_path = name.find('/', 1) != std::string::npos;
  if (name.empty() || is_path || call.find("parameter", name)) return name;
  std::string twin = has_slash ? name.substr(1) : "/" + name;
  return call.find("parameter", twin) ? twin : name;
}

// Fixed width, so that versions stand in their order.
std::string version_key(std::string_view name, int64_t version) {
  std::string number = std::to_string(version);
  return std::string(name) + ":" + std::string(12 - std::min<size_t>(12, number.size()), '0') +
         number;
}

List versions_of(Call& call, const std::string& name) {
  List out;
  const auto& all = call.all("version");
  std::string prefix = name + ":";
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    out.push_back(it->second);
  return out;
}

Result<Value> find_parameter(Call& call, const std::string& name) {
  const Value* found = call.find("parameter", name);
  if (!found) return parameter_not_found();
  return *found;
}

Result<Value> find_version(Call& call, const Reference& reference) {
  TRY(Value parameter, find_parameter(call, reference.name));
  if (reference.selector.empty())
    return *call.find("version", version_key(reference.name, parameter["Version"].as_int()));
  std::string wanted = reference.selector.substr(1);
  if (auto number = parse_int(wanted)) {
    const Value* version = call.find("version", version_key(reference.name, *number));
    if (!version) return no_version(reference.name, wanted);
    return *version;
  }
  for (const Value& version : versions_of(call, reference.name)) {
    const List& labels = version["Labels"].items();
    if (std::find(labels.begin(), labels.end(), Value(wanted)) != labels.end()) return version;
  }
  return aws_error("ParameterVersionNotFound", "Systems Manager could not find label " + wanted +
                                                   " of " + reference.name +
                                                   ". Verify the label and try again.");
}

Result<Value> answer_parameter(Call& call, const Reference& reference, const Value& version,
                               bool decrypt) {
  Value out;
  for (const char* member : {"Name", "Type", "Value", "Version", "LastModifiedDate", "DataType"})
    out.set(member, version[member]);
  out.set("ARN", arn_of(call, reference.name));
  if (!reference.selector.empty()) out.set("Selector", reference.selector);
  if (decrypt && version["Type"].as_string() == "SecureString") {
    TRY(std::string plain, open_value(call, version));
    out.set("Value", std::move(plain));
  }
  return out;
}

}  // namespace mainstay::ssm
