#include "cfn/resolved.hh"

#include "cfn/dependencies.hh"
#include "cfn/template_check.hh"

namespace mainstay::cfn {

Result<std::vector<ResolvedResource>> resolve_resources(const Side& side) {
  TRY(Map conditions, evaluate_conditions(*side.tmpl, *side.parameters, *side.environment));
  std::vector<ResolvedResource> out;
  for (const Resource& r : side.tmpl->resources) {
    if (!holds(r.condition, conditions)) continue;
    auto value_at = [&](const Value& v, const char* section) {
      Context context{
          side.tmpl, side.parameters, &conditions, side.environment, {"Resources", r.id, section}};
      return evaluate(v, context);
    };
    ResolvedResource resolved{r.id, r.type, {}, {}, {}, side.tmpl->document.key_at(r.path())};
    TRY(resolved.properties, value_at(r.properties, "Properties"));
    TRY(resolved.deletion_policy, value_at(r.deletion_policy, "DeletionPolicy"));
    TRY(resolved.update_replace_policy, value_at(r.update_replace_policy, "UpdateReplacePolicy"));
    out.push_back(std::move(resolved));
  }
  return out;
}

Result<Map> resolve_outputs(const Side& side) {
  TRY(Map conditions, evaluate_conditions(*side.tmpl, *side.parameters, *side.environment));
  Map out;
  for (const Output& output : side.tmpl->outputs) {
    if (!holds(output.condition, conditions)) continue;
    Context context{
        side.tmpl, side.parameters, &conditions, side.environment, {"Outputs", output.id, "Value"}};
    TRY(Value value, evaluate(output.value, context));
    out.set(output.id, std::move(value));
  }
  return out;
}

}  // namespace mainstay::cfn
