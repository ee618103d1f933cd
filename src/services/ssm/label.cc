#include <algorithm>

#include "base/text.hh"
#include "services/ssm/handlers.hh"

namespace mainstay::ssm {
namespace {

constexpr size_t labels_max = 10;

bool contains(const Value& list, const Value& item) {
  return std::find(list.items().begin(), list.items().end(), item) != list.items().end();
}

// Letters, digits, .-_; begins with none of a digit, "aws", "ssm" (LabelParameterVersion).
bool is_label(const std::string& label) {
  std::string lower = to_lower(label);
  if (lower.empty() || lower.starts_with("aws") || lower.starts_with("ssm")) return false;
  if (std::isdigit(static_cast<unsigned char>(lower[0]))) return false;
  return std::all_of(lower.begin(), lower.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
  });
}

struct Target {
  std::string name;
  Value version;
};

Result<Target> target_of(Call& call, const Value& in) {
  Target out;
  Reference reference = parse_reference(call, in["Name"].as_string());
  out.name = reference.name;
  if (in.has("ParameterVersion")) reference.selector = ":" + in["ParameterVersion"].to_text();
  TRY(out.version, find_version(call, reference));
  return out;
}

void put_version(Call& call, const std::string& name, const Value& version) {
  call.put("version", version_key(name, version["Version"].as_int()), version);
}

// A label is on one version at a time.
void take_from_others(Call& call, const Target& target, const Value& labels) {
  for (Value version : versions_of(call, target.name)) {
    if (version["Version"] == target.version["Version"]) continue;
    size_t before = version["Labels"].size();
    std::erase_if(version.member("Labels").make_list(),
                  [&](const Value& label) { return contains(labels, label); });
    if (version["Labels"].size() != before) put_version(call, target.name, version);
  }
}

}  // namespace

Result<Value> label_parameter_version(Call& call, const Value& in) {
  TRY(Target target, target_of(call, in));
  Value valid = Value::list(), invalid = Value::list();
  for (const Value& label : in["Labels"].items())
    (is_label(label.as_string()) ? valid : invalid).push_back(label);
  Value labels = target.version["Labels"];
  for (const Value& label : valid.items())
    if (!contains(labels, label)) labels.push_back(label);
  if (labels.size() > labels_max)
    return aws_error(
        "ParameterVersionLabelLimitExceeded",
        "A parameter version can have a maximum of " + std::to_string(labels_max) + " labels.");
  take_from_others(call, target, valid);
  put_version(call, target.name, target.version.set("Labels", std::move(labels)));
  return Value::map(
      {{"InvalidLabels", std::move(invalid)}, {"ParameterVersion", target.version["Version"]}});
}

Result<Value> unlabel_parameter_version(Call& call, const Value& in) {
  TRY(Target target, target_of(call, in));
  Value removed = Value::list(), invalid = Value::list();
  for (const Value& label : in["Labels"].items())
    (contains(target.version["Labels"], label) ? removed : invalid).push_back(label);
  std::erase_if(target.version.member("Labels").make_list(),
                [&](const Value& label) { return contains(removed, label); });
  put_version(call, target.name, target.version);
  return Value::map({{"RemovedLabels", std::move(removed)}, {"InvalidLabels", std::move(invalid)}});
}

}  // namespace mainstay::ssm
