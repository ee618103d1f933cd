// A stack's outputs, its exports and its imports.
#include "formation/custom_resource.hh"
#include "formation/exports.hh"
#include "formation/operation.hh"
#include "formation/wanted.hh"

namespace mainstay::formation {
namespace {

// Outputs are text: a list is refused.
Result<Value> output_of(const cfn::Output& o, cfn::Context& context) {
  context.path = {"Outputs", o.id, "Value"};
  TRY(Value value, cfn::evaluate(o.value, context));
  if (value.is_list() || value.is_map())
    return validation_error("Template format error: Output " + o.id +
                            " is malformed. The value of an output must be a string.");
  Value out = Value::map({{"OutputKey", o.id}, {"OutputValue", value.to_text()}});
  if (!o.description.empty()) out.set("Description", o.description);
  if (o.export_name.is_null()) return out;
  context.path = {"Outputs", o.id, "Export", "Name"};
  TRY(Value name, cfn::evaluate(o.export_name, context));
  return out.set("ExportName", name.to_text());
}

}  // namespace

Result<Value> evaluate_outputs(const Prepared& prepared, const cfn::Environment& environment) {
  cfn::Context context{
      &prepared.tmpl, &prepared.parameters, &prepared.conditions, &environment, {}};
  Value outputs = Value::list();
  for (const cfn::Output& o : prepared.tmpl.outputs) {
    if (!cfn::holds(o.condition, prepared.conditions)) continue;
    TRY(Value out, output_of(o, context));
    outputs.push_back(std::move(out));
  }
  return outputs;
}

// All that a stack exports, in place of what it exported before.
Status replace_exports(Call& call, const Value& stack, const Value& outputs) {
  const std::string& id = stack["StackId"].as_string();
  Value wanted = Value::map({});
  for (const Value& o : outputs.items())
    if (o.has("ExportName")) wanted.set(o["ExportName"].as_string(), o["OutputValue"]);
  for (const std::string& name : call.find_by("export", "ExportingStackId", id)) {
    const Value& before = *call.find("export", name);
    const Value* after = wanted.find(name);
    auto users = importers_of(call, name);
    if (!users.empty() && (!after || *after != before["Value"]))
      return validation_error("Export " + name + " cannot be " + (after ? "updated" : "deleted") +
                              " as it is in use by " + users.front());
    if (!after) call.remove("export", name);
  }
  for (const auto& [name, value] : wanted.members()) {
    const Value* other = call.find("export", name);
    if (other && (*other)["ExportingStackId"].as_string() != id)
      return validation_error("Export with name " + name + " is already exported by stack " +
                              name_of((*other)["ExportingStackId"].as_string()) + ".");
    call.put("export", name,
             Value::map({{"ExportingStackId", id}, {"Name", name}, {"Value", value}}));
  }
  return {};
}

void replace_imports(Call& call, const Value& stack, const std::set<std::string>& names) {
  const std::string& id = stack["StackId"].as_string();
  for (const std::string& old : call.find_by("import", "StackId", id)) call.remove("import", old);
  for (const std::string& name : names)
    call.put("import", name + "\n" + uuid_of(id), Value::map({{"Name", name}, {"StackId", id}}));
}

std::vector<std::string> importers_of(const Call& call, const std::string& name) {
  std::vector<std::string> out;
  for (const std::string& key : call.find_by("import", "Name", name))
    out.push_back(name_of((*call.find("import", key))["StackId"].as_string()));
  return out;
}

Status check_exports_unused(const Call& call, const Value& stack) {
  for (const std::string& name :
       call.find_by("export", "ExportingStackId", stack["StackId"].as_string()))
    if (auto users = importers_of(call, name); !users.empty())
      return validation_error("Export " + name + " cannot be deleted as it is in use by " +
                              users.front());
  return {};
}

Status forget_stack(Call& call, const Value& stack) {
  CHECK_OK(replace_exports(call, stack, Value::list()));
  replace_imports(call, stack, {});
  std::string uuid = uuid_of(stack["StackId"].as_string());
  call.remove("name", stack["StackName"].as_string());
  for (const char* table : {"former", "leftover", "signal", "finding", custom_responses})
    remove_rows(call, table, uuid);
  if (const Value* target = call.find("definition", row(uuid, "target"))) {
    call.put("definition", row(uuid, "current"), *target);
    call.remove("definition", row(uuid, "target"));
  }
  return {};
}

// An output that can't be made fails the stack, and is told by an event of the stack's own.
Status Operation::tell_of_output(const Error& why) {
  const bool creates = stack_["StackStatus"].as_string() == "CREATE_IN_PROGRESS";
  CHECK_OK(commit([&](Call& call) -> Status {
    add_event(call, stack_,
              Value::map({{"LogicalResourceId", stack_["StackName"]},
                          {"PhysicalResourceId", stack_["StackId"]},
                          {"ResourceType", "AWS::CloudFormation::Stack"},
                          {"ResourceStatus", creates ? "CREATE_FAILED" : "UPDATE_FAILED"},
                          {"ResourceStatusReason", why.message}}));
    return {};
  }));
  return why;
}

Status Operation::finish_outputs(const Prepared& prepared) {
  auto outputs = evaluate_outputs(prepared, environment(prepared));
  if (!outputs.has_value()) return tell_of_output(outputs.error());
  return commit([&](Call& call) -> Status {
    CHECK_OK(replace_exports(call, stack_, *outputs));
    replace_imports(call, stack_, imports_);
    stack_.set("Outputs", *outputs);
    put_stack(call, stack_);
    return {};
  });
}

}  // namespace mainstay::formation
