// Makes, changes and removes one resource: by its type's spec, by a function for the few types that
// no mapping can describe, or, for types that this cloud does not run, by recording it.
//
// Works outside the lock of CloudFormation's state; may take long. Threads: one Subject each.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "cfn/schema.hh"
#include "cloud/cloud.hh"
#include "formation/naming.hh"
#include "formation/types.hh"

namespace mainstay::formation {

// One resource under work, and what came of it.
struct Subject {
  cloud::Cloud& cloud;
  cloud::Caller caller;
  Whereabouts where;
  Value properties, before;  // as wanted; as they were, for an update
  Value tags, tags_before;  // its own, the stack's and CloudFormation's, as a list of Key and Value
  Value creation_policy;
  std::string physical_id;
  Value attributes = Value::map({});
  std::string note = {};  // said in the event of its completion
  // Called as soon as physical_id is known, so that it is never lost.
  std::function<Status()> initiated = [] { return Status(); };
  // The operation and phase of the stack that is at work, and the calls that a creation or an
  // update has made. Should the process be killed, running the same again gets the same answers and
  // goes on where it was; so these are forgotten only once what they made is kept.
  std::string operation = {};
  std::vector<cloud::Once> calls = {};
  // An update that puts back what it was, after another that may have got anywhere: nobody knows
  // which of its changes there are to take back.
  bool restoring = false;
  // May an update change it? Asked by types that only find out while they update whether they will.
  std::function<Status()> may_change = [] { return Status(); };

  // Of types that have to wait (not_yet): what they want to know when they are asked again, null at
  // first; when that is to be at the latest; and whether nobody wants what they wait for any more.
  Value state = {};
  std::optional<Time> look_at = {};
  bool is_unwanted = false;
  // Nothing that blocks it (blocked) will come free.
  bool is_last_try = false;
  Value removal_policy = {};  // of what is to be removed: DeletionPolicy or UpdateReplacePolicy
};

// The error of what is not done yet: the stack will be woken, and the same asked again.
Error not_yet();
bool is_not_yet(const Error& error);
// The error of an update that the type's spec refuses before it has done anything.
bool is_refused(const Error& error);
// The error of what may pass as others of the stack are made or removed.
Error blocked(const Error& error);
bool is_blocked(const Error& error);

// A resource as it is, as opposed to as it was asked for.
struct Actual {
  bool can_be_read = false;  // false: nothing else is known
  bool exists = false;
  Value properties = Value::map({});  // by name, null where absent; only those that can be read
};

class Provider {
 public:
  Status create(Subject& s) const;
  Status update(Subject& s) const;
  Status remove(Subject& s) const;
  // Takes over what is there under physical_id: reads its attributes, changes nothing. Errors: it
  // is not there; the type can't be looked at here.
  Status adopt(Subject& s) const;
  // Gives the subject the physical id that a resource of its name would have; false where none is
  // there.
  bool find_named(Subject& s) const;
  // What the services say of the resource's properties, for types whose spec says how to read it
  // back. Errors: those of the services, but for what is gone.
  Result<Actual> read(Subject& s) const;
  // What a change of a property asks for: what plans say and what updates do. before, after: all
  // properties, null where they are not known.
  cfn::Recreation recreation(const std::string& type, const cfn::Path& path, const Value& before,
                             const Value& after) const;
  // The name that a template has given a resource of that type, "" where it was made up.
  std::string custom_name(const std::string& type, const Value& properties) const;
  // Must a resource of that type be replaced to become as `after`?
  bool replaces(const std::string& type, const Value& before, const Value& after) const;

 private:
  bool runs(const Subject& s) const;
};

// It has no state: there is one.
inline Provider provider() {
  return {};
}

// "Resource handler returned message: ..." as CloudFormation reports a service's error.
Error handler_error(Subject& s, std::string_view service, const Error& error);

}  // namespace mainstay::formation
