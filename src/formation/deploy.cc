// Bringing resources to what the template wants: see operation.hh.
#include <algorithm>

#include "base/text.hh"
#include "formation/operation.hh"
#include "formation/secure_reference.hh"
#include "formation/stack_policy.hh"
#include "formation/template_source.hh"

namespace mainstay::formation {
namespace {

// What a template says of a resource besides its properties; kept with it.
Status keep_policies(const cfn::Resource& declared, cfn::Context& context, Value& r) {
  const std::pair<const char*, const Value*> parts[] = {
      {"_deletion_policy", &declared.deletion_policy},
      {"_replace_policy", &declared.update_replace_policy},
      {"_creation_policy", &declared.creation_policy},
      {"Metadata", &declared.metadata}};
  for (auto [name, part] : parts) {
    r.erase(name);
    if (part->is_null()) continue;
    TRY(Value v, cfn::evaluate(*part, context));
    r.set(name, std::move(v));
  }
  return {};
}

Value attribute_of(const Types& types, const Value& r, const std::string& name) {
  if (const Value* known = r["Attributes"].find(name)) return *known;
  const Value& property = r["Properties"].at_path(name);
  const std::string& type = r["ResourceType"].as_string();
  const cfn::Schema* schema = types.schema(type);
  if (!property.is_null() || !schema) return property;
  bool made_up =
      types.spec(type).is_null() && (schema->is_read_only(name) || schema->has_property(name));
  if (!made_up && !Types::is_custom(type)) return {};
  Whereabouts w{"", "", "", r["LogicalResourceId"].as_string(), type, 0};
  return recorded_attribute(w, *schema, name, r["PhysicalResourceId"].as_string());
}

Result<Value> follow_references(const Asker& asker, const std::string& type, const Value& v) {
  CHECK_OK(check_secure_references(type, v));
  return cfn::resolve_dynamic_references(v, make_environment(asker, {}));
}

}  // namespace

cfn::Environment Operation::environment(const Prepared& prepared) {
  cfn::Environment e = make_environment(asker(), prepared.pseudo);
  e.ref = [this](const std::string& id) -> Result<Value> {
    return resource(id)["PhysicalResourceId"];
  };
  e.get_att = [this](const std::string& id, const std::string& name) -> Result<Value> {
    Value r = resource(id);
    Value v = attribute_of(engine_.types(), r, name);
    if (!v.is_null()) return v;
    return validation_error("Template error: resource " + id + " does not support attribute type " +
                            name + " in Fn::GetAtt");
  };
  e.import_value = [this](const std::string& name) -> Result<Value> {
    Value found;
    CHECK_OK(commit([&](Call& call) -> Status {
      const Value* row_found = call.find("export", name);
      if (!row_found) return validation_error("No export named " + name + " found.");
      found = (*row_found)["Value"];
      return {};
    }));
    std::lock_guard guard(mutex_);
    imports_.insert(name);
    return found;
  };
  return e;
}

// The document that the resource will be once made: properties evaluated and checked.
Result<Value> Operation::wanted_resource(const Prepared& prepared, const std::string& id) {
  const cfn::Resource& declared = *prepared.tmpl.find_resource(id);
  cfn::Environment env = environment(prepared);
  cfn::Context context{&prepared.tmpl,
                       &prepared.parameters,
                       &prepared.conditions,
                       &env,
                       {"Resources", id, "Properties"}};
  TRY(Value properties, cfn::evaluate(declared.properties, context));
  if (!properties.is_map()) properties = Value::map({});
  if (const cfn::Schema* schema = engine_.types().schema(declared.type);
      schema && !Types::is_custom(declared.type)) {
    TRY(properties, schema->check_properties(properties, id));
  }
  Value r = Value::map({{"LogicalResourceId", id},
                        {"PhysicalResourceId", ""},
                        {"ResourceType", declared.type},
                        {"Properties", properties},
                        {"Attributes", Value::map({})},
                        {"_tags", effective_tags(id, declared.type, properties)}});
  CHECK_OK(keep_policies(declared, context, r));
  Value needs = Value::list();
  for (const std::string& need : prepared.dependencies.needs.at(id)) needs.push_back(need);
  r.set("_needs", std::move(needs));
  return r;
}

// Dynamic references are followed only now, so that no document holds what they hide.
Status Operation::make(Subject& s, Value& r) {
  TRY(s.properties, follow_references(asker(), s.where.type, s.properties));
  s.initiated = [&]() -> Status {
    r.set("PhysicalResourceId", s.physical_id)
        .set("Attributes", s.attributes)
        .set("_incomplete", true);
    std::string_view status =
        r["_prefix"].as_string() == "UPDATE" ? "UPDATE_IN_PROGRESS" : "CREATE_IN_PROGRESS";
    std::string_view reason = r["_prefix"].as_string() == "UPDATE"
                                  ? "Requested update required the creation of a new physical "
                                    "resource; hence creating one."
                                  : "Resource creation Initiated";
    return set_status(r, status, reason);
  };
  Status made = engine_.provider().create(s);
  r.set("PhysicalResourceId", s.physical_id).set("Attributes", s.attributes);
  if (made.has_value()) r.erase("_incomplete");
  return made;
}

// What was made is kept before the answers that told of it are forgotten.
Status Operation::made(const Subject& s, Value& r, std::string_view status,
                       std::string_view reason) {
  CHECK_OK(set_status(r, status, reason));
  cloud_.forget_answers(key_.account, key_.region, s.calls);
  return {};
}

Status Operation::create_one(const Prepared&, Value wanted) {
  wanted.set("_prefix", "CREATE").set("_made_by", operation_id());
  CHECK_OK(commit([&](Call& call) -> Status {
    note_former(call, wanted["LogicalResourceId"].as_string(),
                Value::map({{"LogicalResourceId", wanted["LogicalResourceId"]}, {"_added", true}}));
    set_resource_status(call, stack_, wanted, "CREATE_IN_PROGRESS");
    return {};
  }));
  keep(wanted);
  Subject s = subject(wanted);
  Status done = make(s, wanted);
  if (!done.has_value() && shut_down()) return done;
  if (done.has_value()) return made(s, wanted, "CREATE_COMPLETE", s.note);
  bool cancelled = done.error().code == "Cancelled";
  CHECK_OK(made(s, wanted, "CREATE_FAILED",
                cancelled ? "Resource creation cancelled" : done.error().message));
  return done;
}

Status Operation::update_one(Value present, const Value& wanted) {
  const std::string id = present["LogicalResourceId"].as_string();
  Value former = present;
  present.set("_attempted", wanted["Properties"]).set("_prefix", "UPDATE");
  CHECK_OK(commit([&](Call& call) -> Status {
    note_former(call, id, former);
    set_resource_status(call, stack_, present, "UPDATE_IN_PROGRESS");
    return {};
  }));
  keep(present);
  Value next = wanted;
  next.set("PhysicalResourceId", present["PhysicalResourceId"])
      .set("Attributes", present["Attributes"])
      .set("_generation", present["_generation"])
      .set("_prefix", "UPDATE");
  Subject s = subject(next);
  s.before = former["Properties"];
  s.tags_before = former["_tags"];
  s.may_change = [&] { return check_policy(update_action::modify, former); };
  auto resolved = follow_references(asker(), s.where.type, s.properties);
  Status done = resolved.has_value() ? Status() : Status(resolved.error());
  if (done.has_value()) {
    s.properties = *resolved;
    done = engine_.provider().update(s);
  }
  if (!done.has_value() && shut_down()) return done;
  if (done.has_value()) {
    next.set("Attributes", s.attributes);
    return made(s, next, "UPDATE_COMPLETE", s.note);
  }
  CHECK_OK(made(s, present, "UPDATE_FAILED", done.error().message));
  return done;
}

// The new one before the old one goes; that one is left over for the clean-up.
Status Operation::replace_one(const Prepared&, Value present, Value wanted) {
  const std::string id = present["LogicalResourceId"].as_string();
  Value old = present;
  wanted.set("_prefix", "UPDATE")
      .set("_made_by", operation_id())
      .set("_generation", present["_generation"].as_int() + 1);
  CHECK_OK(commit([&](Call& call) -> Status {
    note_former(call, id, old);
    call.put("leftover", row(key_.uuid(), old["PhysicalResourceId"].as_string()), old);
    set_resource_status(call, stack_, present, "UPDATE_IN_PROGRESS",
                        "Requested update requires the creation of a new physical resource; "
                        "hence creating one.");
    return {};
  }));
  Subject s = subject(wanted);
  Status done = make(s, wanted);
  if (!done.has_value() && shut_down()) return done;
  if (done.has_value()) return made(s, wanted, "UPDATE_COMPLETE", s.note);
  if (s.physical_id.empty()) wanted = old;
  CHECK_OK(made(s, wanted, "UPDATE_FAILED", done.error().message));
  return done;
}

// A resource that this operation was making when the process ended is made as if for the first
// time: its calls get the answers they got then. One that failed is taken away and made anew, under
// another name.
Status Operation::take_up_half_made(Value& present) {
  bool under_way = present["ResourceStatus"].as_string().ends_with("_IN_PROGRESS");
  if (under_way && present["_made_by"] == operation_id()) return {};
  if (!present["PhysicalResourceId"].as_string().empty()) {
    Subject s = subject(present);
    CHECK_OK(engine_.provider().remove(s));
  }
  present = Value::map({{"_generation", present["_generation"].as_int() + 1}});
  return {};
}

Status Operation::deploy_one(const Prepared& prepared, const std::string& id) {
  auto wanted = wanted_resource(prepared, id);
  Value present = resource(id);
  const std::string& status = present["ResourceStatus"].as_string();
  bool half_made = present["_incomplete"].as_bool() || status == "CREATE_IN_PROGRESS" ||
                   status == "CREATE_FAILED";
  if (half_made) CHECK_OK(take_up_half_made(present));
  bool there = !half_made && is_present(present);
  if (!wanted.has_value()) {
    Value failed = there ? present
                         : Value::map({{"LogicalResourceId", id},
                                       {"PhysicalResourceId", ""},
                                       {"ResourceType", prepared.tmpl.find_resource(id)->type}});
    CHECK_OK(set_status(failed, there ? "UPDATE_FAILED" : "CREATE_FAILED", wanted.error().message));
    return wanted.error();
  }
  if (!there) {
    wanted->set("_generation", present["_generation"].as_int());
    return create_one(prepared, *wanted);
  }
  const std::string& type = present["ResourceType"].as_string();
  auto changes = cfn::diff_properties(present["Properties"], (*wanted)["Properties"],
                                      engine_.types().schema(type));
  bool nested = type == "AWS::CloudFormation::Stack";
  if (changes.empty() && present["_tags"] == (*wanted)["_tags"] && !nested) {
    for (const char* member : {"_needs", "_deletion_policy", "_replace_policy", "Metadata"}) {
      present.erase(member);
      if (wanted->has(member)) present.set(member, (*wanted)[member]);
    }
    keep(present);
    return commit([&](Call& call) -> Status {
      call.put("resource", row(key_.uuid(), id), present);
      return {};
    });
  }
  bool replaced = engine_.provider().replaces(type, changes);
  if (!nested || !changes.empty()) {
    Status may = check_policy(replaced ? update_action::replace : update_action::modify, present);
    if (!may.has_value()) return refuse(present, may.error());
  }
  if (replaced) return replace_one(prepared, present, *wanted);
  return update_one(present, *wanted);
}

// Only an update asks the policy: neither a creation nor a rollback does.
Status Operation::check_policy(std::string_view action, const Value& present) const {
  if (stack_["StackStatus"].as_string() != "UPDATE_IN_PROGRESS") return {};
  auto why =
      policy_refusal(policy_in_force(stack_).as_string(), action,
                     present["LogicalResourceId"].as_string(), present["ResourceType"].as_string());
  return why ? Status(validation_error(*why)) : Status();
}

Status Operation::refuse(Value present, Error why) {
  CHECK_OK(commit([&](Call& call) -> Status {
    note_former(call, present["LogicalResourceId"].as_string(), present);
    return {};
  }));
  CHECK_OK(set_status(present, "UPDATE_FAILED", why.message));
  return why;
}

// What the template no longer has goes only in the clean-up, when it is too late to refuse.
Outcome Operation::refuse_removals(const Prepared& prepared) {
  Outcome outcome;
  std::set<std::string> wanted = logical_ids(prepared);
  const std::map<std::string, Value> all = resources_;
  for (const auto& [id, r] : all) {
    if (wanted.contains(id) || !is_present(r)) continue;
    Status may = check_policy(update_action::remove, r);
    if (may.has_value()) continue;
    (void)refuse(r, may.error());
    outcome.failed.push_back(id);
  }
  return outcome;
}

Outcome Operation::deploy(const Prepared& prepared) {
  if (Outcome refused = refuse_removals(prepared); !refused.good()) return refused;
  graph::Dag dag;
  for (const std::string& id : prepared.dependencies.order) dag.add(id);
  for (const auto& [id, needs] : prepared.dependencies.needs)
    for (const std::string& need : needs) dag.depend(dag.add(id), dag.add(need));
  Outcome outcome =
      walk(dag, [&](const std::string& id) { return deploy_one(prepared, id); }, true);
  if (!outcome.good()) return outcome;
  if (Status done = finish_outputs(prepared); !done.has_value())
    outcome.error = done.error().message;
  return outcome;
}

}  // namespace mainstay::formation
