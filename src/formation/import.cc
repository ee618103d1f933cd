// Taking over what is there already: see operation.hh.
#include "formation/operation.hh"

namespace mainstay::formation {

// Nothing is changed, and nothing is kept before it is known to be there: so an interrupted import
// is made again from its beginning.
Status Operation::import_one(Value wanted, const std::string& physical_id) {
  const std::string id = wanted["LogicalResourceId"].as_string();
  wanted.set("PhysicalResourceId", physical_id)
      .set("_imported_by", operation_id())
      .set("_done_by", step());
  Subject s = subject(wanted);
  Status adopted = provider().adopt(s);
  CHECK_OK(commit([&](Call& call) -> Status {
    note_former(call, id, Value::map({{"LogicalResourceId", id}, {"_added", true}}));
    return {};
  }));
  if (!adopted.has_value()) {
    wanted.set("PhysicalResourceId", "");
    CHECK_OK(set_status(wanted, "IMPORT_FAILED", adopted.error().message));
    return adopted;
  }
  wanted.set("Attributes", s.attributes);
  CHECK_OK(commit([&](Call& call) -> Status {
    set_resource_status(call, stack_, wanted, "IMPORT_IN_PROGRESS", "Resource import started.");
    set_resource_status(call, stack_, wanted, "IMPORT_COMPLETE", "Resource import completed.");
    return {};
  }));
  resources_[id] = wanted;
  return {};
}

Status Operation::import_resources() {
  Outcome outcome = deploy_definition();
  if (is_over_) return {};
  if (!outcome.good())
    return set_stack("IMPORT_ROLLBACK_IN_PROGRESS", reason_of(outcome, "import"));
  return set_stack("IMPORT_COMPLETE", "", [&](Call& call) -> Status {
    call.put("definition", row(key_.uuid(), "current"), definition_);
    call.remove("definition", row(key_.uuid(), "target"));
    remove_rows(call, "former", key_.uuid());
    return {};
  });
}

// What was imported is let go, not removed.
Status Operation::roll_back_import() {
  std::vector<Value> imported;
  for (const auto& [id, r] : resources_)
    if (r["_imported_by"] == operation_id()) imported.push_back(r);
  Outcome outcome = remove_resources(imported, true);
  if (is_over_) return {};
  if (!outcome.good()) return set_stack("IMPORT_ROLLBACK_FAILED", reason_of(outcome, "delete"));
  return set_stack("IMPORT_ROLLBACK_COMPLETE", "", [&](Call& call) -> Status {
    call.remove("definition", row(key_.uuid(), "target"));
    remove_rows(call, "former", key_.uuid());
    return {};
  });
}

}  // namespace mainstay::formation
