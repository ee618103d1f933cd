#include "blueprints/declared.hh"

#include <algorithm>
#include <deque>
#include <map>

#include "base/json.hh"
#include "base/text.hh"
#include "blueprints/expand.hh"

extern "C" const char mainstay_library_begin[], mainstay_library_end[];

// Taken in by the assembler as it is.
__asm__(
    ".section .rodata\n"
    ".global mainstay_library_begin\n.global mainstay_library_end\n"
    "mainstay_library_begin:\n.incbin \"" MAINSTAY_BLUEPRINT_LIBRARY
    "\"\n"
    "mainstay_library_end:\n.byte 0\n.previous\n");

namespace mainstay::blueprints {
namespace {

// A type of a declaration's variable: one of these, or a parameter's ("AWS::EC2::VPC::Id").
struct NamedType {
  std::string_view name;
  VariableType type;
};
constexpr NamedType types[] = {{"text", VariableType::text},
                               {"boolean", VariableType::boolean},
                               {"integer", VariableType::integer},
                               {"list", VariableType::list},
                               {"map", VariableType::map},
                               {"resource", VariableType::resource},
                               {"resources", VariableType::resources}};

// Lives as long as the program.
std::deque<std::vector<Variable>>& kept_variables() {
  static std::deque<std::vector<Variable>> kept;
  return kept;
}

Variable variable_of(const std::string& name, const Value& v) {
  Variable variable{name,         VariableType::parameter, !v.has("default"),
                    v["default"], v["about"].as_string(),  v["type"].as_string()};
  for (const NamedType& type : types)
    if (type.name == v["type"].as_string()) variable.type = type.type;
  if (v.has("of")) variable.resource_type = v["of"].as_string();
  variable.details = &v;
  return variable;
}

Value parameter_of(const Variable& variable) {
  Value parameter = Value::map({{"Type", variable.resource_type}});
  if (!variable.required) parameter.set("Default", variable.otherwise);
  for (const auto& [key, value] : (*variable.details)["parameter"].members())
    parameter.set(key, value);
  return parameter;
}

// What the declaration says of a value beyond its type.
Status check_value(const Variable& variable, const Value& value) {
  const Value& details = *variable.details;
  auto refused = [&](const std::string& why) {
    return Error("VariableInvalid", why).because("variable " + std::string(variable.name));
  };
  if (const Value* allowed = details.find("allowed"))
    if (std::ranges::find(allowed->items(), value) == allowed->items().end()) {
      std::vector<std::string> texts;
      for (const Value& one : allowed->items()) texts.push_back("\"" + one.to_text() + "\"");
      return refused("must be one of " + join(texts, ", ") + ", but is \"" +
                     printable(value.to_text()) + "\"");
    }
  if (details.has("min") &&
      (value.as_int() < details["min"].as_int() || value.as_int() > details["max"].as_int()))
    return refused("must be between " + details["min"].to_text() + " and " +
                   details["max"].to_text());
  return {};
}

Result<Value> render_declared(const Blueprint& blueprint, const RenderInput& input) {
  const Value& declaration = *blueprint.declaration;
  Scope scope;
  scope.set("stack", input.name);
  scope.set("fqn", input.full_name);
  Value parameters = Value::map();
  for (const Variable& variable : blueprint.variables) {
    std::string name(variable.name);
    if (variable.type == VariableType::parameter) {
      parameters.set(name, parameter_of(variable));
      scope.set(name, Value::map({{"Ref", name}}));
      continue;
    }
    const Value* given = input.variables.find(name);
    if (given) CHECK_OK(check_value(variable, *given));
    scope.set(name, given ? *given : Value());
  }
  for (const auto& [name, value] : declaration["fixed"].members()) scope.set(name, value);
  for (const Value& rule : declaration["refuse"].items()) {
    TRY(auto refused, expand(rule, scope));
    const Value& why = refused && refused->is_list() ? refused->at(0) : refused.value_or(Value());
    if (!why.is_null()) return Error("BlueprintInvalid", why.to_text());
  }
  TRY(auto made, expand(declaration["template"], scope));
  Value root = Value::map();
  if (!parameters.empty()) root.set("Parameters", std::move(parameters));
  const Value sections = made.value_or(Value::map());
  for (const auto& [section, content] : sections.members())
    if (!content.empty()) root.set(section, content);
  return root;
}

// With what a class has of another one ("like") put in; of itself it says what differs.
Value whole(const Value& declaration, const std::map<std::string, Value>& by_name) {
  auto found = by_name.find(declaration["like"].as_string());
  if (found == by_name.end()) return declaration;
  Value base = whole(found->second, by_name);
  for (const auto& [key, value] : declaration.members()) {
    bool merges = key == "variables" || key == "fixed" || key == "template";
    if (!merges) {
      base.set(key, value);
      continue;
    }
    for (const auto& [name, one] : value.members()) {
      Value& there = base.member(key).member(name);
      bool section = key == "template" && there.is_map();
      if (!section) there = one;
      if (section)
        for (const auto& [id, resource] : one.members()) there.set(id, resource);
    }
  }
  for (const auto& [name, value] : base["fixed"].members()) base.member("variables").erase(name);
  return base;
}

std::vector<Value> read_library() {
  std::string_view text(mainstay_library_begin,
                        static_cast<size_t>(mainstay_library_end - mainstay_library_begin));
  Value all = parse_json(text).value_or(Value());
  std::map<std::string, Value> by_name;
  for (const Value& one : all.items()) by_name[one["name"].as_string()] = one;
  std::vector<Value> declarations;
  for (const auto& [name, one] : by_name)
    if (!one["abstract"].as_bool()) declarations.push_back(whole(one, by_name));
  return declarations;
}

}  // namespace

Blueprint blueprint_of(const Value& declaration) {
  std::vector<Variable> variables;
  for (const auto& [name, v] : declaration["variables"].members())
    variables.push_back(variable_of(name, v));
  kept_variables().push_back(std::move(variables));
  return {declaration["name"].as_string(), declaration["about"].as_string(),
          kept_variables().back(), render_declared, &declaration};
}

const std::vector<Blueprint>& declared_blueprints() {
  static const std::vector<Value> declarations = read_library();
  static const std::vector<Blueprint> blueprints = [] {
    std::vector<Blueprint> all;
    for (const Value& one : declarations) all.push_back(blueprint_of(one));
    return all;
  }();
  return blueprints;
}

}  // namespace mainstay::blueprints
