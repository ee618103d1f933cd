#include "formation/engine.hh"

#include <set>

#include "formation/deleted.hh"
#include "formation/drift.hh"
#include "formation/operation.hh"
#include "formation/refactor_run.hh"
#include "formation/transform.hh"
#include "store/store.hh"

namespace mainstay::formation {
namespace {

constexpr const char* run_reaction = "run";
constexpr const char* wake_reaction = "wake";

StackKey key_of_run(const cloud::Place& place, const Value& stack_id) {
  return {place.account, place.region, stack_id.as_string()};
}

Status run(cloud::Cloud& cloud, const cloud::Place& place, const Value& stack_id) {
  Operation(cloud, key_of_run(place, stack_id)).run();
  return {};
}

Status wake_now(Call& call, const Value& stack_id) {
  wake(call, {call.account, call.region, stack_id.as_string()});
  return {};
}

// What an operation of this state needs: its stack, and the operations that made what is half made.
void collect(const store::Unit& unit, const store::ShardKey& where, std::vector<StackKey>& stacks,
             std::set<std::string>& operations) {
  for (const auto& [id, stack] : unit.all("stack"))
    if (in_progress(stack)) {
      operations.insert(stack["_operation"]["Id"].as_string());
      stacks.push_back({where.account, where.region, id});
    }
  for (const auto& [id, r] : unit.all("resource"))
    if (r["ResourceStatus"].as_string().ends_with("_IN_PROGRESS") && r.has("_made_by"))
      operations.insert(r["_made_by"].as_string());
}

}  // namespace

void wake(Call& call, const StackKey& key) {
  call.after(0, run_reaction, key.id, "run/" + key.uuid());
}

// By a timer of its own, so that it does not put off a run that is wanted now.
void wake_at(Call& call, const StackKey& key, Time when) {
  call.at(when, wake_reaction, key.id, "wake/" + key.uuid());
}

std::vector<cloud::Reaction> reactions() {
  return {{run_reaction, nullptr, run},
          {wake_reaction, wake_now},
          {detect_reaction, nullptr, run_detection},
          {call_macro_reaction, nullptr, call_macro},
          {forget_macro_reaction, forget_macro_call},
          {forget_reaction, forget_deleted},
          {refactor_reaction, run_refactor}};
}

void Resumption::start(cloud::Cloud& cloud) {
  forget_macro_calls(cloud);
  std::vector<StackKey> stacks;
  std::set<std::string> operations;
  for (store::Shard* shard : cloud.store().shards("cloudformation")) {
    store::Unit unit(cloud.store(), *shard, store::Mode::read);
    collect(unit, shard->key, stacks, operations);
  }
  cloud.forget_answers_but(operations);
  for (const StackKey& key : stacks) {
    Status woken =
        cloud.update("cloudformation", key.account, key.region, [&](Call& call) -> Status {
          wake(call, key);
          return {};
        });
    if (!woken.has_value()) cloud.warn(woken.error());
  }
}

}  // namespace mainstay::formation
