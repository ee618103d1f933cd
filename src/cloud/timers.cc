#include "cloud/timers.hh"

#include "cloud/call.hh"
#include "cloud/cloud.hh"

namespace mainstay::cloud {
namespace {

constexpr int64_t timer_retry_ms_first = 50;

std::string timer_key(const store::ShardKey& shard, const std::string& id) {
  std::string key = "timer";
  for (const std::string* part : {&shard.service, &shard.account, &shard.region, &id})
    key += '\0' + *part;
  return key;
}

// A timer as its document says it.
struct Due {
  std::string reaction, account, region;
  Value argument;
  int64_t number;  // tells one that was put again from the one before
};

std::optional<Due> due_of(const Value* document, Time now) {
  if (!document || (*document)["At"].as_time() > now) return std::nullopt;
  const Value& d = *document;
  return Due{d["Reaction"].as_string(), d["Account"].as_string(), d["Region"].as_string(),
             d["Argument"], d["Number"].as_int()};
}

}  // namespace

void Timers::put(Call& call, const std::string& id, Time when, std::string_view reaction,
                 Value argument) {
  const Value* before = call.find(table, id);
  int64_t number = before ? (*before)["Number"].as_int() + 1 : call.random.next() >> 12;
  call.put(table, id,
           Value::map({{"At", when},
                       {"Reaction", reaction},
                       {"Argument", std::move(argument)},
                       {"Account", call.account},
                       {"Region", call.region},
                       {"Number", number}}));
  call.after_commit.push_back(
      [this, shard = call.db.key(), id, when] { watch(shard, id, when, 0); });
}

void Timers::remove(Call& call, const std::string& id) {
  if (!call.remove(table, id)) return;
  call.after_commit.push_back(
      [this, key = timer_key(call.db.key(), id)] { cloud_.agenda().unset(key); });
}

void Timers::take_up(std::string_view service) {
  for (store::Shard* shard : cloud_.store().shards(service)) {
    store::Unit unit(cloud_.store(), *shard, store::Mode::read);
    for (const auto& [id, document] : unit.all(table))
      watch(shard->key, id, document["At"].as_time(), 0);
  }
}

void Timers::watch(const store::ShardKey& shard, const std::string& id, Time when, int tries) {
  cloud_.agenda().set(timer_key(shard, id), when,
                      [this, shard, id, tries] { fire(shard, id, tries); });
}

void Timers::fire(const store::ShardKey& shard, const std::string& id, int tries) {
  std::optional<Due> due;
  const Reaction* reaction = nullptr;
  {
    store::Unit unit(cloud_.store(), cloud_.store().shard(shard), store::Mode::read);
    due = due_of(unit.find(table, id), cloud_.now());
    if (!due) return;
    reaction = cloud_.reaction(shard.service, due->reaction);
  }
  Status done =
      Error("InternalFailure", shard.service + " has no reaction named " + due->reaction, 500);
  if (reaction && reaction->work)
    done = reaction->work(cloud_, {shard, due->account, due->region}, due->argument);
  bool in_unit = reaction && reaction->react;
  if (in_unit || done.has_value())
    done = cloud_.update_at(shard, due->account, due->region, [&](Call& call) -> Status {
      const Value* now = call.find(table, id);
      if (!now || (*now)["Number"].as_int() != due->number) return {};
      call.remove(table, id);
      return in_unit ? reaction->react(call, due->argument) : Status();
    });
  if (done.has_value()) return;
  if (tries < tries_max)
    return watch(shard, id, cloud_.now() + (timer_retry_ms_first << tries), tries + 1);
  cloud_.warn(Error(done.error()).because("the " + due->reaction + " of " + shard.service));
}

}  // namespace mainstay::cloud
