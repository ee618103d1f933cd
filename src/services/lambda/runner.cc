#include "services/lambda/runner.hh"

#include <algorithm>

#include "backings/local_functions.hh"
#include "backings/scratch.hh"
#include "base/digest.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/role_session.hh"
#include "services/lambda/invoke.hh"
#include "services/lambda/mapping.hh"
#include "services/lambda/settings.hh"
#include "store/blobs.hh"

namespace mainstay::lambda {
namespace {

constexpr int64_t session_s = 3600;

// A session of the function's role.
Result<Value> assume_role(cloud::Cloud& cloud, const std::string& account,
                          const std::string& region, const std::string& role,
                          const std::string& name) {
  std::string session = name.size() > 1 ? name : name + "_";  // STS wants two characters
  auto out = cloud.invoke(
      cloud::Caller::service_principal(account, service_principal_name), account, region, "sts",
      "AssumeRole",
      Value::map(
          {{"RoleArn", role}, {"RoleSessionName", session}, {"DurationSeconds", session_s}}));
  if (!out.has_value())
    return aws_error("AccessDeniedException",
                     "The role defined for the function cannot be assumed by Lambda.", 403);
  return std::move(*out);
}

// "2026/11/29/[$LATEST]" and 32 hexadecimal digits: a stream for each environment.
std::string log_stream(cloud::Cloud& cloud, const std::string& version) {
  std::string date = replace_all(format_iso8601(cloud.now()).substr(0, 10), "-", "/");
  return date + "/[" + version + "]" + cloud.random().hex(32);
}

// "Defined runtime environment variables", those that the service knows.
struct Facts {
  std::string account, region, function, version, runtime, role, log_group, endpoint;
  std::string memory_mb;
  Value given;
};

Result<backings::Variables> variables_of(cloud::Cloud& cloud, const Facts& facts) {
  TRY(Value session, assume_role(cloud, facts.account, facts.region, facts.role, facts.function));
  const Value& credentials = session["Credentials"];
  backings::Variables out;
  for (const auto& [name, value] : facts.given.members()) out.emplace_back(name, value.as_string());
  auto set = [&](const char* name, std::string value) { out.emplace_back(name, std::move(value)); };
  set("AWS_REGION", facts.region);
  set("AWS_DEFAULT_REGION", facts.region);
  set("AWS_EXECUTION_ENV", "AWS_Lambda_" + facts.runtime);
  set("AWS_LAMBDA_FUNCTION_NAME", facts.function);
  set("AWS_LAMBDA_FUNCTION_VERSION", facts.version);
  set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", facts.memory_mb);
  set("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
  set("AWS_LAMBDA_LOG_GROUP_NAME", facts.log_group);
  set("AWS_LAMBDA_LOG_STREAM_NAME", log_stream(cloud, facts.version));
  set("AWS_ACCESS_KEY_ID", credentials["AccessKeyId"].as_string());
  set("AWS_SECRET_ACCESS_KEY", credentials["SecretAccessKey"].as_string());
  set("AWS_SESSION_TOKEN", credentials["SessionToken"].as_string());
  set("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
  // Never the real AWS, also where this cloud listens nowhere.
  bool has_own = std::any_of(out.begin(), out.end(),
                             [](const auto& v) { return v.first == "AWS_ENDPOINT_URL"; });
  if (!has_own)
    set("AWS_ENDPOINT_URL", facts.endpoint.empty() ? "http://127.0.0.1:9" : facts.endpoint);
  set("AWS_EC2_METADATA_DISABLED", "true");
  return out;
}

backings::Package package_of(cloud::Cloud& cloud, const Value& code) {
  return {code["Digest"].as_string(),
          [&blobs = cloud.store().blobs(), blob = code["Blob"].as_string()] {
            return blobs.read(blob);
          }};
}

Result<Value> find_layer(Call& call, const std::string& arn) {
  LayerName layer = parse_layer(arn);
  std::string key = key_of(layer.name, std::to_string(layer.version));
  for (const char* table : {"layer_version", "layer_deleted"})
    if (const Value* found = call.find(table, key)) return *found;
  return not_found("Layer version " + arn + " does not exist.");
}

// Of a fork: what a function does may reach outside of it (CloudOptions::is_fork), and what it
// would answer can't be made up.
class FunctionsOfFork : public backings::Functions {
 public:
  void invoke(const backings::FunctionSpec&, backings::FunctionEvent, Done done) override {
    backings::FunctionOutcome outcome;
    outcome.not_run = aws_error(
        std::string(not_in_forks),
        "functions do not run in a fork, since what they do may reach outside of it", 501);
    done(std::move(outcome));
  }
  void retire(const std::string&) override {}
  void stop() override {}
};

Error throttled(const char* reason) {
  Error error = aws_error("TooManyRequestsException", "Rate Exceeded.", 429);
  error.fields = std::make_shared<const Value>(Value::map({{"Type", "User"}, {"Reason", reason}}));
  return error;
}

}  // namespace

bool stays_queued(const backings::FunctionOutcome& outcome) {
  return outcome.not_run &&
         (outcome.not_run->code == "FunctionsStopped" || outcome.not_run->code == not_in_forks);
}

Runner::Runner(std::unique_ptr<backings::Functions> functions)
    : makes_functions_(functions == nullptr), functions_(std::move(functions)) {}

Runner::~Runner() {
  Runner::stop();
}

void Runner::start(cloud::Cloud& cloud) {
  cloud_ = &cloud;
  {
    std::scoped_lock lock(mutex_);
    if (makes_functions_ && cloud.options().is_fork)
      functions_ = std::make_shared<FunctionsOfFork>();
    else if (makes_functions_)
      functions_ = std::make_shared<backings::LocalFunctions>();
  }
  // What a killed process has left, also if no function is run from now on.
  if (makes_functions_ && !cloud.agenda().is_simulated() && !cloud.options().is_fork)
    cloud.agenda().post([] {
      RealProcesses processes;
      backings::sweep(processes);
    });
  take_up_events(cloud);
  take_up_polling(cloud);
}

void Runner::stop() {
  std::shared_ptr<backings::Functions> functions;
  {
    std::scoped_lock lock(mutex_);
    functions = functions_;
    if (makes_functions_) functions_ = nullptr;
  }
  if (functions) functions->stop();
  std::scoped_lock lock(mutex_);
  answers_.clear();
  streams_.clear();
}

// "Understanding Lambda function scaling": a function with reserved concurrency has that and no
// more, the others share what is left of the account's.
Status Runner::enter(const Run& run) {
  std::scoped_lock lock(mutex_);
  int64_t& here = running_[run.spec.owner];
  if (run.limit >= 0) {
    if (here >= run.limit) return throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
  } else {
    int64_t& shared = unreserved_[run.account + "/" + run.region];
    if (shared >= account_concurrency - run.reserved_sum)
      return throttled("ConcurrentInvocationLimitExceeded");
    ++shared;
  }
  ++here;
  return {};
}

void Runner::leave(const Run& run) {
  std::scoped_lock lock(mutex_);
  if (--running_[run.spec.owner] <= 0) running_.erase(run.spec.owner);
  if (run.limit < 0) --unreserved_[run.account + "/" + run.region];
}

void Runner::begin(Run run, std::function<void(backings::FunctionOutcome)> done) {
  std::shared_ptr<backings::Functions> functions;
  {
    std::scoped_lock lock(mutex_);
    functions = functions_;
  }
  auto finish = [this, run, done = std::move(done)](backings::FunctionOutcome outcome) {
    leave(run);
    if (!outcome.not_run) write_log(run, outcome);
    done(std::move(outcome));
  };
  if (functions) return functions->invoke(run.spec, run.event, std::move(finish));
  backings::FunctionOutcome outcome;
  outcome.not_run = Error("FunctionsStopped", "the functions have been stopped");
  finish(std::move(outcome));
}

void Runner::retire(const std::string& owner) {
  std::shared_ptr<backings::Functions> functions;
  {
    std::scoped_lock lock(mutex_);
    functions = functions_;
  }
  if (functions) functions->retire(owner);
}

void Runner::keep_answer(const std::string& id, backings::FunctionOutcome outcome) {
  Time now = cloud_->clock().wall();
  std::scoped_lock lock(mutex_);
  std::erase_if(answers_,
                [&](const auto& entry) { return now - entry.second.kept > answer_ms_max; });
  answers_[id] = {now, std::move(outcome)};
}

std::optional<backings::FunctionOutcome> Runner::take_answer(const std::string& id) {
  std::scoped_lock lock(mutex_);
  auto it = answers_.find(id);
  if (it == answers_.end()) return std::nullopt;
  backings::FunctionOutcome outcome = std::move(it->second.outcome);
  answers_.erase(it);
  return outcome;
}

Runner& runner_of(const Call& call) {
  return static_cast<Runner&>(*call.service.background);
}

Result<cloud::Caller> role_session(Call& call, const std::string& function) {
  const Value* found = call.find("function", function);
  if (!found) return function_not_found(call, function);
  return cloud::session_of_role(call.cloud, call.account, call.region, service_principal_name,
                                (*found)["Config"]["Role"].as_string(), "awslambda");
}

void retire_environments(Call& call, const std::string& function) {
  call.after_commit.push_back(
      [&runner = runner_of(call), arn = function_arn(call, function)] { runner.retire(arn); });
}

Run make_run(Call& call, const Target& target, std::string payload, std::string request_id) {
  const Value& config = target.document["Config"];
  const std::string name = target.function["Name"].as_string();
  Run run;
  run.account = call.account;
  run.region = call.region;
  run.function = name;
  run.version = target.version;
  run.role = config["Role"].as_string();
  run.log_group = config["LoggingConfig"]["LogGroup"].as_string();
  if (target.function.has("Reserved")) run.limit = target.function["Reserved"].as_int();
  run.reserved_sum = reserved_by_others(call, "");
  run.spec.owner = function_arn(call, name);
  run.spec.identity = run.spec.owner + ":" + target.version + "@" +
                      std::to_string(target.document["Changed"].as_time().ms) + "/" +
                      target.document["Code"]["Digest"].as_string();
  run.spec.runtime = config["Runtime"].as_string();
  run.spec.handler = config["Handler"].as_string();
  run.spec.version = target.version;
  run.spec.memory_mb = config["MemorySize"].as_int();
  run.spec.timeout_ms = config["Timeout"].as_int() * 1000;
  run.spec.code = package_of(call.cloud, target.document["Code"]);
  for (const Value& reference : config["Layers"].items())
    if (auto layer = find_layer(call, reference["Arn"].as_string()))
      run.spec.layers.push_back(package_of(call.cloud, (*layer)["Code"]));
  Facts facts{call.account,
              call.region,
              name,
              target.version,
              run.spec.runtime,
              run.role,
              run.log_group,
              call.cloud.endpoint(),
              std::to_string(run.spec.memory_mb),
              config["Environment"]["Variables"]};
  run.spec.variables = [&cloud = call.cloud, facts] { return variables_of(cloud, facts); };
  run.event.request_id = std::move(request_id);
  run.event.payload = std::move(payload);
  run.event.invoked_arn = function_arn(call, name, target.qualifier);
  return run;
}

}  // namespace mainstay::lambda
