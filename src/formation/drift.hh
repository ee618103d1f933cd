// Drift detection: what a stack's resources are, against what its template says (user guide,
// "Detect unmanaged configuration changes"). The comparison is drift_compare's.
#pragma once

#include "cloud/cloud.hh"
#include "formation/drift_compare.hh"
#include "formation/records.hh"

namespace mainstay::formation {

// A resource as it is, beside what its template says.
struct Drift {
  bool can_be_read = false, exists = false;  // else nothing else is known
  Value expected, actual;                    // what was compared; stack tags left out
  Value found;                               // all that was read
  std::vector<PropertyDifference> differences;
};
Result<Drift> compare_with_actual(cloud::Cloud& cloud, const cloud::Caller& caller,
                                  const StackKey& key, const Value& resource);

// A StackResourceDrift for the resource as it is now; null where its type cannot be read back.
// `caller` asks the services. Errors: theirs, but for a resource that is gone.
Result<Value> check_drift(cloud::Cloud& cloud, const cloud::Caller& caller, const StackKey& key,
                          const Value& resource, Time at);

// Carries out a detection that the state holds as "drift-detection", outside requests: the reaction
// that detect_stack_drift asks for by this name. One that the cloud's end interrupts is run again.
inline constexpr const char* detect_reaction = "detect-drift";
Status run_detection(cloud::Cloud& cloud, const cloud::Place& place, const Value& detection_id);

// What was found of a resource when it was last checked; null where it has not been, or has become
// another since.
Value known_drift(const Call& call, const Value& resource, std::string_view uuid);
void keep_drift(Call& call, const StackKey& key, const Value& drift);

// Is it one of the detections that a stack may have had, and not over?
bool is_running(const Value& detection);

}  // namespace mainstay::formation
