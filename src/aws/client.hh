// The outgoing AWS client: a Value in, a Value out, by the service's model. Signs, retries what may
// be retried, pages through lists. Knows nothing of what any operation means.
//
// Errors of AWS come with their code, message and status, and the context "service:Operation".
// Threads: may be used by many at once; calls block.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "aws/credentials.hh"
#include "aws/endpoints.hh"
#include "aws/retry.hh"
#include "aws/transport.hh"
#include "base/random.hh"
#include "base/value.hh"
#include "host/clock.hh"
#include "wire/model.hh"

namespace mainstay::aws {

// By botocore's name of the service: "cloudformation", "ec2". Kept by whoever provides it.
using ModelSource =
    std::function<Result<std::shared_ptr<const wire::Model>>(std::string_view service)>;

struct ClientOptions {
  ModelSource models;
  std::shared_ptr<Transport> transport;
  std::shared_ptr<CredentialSource> credentials;
  std::shared_ptr<Clock> clock;
  std::string region;
  std::optional<http::Url> endpoint;  // for every service; else AWS's own
  RetryPolicy retry;
  uint64_t seed = 0;  // of jitter and idempotency tokens
  std::stop_token stop;
};

// How an operation hands out a long list.
struct Pages {
  std::string_view operation;
  std::string_view items;         // the list in the output
  std::string_view input_token;   // where the next request takes it
  std::string_view output_token;  // where an answer has it
};

class Client {
 public:
  explicit Client(ClientOptions options) : options_(std::move(options)), random_(options_.seed) {}

  // In a region of its own if one is given.
  Result<Value> call(std::string_view service, std::string_view operation, const Value& input,
                     std::string_view region = "");
  // Signed with these credentials, or not at all; no retry for expired ones.
  Result<Value> call_as(const Credentials* signer, std::string_view service,
                        std::string_view operation, const Value& input);
  // The items of every page. Limits: pages_max pages ("TooManyPages"); a token that comes again is
  // an error.
  Result<List> list(std::string_view service, const Pages& pages, Value input,
                    std::string_view region = "");

  const std::string& region() const { return options_.region; }
  const ClientOptions& options() const { return options_; }

 private:
  struct Attempt {
    const wire::Model& model;
    const wire::Operation& operation;
    const HttpRequest& request;
    std::string host_prefix;
    std::string region;
  };
  Result<Value> call_with_retries(
      std::string_view service, std::string_view operation, const Value& input,
      std::string_view region, const std::function<Result<std::optional<Credentials>>()>& signer);
  Result<Value> attempt(const Attempt& attempt, const std::optional<Credentials>& signer);
  Result<Endpoint> endpoint_for(const Attempt& attempt) const;
  std::string token();
  int64_t wait_ms(int attempt);

  static constexpr size_t pages_max = 10'000;
  ClientOptions options_;
  std::mutex mutex_;  // of random_
  Random random_;
};

}  // namespace mainstay::aws
