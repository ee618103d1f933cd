// AWS::CloudFormation::WaitCondition and WaitConditionHandle (user guide, "Wait conditions").
#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "formation/creation_policy.hh"
#include "formation/engine.hh"
#include "formation/signals.hh"
#include "formation/special.hh"

namespace mainstay::formation {
namespace {

constexpr int64_t timeout_max_s = 43200;  // WaitCondition, Timeout

struct HandlePlace {
  StackKey key;
  std::string logical_id;
};

// ".../cloudformation-waitcondition-REGION/STACK-ARN/LogicalId?..."
std::optional<HandlePlace> parse_handle(std::string_view target) {
  size_t at = target.find(wait_handle_path);
  if (at == std::string_view::npos) return std::nullopt;
  std::string rest(target.substr(at + 1));
  rest = rest.substr(0, rest.find('?'));
  auto parts = split(rest, "/");
  if (parts.size() != 3) return std::nullopt;
  std::string arn = percent_decode(parts[1]);
  auto fields = split(arn, ":");
  if (fields.size() < 6) return std::nullopt;
  return HandlePlace{{fields[4], fields[3], arn}, percent_decode(parts[2])};
}

struct Signals {
  int64_t good = 0;
  std::string failure;  // of the first that told of one
  Value data = Value::map({});
};

Signals signals_of(Subject& s, const std::string& uuid, const std::string& logical_id) {
  Signals out;
  (void)s.cloud.update(
      "cloudformation", s.where.account, s.where.region, [&](Call& call) -> Status {
        for (const Value& signal : rows_of(call, "signal", row(uuid, logical_id))) {
          const std::string& id = signal["UniqueId"].as_string();
          if (signal["Status"].as_string() == "SUCCESS") {
            ++out.good;
            out.data.set(id, signal["Data"]);
          } else if (out.failure.empty()) {
            out.failure = "WaitCondition received failed message: '" +
                          signal["Reason"].as_string() + "' for uniqueId: " + id;
          }
        }
        return {};
      });
  return out;
}

struct Awaited {
  std::string uuid, logical_id;
  int64_t count = 1, timeout_s = 0;
};

Result<Awaited> awaited_by(const Subject& s) {
  auto handle = parse_handle(s.properties["Handle"].as_string());
  if (!handle)
    return validation_error("WaitCondition requires a Handle that is a WaitConditionHandle");
  auto timeout = parse_int(s.properties["Timeout"].to_text());
  if (!timeout || *timeout < 0 || *timeout > timeout_max_s)
    return validation_error("WaitCondition Timeout must be a number of seconds up to 43200");
  return Awaited{handle->key.uuid(), handle->logical_id,
                 parse_int(s.properties["Count"].to_text()).value_or(1), *timeout};
}

}  // namespace

void put_signal(Call& call, const std::string& uuid, const std::string& logical_id, Value signal) {
  std::string id = signal["UniqueId"].as_string();
  call.put("signal", row(uuid, row(logical_id, id)), std::move(signal));
}

Status signal_wait_handle(cloud::Cloud& cloud, std::string_view target, std::string_view body) {
  auto handle = parse_handle(target);
  if (!handle) return validation_error("not the URL of a WaitConditionHandle");
  TRY(Value signal, parse_json(body));
  const std::string& status = signal["Status"].as_string();
  if ((status != "SUCCESS" && status != "FAILURE") || signal["UniqueId"].as_string().empty())
    return validation_error(
        "a signal is a JSON object with Status (SUCCESS or FAILURE), UniqueId, Data and Reason");
  return cloud.update("cloudformation", handle->key.account, handle->key.region,
                      [&](Call& call) -> Status {
                        CHECK_OK(find_stack(call, handle->key.id));
                        put_signal(call, handle->key.uuid(), handle->logical_id, signal);
                        wake(call, handle->key);
                        return {};
                      });
}

std::optional<HttpResponse> answer_wait_handle(cloud::Cloud& cloud, const HttpRequest& request) {
  if (request.method != "PUT" || !request.path.starts_with(wait_handle_path)) return std::nullopt;
  Status done = signal_wait_handle(cloud, request.path, request.body);
  if (done.has_value()) return HttpResponse{};
  return HttpResponse{400, {{"Content-Type", "text/plain"}}, done.error().message + "\n"};
}

Status create_wait_handle(Subject& s) {
  std::string endpoint;
  CHECK_OK(
      s.cloud.update("cloudformation", s.where.account, s.where.region, [&](Call& call) -> Status {
        TRY(Value stack, find_stack(call, s.where.stack_id));
        endpoint = stack["_operation"]["Endpoint"].as_string();
        return {};
      }));
  if (endpoint.empty()) endpoint = "https://s3." + s.where.region + ".amazonaws.com";
  s.physical_id = endpoint + std::string(wait_handle_path) + s.where.region + "/" +
                  percent_encode(s.where.stack_id) + "/" + percent_encode(s.where.logical_id) +
                  "?Signature=" + stable_text(s.where, "signature", 28, "0123456789abcdef");
  return s.initiated();
}

// What it waits until is kept, so that a restart does not begin the time anew.
Status create_wait_condition(Subject& s) {
  s.physical_id = s.where.stack_id + "/" + s.where.logical_id;
  if (has_creation_policy(s)) return s.initiated();  // await_signals
  TRY(Awaited a, awaited_by(s));
  if (s.state.is_null()) s.state = s.cloud.now() + a.timeout_s * 1000;
  CHECK_OK(s.initiated());
  Signals got = signals_of(s, a.uuid, a.logical_id);
  if (!got.failure.empty()) return validation_error(got.failure);
  bool is_done =
      got.good >= a.count || is_signalled_by_user_data(s, s.properties["Handle"].as_string());
  if (!is_done) {
    if (s.is_unwanted) return Error("Cancelled", "Resource creation cancelled");
    s.look_at = s.state.as_time();
    if (s.cloud.now() < *s.look_at) return not_yet();
    return validation_error("WaitCondition timed out. Received " + std::to_string(got.good) +
                            " conditions when expecting " + std::to_string(a.count));
  }
  s.attributes.set("Data", to_json(got.data));
  return {};
}

// Updates are not supported by AWS either: nothing waits again.
Status update_wait_condition(Subject&) {
  return {};
}

Status remove_wait(Subject& s) {
  return s.cloud.update(
      "cloudformation", s.where.account, s.where.region, [&](Call& call) -> Status {
        remove_rows(call, "signal", row(uuid_of(s.where.stack_id), s.where.logical_id));
        return {};
      });
}

}  // namespace mainstay::formation
