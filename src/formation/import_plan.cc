#include "formation/import_plan.hh"

#include <algorithm>

#include "base/text.hh"
#include "formation/provider.hh"
#include "formation/template_values.hh"
#include "formation/types.hh"

namespace mainstay::formation {
namespace {

bool is_in_a_stack(const Call& call, const std::string& physical_id) {
  auto rows = call.find_by("resource", "PhysicalResourceId", physical_id);
  return std::any_of(rows.begin(), rows.end(),
                     [&](const std::string& id) { return is_present(*call.find("resource", id)); });
}

// As CloudFormation gets it from SQS, whatever name the caller has reached this cloud by: so that
// one queue has one id.
std::string queue_url(const Call& call, const std::string& url) {
  size_t host = url.find("://");
  size_t path = host == std::string::npos ? host : url.find('/', host + 3);
  if (path == std::string::npos) return url;
  std::string suffix = call.region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return "https://sqs." + call.region + suffix + url.substr(path);
}

// The identifier as the physical id has it.
Result<std::string> physical_id_of(const Call& call, const Value& asked) {
  const std::string& id = asked["LogicalResourceId"].as_string();
  const cfn::Schema* schema = Types::all().schema(asked["ResourceType"].as_string());
  if (!schema)
    return validation_error("ResourceTypes [" + asked["ResourceType"].as_string() +
                            "] are not supported for Import");
  std::vector<std::string> values;
  for (const std::string& name : schema->primary_identifier()) {
    const Value& value = asked["ResourceIdentifier"][name];
    if (value.is_null())
      return validation_error("The ResourceIdentifier of " + id + " must have [" +
                              join(schema->primary_identifier(), ", ") + "]");
    values.push_back(name == "QueueUrl" ? queue_url(call, value.to_text()) : value.to_text());
  }
  return join(values, "|");
}

Status check_asked(const Value& asked, const Prepared& prepared) {
  const std::string& id = asked["LogicalResourceId"].as_string();
  const cfn::Resource* declared = prepared.tmpl.find_resource(id);
  if (!declared) return validation_error("Resource " + id + " to import is not in the template");
  if (declared->type != asked["ResourceType"].as_string())
    return validation_error("Resource " + id + " is of type " + declared->type +
                            " in the template, and of type " + asked["ResourceType"].as_string() +
                            " in ResourcesToImport");
  // "Each resource to import must have a DeletionPolicy attribute" (user guide); the words are
  // ours.
  if (declared->deletion_policy.is_null())
    return validation_error("Resource " + id +
                            " to import must have a DeletionPolicy in the template");
  return {};
}

// What the plan does besides importing.
std::vector<std::string> others_of(const Plan& plan, const Value& imports) {
  std::vector<std::string> out;
  for (const cfn::ResourceChange& change : plan.changes)
    if (change.action != cfn::Action::add || !imports.has(change.logical_id))
      out.push_back(change.logical_id);
  return out;
}

// A resource that may be there by its name, as far as its properties are known.
Value candidate_of(const Prepared& prepared, const std::string& id) {
  const cfn::Resource& declared = *prepared.tmpl.find_resource(id);
  auto properties = known_properties(prepared, declared);
  if (!properties.has_value() || !properties->is_map()) return {};
  if (provider().custom_name(declared.type, *properties).empty()) return {};
  return Value::map({{"LogicalResourceId", id},
                     {"ResourceType", declared.type},
                     {"Properties", std::move(*properties)}});
}

// Its physical id, "" where nothing is there.
std::string find_existing(const Asker& asker, const StackKey& key, const Value& r) {
  Subject s{asker.cloud,
            asker.caller,
            {key.account, key.region, key.id, r["LogicalResourceId"].as_string(),
             r["ResourceType"].as_string(), 0},
            r["Properties"],
            Value::map({}),
            Value::list(),
            Value::list(),
            Value(),
            ""};
  return provider().find_named(s) && provider().adopt(s).has_value() ? s.physical_id : "";
}

}  // namespace

Result<Value> imports_asked(Call& call, const Value& in, const Prepared& prepared,
                            const Plan& plan) {
  Value out = Value::map({});
  std::vector<std::string> taken;
  for (const Value& asked : in["ResourcesToImport"].items()) {
    CHECK_OK(check_asked(asked, prepared));
    TRY(std::string physical_id, physical_id_of(call, asked));
    const std::string& id = asked["LogicalResourceId"].as_string();
    if (is_in_a_stack(call, physical_id)) taken.push_back(id);
    out.set(id, physical_id);
  }
  if (!taken.empty())
    return validation_error("Resources [" + join(taken, ", ") +
                            "] passed in ResourceToImport are already in a stack and cannot be "
                            "imported.");
  if (auto others = others_of(plan, out); !others.empty())
    return validation_error("You have modified resources [" + join(others, ", ") +
                            "] in your template that are not being imported. Update, create or "
                            "delete operations cannot be executed during import operations.");
  return out;
}

Value existing_by_name(Call& call, const StackKey& key, const Prepared& prepared,
                       const Plan& plan) {
  const Asker asker = asker_of(call);
  std::vector<Value> candidates;
  for (const cfn::ResourceChange& change : plan.changes)
    if (change.action == cfn::Action::add)
      if (Value r = candidate_of(prepared, change.logical_id); !r.is_null())
        candidates.push_back(std::move(r));
  Value found = Value::map({});
  if (candidates.empty()) return found;
  call.outside([&] {
    for (const Value& r : candidates)
      if (std::string id = find_existing(asker, key, r); !id.empty())
        found.set(r["LogicalResourceId"].as_string(), id);
  });
  return found;
}

Value imports_found(const Call& call, const Value& existing) {
  Value out = Value::map({});
  for (const auto& [id, physical_id] : existing.members())
    if (!is_in_a_stack(call, physical_id.as_string())) out.set(id, physical_id);
  return out;
}

}  // namespace mainstay::formation
