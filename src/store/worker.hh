// One thread that does one kind of work whenever it is asked to. Asked while it works, it works
// once more. Destroying it waits for the work at hand. Threads: any may ask.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace mainstay::store {

class Worker {
 public:
  explicit Worker(std::function<void()> work)
      : work_(std::move(work)), thread_([this] { run(); }) {}
  ~Worker() {
    {
      std::lock_guard guard(mutex_);
      ending_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  void ask() {
    {
      std::lock_guard guard(mutex_);
      asked_ = true;
    }
    wake_.notify_one();
  }

 private:
  void run() {
    for (std::unique_lock lock(mutex_);;) {
      wake_.wait(lock, [this] { return asked_ || ending_; });
      if (ending_) return;
      asked_ = false;
      lock.unlock();
      work_();
      lock.lock();
    }
  }

  std::function<void()> work_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool asked_ = false, ending_ = false;
  std::thread thread_;
};

}  // namespace mainstay::store
