// Functions about lists, maps and places: Select, Length, FindInMap, GetAZs, ImportValue, Cidr.
#include "base/text.hh"
#include "cfn/intrinsics.hh"

namespace mainstay::cfn {
namespace {

Result<Value> select(const Value& argument, Context&) {
  auto index = parse_int(argument.at(0).to_text());
  if (!argument.is_list() || argument.size() != 2 || !index || !argument.at(1).is_list())
    return template_error(
        "Template error: Fn::Select requires a list argument with two elements: an integer index "
        "and a list");
  const List& items = argument.at(1).items();
  if (*index < 0 || static_cast<size_t>(*index) >= items.size())
    return template_error("Template error: Fn::Select cannot select nonexistent value at index " +
                          std::to_string(*index));
  return items[static_cast<size_t>(*index)];
}

Result<Value> length(const Value& argument, Context&) {
  if (!argument.is_list())
    return template_error(
        "Transform AWS::LanguageExtensions failed with: Fn::Length layout is incorrect");
  return Value(argument.size());
}

// A name, key or attribute of a mapping: text, or a number written as one.
Result<std::string> mapping_step(const Value& argument, size_t i, Context& context) {
  TRY(Value v, evaluate_at(argument.at(i), context, std::to_string(i)));
  if (v.is_scalar() && !v.is_null()) return v.to_text();
  return template_error(
      "Template error: every Fn::FindInMap object requires three parameters, the map name, map key "
      "and the attribute for return value");
}

Result<Value> find_in_map(const Value& argument, Context& context) {
  bool has_default = argument.at(3).has("DefaultValue");
  if (!argument.is_list() || argument.size() < 3 || argument.size() > (has_default ? 4 : 3))
    return template_error(
        "Template error: every Fn::FindInMap object requires three parameters, the map name, map "
        "key and the attribute for return value");
  TRY(std::string name, mapping_step(argument, 0, context));
  TRY(std::string key, mapping_step(argument, 1, context));
  TRY(std::string attribute, mapping_step(argument, 2, context));
  const Value* mapping = context.tmpl ? context.tmpl->mappings.find(name) : nullptr;
  const Value* found = mapping ? (*mapping)[key].find(attribute) : nullptr;
  if (found) return *found;
  if (has_default) return evaluate_at(argument.at(3)["DefaultValue"], context, "3");
  if (!mapping)
    return template_error("Template error: Mapping named '" + name +
                          "' is not present in the 'Mappings' section of template.");
  return template_error("Template error: Unable to get mapping for " + name + "::" + key +
                        "::" + attribute);
}

Result<Value> get_azs(const Value& argument, Context& context) {
  if (!argument.is_string() && !argument.is_null())
    return template_error(
        "Template error: every Fn::GetAZs object must have a String-typed value.");
  std::string region = argument.as_string();
  if (region.empty()) region = context.environment->pseudo.region;
  if (context.environment->get_azs) return context.environment->get_azs(region);
  return template_error("Template error: the availability zones of " + region +
                        " are not known here");
}

Result<Value> import_value(const Value& argument, Context& context) {
  if (!argument.is_scalar() || argument.is_null())
    return template_error(
        "Template error: the attribute in Fn::ImportValue must be a string or a function that "
        "returns a string");
  if (context.environment->import_value)
    return context.environment->import_value(argument.to_text());
  return template_error("No export named " + argument.to_text() + " found");
}

Result<Value> cidr(const Value& argument, Context&) {
  auto count = parse_int(argument.at(1).to_text());
  auto bits = argument.size() > 2 ? parse_int(argument.at(2).to_text()) : -1;
  bool well_formed = argument.is_list() && (argument.size() == 2 || argument.size() == 3) &&
                     argument.at(0).is_string() && count && bits;
  if (!well_formed)
    return template_error(
        "Template error: every Fn::Cidr object requires two or three parameters, (1) the CIDR "
        "block, (2) the number of CIDRs to generate and (3) the number of subnet bits");
  TRY(List networks, divide_network(argument.at(0).as_string(), *count, *bits));
  return Value(std::move(networks));
}

constexpr Intrinsic list_intrinsics[] = {
    {"Fn::Select", false, select},
    {"Fn::Length", false, length},
    {"Fn::FindInMap", true, find_in_map},
    {"Fn::GetAZs", false, get_azs},
    {"Fn::ImportValue", false, import_value},
    {"Fn::Cidr", false, cidr},
};

}  // namespace

const Intrinsic* find_list_function(std::string_view name) {
  return find_in(list_intrinsics, name);
}

}  // namespace mainstay::cfn
