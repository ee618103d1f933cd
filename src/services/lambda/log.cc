// What functions print goes to CloudWatch Logs, as their role: where that may not write, there is
// none.
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/role_session.hh"
#include "services/lambda/runner.hh"

namespace mainstay::lambda {
namespace {

// PutLogEvents takes 10,000 events and 1 MB at once, each counted with 26 bytes more.
constexpr size_t events_max = 10'000, bytes_max = 1'048'576, event_bytes_extra = 26;
constexpr size_t event_bytes_max = 262'144 - event_bytes_extra;

std::vector<Value> batches_of(const std::string& log, Time now) {
  std::vector<Value> batches;
  Value events = Value::list();
  size_t bytes = 0;
  auto close = [&] {
    if (!events.empty()) batches.push_back(std::exchange(events, Value::list()));
    bytes = 0;
  };
  for (const std::string& line : split(log, "\n")) {
    if (line.empty()) continue;
    std::string message = line.substr(0, event_bytes_max - 1) + "\n";
    if (!is_utf8(message)) message = printable(message);
    if (events.size() == events_max || bytes + message.size() + event_bytes_extra > bytes_max)
      close();
    bytes += message.size() + event_bytes_extra;
    events.push_back(Value::map({{"timestamp", now.ms}, {"message", message}}));
  }
  close();
  return batches;
}

}  // namespace

bool Runner::knows_stream(const std::string& stream) {
  std::scoped_lock lock(mutex_);
  if (streams_.size() >= streams_max) streams_.clear();
  return !streams_.insert(stream).second;
}

void Runner::write_log(const Run& run, const backings::FunctionOutcome& outcome) {
  if (!cloud_->has_service("logs") || outcome.log_stream.empty()) return;
  bool is_known = knows_stream(outcome.log_stream);
  auto caller = cloud::session_of_role(*cloud_, run.account, run.region, service_principal_name,
                                       run.role, run.function);
  if (!caller.has_value()) return;
  (void)cloud_->update("lambda", run.account, run.region, [&](Call& call) -> Status {
    auto deliver = [&](const char* operation, Value in) {
      in.set("logGroupName", run.log_group);
      call.later({"logs", operation, std::move(in), "", "", *caller, outcome.log_stream});
    };
    Value stream = Value::map({{"logStreamName", outcome.log_stream}});
    // What is there already is an error that nobody need hear of.
    if (!is_known) deliver("CreateLogGroup", Value::map({}));
    if (!is_known) deliver("CreateLogStream", stream);
    for (Value& events : batches_of(outcome.log, call.now)) {
      Value in = stream;
      deliver("PutLogEvents", in.set("logEvents", std::move(events)));
    }
    return {};
  });
}

}  // namespace mainstay::lambda
