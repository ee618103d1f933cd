// What change sets show of whole resources (IncludePropertyValues of DescribeChangeSet):
// BeforeContext and AfterContext, JSON texts of {"Properties": {...}}. What is not known before
// the change set is executed is "{{changeSet:KNOWN_AFTER_APPLY}}"; hidden values stay hidden.
#pragma once

#include "formation/plan.hh"

namespace mainstay::formation {

inline constexpr const char* known_after_apply = "{{changeSet:KNOWN_AFTER_APPLY}}";

struct ChangeContext {
  Value before, after;  // properties; null where there is no such side
  // What was and what will be is the same, as far as it can be told now: with property values such
  // a change is not listed (recorded on AWS: a reference to a resource that changes in place).
  bool is_none() const { return !before.is_null() && before == after; }
};

// Of each change of the plan, in its order. before: the definition of the stack as it is, or null.
Result<std::vector<ChangeContext>> contexts_of(Call& call, const StackKey& key, const Value& before,
                                               const Prepared& now, const Plan& plan);

}  // namespace mainstay::formation
