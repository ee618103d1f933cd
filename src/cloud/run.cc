// Running operations: the decision, the unit, the handler, and answers that wait. See cloud.hh.
#include "cloud/run.hh"

#include <algorithm>
#include <future>

#include "base/text.hh"
#include "cloud/call.hh"
#include "wire/model.hh"
#include "wire/output_check.hh"
#include "wire/validate.hh"

namespace mainstay::cloud {
namespace {

// What one service asks another for is held in memory.
constexpr size_t inner_body_bytes_max = 512 << 20;

constexpr std::string_view answers = "_answer";  // a table of every shard: answers by token

// The services whose state this thread holds, the last one taken last.
thread_local std::vector<const Service*> held_services;

// Remembers that a service's state is held, for as long as it lives.
class Holding {
 public:
  explicit Holding(const Service& service) { held_services.push_back(&service); }
  ~Holding() { held_services.pop_back(); }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
};

// Whoever holds one service's state while it calls another must have said so, since that is what
// keeps two threads from waiting for each other (Cloud::check_calls).
Status check_declared(const Service& called) {
  if (held_services.empty()) return {};
  const Service& holder = *held_services.back();
  if (std::find(holder.calls.begin(), holder.calls.end(), called.name) != holder.calls.end())
    return {};
  return aws_error(
      "InternalFailure",
      holder.name + " does not say that it calls " + called.name + " while it holds its state",
      500);
}

}  // namespace

// A service calls another under its lock, that one a third: never back to the first.
Status Cloud::check_calls() const {
  std::vector<std::string_view> path;
  std::function<Status(std::string_view)> follow = [&](std::string_view name) -> Status {
    bool circle = std::find(path.begin(), path.end(), name) != path.end();
    path.push_back(name);
    if (circle) {
      std::string text;
      for (std::string_view part : path) text += (text.empty() ? "" : " > ") + std::string(part);
      return Error("InternalFailure", "services call each other in a circle: " + text, 500);
    }
    if (const Entry* found = entry(name))
      for (std::string_view called : found->service.calls) CHECK_OK(follow(called));
    path.pop_back();
    return {};
  };
  for (const auto& found : entries_) CHECK_OK(follow(found->service.name));
  return {};
}

void Cloud::outside(store::Unit& unit, const std::function<void()>& work) {
  std::vector<const Service*> held;
  held.swap(held_services);
  unit.release();
  work();
  unit.acquire();
  held.swap(held_services);
}

Result<Value> Cloud::perform(const Work& work, Call& call, const CallerSide& side) {
  if (work.operation->decides_parts) {
    call.may = [this, &call, &side](std::string_view as, const Value& part) {
      std::string_view whole = std::exchange(call.operation, as);
      Status decided = authorizer_->check(call, part, side);
      call.operation = whole;
      return decided;
    };
  } else if (!work.was_allowed) {
    CHECK_OK(authorizer_->check(call, work.in, side));
  }
  return call_handler(work, call);
}

// A member that the model lacks would be left out without a word.
Status Cloud::check_output(const Work& work, const Value& out) const {
  TRY(Models::Loaded loaded, models_.load(work.entry->service.name));
  const wire::Operation* operation = loaded.model->operation(work.operation->name);
  if (!operation || !operation->output) return {};
  auto unknown = wire::unknown_members(*operation->output, out);
  if (unknown.empty()) return {};
  return aws_error("InternalFailure",
                   work.entry->service.name + ":" + std::string(work.operation->name) +
                       " answers with members that its model does not have: " + join(unknown, ", "),
                   500);
}

// A dry run makes every check that the real run makes, then takes the change back (EC2, "DryRun").
Result<Value> Cloud::call_handler(const Work& work, Call& call) {
  auto out = work.operation->handler(call, work.in);
  const auto& unchecked = options_.check_outputs_but;
  if (unchecked && !unchecked->contains(work.entry->service.name) && out.has_value())
    if (Status good = check_output(work, *out); !good.has_value()) out = good.error();
  if (out.has_value() && work.entry->service.dry_run && work.in["DryRun"].as_bool())
    out =
        aws_error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
  if (out.has_value() && !work.once.empty() && !call.waiting) call.put(answers, work.once, *out);
  if (out.has_value())
    if (Status kept = call.db.commit(); !kept.has_value()) out = kept.error();
  return out;
}

store::Shard* Cloud::shard_beside(const Service& service, const store::Shard& state,
                                  const Value& in) {
  std::string part = service.part_beside ? service.part_beside(in) : "";
  if (part.empty() || part == state.key.region) return nullptr;
  return &store_->shard({service.name, "", std::move(part)});
}

// What follows a unit runs when its lock is gone. A waiter is entered before: whoever could notify
// it needs the lock first.
std::optional<Result<Value>> Cloud::attempt(Work& work, Keeper& keeper) {
  if (Status said = check_declared(work.entry->service); !said.has_value()) return said.error();
  CallerSide side;
  if (!work.was_allowed) {
    auto found = authorizer_->caller_side(work.caller, work.region, work.origin);
    if (!found.has_value()) return found.error();
    side = std::move(*found);
  }
  std::vector<std::function<void()>> after;
  std::optional<Result<Value>> answer;
  {
    Holding holding(work.entry->service);
    store::Shard& state = shard(work.entry->service, work.account, work.region, work.in);
    store::Shard* other = shard_beside(work.entry->service, state, work.in);
    // All in the order of their keys, so that no two wait for each other.
    std::optional<store::Unit> beside;
    if (other && other->key < state.key) beside.emplace(*store_, *other, store::Mode::read);
    store::Unit unit(*store_, state, work.operation->mode_for(work.in));
    if (other && state.key < other->key) beside.emplace(*store_, *other, store::Mode::read);
    Call call = make_call(work.entry->service, work.operation->name, work.caller, work.account,
                          work.region, unit, work.request_id);
    call.beside = beside ? &*beside : nullptr;
    call.endpoint = work.endpoint;
    call.wait_state = work.wait_state;
    call.is_late = work.is_late;
    call.once = work.once;
    call.upload = work.upload.get();
    if (const Value* given = work.once.empty() ? nullptr : call.find(answers, work.once))
      return Result<Value>(*given);
    auto out = perform(work, call, side);
    work.body = out.has_value() ? std::move(call.body) : nullptr;
    work.events = out.has_value() ? std::move(call.events) : nullptr;
    after = std::move(out.has_value() ? call.after_commit : call.after_failure);
    if (out.has_value() && call.waiting) {
      auto job = keeper.keep();
      job->work.was_allowed = true;
      job->work.wait_state = std::move(call.waiting->state);
      waiters_.add(call.waiting->topic, call.waiting->until,
                   [this, job](Waiters::Why why) { resume(job, why); });
    } else {
      answer = std::move(out);
    }
  }
  for (const auto& one : after) one();
  return answer;
}

void Cloud::resume(const std::shared_ptr<Job>& job, Waiters::Why why) {
  if (why == Waiters::Why::ended)
    return job->done(job->work,
                     aws_error("ServiceUnavailable",
                               "The cloud ended or was reset while the request waited.", 503));
  if (job->is_gone && job->is_gone()) return;
  struct Same : Keeper {
    explicit Same(const std::shared_ptr<Job>& j) : job(j) {}
    std::shared_ptr<Job> keep() override { return job; }
    const std::shared_ptr<Job>& job;
  } same(job);
  std::shared_lock lock(resetting_);
  job->work.is_late = why == Waiters::Why::late;
  if (auto out = attempt(job->work, same)) job->done(job->work, std::move(*out));
}

Result<Cloud::Work> Cloud::make_work(const Caller& caller, std::string_view made_in,
                                     std::string_view region, std::string_view service,
                                     std::string_view operation, Value in, std::string_view once) {
  Work work;
  Entry* found = entry(service);
  if (!found) return not_implemented(service, operation);
  auto it = found->operations.find(operation);
  if (it == found->operations.end()) return not_implemented(service, operation);
  TRY(Models::Loaded loaded, models_.load(service));
  if (const wire::Operation* modelled = loaded.model->operation(operation))
    CHECK_OK(wire::validate(*modelled, in,
                            wire::validate_options(*loaded.model, loaded.model->protocol())));
  work.entry = found;
  work.operation = it->second;
  work.caller = caller;
  work.account = found->service.account_for(made_in, in);
  work.region = region;
  if (work.operation->mode_for(in) == store::Mode::write) work.once = once;
  work.in = std::move(in);
  CHECK_OK(prepare(*found, work.account, work.region));
  return work;
}

// What a service asks on a caller's behalf is an event; what it asks for itself is its inside.
void Cloud::record_inner(const Work& work, const Result<Value>& out) {
  if (work.caller.via.empty()) return;
  if (work.entry->service.is_data_event(work.operation->name)) return;
  keep_event({0, now(), work.entry->service.name, std::string(work.operation->name), work.region,
              random().uuid(), work.caller.asking_service(), work.caller},
             work, out);
}

void Cloud::keep_event(TrailEvent event, const Work& work, const Result<Value>& out) {
  auto kept = trail_.record(std::move(event), work.operation->mode_for(work.in), work.in, out);
  const std::string &account = kept->caller.account, &region = kept->region;
  bool is_wanted =
      kept->read_only ? audience_.has_for_reads(account, region) : audience_.has(account, region);
  if (!is_wanted) return;
  for (const auto& entry : entries_)
    if (entry->service.on_event) entry->service.on_event(*this, kept);
}

// A long payload as the member that it is in the model. Streams of events are for clients alone.
Result<Value> Cloud::with_whole_body(const Work& work, Result<Value> out) {
  if (out.has_value() && work.events)
    return aws_error("InternalFailure", "a service asked another for a stream of events", 500);
  if (!out.has_value() || !work.body) return out;
  TRY(Models::Loaded loaded, models_.load(work.entry->service.name));
  const wire::Operation* modelled = loaded.model->operation(work.operation->name);
  if (!modelled || !modelled->output || !modelled->output->payload) return out;
  TRY(std::string whole, read_whole(*work.body, inner_body_bytes_max));
  return out->set(modelled->output->payload->name, Bytes{std::move(whole)});
}

void Cloud::invoke_later(const Caller& caller, std::string_view account, std::string_view region,
                         std::string_view service, std::string_view operation, Value in,
                         std::string_view once, std::function<void(Result<Value>)> done) {
  auto made = make_work(caller, account, region, service, operation, std::move(in), once);
  if (!made.has_value()) return done(made.error());
  struct Moved : Keeper {
    Moved(Cloud& c, Work& w, std::function<void(Result<Value>)>& d) : cloud(c), work(w), done(d) {}
    std::shared_ptr<Job> keep() override {
      auto job = std::make_shared<Job>();
      job->work = std::move(work);
      job->done = [&to = cloud, then = std::move(done)](const Work& w, Result<Value> given) {
        auto out = to.with_whole_body(w, std::move(given));
        to.record_inner(w, out);
        then(std::move(out));
      };
      return job;
    }
    Cloud& cloud;
    Work& work;
    std::function<void(Result<Value>)>& done;
  } moved(*this, *made, done);
  auto out = attempt(*made, moved);
  if (!out) return;
  out = with_whole_body(*made, std::move(*out));
  record_inner(*made, *out);
  done(std::move(*out));
}

// Blocks where the answer waits, so nobody may ask so who is to be waited for.
Result<Value> Cloud::invoke(const Caller& caller, std::string_view account, std::string_view region,
                            std::string_view service, std::string_view operation, Value in,
                            std::string_view once) {
  std::optional<Result<Value>> answer;
  std::promise<void> ready;
  invoke_later(caller, account, region, service, operation, std::move(in), once,
               [&](Result<Value> out) {
                 answer = std::move(out);
                 ready.set_value();
               });
  if (agenda_.is_simulated()) agenda_.run_until([&] { return answer.has_value(); });
  ready.get_future().wait();
  return std::move(*answer);
}

bool Cloud::was_answered(std::string_view made_in, std::string_view region, const Once& call) {
  Entry* found = entry(call.service);
  if (!found) return false;
  std::string account = found->service.account_for(made_in, call.in);
  store::Unit unit(*store_, shard(found->service, account, region, call.in), store::Mode::read);
  return unit.find(answers, call.token) != nullptr;
}

void Cloud::forget_answers(std::string_view made_in, std::string_view region,
                           const std::vector<Once>& calls) {
  std::map<store::ShardKey, std::vector<const std::string*>> tokens;
  for (const Once& call : calls)
    if (Entry* found = entry(call.service)) {
      std::string account = found->service.account_for(made_in, call.in);
      tokens[shard(found->service, account, region, call.in).key].push_back(&call.token);
    }
  for (const auto& [place, of_place] : tokens)
    (void)update_at(place, made_in, region, [&](Call& call) -> Status {
      for (const std::string* token : of_place) call.remove(answers, *token);
      return {};
    });
}

void Cloud::forget_answers_but(const std::set<std::string>& prefixes) {
  std::set<std::string> undelivered;
  for (const auto& found : entries_) outbox_.add_tokens(found->service.name, undelivered);
  auto is_needed = [&](const std::string& token) {
    return undelivered.contains(token) ||
           std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return token.starts_with(prefix); });
  };
  for (const auto& found : entries_)
    for (store::Shard* one : store_->shards(found->service.name)) {
      store::Unit unit(*store_, *one, store::Mode::write);
      std::vector<std::string> gone;
      for (const auto& [token, answer] : unit.all(answers))
        if (!is_needed(token)) gone.push_back(token);
      for (const std::string& token : gone) unit.remove(answers, token);
      (void)unit.commit();
    }
}

Status Cloud::update(std::string_view service, std::string_view account, std::string_view region,
                     const std::function<Status(Call&)>& work) {
  Entry* found = entry(service);
  if (!found) return not_implemented(service, "state");
  return update_in(*found, shard(found->service, account, region), account, region, work);
}

Status Cloud::update_at(const store::ShardKey& where, std::string_view account,
                        std::string_view region, const std::function<Status(Call&)>& work) {
  Entry* found = entry(where.service);
  if (!found) return not_implemented(where.service, "state");
  return update_in(*found, store_->shard(where), account, region, work);
}

Status Cloud::update_in(const Entry& entry, store::Shard& to, std::string_view account,
                        std::string_view region, const std::function<Status(Call&)>& work) {
  std::vector<std::function<void()>> after;
  Status done;
  {
    Holding holding(entry.service);
    store::Unit unit(*store_, to, store::Mode::write);
    Call call = make_call(entry.service, "", Caller::service_principal(account, entry.service.name),
                          account, region, unit);
    done = work(call);
    if (done.has_value()) done = unit.commit();
    after = std::move(done.has_value() ? call.after_commit : call.after_failure);
  }
  for (const auto& one : after) one();
  return done;
}

}  // namespace mainstay::cloud
