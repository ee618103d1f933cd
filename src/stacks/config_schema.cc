#include "stacks/config_keys.hh"

namespace mainstay::stacks {
namespace {

// What a YAML scalar may be read as.
Value scalar_types() {
  return Value::map({{"type", Value::list({"string", "number", "boolean", "null"})}});
}

// A value that the environment fills in, as "${key}".
Value filled_in() {
  return Value::map({{"type", "string"}, {"pattern", "\\$"}});
}

Value or_filled_in(Value schema) {
  return Value::map(
      {{"anyOf", Value::list({std::move(schema), filled_in(), Value::map({{"type", "null"}})})}});
}

Value of_type(const char* type) {
  return Value::map({{"type", type}});
}

Value kind_schema(KeyKind kind) {
  switch (kind) {
    case KeyKind::text:
      return scalar_types();
    case KeyKind::boolean:
      return or_filled_in(of_type("boolean"));
    case KeyKind::texts:
      return or_filled_in(of_type("array").set("items", scalar_types()));
    case KeyKind::map:
      return or_filled_in(of_type("object"));
    case KeyKind::list:
      return or_filled_in(of_type("array"));
    case KeyKind::list_or_map:
      return or_filled_in(Value::map({{"type", Value::list({"array", "object"})}}));
    case KeyKind::any:
      break;
  }
  return Value::map();
}

Value key_schema(const KeySpec& spec) {
  Value schema = spec.choice.empty() ? kind_schema(spec.kind)
                                     : Value::map({{"enum", Value::list({spec.choice, nullptr})}});
  schema.set("description", std::string(spec.about));
  return schema;
}

Value map_schema(std::span<const KeySpec> keys) {
  Value properties = Value::map();
  for (const KeySpec& spec : keys) properties.set(std::string(spec.key), key_schema(spec));
  return Value::map({{"type", "object"}, {"properties", std::move(properties)}});
}

// A list of maps that have a name, or a map by name.
Value named_schema(std::string_view definition) {
  Value one = Value::map({{"$ref", "#/$defs/" + std::string(definition)}});
  Value in_list = one;
  in_list.set("required", Value::list({definition == "hook" ? "path" : "name"}));
  return Value::map(
      {{"anyOf", Value::list({of_type("array").set("items", std::move(in_list)),
                              of_type("object").set("additionalProperties", std::move(one)),
                              filled_in(), of_type("null")})}});
}

}  // namespace

Value config_schema() {
  Value schema = Value::map({{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                             {"title", "mainstay's configuration of stacks"}});
  Value top = map_schema(top_level_keys());
  schema.set("type", top["type"]);
  Value properties = top["properties"];
  constexpr std::pair<const char*, const char*> sections[] = {
      {"stacks", "stack"},    {"targets", "target"},   {"pre_build", "hook"},
      {"post_build", "hook"}, {"pre_destroy", "hook"}, {"post_destroy", "hook"}};
  for (const auto& [section, definition] : sections) {
    Value named = named_schema(definition);
    named.set("description", properties[section]["description"]);
    properties.set(section, std::move(named));
  }
  schema.set("properties", std::move(properties));
  Value stack = map_schema(stack_keys()).set("additionalProperties", false);
  stack.set("not", Value::map({{"required", Value::list({"class_path", "template_path"})}}));
  Value target = map_schema(target_keys()).set("additionalProperties", false);
  Value hook = map_schema(hook_keys()).set("additionalProperties", false);
  schema.set("$defs", Value::map({{"stack", std::move(stack)},
                                  {"target", std::move(target)},
                                  {"hook", std::move(hook)}}));
  return schema;
}

}  // namespace mainstay::stacks
