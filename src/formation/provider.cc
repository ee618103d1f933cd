#include "formation/provider.hh"

#include "formation/recorded.hh"
#include "formation/spec_run.hh"
#include "formation/special.hh"

namespace mainstay::formation {
namespace {

Status record(Subject& s) {
  const cfn::Schema* schema = Types::all().schema(s.where.type);
  if (!schema) return Error("InternalFailure", "no schema of " + s.where.type);
  const Recorded recorded{s.where, *schema, s.properties};
  if (s.physical_id.empty()) s.physical_id = recorded_id(recorded);
  s.attributes = recorded_attributes(recorded, s.physical_id);
  return {};
}

}  // namespace

// A spec counts where its service is part of this cloud.
bool Provider::runs(const Subject& s) const {
  const Value& spec = Types::all().spec(s.where.type);
  return !spec.is_null() && s.cloud.has_service(spec["service"].as_string());
}

Status Provider::create(Subject& s) const {
  if (const SpecialType* special = find_special(s.where.type)) return special->create(s);
  if (!runs(s)) {
    CHECK_OK(record(s));
    CHECK_OK(s.initiated());
  } else {
    CHECK_OK(SpecRun(s).create());
  }
  return {};
}

Status Provider::update(Subject& s) const {
  if (const SpecialType* special = find_special(s.where.type)) return special->update(s);
  if (!runs(s)) return record(s);
  return SpecRun(s).update();
}

Status Provider::remove(Subject& s) const {
  if (const SpecialType* special = find_special(s.where.type)) return special->remove(s);
  if (!runs(s)) return {};
  return SpecRun(s).remove();
}

Status Provider::adopt(Subject& s) const {
  if (find_special(s.where.type) || !runs(s))
    return validation_error("mainstay does not import resources of type " + s.where.type +
                            ": nothing here keeps them outside of stacks");
  return SpecRun(s).adopt();
}

bool Provider::find_named(Subject& s) const {
  return !find_special(s.where.type) && runs(s) && SpecRun(s).find_named();
}

Result<Actual> Provider::read(Subject& s) const {
  if (find_special(s.where.type) || !runs(s)) return Actual();
  return SpecRun(s).read();
}

}  // namespace mainstay::formation
