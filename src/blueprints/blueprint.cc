#include "blueprints/blueprint.hh"

#include <algorithm>

#include "base/text.hh"
#include "blueprints/app.hh"
#include "blueprints/declared.hh"
#include "blueprints/emr.hh"
#include "blueprints/network.hh"
#include "blueprints/vpc.hh"

namespace mainstay::blueprints {
namespace {

Error in_variable(Error error, std::string_view name) {
  return std::move(error).because("variable " + std::string(name));
}

std::string_view type_name(VariableType type) {
  static constexpr std::string_view names[] = {
      "text",  "true or false",         "a whole number",     "a list",
      "a map", "a map of one resource", "a map of resources", "a text, a number or a list"};
  return names[static_cast<size_t>(type)];
}

bool has_type(const Value& v, VariableType type) {
  switch (type) {
    case VariableType::text:
      return v.is_string();
    case VariableType::boolean:
      return v.is_bool();
    case VariableType::integer:
      return v.is_int();
    case VariableType::list:
      return v.is_list();
    case VariableType::map:
      return v.is_map();
    case VariableType::resource:
      return v.is_map() && v.size() == 1 && v.members().nth(0).second.is_map();
    case VariableType::resources:
      return v.is_map() && std::ranges::all_of(v.members(), [](const Map::Member& member) {
               return member.second.is_map();
             });
    case VariableType::parameter:
      return !v.is_map();
  }
  return false;
}

// What came out of an environment file or a lookup is text: "true" is as good as true.
Value coerced(const Value& v, VariableType type) {
  if (type == VariableType::text && v.is_scalar() && !v.is_null()) return v.to_text();
  if (!v.is_string()) return v;
  if (type == VariableType::boolean && (v.as_string() == "true" || v.as_string() == "false"))
    return v.as_string() == "true";
  if (type == VariableType::integer)
    if (auto number = parse_int(v.as_string())) return *number;
  return v;
}

}  // namespace

const std::vector<Blueprint>& all() {
  static const std::vector<Blueprint> registry = [] {
    std::vector<Blueprint> every = declared_blueprints();
    for (Blueprint one : {app_blueprint(), emr_blueprint(), network_blueprint(), vpc2_blueprint()})
      every.push_back(one);
    std::ranges::sort(every, {}, &Blueprint::name);
    return every;
  }();
  return registry;
}

Result<const Blueprint*> find(std::string_view name) {
  std::vector<std::string> names;
  for (const Blueprint& b : all()) {
    if (b.name == name) return &b;
    names.emplace_back(b.name);
  }
  Error error("BlueprintUnknown", "there is no blueprint \"" + std::string(name) + "\"");
  auto near = nearest(name, names);
  // "s3.Buckets" lacks the package, and is near to names that it has nothing to do with.
  for (const std::string& known : names)
    if (known.ends_with("." + std::string(name))) near = known;
  error.hint = near ? "did you mean \"" + *near + "\"?"
                    : "there are " + join(names, ", ") + "; any template works with template_path";
  return error;
}

std::vector<std::string> unknown_variables(const Blueprint& blueprint, const Value& variables) {
  std::vector<std::string> unknown;
  for (const auto& [name, value] : variables.members())
    if (std::ranges::find(blueprint.variables, name, &Variable::name) == blueprint.variables.end())
      unknown.push_back(name);
  return unknown;
}

Result<Value> render(const Blueprint& blueprint, const RenderInput& input) {
  Value checked = Value::map();
  for (const Variable& variable : blueprint.variables) {
    const Value* given = input.variables.find(variable.name);
    if (!given || given->is_null()) {
      // A parameter may have a value that is deployed already.
      if (variable.required && variable.type != VariableType::parameter)
        return in_variable(Error("VariableMissing", std::string(blueprint.name) + " needs it: " +
                                                        std::string(variable.description)),
                           variable.name);
      if (!variable.otherwise.is_null()) checked.set(variable.name, variable.otherwise);
      continue;
    }
    Value value = coerced(*given, variable.type);
    if (!has_type(value, variable.type))
      return in_variable(
          Error("VariableInvalid", "must be " + std::string(type_name(variable.type)) +
                                       ", but is " + kind_name(given->kind())),
          variable.name);
    checked.set(variable.name, std::move(value));
  }
  return blueprint.render(blueprint, {input.name, input.full_name, std::move(checked)});
}

}  // namespace mainstay::blueprints
