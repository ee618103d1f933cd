// A type's spec at work on one resource (README.md, "Specs of resource types"). Works outside
// CloudFormation's lock; one thread. Errors: as Provider's.
#pragma once

#include <set>
#include <string>

#include "formation/mapping.hh"
#include "formation/provider.hh"

namespace mainstay::formation {

class SpecRun {
 public:
  explicit SpecRun(Subject& s)
      : s_(s), spec_(Types::all().spec(s.where.type)), macros_(Types::all().macros(s.where.type)) {
    scope_ = scope_of(s.properties, s.tags);
  }

  Status create();
  Status update();
  Status remove();
  Result<Actual> read();
  Status adopt();
  bool find_named();

 private:
  Scope scope_of(const Value& properties, const Value& tags) const;
  Status call(const Value& step, Scope& scope, bool forgiving = false);
  Status await(const Value& step, Scope& scope);
  Value last_snapshot(const Value& properties) const;
  std::string next_token() const;
  Status check_not_taken();
  Status check_refused() const;
  Status check_supported() const;
  Status call_each(const Value& step, Scope& scope, bool forgiving = false);
  Status run_steps(const Value& steps, const Value& before, const Value& tags_before);
  Status run_difference(const Value& step, const Value& from, const Value& without);
  bool concerned(const Value& step, const std::set<std::string>& changed) const;
  std::set<std::string> changed_names(const Value& before, const Value& tags_before) const;
  Status read_attributes();
  void take_attributes();

  Subject& s_;
  const Value& spec_;
  const Value& macros_;
  Scope scope_;
  bool once_ = false;
};

}  // namespace mainstay::formation
