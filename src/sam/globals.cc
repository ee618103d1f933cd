// "Globals section of the AWS SAM template": defaults of properties, by kind of resource.
#include <algorithm>

#include "base/text.hh"
#include "sam/translation.hh"

namespace mainstay::sam {
namespace {

constexpr std::string_view global_kinds[] = {"Api",         "CapacityProvider", "Function",
                                             "HttpApi",     "LayerVersion",     "SimpleTable",
                                             "StateMachine"};

Error invalid(const std::string& what) {
  return Error("TransformFailed",
               "Invalid Serverless Application Specification document. Number of errors found: 1. "
               "'Globals' section is invalid. " +
                   what);
}

// Primitive values are replaced, maps merged, lists put after the global ones ("Overridable
// properties").
Value merged(const Value& global, const Value& own) {
  if (own.is_null()) return global;
  if (is_intrinsic(global) || is_intrinsic(own)) return own;
  if (global.is_list() && own.is_list()) {
    Value out = global;
    for (const Value& item : own.items()) out.push_back(item);
    return out;
  }
  if (!global.is_map() || !own.is_map()) return own;
  Value out = global;
  for (const auto& [name, value] : own.members()) out.set(name, merged(global[name], value));
  return out;
}

}  // namespace

Result<Value> with_globals(const Value& root) {
  const Value& globals = root["Globals"];
  if (!globals.is_null() && !globals.is_map()) return invalid("It must be a non-empty dictionary");
  for (const auto& [kind, value] : globals.members()) {
    if (std::find(std::begin(global_kinds), std::end(global_kinds), kind) ==
        std::end(global_kinds)) {
      std::vector<std::string> known;
      for (std::string_view name : global_kinds) known.push_back("'" + std::string(name) + "'");
      return invalid("'" + kind + "' is not supported. Must be one of the following values - [" +
                     join(known, ", ") + "]");
    }
    if (!value.is_map()) return invalid("Value of " + kind + " must be a dictionary");
  }
  constexpr std::string_view prefix = "AWS::Serverless::";
  Value out = Value::map({});
  for (const auto& [id, declared] : root["Resources"].members()) {
    const std::string& type = declared["Type"].as_string();
    Value resource = declared;
    if (type.starts_with(prefix))
      if (const Value* global = globals.find(type.substr(prefix.size())))
        resource.set("Properties", merged(*global, declared["Properties"]));
    out.set(id, std::move(resource));
  }
  return out;
}

}  // namespace mainstay::sam
