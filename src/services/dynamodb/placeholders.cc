#include "base/text.hh"
#include "services/dynamodb/expression.hh"
#include "services/dynamodb/tokens.hh"

namespace mainstay::dynamodb {
namespace {

constexpr const char* expressions[] = {"ConditionExpression", "FilterExpression",
                                       "KeyConditionExpression", "ProjectionExpression",
                                       "UpdateExpression"};

Status check_given(const Value& in, const char* member) {
  if (!in.has(member)) return {};
  bool any = false;
  for (const char* expression : expressions) any = any || in.has(expression);
  if (!any)
    return validation(std::string(member) + " can only be specified when using expressions");
  if (in[member].empty()) return validation(std::string(member) + " must not be empty");
  return {};
}

std::string unused(const Value& given, const std::set<std::string>& used) {
  std::vector<std::string> out;
  for (const auto& [placeholder, value] : given.members())
    if (!used.contains(placeholder)) out.push_back(placeholder);
  return join(out, ", ");
}

}  // namespace

Result<Placeholders> Placeholders::read(const Value& in) {
  CHECK_OK(check_given(in, "ExpressionAttributeNames"));
  CHECK_OK(check_given(in, "ExpressionAttributeValues"));
  Placeholders out;
  out.names_ = in["ExpressionAttributeNames"];
  for (const auto& [name, attribute] : in["ExpressionAttributeValues"].members()) {
    if (!name.starts_with(":") || name.size() < 2)
      return validation("ExpressionAttributeValues contains invalid key: Syntax error; key: \"" +
                        name + "\"");
    auto read = read_attribute(attribute);
    if (!read.has_value())
      return validation("ExpressionAttributeValues contains invalid value: " +
                        read.error().message + " for key " + name);
    out.values_.set(name, std::move(*read));
  }
  for (const auto& [name, value] : out.names_.members())
    if (!name.starts_with("#") || name.size() < 2)
      return validation("ExpressionAttributeNames contains invalid key: Syntax error; key: \"" +
                        name + "\"");
  return out;
}

Result<std::string> Placeholders::name(const std::string& placeholder, std::string_view what) {
  const Value* found = names_.find(placeholder);
  if (!found)
    return invalid(what,
                   "An expression attribute name used in the document path is not defined; "
                   "attribute name: " +
                       placeholder);
  used_.insert(placeholder);
  return found->as_string();
}

Result<Value> Placeholders::value(const std::string& placeholder, std::string_view what) {
  const Value* found = values_.find(placeholder);
  if (!found)
    return invalid(what,
                   "An expression attribute value used in expression is not defined; attribute "
                   "value: " +
                       placeholder);
  used_.insert(placeholder);
  return *found;
}

Status Placeholders::check_used() const {
  if (std::string names = unused(names_, used_); !names.empty())
    return validation("Value provided in ExpressionAttributeNames unused in expressions: keys: {" +
                      names + "}");
  if (std::string values = unused(values_, used_); !values.empty())
    return validation("Value provided in ExpressionAttributeValues unused in expressions: keys: {" +
                      values + "}");
  return {};
}

}  // namespace mainstay::dynamodb
