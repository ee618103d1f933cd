// Requests that were made, from CloudTrail's records: a log file ({"Records": [...]}), the answer
// of LookupEvents ({"Events": [{"CloudTrailEvent": text}]}), a list of records, or one record a
// line. Source: CloudTrail user guide, "CloudTrail record contents". Limits: events_max records.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actions/operations.hh"
#include "base/error.hh"
#include "policy/request.hh"

namespace mainstay::access {

inline constexpr size_t events_max = 1'000'000;

struct Events {
  std::vector<policy::Request> requests;  // no two alike
  size_t read = 0;                        // records of the principal that were read
  size_t refused = 0;                     // of these, refused when they were made: left out
};

// Those of one principal (a user's or role's ARN, a session's), or of all where it is "".
// Errors: "EventsInvalid" with what is no record.
Result<Events> read_events(std::string_view text, const actions::Operations& operations,
                           const std::string& principal);

}  // namespace mainstay::access
