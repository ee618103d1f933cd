// Makes, changes and removes one resource: by its type's spec, by a function for the few types that
// no mapping can describe, or, for types that this cloud does not run, by recording it.
//
// Works outside the lock of CloudFormation's state; may take long. Threads: one Subject each.
#pragma once

#include <functional>
#include <set>
#include <stop_token>
#include <string>

#include "cfn/schema.hh"
#include "cloud/cloud.hh"
#include "formation/naming.hh"
#include "formation/types.hh"

namespace mainstay::formation {

class Engine;

// One resource under work, and what came of it.
struct Subject {
  Engine& engine;
  cloud::Cloud& cloud;
  cloud::Caller caller;
  Whereabouts where;
  Value properties, before;  // as wanted; as they were, for an update
  Value tags, tags_before;  // its own, the stack's and CloudFormation's, as a list of Key and Value
  Value creation_policy;
  std::string physical_id;
  Value attributes = Value::map({});
  std::string note;  // said in the event of its completion
  std::stop_token stop;
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
};

// A resource as it is, as opposed to as it was asked for.
struct Actual {
  bool can_be_read = false;  // false: nothing else is known
  bool exists = false;
  Value properties = Value::map({});  // by name, null where absent; only those that can be read
};

class Provider {
 public:
  explicit Provider(const Types& types) : types_(types) {}

  Status create(Subject& s) const;
  Status update(Subject& s) const;
  Status remove(Subject& s) const;
  // What the services say of the resource's properties, for types whose spec says how to read it
  // back. Errors: those of the services, but for what is gone.
  Result<Actual> read(Subject& s) const;
  // Must the resource be replaced for these changes of its properties?
  bool replaces(const std::string& type, const std::vector<cfn::PropertyChange>& changes) const;

 private:
  bool runs(const Subject& s) const;
  const Types& types_;
};

// "Resource handler returned message: ..." as CloudFormation reports a service's error.
Error handler_error(Subject& s, std::string_view service, const Error& error);

}  // namespace mainstay::formation
