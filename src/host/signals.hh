// SIGINT and SIGTERM as something a program can ask about and wait for. While a SignalWatch lives,
// those signals no longer end the process: a thread of its own receives them.
//
// Make the one SignalWatch before other threads start (they inherit the blocked mask).
#pragma once

#include <functional>
#include <memory>

namespace mainstay {

class SignalWatch {
 public:
  // on_signal(number, count) is called on the watch's thread for each signal, count from 1.
  explicit SignalWatch(std::function<void(int number, int count)> on_signal);
  ~SignalWatch();  // joins the thread and restores the mask
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  int count() const;  // signals so far
  int wait() const;   // blocks for the first signal; returns its number

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mainstay
