#include "host/executor.hh"

namespace mainstay {

ThreadPool::~ThreadPool() {
  {
    std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::submit(Task task) {
  std::scoped_lock lock(mutex_);
  queue_.push_back(std::move(task));
  if (queue_.size() > idle_ && threads_.size() < threads_max_)
    threads_.emplace_back([this] { run(); });
  work_.notify_one();
}

void ThreadPool::wait_until(const std::function<bool()>& done) {
  std::unique_lock lock(mutex_);
  finished_.wait(lock, done);
}

void ThreadPool::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    work_.wait(lock, [&] { return closing_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;
    Task task = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // what it captured goes before anybody hears that it is finished
    lock.lock();
    finished_.notify_all();
  }
}

void SimulatedExecutor::wait_until(const std::function<bool()>& done) {
  while (!done() && !queue_.empty()) {
    std::swap(queue_[random_.below(queue_.size())], queue_.back());
    Task task = std::move(queue_.back());
    queue_.pop_back();
    task();
  }
}

}  // namespace mainstay
