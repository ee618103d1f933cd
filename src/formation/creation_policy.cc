#include "formation/creation_policy.hh"

#include <algorithm>

#include "base/text.hh"
#include "formation/records.hh"

namespace mainstay::formation {
namespace {

constexpr int64_t signal_timeout_s = 300, signal_timeout_s_max = 43'200;  // ResourceSignal, Timeout

// PT15M, PT1H30M, PT90S: the part of ISO 8601 that CreationPolicy takes.
int64_t seconds_of(const std::string& text) {
  int64_t total = 0, number = 0;
  for (char c : text) {
    if (c >= '0' && c <= '9')
      number = std::min<int64_t>(number * 10 + (c - '0'), signal_timeout_s_max);
    else if (c == 'H' || c == 'M' || c == 'S')
      total += std::exchange(number, 0) * (c == 'H' ? 3600 : c == 'M' ? 60 : 1);
  }
  return std::min(total, signal_timeout_s_max);
}

struct Wanted {
  int64_t count = 1, percent = 100, timeout_s = signal_timeout_s;
  int64_t needed() const { return (count * percent + 99) / 100; }
};

Wanted wanted_by(const Value& policy) {
  const Value& signal = policy["ResourceSignal"];
  Wanted w;
  w.count = parse_int(signal["Count"].to_text()).value_or(1);
  if (signal.has("Timeout")) w.timeout_s = seconds_of(signal["Timeout"].to_text());
  w.percent =
      parse_int(policy["AutoScalingCreationPolicy"]["MinSuccessfulInstancesPercent"].to_text())
          .value_or(w.percent);
  return w;
}

struct Received {
  int64_t good = 0, bad = 0;
};

Received received(Subject& s) {
  Received out;
  (void)s.cloud.update(
      "cloudformation", s.where.account, s.where.region, [&](Call& call) -> Status {
        for (const Value& signal :
             rows_of(call, "signal", row(uuid_of(s.where.stack_id), s.where.logical_id)))
          ++(signal["Status"].as_string() == "SUCCESS" ? out.good : out.bad);
        return {};
      });
  return out;
}

// Instances run nothing here, so what their user data would do is not done; where it calls
// cfn-signal, that is taken as done, and well.
bool calls_signal(const Value& v, const std::string& with = "") {
  for (const Value& item : v.items())
    if (calls_signal(item, with)) return true;
  for (const auto& [name, member] : v.members()) {
    if (calls_signal(member, with)) return true;
    if (name != "UserData" || !member.is_string()) continue;
    std::string data = base64_decode(member.as_string()).value_or("");
    if (data.contains("cfn-signal") && data.contains(with)) return true;
  }
  return false;
}

bool holds_text(const Value& v, const std::string& text) {
  if (v.is_string()) return v.as_string() == text;
  return std::any_of(v.items().begin(), v.items().end(),
                     [&](const Value& item) { return holds_text(item, text); }) ||
         std::any_of(v.members().begin(), v.members().end(),
                     [&](const auto& member) { return holds_text(member.second, text); });
}

// The resource's own user data, or that of what it launches its instances by.
bool signals_itself(Subject& s) {
  if (calls_signal(s.properties)) return true;
  bool found = false;
  (void)s.cloud.update("cloudformation", s.where.account, s.where.region,
                       [&](Call& call) -> Status {
                         for (const Value& r : rows_of(call, "resource", uuid_of(s.where.stack_id)))
                           found |= calls_signal(r["Properties"]) &&
                                    holds_text(s.properties, r["PhysicalResourceId"].as_string());
                         return {};
                       });
  return found;
}

Status tell_of_signal(Subject& s) {
  return s.cloud.update(
      "cloudformation", s.where.account, s.where.region, [&](Call& call) -> Status {
        TRY(Value stack, find_stack(call, s.where.stack_id));
        add_event(call, stack,
                  Value::map({{"LogicalResourceId", s.where.logical_id},
                              {"PhysicalResourceId", s.physical_id},
                              {"ResourceType", s.where.type},
                              {"ResourceStatus", "CREATE_IN_PROGRESS"},
                              {"ResourceStatusReason",
                               "Received SUCCESS signal with UniqueId " + s.physical_id}}));
        return {};
      });
}

// A resource that takes this one's place is signalled anew.
Status forget_signals(Subject& s) {
  return s.cloud.update(
      "cloudformation", s.where.account, s.where.region, [&](Call& call) -> Status {
        remove_rows(call, "signal", row(uuid_of(s.where.stack_id), s.where.logical_id));
        return {};
      });
}

}  // namespace

bool has_creation_policy(const Subject& s) {
  constexpr std::string_view types[] = {"AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::Instance",
                                        "AWS::CloudFormation::WaitCondition",
                                        "AWS::AppStream::Fleet"};
  return s.creation_policy["ResourceSignal"].is_map() &&
         std::find(std::begin(types), std::end(types), s.where.type) != std::end(types);
}

bool is_signalled_by_user_data(const Subject& s, const std::string& handle) {
  bool found = false;
  (void)s.cloud.update("cloudformation", s.where.account, s.where.region,
                       [&](Call& call) -> Status {
                         for (const Value& r : rows_of(call, "resource", uuid_of(s.where.stack_id)))
                           found |= calls_signal(r["Properties"], handle);
                         return {};
                       });
  return found;
}

// The words are those of events that people have shown.
Status await_signals(Subject& s) {
  if (!has_creation_policy(s)) return {};
  if (signals_itself(s)) return tell_of_signal(s);
  const Wanted wanted = wanted_by(s.creation_policy);
  if (s.cloud.endpoint().empty()) {
    s.note += (s.note.empty() ? "mainstay: " : "; ") + std::string(
                                                           "no signals were waited for: "
                                                           "this cloud listens nowhere");
    return {};
  }
  if (s.state.is_null()) s.state = s.cloud.now() + wanted.timeout_s * 1000;
  const Received got = received(s);
  if (got.good >= wanted.needed()) return forget_signals(s);
  bool is_late = s.state.as_time() <= s.cloud.now();
  bool failed = got.bad > wanted.count - wanted.needed();
  if (!failed && !is_late) {
    if (s.is_unwanted) return Error("Cancelled", "Resource creation cancelled");
    s.look_at = s.state.as_time();
    return not_yet();
  }
  CHECK_OK(forget_signals(s));
  if (failed)
    return validation_error("Received " + std::to_string(got.bad) + " FAILURE signal(s) out of " +
                            std::to_string(wanted.count) + ". Unable to satisfy " +
                            std::to_string(wanted.percent) +
                            "% MinSuccessfulInstancesPercent requirement");
  return validation_error("Failed to receive " + std::to_string(wanted.count - got.good - got.bad) +
                          " resource signal(s) within the specified duration");
}

}  // namespace mainstay::formation
