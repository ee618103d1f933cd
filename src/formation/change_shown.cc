#include "formation/change_shown.hh"

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::formation {
namespace {

std::string text_of(const Value& v) {
  return v.is_bytes()    ? "{{changeSet:KNOWN_AFTER_APPLY}}"
         : v.is_scalar() ? v.to_text()
                         : to_json(v);
}

Value shown_target(const cfn::Cause& cause) {
  Value target = Value::map({{"Attribute", cause.attribute}});
  if (cause.attribute == "Properties") {
    std::string path;
    for (size_t i = 2; i < cause.path.size(); ++i) {  // up to the function that makes the value
      if (cause.path[i] == "Ref" || cause.path[i].starts_with("Fn::")) break;
      path += "/" + cause.path[i];
    }
    target.set("Name", cause.name).set("Path", path);
    target.set("RequiresRecreation", cfn::recreation_name(cause.recreation));
  } else {
    target.set("RequiresRecreation", "Never");
  }
  if (!cause.before.is_null()) target.set("BeforeValue", text_of(cause.before));
  if (!cause.after.is_null()) target.set("AfterValue", text_of(cause.after));
  target.set("AttributeChangeType", cause.before.is_null()  ? "Add"
                                    : cause.after.is_null() ? "Remove"
                                                            : "Modify");
  return target;
}

Value detail_of(const Value& target, bool is_static, cfn::ChangeSource source,
                const std::string& entity) {
  Value out = Value::map({{"Target", target},
                          {"Evaluation", is_static ? "Static" : "Dynamic"},
                          {"ChangeSource", cfn::source_name(source)}});
  if (!entity.empty()) out.set("CausingEntity", entity);
  return out;
}

// A change by parameters has a detail for each of them, and one more for what may come of it beside
// them ("ResourceChangeDetail", API reference; recorded). An attribute of what is surely replaced
// is surely another.
void add_details(Value& details, const cfn::Cause& cause, const ChangeContext& context) {
  using enum cfn::ChangeSource;
  Value target = shown_target(cause);
  if (cause.source == parameter_reference) {
    for (const std::string& parameter : split(cause.entity, ", "))
      details.push_back(detail_of(target, cause.is_static, cause.source, parameter));
    details.push_back(detail_of(target, false, direct_modification, ""));
    return;
  }
  bool by_attribute = cause.source == resource_attribute && cause.certain;
  if (by_attribute) {
    // With its values it is told twice (recorded).
    for (auto [member, side] :
         {std::pair{"BeforeValue", &context.before}, std::pair{"AfterValue", &context.after}})
      if (side->has(cause.name)) target.set(member, text_of((*side)[cause.name]));
    target.set("AttributeChangeType", "Modify");
    details.push_back(detail_of(target, false, direct_modification, "").set("_with_values", true));
  }
  details.push_back(detail_of(target, cause.is_static || by_attribute, cause.source, cause.entity));
}

// What becomes of the resource that is there ("PolicyAction", ResourceChange).
std::string policy_action(const cfn::ResourceChange& change, const Value& resource) {
  bool removes = change.action == cfn::Action::remove;
  if (!removes && change.replacement != cfn::Replacement::yes) return "";
  const Value& policy = resource[removes ? "_deletion_policy" : "_replace_policy"];
  std::string word = policy.is_string() ? policy.as_string() : "Delete";
  if (word == "RetainExceptOnCreate") word = "Retain";
  return removes ? word : "ReplaceAnd" + word;
}

}  // namespace

Value shown_change(const Call& call, const std::string& uuid, const cfn::ResourceChange& change,
                   const Value& imports, const ChangeContext& context) {
  Value details = Value::list();
  for (const cfn::Cause& cause : change.causes) add_details(details, cause, context);
  Value resource = Value::map({{"Action", cfn::action_name(change.action)},
                               {"LogicalResourceId", change.logical_id},
                               {"ResourceType", change.type},
                               {"Scope", Value(List(change.scope.begin(), change.scope.end()))},
                               {"Details", details}});
  if (change.action == cfn::Action::modify)
    resource.set("Replacement", cfn::replacement_name(change.replacement));
  if (const Value* imported = imports.find(change.logical_id))
    resource.set("Action", "Import").set("PhysicalResourceId", *imported);
  if (change.action != cfn::Action::add)
    if (const Value* r = call.find("resource", row(uuid, change.logical_id))) {
      resource.set("PhysicalResourceId", (*r)["PhysicalResourceId"]);
      if (std::string policy = policy_action(change, *r); !policy.empty())
        resource.set("PolicyAction", policy);
    }
  for (auto [name, side] :
       {std::pair{"BeforeContext", &context.before}, std::pair{"AfterContext", &context.after}})
    if (!side->is_null()) resource.set(name, to_json(Value::map({{"Properties", *side}})));
  if (context.is_none()) resource.set("_is_none", true);
  return Value::map({{"Type", "Resource"}, {"ResourceChange", std::move(resource)}});
}

void show_values(List& changes, bool with_values) {
  if (with_values)
    std::erase_if(changes, [](const Value& c) { return c["ResourceChange"].has("_is_none"); });
  for (Value& change : changes) {
    Value& resource = change.member("ResourceChange");
    resource.erase("_is_none");
    List& details = resource.member("Details").make_list();
    if (!with_values) std::erase_if(details, [](const Value& d) { return d.has("_with_values"); });
    for (Value& detail : details) detail.erase("_with_values");
    if (with_values) continue;
    for (const char* member : {"BeforeContext", "AfterContext"}) resource.erase(member);
    for (Value& detail : details)
      for (const char* member : {"BeforeValue", "AfterValue", "Path", "AttributeChangeType"})
        detail.member("Target").erase(member);
  }
}

}  // namespace mainstay::formation
