// A zone's changes as requests: each is applied whole or not at all, and so what must not be seen
// half done goes into one. All changes of a name stay together, deletions first; an alias comes
// after its target and goes before it.
//
// Limits of a request (developer guide, "Quotas on API requests"): 1,000 values, 32,000 characters
// of values; those of an UPSERT count twice. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/error.hh"
#include "dns/zone_plan.hh"

namespace mainstay::dns {

inline constexpr size_t batch_values_max = 1000, batch_characters_max = 32'000;

// Indexes into changes, batch by batch, in the order of their application. Error "ChangeTooLarge"
// where what has to be done at once is more than a request may hold.
Result<std::vector<std::vector<size_t>>> make_batches(const std::vector<RecordChange>& changes);

}  // namespace mainstay::dns
