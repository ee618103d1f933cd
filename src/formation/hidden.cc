#include "formation/hidden.hh"

#include <algorithm>

#include "base/json.hh"
#include "cfn/references.hh"

namespace mainstay::formation {
namespace {

bool is_hidden_parameter(const cfn::Template& tmpl, const std::string& name) {
  return std::any_of(tmpl.parameters.begin(), tmpl.parameters.end(),
                     [&](const cfn::Parameter& p) { return p.no_echo && p.name == name; });
}

bool is_hidden(const cfn::Template& tmpl, const Value& property) {
  std::string text = to_json(property);
  if (text.contains("{{resolve:secretsmanager:") || text.contains("{{resolve:ssm-secure:"))
    return true;
  auto references = cfn::find_references(property, {});
  return references.has_value() &&
         std::any_of(references->begin(), references->end(),
                     [&](const cfn::Reference& r) { return is_hidden_parameter(tmpl, r.name); });
}

}  // namespace

std::set<std::string> hidden_properties(const Prepared& prepared, const std::string& logical_id) {
  std::set<std::string> out;
  const cfn::Resource* declared = prepared.tmpl.find_resource(logical_id);
  if (!declared) return out;
  for (const auto& [name, property] : declared->properties.members())
    if (is_hidden(prepared.tmpl, property)) out.insert(name);
  return out;
}

std::set<std::string> hidden_properties(const Value& resource) {
  std::set<std::string> out;
  if (!resource.has("_shown")) return out;
  for (const auto& [name, value] : resource["Properties"].members())
    if (resource["_shown"][name] != value) out.insert(name);
  return out;
}

}  // namespace mainstay::formation
