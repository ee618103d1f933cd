#include "services/logs/tail.hh"

#include <algorithm>

#include "services/logs/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::logs {

using Next = BodySource::Next;

Tail::Tail(TailPlan plan, Time opened) : plan_(std::move(plan)), opened_(opened) {
  ready_events_.push_back({"sessionStart", plan_.start});
}

Next Tail::next(Event& to) {
  std::lock_guard guard(mutex_);
  if (ready_events_.empty()) return ended_ ? Next::ended : Next::waiting;
  to = std::move(ready_events_.front());
  ready_events_.pop_front();
  return Next::more;
}

void Tail::when_ready(std::function<void()> ready) {
  {
    std::lock_guard guard(mutex_);
    if (ready_events_.empty() && !ended_) {
      ready_ = std::move(ready);
      return;
    }
  }
  ready();
}

void Tail::wake() {
  std::function<void()> ready;
  {
    std::lock_guard guard(mutex_);
    ready = std::exchange(ready_, nullptr);
  }
  if (ready) ready();
}

void Tail::take(const std::string& group, const std::string& stream, const List& events, Time now) {
  if (!plan_.groups.contains(group)) return;
  auto is_named = [&](const std::string& name) { return name == stream; };
  auto begins = [&](const std::string& prefix) { return stream.starts_with(prefix); };
  if (!plan_.names.empty() && std::none_of(plan_.names.begin(), plan_.names.end(), is_named))
    return;
  if (!plan_.prefixes.empty() && std::none_of(plan_.prefixes.begin(), plan_.prefixes.end(), begins))
    return;
  std::lock_guard guard(mutex_);
  for (const Value& event : events) {
    if (!plan_.pattern.matches(event["message"].as_string())) continue;
    if (results_.size() == events_at_once) {
      sampled_ = true;
      return;
    }
    results_.push_back(Value::map({{"logGroupIdentifier", group},
                                   {"logStreamName", stream},
                                   {"message", event["message"]},
                                   {"timestamp", event["timestamp"]},
                                   {"ingestionTime", now.ms}}));
  }
}

bool Tail::tick(Time now) {
  bool goes_on = false;
  {
    std::lock_guard guard(mutex_);
    goes_on = now - opened_ < session_ms_max && !ended_;
    // "after which it starts dropping the oldest events"
    if (ready_events_.size() >= updates_max) ready_events_.pop_front();
    ready_events_.push_back(
        {"sessionUpdate",
         Value::map({{"sessionMetadata", Value::map({{"sampled", sampled_}})},
                     {"sessionResults", std::exchange(results_, Value::list())}})});
    sampled_ = false;
    if (!goes_on && !ended_)
      ready_events_.push_back(
          {"SessionTimeoutException",
           Value::map({{"message", "The session was open for three hours, which is the most."}})});
    ended_ = !goes_on;
  }
  wake();
  return goes_on;
}

void Tail::end() {
  {
    std::lock_guard guard(mutex_);
    ended_ = true;
  }
  wake();
}

void Tails::start(cloud::Cloud& cloud) {
  std::lock_guard guard(mutex_);
  cloud_ = &cloud;
}

void Tails::stop() {
  for (const auto& tail : living()) tail->end();
  std::lock_guard guard(mutex_);
  tails_.clear();
}

std::vector<std::shared_ptr<Tail>> Tails::living() {
  std::vector<std::shared_ptr<Tail>> out;
  std::lock_guard guard(mutex_);
  for (auto it = tails_.begin(); it != tails_.end();) {
    auto tail = it->second.lock();
    it = tail ? std::next(it) : tails_.erase(it);
    if (tail) out.push_back(std::move(tail));
  }
  return out;
}

bool Tails::any() {
  std::lock_guard guard(mutex_);
  return !tails_.empty();
}

std::shared_ptr<Tail> Tails::open(TailPlan plan) {
  if (living().size() >= sessions_max) return nullptr;
  auto tail = std::make_shared<Tail>(std::move(plan), cloud_->now());
  std::string key;
  {
    std::lock_guard guard(mutex_);
    key = "logs/tail/" + std::to_string(next_++);
    tails_.emplace(key, tail);
  }
  tick_later(key, tail);
  return tail;
}

void Tails::tick_later(const std::string& key, std::weak_ptr<Tail> tail) {
  cloud_->agenda().set(key, cloud_->now() + Tail::update_ms, [this, key, tail] {
    auto here = tail.lock();
    if (here && here->tick(cloud_->now())) tick_later(key, tail);
  });
}

void Tails::publish(const std::string& group, const std::string& stream, const List& events,
                    Time now) {
  for (const auto& tail : living()) tail->take(group, stream, events, now);
}

Tails& tails_of(const Call& call) {
  return static_cast<Tails&>(*call.service.background);
}

namespace {

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.as_string());
  return out;
}

// "Specify each log group by its ARN. If you specify an ARN, the ARN can't end with an asterisk."
Result<std::string> group_tailed(const Call& call, const std::string& identifier) {
  auto arn = wire::parse_arn(identifier);
  if (!arn.has_value() || arn->service != "logs" || !arn->resource.starts_with("log-group:") ||
      identifier.ends_with('*'))
    return invalid("The specified arn '" + identifier + "' is not a log group's ARN");
  if (arn->account != call.account || arn->region != call.region)
    return invalid("The log group " + identifier + " is not in this account and region");
  TRY(Value group, find_group(call, Value::map({{"logGroupIdentifier", identifier}})));
  return group_arn(call, group["logGroupName"].as_string());
}

}  // namespace

Result<Value> start_live_tail(Call& call, const Value& in) {
  TRY(Pattern pattern, Pattern::parse(in["logEventFilterPattern"].as_string()));
  TailPlan plan{
      {}, texts(in["logStreamNames"]), texts(in["logStreamNamePrefixes"]), std::move(pattern), in};
  if (!plan.names.empty() && !plan.prefixes.empty())
    return invalid("logStreamNames and logStreamNamePrefixes can't be specified together");
  for (const Value& identifier : in["logGroupIdentifiers"].items()) {
    TRY(std::string arn, group_tailed(call, identifier.as_string()));
    plan.groups.insert(std::move(arn));
  }
  if (plan.groups.size() > 1 && !(plan.names.empty() && plan.prefixes.empty()))
    return invalid("log streams can be specified for a single log group only");
  plan.start.set("requestId", call.request_id).set("sessionId", call.random.uuid());
  auto tail = tails_of(call).open(std::move(plan));
  if (!tail)
    return aws_error("LimitExceededException",
                     "There are " + std::to_string(Tails::sessions_max) +
                         " Live Tail sessions, which is the most at once.");
  call.events = std::move(tail);
  return Value::map({});
}

}  // namespace mainstay::logs
