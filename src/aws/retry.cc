#include "aws/retry.hh"

#include <algorithm>
#include <string_view>

#include "http/client.hh"

namespace mainstay::aws {
namespace {

// LimitExceededException is left out: of CloudFormation it means a quota, which waiting won't cure.
constexpr std::string_view throttling[] = {"Throttling",
                                           "ThrottlingException",
                                           "ThrottledException",
                                           "RequestThrottledException",
                                           "TooManyRequestsException",
                                           "ProvisionedThroughputExceededException",
                                           "TransactionInProgressException",
                                           "RequestLimitExceeded",
                                           "BandwidthLimitExceeded",
                                           "RequestThrottled",
                                           "SlowDown",
                                           "PriorRequestNotComplete",
                                           "EC2ThrottledException"};
constexpr std::string_view transient[] = {"RequestTimeout", "RequestTimeoutException"};
constexpr int transient_statuses[] = {500, 502, 503, 504};

}  // namespace

bool is_throttling(const Error& error) {
  return error.status == 429 || std::ranges::find(throttling, error.code) != std::end(throttling);
}

bool is_retryable(const Error& error) {
  return is_throttling(error) || http::may_retry(error) ||
         std::ranges::find(transient, error.code) != std::end(transient) ||
         std::ranges::find(transient_statuses, error.status) != std::end(transient_statuses);
}

bool is_expired_token(const Error& error) {
  return error.code == "ExpiredToken" || error.code == "ExpiredTokenException" ||
         error.code == "RequestExpired";
}

int64_t wait_before_ms(const RetryPolicy& policy, int attempt, Random& random) {
  int64_t bound = policy.first_wait_ms_max << std::clamp(attempt - 2, 0, 20);
  bound = std::min(bound, policy.wait_ms_max);
  return static_cast<int64_t>(random.unit() * static_cast<double>(bound));
}

}  // namespace mainstay::aws
