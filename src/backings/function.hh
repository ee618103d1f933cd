// Functions that run: events go in, answers come out, environments come and go behind it.
//
// The words are AWS Lambda's ("Understanding the Lambda execution environment lifecycle"): an
// environment is made for a function, handles one event at a time, and is kept warm for a while.
//
// Threads: any. Limits: FunctionLimits. Owner: the caller of invoke owns nothing afterwards; its
// callback is called exactly once, from any thread, without a lock held, also when stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hh"

namespace mainstay::backings {

// A ZIP file of code or a layer: fetched when an environment needs it and has it not unpacked yet.
struct Package {
  std::string digest;  // of its bytes, in hexadecimal: what is unpacked is known by it
  std::function<Result<std::string>()> load;
};

using Variables = std::vector<std::pair<std::string, std::string>>;

struct FunctionSpec {
  std::string owner;     // its ARN: for whoever finds its processes
  std::string identity;  // environments of one identity take each other's events
  std::string runtime;   // "python3.12", "nodejs20.x", "provided.al2023"
  std::string handler;   // "index.handler"
  std::string version;   // "$LATEST" or a number
  Package code;
  std::vector<Package> layers;  // a later one's files go over those of an earlier one
  int64_t memory_mb = 128;
  int64_t timeout_ms = 3000;
  // What the function sees, but for what only this machine knows. Asked as an environment starts,
  // on a thread where it may block.
  std::function<Result<Variables>()> variables;
};

struct FunctionEvent {
  std::string request_id;
  std::string payload;  // JSON
  std::string invoked_arn;
  std::string trace_id;        // "" for none
  std::string client_context;  // JSON, "" for none
};

struct FunctionOutcome {
  bool failed = false;     // the payload is an error document: FunctionError "Unhandled"
  std::string payload;     // JSON as the function gave it
  std::string log;         // from START to REPORT, with what it printed; log_bytes_max at most
  std::string log_stream;  // as the environment's variable AWS_LAMBDA_LOG_STREAM_NAME says
  // It never ran: "RuntimeMissing", "ZipInvalid", "FunctionsBusy", "FunctionsStopped", or why an
  // environment could not be made. No other member is set then.
  std::optional<Error> not_run;
};

struct FunctionLimits {
  size_t environments_max = 64;          // processes at once
  int64_t idle_ms_max = 300'000;         // an environment without events ends
  int64_t age_ms_max = 2'700'000;        // older ones get no more events: their credentials run out
  int64_t init_ms_max = 10'000;          // AWS's limit for the code outside the handler
  size_t log_bytes_max = 1 << 20;        // of one event
  size_t payload_bytes_max = 6'291'556;  // of an answer: as AWS words it
  uint64_t unpacked_bytes_max = 262'144'000;  // "Lambda quotas": code and layers, unzipped
};

class Functions {
 public:
  using Done = std::function<void(FunctionOutcome)>;
  virtual ~Functions() = default;
  virtual void invoke(const FunctionSpec& spec, FunctionEvent event, Done done) = 0;
  // Environments of this owner get no more events, and end once they have none.
  virtual void retire(const std::string& owner) = 0;
  // Ends every environment; what was under way ends as not run. Nothing is invoked afterwards.
  virtual void stop() = 0;
};

// Functions that are scripts, for simulation: what a handler would answer. Calls done before invoke
// returns. Threads: one at a time.
class SimulatedFunctions : public Functions {
 public:
  using Script = std::function<FunctionOutcome(const FunctionSpec&, const FunctionEvent&)>;
  explicit SimulatedFunctions(Script script) : script_(std::move(script)) {}
  void invoke(const FunctionSpec& spec, FunctionEvent event, Done done) override;
  void retire(const std::string& owner) override { retired_.push_back(owner); }
  void stop() override { stopped_ = true; }
  const std::vector<std::string>& retired() const { return retired_; }

 private:
  Script script_;
  std::vector<std::string> retired_;
  bool stopped_ = false;
};

// {"errorMessage": ..., "errorType": ...}, as Lambda itself words what ends badly.
std::string error_payload(std::string_view type, const std::string& message);

}  // namespace mainstay::backings
