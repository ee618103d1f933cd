#include "cloud/outbox.hh"

#include <algorithm>
#include <iterator>

#include "base/text.hh"
#include "cloud/call.hh"
#include "cloud/cloud.hh"

namespace mainstay::cloud {
namespace {

constexpr int64_t delivery_retry_ms_first = 100, delivery_retry_ms_max = 20'000;
constexpr size_t id_digits = 16;
// Codes of throttling, besides statuses of 5xx ("Retry behavior" of the SDKs' reference guide).
constexpr std::string_view throttles[] = {"Throttl", "TooManyRequests", "RequestLimitExceeded",
                                          "ProvisionedThroughputExceeded", "SlowDown"};

bool may_pass(const Error& error) {
  constexpr int not_implemented = 501;
  if (error.status >= 500 && error.status != not_implemented) return true;
  return std::any_of(std::begin(throttles), std::end(throttles),
                     [&](std::string_view code) { return error.code.contains(code); });
}

// Ids rise while there are any, so that a lane keeps its order over a restart.
std::string next_id(const Call& call) {
  const store::Documents& all = call.all(Outbox::table);
  int64_t last = all.empty() ? 0 : parse_int(std::prev(all.end())->first).value_or(0);
  std::string digits = std::to_string(last + 1);
  return std::string(id_digits - std::min(id_digits, digits.size()), '0') + digits;
}

std::string lane_key(const store::ShardKey& shard, const std::string& lane) {
  std::string key;
  for (const std::string* part : {&shard.service, &shard.account, &shard.region, &lane})
    key += *part + '\0';
  return key;
}

// As a reaction is told of it.
Value told_of(const Value& document, const Result<Value>& out) {
  Value told = Value::map({{"Argument", document["Argument"]}});
  if (out.has_value()) return told.set("Output", *out);
  return told.set("Error", Value::map({{"Code", out.error().code},
                                       {"Message", out.error().message},
                                       {"Status", out.error().status}}));
}

}  // namespace

void Outbox::put(Call& call, Delivery d) {
  std::string id = next_id(call);
  std::string account = d.account.empty() ? call.account : d.account;
  Caller caller = d.caller
                      ? *d.caller
                      : Caller::service_principal(account, call.service.name + ".amazonaws.com");
  std::string lane = d.lane.empty() ? "#" + id : d.lane;
  Value document = Value::map({{"Service", d.service},
                               {"Operation", d.operation},
                               {"Input", std::move(d.input)},
                               {"Account", account},
                               {"Region", d.region.empty() ? call.region : d.region},
                               {"FromAccount", call.account},
                               {"FromRegion", call.region},
                               {"Caller", caller.to_value()},
                               {"Lane", lane},
                               {"Token", std::string(token_prefix) + call.random.uuid()}});
  if (!d.then.empty()) document.set("Then", d.then).set("Argument", std::move(d.argument));
  call.put(table, id, std::move(document));
  call.after_commit.push_back(
      [this, shard = call.db.key(), lane, id] { enqueue(shard, lane, id); });
}

void Outbox::take_up(std::string_view service) {
  for (store::Shard* shard : cloud_.store().shards(service)) {
    store::Unit unit(cloud_.store(), *shard, store::Mode::read);
    for (const auto& [id, document] : unit.all(table))
      enqueue(shard->key, document["Lane"].as_string(), id);
  }
}

void Outbox::add_tokens(std::string_view service, std::set<std::string>& tokens) const {
  for (store::Shard* shard : cloud_.store().shards(service)) {
    store::Unit unit(cloud_.store(), *shard, store::Mode::read);
    for (const auto& [id, document] : unit.all(table)) tokens.insert(document["Token"].as_string());
  }
}

void Outbox::clear() {
  std::lock_guard guard(mutex_);
  lanes_.clear();
}

void Outbox::enqueue(const store::ShardKey& shard, const std::string& lane, const std::string& id) {
  std::string key = lane_key(shard, lane);
  {
    std::lock_guard guard(mutex_);
    Lane& to = lanes_[key];
    to.shard = shard;
    to.ids.push_back(id);
    if (to.ids.size() > 1) return;  // somebody is at the one before
  }
  cloud_.agenda().post([this, key] { deliver(key); });
}

void Outbox::deliver(const std::string& lane) {
  store::ShardKey shard;
  std::string id;
  {
    std::lock_guard guard(mutex_);
    auto found = lanes_.find(lane);
    if (found == lanes_.end() || found->second.ids.empty()) return;
    shard = found->second.shard;
    id = found->second.ids.front();
  }
  Value document;
  {
    store::Unit unit(cloud_.store(), cloud_.store().shard(shard), store::Mode::read);
    const Value* found = unit.find(table, id);
    if (found) document = *found;
  }
  if (document.is_null()) return advance(lane);
  cloud_.invoke_later(
      Caller::from_value(document["Caller"]), document["Account"].as_string(),
      document["Region"].as_string(), document["Service"].as_string(),
      document["Operation"].as_string(), document["Input"], document["Token"].as_string(),
      [=, this](Result<Value> out) { finish(lane, shard, id, document, std::move(out)); });
}

bool Outbox::try_later(const std::string& lane, const Error& error) {
  if (!may_pass(error)) return false;
  int tries;
  {
    std::lock_guard guard(mutex_);
    auto found = lanes_.find(lane);
    if (found == lanes_.end() || found->second.tries >= tries_max) return false;
    tries = found->second.tries++;
  }
  int64_t pause_ms = std::min(delivery_retry_ms_first << tries, delivery_retry_ms_max);
  cloud_.agenda().set("outbox" + lane, cloud_.now() + pause_ms, [this, lane] { deliver(lane); });
  return true;
}

// The delivery goes, and the sender hears of it, in one unit; only then is the answer forgotten.
void Outbox::finish(const std::string& lane, const store::ShardKey& shard, const std::string& id,
                    const Value& document, Result<Value> out) {
  if (!out.has_value() && try_later(lane, out.error())) return;
  // Where the sender need not know, somebody should.
  if (!out.has_value() && !document.has("Then"))
    cloud_.warn(
        Error(out.error())
            .because("a delivery of " + shard.service + " to " + document["Service"].as_string()));
  Status kept = cloud_.update_at(
      shard, document["FromAccount"].as_string(), document["FromRegion"].as_string(),
      [&](Call& call) -> Status {
        call.remove(table, id);
        if (!document.has("Then")) return {};
        const Reaction* then = cloud_.reaction(shard.service, document["Then"].as_string());
        if (!then || !then->react)
          return Error("InternalFailure", shard.service + " has no such reaction", 500);
        return then->react(call, told_of(document, out));
      });
  if (!kept.has_value()) {
    if (try_later(lane, Error(kept.error().code, kept.error().message, 500))) return;
    cloud_.warn(Error(kept.error()).because("a delivery of " + shard.service));
  }
  cloud_.forget_answers(
      document["Account"].as_string(), document["Region"].as_string(),
      {{document["Token"].as_string(), document["Service"].as_string(), document["Input"]}});
  advance(lane);
}

void Outbox::advance(const std::string& lane) {
  {
    std::lock_guard guard(mutex_);
    auto found = lanes_.find(lane);
    if (found == lanes_.end()) return;
    found->second.ids.pop_front();
    found->second.tries = 0;
    if (found->second.ids.empty()) {
      lanes_.erase(found);
      return;
    }
  }
  cloud_.agenda().post([this, lane] { deliver(lane); });
}

}  // namespace mainstay::cloud
