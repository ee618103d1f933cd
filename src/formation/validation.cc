#include "formation/validation.hh"

#include <set>

#include "base/text.hh"
#include "formation/provider.hh"
#include "formation/template_values.hh"
#include "formation/types.hh"

namespace mainstay::formation {
namespace {

constexpr const char *property_check = "PROPERTY_VALIDATION",
                     *name_check = "NAME_CONFLICT_VALIDATION";

Value finding(const cfn::Resource& r, const char* name, const std::string& path,
              const std::string& reason) {
  return Value::map({{"LogicalResourceId", r.id},
                     {"ResourceType", r.type},
                     {"ValidationName", name},
                     {"ValidationStatus", "FAILED"},
                     {"ValidationFailureMode", "FAIL"},
                     {"ValidationStatusReason", reason},
                     {"ValidationPath", path}});
}

}  // namespace

std::vector<Value> validate_plan(const Prepared& prepared, const Plan& plan, const Value& existing,
                                 const Value& imports) {
  std::vector<Value> out;
  for (const cfn::ResourceChange& change : plan.changes) {
    if (change.action == cfn::Action::remove) continue;
    const cfn::Resource& r = *prepared.tmpl.find_resource(change.logical_id);
    const std::string path = "/Resources/" + r.id;
    auto properties = known_properties(prepared, r);
    const cfn::Schema* schema = Types::is_custom(r.type) ? nullptr : Types::all().schema(r.type);
    if (properties.has_value() && schema)
      if (auto good = schema->check_properties(*properties, r.id); !good.has_value())
        out.push_back(finding(r, property_check, path + "/Properties", good.error().message));
    if (existing.has(r.id) && !imports.has(r.id))
      out.push_back(finding(r, name_check, path,
                            "Resource of type '" + r.type + "' with identifier '" +
                                provider().custom_name(r.type, *properties) + "' already exists."));
  }
  return out;
}

// The words are those that people have shown of AWS's change sets.
std::string status_reason(const std::vector<Value>& findings) {
  std::set<std::string> checks;
  for (const Value& found : findings)
    checks.insert(found["ValidationName"].as_string() == name_check
                      ? "AWS::EarlyValidation::ResourceExistenceCheck"
                      : "AWS::EarlyValidation::PropertyValidation");
  if (checks.empty()) return "";
  return "The following hook(s)/validation failed: [" + join({checks.begin(), checks.end()}, ", ") +
         "]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed "
         "failure information.";
}

void keep_findings(Call& call, const StackKey& key, const std::string& operation,
                   std::vector<Value> findings) {
  remove_rows(call, "finding", key.uuid());
  size_t number = 0;
  for (Value& found : findings) {
    found.set("StackId", key.id).set("OperationId", operation).set("Timestamp", call.now);
    call.put("finding", row(key.uuid(), operation + "/" + std::to_string(number++)), found);
  }
}

}  // namespace mainstay::formation
