#include "formation/deadline.hh"

namespace mainstay::formation {

Deadline::Deadline(Engine& engine, const Value& when, std::stop_source operation) {
  if (when.is_null()) return;
  watcher_.submit([this, &engine, time = when.as_time(), operation]() mutable {
    std::stop_token over = over_.get_token();
    engine.wait_until(time, over, [] { return false; });
    if (over.stop_requested()) return;
    passed_ = true;
    operation.request_stop();
    engine.notify();
  });
}

Deadline::~Deadline() {
  over_.request_stop();
}

}  // namespace mainstay::formation
