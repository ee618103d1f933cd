#include "stacks/graph_keeper.hh"

#include "base/text.hh"

namespace mainstay::stacks {
namespace {

constexpr int64_t write_every_ms = 1'000;
constexpr size_t tokens_max = 20;

std::string owner_text(const GraphOwner& owner) {
  return printable(owner.user) + " on " + printable(owner.host) + " (process " +
         std::to_string(owner.process) + ", run " + printable(owner.run) + ") since " +
         format_iso8601(owner.since);
}

}  // namespace

Status GraphKeeper::hold() {
  CHECK_OK(take_lock());
  held_ = true;
  Status good = read();
  if (!good) (void)release();
  return good;
}

Status GraphKeeper::look() {
  return read();
}

Status GraphKeeper::take_lock() {
  constexpr int tries_max = 3;
  for (int i = 0; i < tries_max; ++i) {
    TRY(bool made, setup_.store.make_lock(lock_text(setup_.owner)));
    if (made) return {};
    TRY(auto text, setup_.store.read_lock());
    if (!text) continue;  // released meanwhile
    auto owner = parse_lock(*text);
    // The answer to our own request may have been lost.
    if (owner && owner->run == setup_.owner.run) return {};
    std::string who = owner ? owner_text(*owner) : "somebody whose lock can't be read";
    bool broken = owner ? setup_.break_lock == owner->run : !setup_.break_lock.empty();
    if (!broken && !(owner && setup_.has_ended && setup_.has_ended(*owner)))
      return Error("GraphLocked",
                   "the persistent graph " + setup_.store.where() + " is held by " + who)
          .with_hint("wait for that run; if it has ended, run again with --break-lock " +
                     (owner ? owner->run : "any"));
    notice_ = "the lock of " + who + " was taken over";
    CHECK_OK(setup_.store.remove_lock());
  }
  return Error("GraphLocked",
               "the lock of the persistent graph " + setup_.store.where() + " changes hands")
      .with_hint("run again");
}

Status GraphKeeper::read() {
  TRY(auto text, setup_.store.read());
  if (!text) return {};
  TRY(graph_, parse_graph(*text));
  return {};
}

PersistentGraph GraphKeeper::graph() const {
  std::scoped_lock lock(mutex_);
  return graph_;
}

std::optional<KeptStack> GraphKeeper::known(const std::string& name) const {
  std::scoped_lock lock(mutex_);
  auto found = graph_.stacks.find(name);
  return found == graph_.stacks.end() ? std::nullopt : std::optional(found->second);
}

void GraphKeeper::intend(std::map<std::string, KeptStack> stacks) {
  std::scoped_lock lock(mutex_);
  intended_ = std::move(stacks);
  for (auto& [name, stack] : intended_) stack.noted = setup_.clock.now();
}

Status GraphKeeper::before_creation() {
  std::scoped_lock lock(mutex_);
  if (intended_.empty() || std::exchange(intention_written_, true)) return {};
  for (const auto& [name, stack] : intended_) {
    // The id of what is there is kept: it may be what is replaced. So are tokens of runs that were
    // killed before they knew what became of them.
    KeptStack& kept = graph_.stacks[name];
    KeptStack known = std::exchange(kept, stack);
    kept.id = std::move(known.id);
    kept.tokens = std::move(known.tokens);
    kept.tokens.insert(kept.tokens.end(), stack.tokens.begin(), stack.tokens.end());
    if (kept.tokens.size() > tokens_max) kept.tokens.erase(kept.tokens.begin());
  }
  dirty_ = true;
  return written_by(0);
}

Status GraphKeeper::note(const std::string& name, const std::string& id) {
  std::scoped_lock lock(mutex_);
  auto intended = intended_.find(name);
  if (intended == intended_.end()) return {};
  KeptStack stack = intended->second;
  stack.id = id;
  auto known = graph_.stacks.find(name);
  if (known != graph_.stacks.end()) {
    if (!intention_written_) stack.tokens = known->second.tokens;
    if (stack.id == known->second.id) stack.noted = known->second.noted;
    if (stack == known->second) return {};
  }
  graph_.stacks[name] = std::move(stack);
  dirty_ = true;
  return written_by(write_every_ms);
}

Status GraphKeeper::forget(const std::string& name) {
  std::scoped_lock lock(mutex_);
  if (graph_.stacks.erase(name) == 0) return {};
  dirty_ = true;
  return written_by(write_every_ms);
}

// Under the lock: others wait for the write, so that an older text never follows a newer one.
Status GraphKeeper::written_by(int64_t age_ms) {
  if (!dirty_ || setup_.clock.monotonic_ms() - written_ms_ < age_ms) return {};
  CHECK_OK(setup_.store.write(graph_text(graph_)));
  dirty_ = false;
  written_ms_ = setup_.clock.monotonic_ms();
  return {};
}

Status GraphKeeper::release() {
  std::scoped_lock lock(mutex_);
  if (!std::exchange(held_, false)) return {};
  Status written = written_by(0);
  Status released = setup_.store.remove_lock();
  return written ? released : written;
}

}  // namespace mainstay::stacks
