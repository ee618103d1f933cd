// A thread with an event loop of its own. What begins on a lane stays on it, so that its steps wake
// no other thread and share no queue. Included by server.cc only.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <thread>

namespace mainstay::http {

namespace asio = boost::asio;

class Lane {
 public:
  // After something happened it looks for more for awake_us before it sleeps: who asks again as
  // soon as it has an answer then finds it awake. It lets others run meanwhile.
  explicit Lane(int64_t awake_us) : awake_(awake_us) {}
  ~Lane() { stop(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  asio::io_context& io() { return io_; }
  void start() {
    thread_ = std::thread([this] { run(); });
  }
  // Waits for the step that is under way.
  void stop() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  using Steady = std::chrono::steady_clock;

  void run() {
    Steady::time_point awake_until{};
    while (!io_.stopped()) {
      if (io_.poll() > 0) {
        awake_until = Steady::now() + awake_;
      } else if (Steady::now() < awake_until) {
        std::this_thread::yield();
      } else if (io_.run_one() > 0) {
        awake_until = Steady::now() + awake_;
      }
    }
  }

  const std::chrono::microseconds awake_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> stays_{io_.get_executor()};
  std::thread thread_;
};

}  // namespace mainstay::http
