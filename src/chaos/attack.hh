// One attack: what is done to which containers, until when, and how each was before.
#pragma once

#include <string>
#include <vector>

#include "base/error.hh"
#include "base/time.hh"
#include "base/value.hh"

namespace mainstay::chaos {

struct Target {
  enum class Phase { planned, applied, reverted, gone, failed } phase = Phase::planned;
  std::string id, name;
  Value before;      // what is put back
  std::string note;  // of what failed, or is gone
};

struct Attack {
  enum class Status { applying, holding, reverted, failed } status = Status::applying;
  std::string id, kind;
  Value parameters;
  Time began, until;
  std::vector<Target> targets;

  bool is_over() const { return status == Status::reverted || status == Status::failed; }
  bool is_clean() const;  // nothing of it is left
  Value to_value() const;
  static Result<Attack> from_value(const Value& v);
};

std::string to_text(Target::Phase phase);
std::string to_text(Attack::Status status);

}  // namespace mainstay::chaos
