// One request under way, between its session and the replies that its handler holds. Included by
// server.cc only.
#pragma once

#include <memory>
#include <mutex>
#include <thread>

#include "base/http_reply.hh"

namespace mainstay::http {

// What an exchange tells its session.
class Waiting {
 public:
  virtual ~Waiting() = default;
  virtual void answered(HttpResponse&& response) = 0;  // any thread; under the exchange's lock
  virtual void woken() = 0;                            // the same, for the source of a body
  virtual HttpResponse unanswered() = 0;               // what is said where nobody answered
};

class Exchange : public HttpReply::Target {
 public:
  // The session is kept for as long as an answer may come.
  void begin(std::shared_ptr<Waiting> session) {
    std::scoped_lock lock(mutex_);
    session_ = std::move(session);
    gone_ = false;
  }
  // The client has closed, though perhaps only its own half: an answer is still sent.
  void client_closed() { gone_ = true; }
  // No answer is wanted any more. What is returned may be the last of the session.
  [[nodiscard]] std::shared_ptr<Waiting> end() {
    std::scoped_lock lock(mutex_);
    gone_ = true;
    return std::exchange(session_, nullptr);
  }

  void answer(HttpResponse&& response) override {
    std::shared_ptr<Waiting> session;  // let go after the lock
    std::scoped_lock lock(mutex_);
    session = std::exchange(session_, nullptr);
    if (session) session->answered(std::move(response));
  }
  void dropped() override {
    std::shared_ptr<Waiting> session;
    std::scoped_lock lock(mutex_);
    session = std::exchange(session_, nullptr);
    if (session) session->answered(session->unanswered());
  }
  // What the session waits for, a piece of a body, may be there.
  void wake() {
    std::shared_ptr<Waiting> session;
    std::scoped_lock lock(mutex_);
    session = std::exchange(session_, nullptr);
    if (session) session->woken();
  }
  bool gone() const override { return gone_; }

 private:
  std::mutex mutex_;
  std::shared_ptr<Waiting> session_;  // null once there was an answer
  std::atomic<bool> gone_ = false;
};

}  // namespace mainstay::http
