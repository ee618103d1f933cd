#include "services/s3/post_policy.hh"

#include <set>

#include "base/json.hh"
#include "base/text.hh"
#include "services/s3/bucket.hh"

namespace mainstay::s3 {
namespace {

Error invalid_policy(const std::string& why) {
  return aws_error("InvalidPolicyDocument", "Invalid Policy: " + why);
}

Error against_policy(const std::string& why) {
  return aws_error("AccessDenied", "Invalid according to Policy: " + why, 403);
}

// ["eq", "$key", "value"], as errors quote it (recorded).
std::string quoted(const std::string& how, const std::string& field, const std::string& value) {
  auto text = [](const std::string& t) {
    std::string out;
    append_json_string(out, t);
    return out;
  };
  return "[" + text(how) + ", " + text(field) + ", " + text(value) + "]";
}

// "each form field … except x-amz-signature, file, policy, and field names that have an x-ignore-
// prefix"; Version 2's own two besides.
bool needs_no_condition(const std::string& name) {
  return name == "policy" || name == "x-amz-signature" || name == "awsaccesskeyid" ||
         name == "signature" || name.starts_with("x-ignore-");
}

struct Checked {
  const PostForm& form;
  const std::string& bucket;
  std::set<std::string> named;  // fields that a condition is about, in lower case
};

Status check_size_range(const Value& condition, size_t size) {
  auto bound = [](const Value& v) { return parse_int(v.to_text()); };
  auto least = bound(condition.at(1)), most = bound(condition.at(2));
  if (!least || !most) return invalid_policy("Invalid content-length-range");
  bool is_large = static_cast<int64_t>(size) > *most;
  if (!is_large && static_cast<int64_t>(size) >= *least) return {};
  Error error =
      is_large
          ? aws_error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
          : aws_error("EntityTooSmall",
                      "Your proposed upload is smaller than the minimum allowed size");
  error.fields =
      std::make_shared<const Value>(Value::map({{"ProposedSize", std::to_string(size)},
                                                {is_large ? "MaxSizeAllowed" : "MinSizeAllowed",
                                                 std::to_string(is_large ? *most : *least)}}));
  return error;
}

Status check_field(Checked& checked, const std::string& how, const std::string& field,
                   const std::string& value) {
  Error failed = against_policy("Policy Condition failed: " + quoted(how, field, value));
  if (!field.starts_with('$')) return failed;
  std::string name = to_lower(field.substr(1));
  checked.named.insert(name);
  const std::string* given = name == "bucket" ? &checked.bucket : checked.form.find(name);
  if (!given) return failed;
  bool holds = how == "eq" ? *given == value : given->starts_with(value);
  return holds ? Status() : failed;
}

Status check_condition(Checked& checked, const Value& condition) {
  if (condition.is_map()) {
    if (condition.size() != 1)
      return invalid_policy(
          "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
    for (const auto& [name, value] : condition.members()) {
      if (!value.is_string())
        return invalid_policy("Invalid Simple-Condition: value must be a string.");
      return check_field(checked, "eq", "$" + name, value.as_string());
    }
  }
  const std::string how = to_lower(condition.at(0).as_string());
  if (condition.size() != 3) return invalid_policy("Invalid Condition: wrong number of arguments.");
  if (how == "content-length-range") return check_size_range(condition, checked.form.file.size());
  if (how != "eq" && how != "starts-with")
    return invalid_policy("Invalid Condition: unknown operation '" + how + "'.");
  return check_field(checked, how, condition.at(1).as_string(), condition.at(2).as_string());
}

}  // namespace

Status check_post_policy(const std::string& policy, const PostForm& form, const std::string& bucket,
                         Time now) {
  auto text = base64_decode(policy);
  auto document = parse_json(text.value_or(""));
  if (!text || !document.has_value() || !document->is_map()) return invalid_policy("Invalid JSON.");
  auto expiration = parse_time((*document)["expiration"].as_string());
  if (!document->has("expiration")) return invalid_policy("Policy missing expiration.");
  if (!expiration)
    return invalid_policy("Invalid 'expiration' value: '" + (*document)["expiration"].as_string() +
                          "'");
  if (!(*document)["conditions"].is_list()) return invalid_policy("Policy missing conditions.");
  if (*expiration <= now) return against_policy("Policy expired.");
  Checked checked{form, bucket, {}};
  for (const Value& condition : (*document)["conditions"].items())
    CHECK_OK(check_condition(checked, condition));
  for (const auto& [name, value] : form.fields)
    if (std::string lower = to_lower(name);
        !needs_no_condition(lower) && !checked.named.contains(lower))
      return against_policy("Extra input fields: " + lower);
  return {};
}

}  // namespace mainstay::s3
