// Which failures another try may cure, and how long to wait before it.
// Source: AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode.
#pragma once

#include "base/error.hh"
#include "base/random.hh"

namespace mainstay::aws {

struct RetryPolicy {
  int attempts_max = 5;
  int64_t first_wait_ms_max = 100;
  int64_t wait_ms_max = 20'000;
};

bool is_throttling(const Error& error);
// Throttled, a fault of the server (5xx), or a broken connection.
bool is_retryable(const Error& error);
bool is_expired_token(const Error& error);
// Before attempt number `attempt` (from 2): uniformly from nothing up to a bound that doubles.
int64_t wait_before_ms(const RetryPolicy& policy, int attempt, Random& random);

}  // namespace mainstay::aws
