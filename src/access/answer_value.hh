// Answers as JSON: fields are only ever added.
#pragma once

#include <string>

#include "access/answer.hh"
#include "base/value.hh"

namespace mainstay::access {

Value to_value(const Answer& answer, const Question& question);

// "2 (ReadAll)": which statement of its policy a rule is, from 1.
std::string statement_label(const policy::Policy& policy, const policy::Rule& rule);
const char* outcome_name(policy::TraceRow::Outcome outcome);  // "other resource"

}  // namespace mainstay::access
