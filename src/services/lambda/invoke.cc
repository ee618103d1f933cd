// Invoke: at once, later, or not at all.
#include "services/lambda/invoke.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/event_source.hh"

namespace mainstay::lambda {
namespace {

// "Lambda quotas", "Invocation payload".
constexpr size_t sync_bytes_max = 6'291'456, async_bytes_max = 1'048'576;
constexpr size_t log_tail_bytes_max = 4096;  // "the last 4 KB of the execution log"
constexpr int64_t look_again_ms = 60'000;

Status check_payload(const std::string& payload, bool is_async) {
  size_t most = is_async ? async_bytes_max : sync_bytes_max;
  if (payload.size() > most)
    return aws_error("RequestTooLargeException",
                     std::to_string(payload.size()) + " byte payload is too large for the " +
                         (is_async ? "Event" : "RequestResponse") + " invocation type (limit " +
                         std::to_string(most) + " bytes)",
                     413);
  auto parsed = parse_json(payload);
  if (parsed.has_value() && is_utf8(payload)) return {};
  std::string why = parsed.has_value() ? "invalid UTF-8" : parsed.error().message;
  Error error = aws_error(
      "InvalidRequestContentException",
      "Could not parse request body into json: Could not parse payload into json: " + why);
  error.fields = std::make_shared<const Value>(Value::map({{"Type", "User"}}));
  return error;
}

// Why it never ran, as Invoke says it.
Error refusal(const Error& why) {
  if (why.code == "RuntimeMissing")
    return aws_error("InvalidRuntimeException",
                     why.message + (why.hint.empty() ? "" : " (" + why.hint + ")"), 502);
  if (why.code == "ZipInvalid" || why.code == "ZipTooLarge")
    return aws_error("InvalidZipFileException", why.message, 502);
  if (why.code == "FunctionsBusy") return aws_error("TooManyRequestsException", why.message, 429);
  if (why.status != 0) return why;
  return aws_error("ServiceException", why.to_string(), 500);
}

Result<Value> answer(const backings::FunctionOutcome& outcome, const std::string& version,
                     bool wants_log) {
  if (outcome.not_run) return refusal(*outcome.not_run);
  Value out = Value::map(
      {{"StatusCode", 200}, {"ExecutedVersion", version}, {"Payload", Bytes{outcome.payload}}});
  if (outcome.failed) out.set("FunctionError", "Unhandled");
  if (wants_log) {
    size_t size = std::min(outcome.log.size(), log_tail_bytes_max);
    out.set("LogResult",
            base64_encode(std::string_view(outcome.log).substr(outcome.log.size() - size)));
  }
  return out;
}

// The handler asked again: the answer, or still none.
Result<Value> go_on(Call& call, const Value& in) {
  Value state = call.wait_state;
  const std::string id = state["Id"].as_string();
  auto outcome = runner_of(call).take_answer(id);
  if (!outcome) return call.wait(call.topic("invocation/" + id), call.now + look_again_ms, state);
  return answer(*outcome, state["Version"].as_string(), in["LogType"].as_string() == "Tail");
}

}  // namespace

Result<Target> target_of_event(Call& call, const FunctionName& named) {
  TRY(Target target, find_target(call, named));
  const Value* alias =
      is_version(named.qualifier) ? nullptr : find_alias(call, named.name, named.qualifier);
  if (named.qualifier.empty() || !alias) return target;
  // "Lambda function aliases": each event goes to one of the two by chance.
  for (const auto& [version, weight] :
       (*alias)["RoutingConfig"]["AdditionalVersionWeights"].members())
    if (call.random.unit() < weight.as_real()) {
      target.version = version;
      TRY(target.document, find_version(call, target.function, version));
    }
  return target;
}

bool is_event(const Value& in) {
  return in["InvocationType"].as_string() == "Event";
}

Result<Value> invoke(Call& call, const Value& in) {
  if (!call.wait_state.is_null()) return go_on(call, in);
  TRY(FunctionName named, function_named(call, in));
  FunctionName whole = named;
  if (whole.qualifier.empty()) whole.qualifier = latest;  // recorded: "…:name:$LATEST"
  if (!call.find("function", named.name))
    return function_not_found(call, whole.name, whole.qualifier);
  TRY(Target target, target_of_event(call, named));
  if (is_pending(call, target.function)) return check_settled(call, target.function).error();
  std::string payload = in["Payload"].as_bytes();
  if (payload.empty()) payload = "{}";
  CHECK_OK(check_payload(payload, is_event(in)));
  if (in["InvocationType"].as_string() == "DryRun") return Value::map({{"StatusCode", 204}});
  if (in.has("DurableExecutionName") || in.has("TenantId"))
    return not_here("durable executions and tenants");
  if (is_event(in)) {
    queue_event(call, named, payload, call.request_id);
    return Value::map({{"StatusCode", 202}});
  }
  Run run = make_run(call, target, std::move(payload), call.request_id);
  run.event.client_context = base64_decode(in["ClientContext"].as_string()).value_or("");
  Runner& runner = runner_of(call);
  CHECK_OK(runner.enter(run));
  std::string id = call.random.uuid(), topic = call.topic("invocation/" + id);
  Value state = Value::map({{"Id", id}, {"Version", run.version}});
  call.after_failure.push_back([&runner, run] { runner.abandon(run); });
  call.after_commit.push_back([&cloud = call.cloud, &runner, run, id, topic] {
    runner.begin(run, [&cloud, &runner, id, topic](backings::FunctionOutcome outcome) {
      runner.keep_answer(id, std::move(outcome));
      cloud.waiters().notify(topic);
    });
  });
  return call.wait(topic, call.now + look_again_ms, std::move(state));
}

// InvokeWithResponseStream: the runtimes here answer with the whole at once, so it is one chunk.
Result<Value> invoke_with_stream(Call& call, const Value& in) {
  TRY(Value out, invoke(call, in));
  if (call.waiting || out["StatusCode"].as_int() != 200) return out;
  Value end = Value::map({});
  if (out.has("LogResult")) end.set("LogResult", out["LogResult"]);
  std::vector<cloud::EventSource::Event> events;
  if (out.has("FunctionError")) {
    end.set("ErrorCode", "Unhandled").set("ErrorDetails", out["Payload"].as_bytes());
  } else {
    events.push_back({"PayloadChunk", Value::map({{"Payload", out["Payload"]}})});
  }
  events.push_back({"InvokeComplete", std::move(end)});
  call.events = cloud::events_of(std::move(events));
  return Value::map({{"StatusCode", 200}, {"ExecutedVersion", out["ExecutedVersion"]}});
}

}  // namespace mainstay::lambda
