// Functions about truth: If, Equals, And, Or, Not, and those of the Rules section.
#include <algorithm>

#include "cfn/intrinsics.hh"

namespace mainstay::cfn {
namespace {

// Scalars are equal when their texts are: CloudFormation compares strings.
bool same(const Value& a, const Value& b) {
  return a.is_scalar() && b.is_scalar() ? a.to_text() == b.to_text() : a == b;
}

bool contains(const Value& list, const Value& v) {
  return std::any_of(list.items().begin(), list.items().end(),
                     [&](const Value& item) { return same(item, v); });
}

Result<Value> choose(const Value& argument, Context& context) {
  if (!argument.is_list() || argument.size() != 3 || !argument.at(0).is_string())
    return template_error("Template error: Fn::If requires a list argument with three elements");
  const std::string& name = argument.at(0).as_string();
  const Value* condition = context.conditions ? context.conditions->find(name) : nullptr;
  if (!condition)
    return template_error("Template error: unresolved condition dependency " + name + " in Fn::If");
  context.path.push_back("Fn::If");
  size_t taken = condition->as_bool() ? 1 : 2;
  auto out = evaluate_at(argument.at(taken), context, std::to_string(taken));
  context.path.pop_back();
  return out;
}

Result<Value> equals(const Value& argument, Context&) {
  if (!argument.is_list() || argument.size() != 2)
    return template_error(
        "Template error: every Fn::Equals object requires a list of 2 string parameters.");
  return Value(same(argument.at(0), argument.at(1)));
}

// All operands, evaluated in order; two to ten of them.
Result<std::vector<bool>> operands(const char* name, const Value& argument, Context& context) {
  std::string complaint =
      std::string("Template error: every ") + name +
      " object requires a list of at least 2 and at most 10 boolean parameters.";
  if (!argument.is_list() || argument.size() < 2 || argument.size() > 10)
    return template_error(complaint);
  std::vector<bool> out;
  for (const Value& item : argument.items()) {
    TRY(bool b, evaluate_boolean(item, context, complaint));
    out.push_back(b);
  }
  return out;
}

Result<Value> all_true(const Value& argument, Context& context) {
  TRY(auto values, operands("Fn::And", argument, context));
  return Value(std::find(values.begin(), values.end(), false) == values.end());
}

Result<Value> any_true(const Value& argument, Context& context) {
  TRY(auto values, operands("Fn::Or", argument, context));
  return Value(std::find(values.begin(), values.end(), true) != values.end());
}

Result<Value> negate(const Value& argument, Context& context) {
  constexpr std::string_view complaint =
      "Template error: every Fn::Not object requires one boolean parameter.";
  if (!argument.is_list() || argument.size() != 1) return template_error(complaint);
  TRY(bool b, evaluate_boolean(argument.at(0), context, complaint));
  return Value(!b);
}

Result<Value> list_contains(const Value& argument, Context&) {
  if (argument.size() != 2 || !argument.at(0).is_list())
    return template_error(
        "Template error: every Fn::Contains object requires a list of strings and a string.");
  return Value(contains(argument.at(0), argument.at(1)));
}

Result<Value> each_member_equals(const Value& argument, Context&) {
  if (argument.size() != 2 || !argument.at(0).is_list())
    return template_error(
        "Template error: every Fn::EachMemberEquals object requires a list of strings and a "
        "string.");
  const List& items = argument.at(0).items();
  return Value(std::all_of(items.begin(), items.end(),
                           [&](const Value& item) { return same(item, argument.at(1)); }));
}

Result<Value> each_member_in(const Value& argument, Context&) {
  if (argument.size() != 2 || !argument.at(0).is_list() || !argument.at(1).is_list())
    return template_error(
        "Template error: every Fn::EachMemberIn object requires two lists of strings.");
  const List& items = argument.at(0).items();
  return Value(std::all_of(items.begin(), items.end(),
                           [&](const Value& item) { return contains(argument.at(1), item); }));
}

Result<Value> ref_all(const Value& argument, Context& context) {
  if (!argument.is_string())
    return template_error("Template error: every Fn::RefAll object requires a parameter type.");
  if (context.environment->ref_all) return context.environment->ref_all(argument.as_string());
  return template_error("Fn::RefAll of " + argument.as_string() + " cannot be answered here");
}

Result<Value> attribute_of(const std::string& type, const Value& value,
                           const std::string& attribute, Context& context) {
  if (!context.environment->value_of)
    return template_error("attributes of " + type + " cannot be read here");
  if (!value.is_list()) return context.environment->value_of(type, value.to_text(), attribute);
  List out;
  for (const Value& item : value.items()) {
    TRY(Value v, context.environment->value_of(type, item.to_text(), attribute));
    out.push_back(std::move(v));
  }
  return Value(std::move(out));
}

Result<Value> value_of(const Value& argument, Context& context) {
  const Parameter* p = context.tmpl->find_parameter(argument.at(0).as_string());
  const Value* value = p && context.parameters ? context.parameters->find(p->name) : nullptr;
  if (argument.size() != 2 || !value || !argument.at(1).is_string())
    return template_error(
        "Template error: every Fn::ValueOf object requires a parameter and an attribute.");
  return attribute_of(p->type, *value, argument.at(1).as_string(), context);
}

Result<Value> value_of_all(const Value& argument, Context& context) {
  if (argument.size() != 2 || !argument.at(0).is_string() || !argument.at(1).is_string())
    return template_error(
        "Template error: every Fn::ValueOfAll object requires a parameter type and an attribute.");
  List out;
  for (const Parameter& p : context.tmpl->parameters) {
    const Value* value = context.parameters ? context.parameters->find(p.name) : nullptr;
    if (p.type != argument.at(0).as_string() || !value) continue;
    TRY(Value v, attribute_of(p.type, *value, argument.at(1).as_string(), context));
    out.push_back(std::move(v));
  }
  return Value(std::move(out));
}

constexpr Intrinsic logic_intrinsics[] = {
    {"Fn::If", true, choose},
    {"Fn::Equals", false, equals},
    {"Fn::And", true, all_true},
    {"Fn::Or", true, any_true},
    {"Fn::Not", true, negate},
    {"Fn::Contains", false, list_contains},
    {"Fn::EachMemberEquals", false, each_member_equals},
    {"Fn::EachMemberIn", false, each_member_in},
    {"Fn::RefAll", false, ref_all},
    {"Fn::ValueOf", false, value_of},
    {"Fn::ValueOfAll", false, value_of_all},
};

}  // namespace

const Intrinsic* find_logic_function(std::string_view name) {
  return find_in(logic_intrinsics, name);
}

}  // namespace mainstay::cfn
