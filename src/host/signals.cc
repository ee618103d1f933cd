#include "host/signals.hh"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

namespace mainstay {

struct SignalWatch::Impl {
  std::function<void(int, int)> on_signal;
  sigset_t before;
  int signals = -1;
  int quit = -1;
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  int count = 0;
  int first = 0;
  std::thread thread;

  void run() {
    pollfd watched[2] = {{signals, POLLIN, 0}, {quit, POLLIN, 0}};
    while (::poll(watched, 2, -1) >= 0 || errno == EINTR) {
      if (watched[1].revents) return;
      signalfd_siginfo info;
      if (!watched[0].revents || ::read(signals, &info, sizeof info) != sizeof info) continue;
      int number = static_cast<int>(info.ssi_signo);
      int so_far;
      {
        std::scoped_lock lock(mutex);
        so_far = ++count;
        if (first == 0) first = number;
      }
      changed.notify_all();
      if (on_signal) on_signal(number, so_far);
    }
  }
};

SignalWatch::SignalWatch(std::function<void(int, int)> on_signal)
    : impl_(std::make_unique<Impl>()) {
  impl_->on_signal = std::move(on_signal);
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGINT);
  sigaddset(&mask, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &mask, &impl_->before);
  impl_->signals = ::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
  impl_->quit = ::eventfd(0, EFD_CLOEXEC);
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

SignalWatch::~SignalWatch() {
  ::eventfd_write(impl_->quit, 1);
  impl_->thread.join();
  ::close(impl_->signals);
  ::close(impl_->quit);
  pthread_sigmask(SIG_SETMASK, &impl_->before, nullptr);
}

int SignalWatch::count() const {
  std::scoped_lock lock(impl_->mutex);
  return impl_->count;
}

int SignalWatch::wait() const {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, [&] { return impl_->count > 0; });
  return impl_->first;
}

}  // namespace mainstay
