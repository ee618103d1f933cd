#include "host/clock.hh"

#include <chrono>
#include <condition_variable>

namespace mainstay {
namespace {
template <class C>
int64_t milliseconds(std::chrono::time_point<C> t) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch()).count();
}
}  // namespace

Time RealClock::now() const {
  return {milliseconds(std::chrono::system_clock::now())};
}

int64_t RealClock::monotonic_ms() const {
  return milliseconds(std::chrono::steady_clock::now());
}

bool RealClock::sleep_ms(int64_t duration_ms, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, std::chrono::milliseconds(duration_ms), [] { return false; });
  return !stop.stop_requested();
}

bool SimulatedClock::sleep_ms(int64_t duration_ms, std::stop_token stop) {
  if (stop.stop_requested()) return false;
  now_ms_ += std::max<int64_t>(duration_ms, 0);
  return true;
}

}  // namespace mainstay
