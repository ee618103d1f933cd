// The way back for one HTTP request: whoever holds it may answer at once, or later from any thread.
//
//   void handle(HttpRequest&& request, HttpReply reply) { reply.answer({200, {}, "hello"}); }
//
// Copies speak for the same request; the first answer counts, further ones are dropped. When the
// last copy goes without an answer, the target hears of it (the server then answers 500), so no
// client waits for nothing. Threads: any, at once. Owner: whoever holds a copy; a copy that
// outlives its server is harmless (it answers nobody and is gone()).
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "base/http_message.hh"

namespace mainstay {

class HttpReply {
 public:
  // Where answers go: a connection, or a thread that waits. Called from any thread; must not block.
  class Target {
   public:
    virtual ~Target() = default;
    // Only the first call counts.
    virtual void answer(HttpResponse&& response) = 0;
    // No reply is left. Called once a set of copies, whether there was an answer or not.
    virtual void dropped() = 0;
    virtual bool gone() const = 0;

   private:
    friend class HttpReply;
    std::atomic<int> replies_ = 0;
  };

  explicit HttpReply(std::shared_ptr<Target> target) : target_(std::move(target)) { hold(); }
  HttpReply(const HttpReply& other) : target_(other.target_) { hold(); }
  HttpReply(HttpReply&& other) noexcept = default;
  HttpReply& operator=(HttpReply other) noexcept {
    std::swap(target_, other.target_);
    return *this;
  }
  ~HttpReply() {
    if (target_ && target_->replies_.fetch_sub(1) == 1) target_->dropped();
  }

  void answer(HttpResponse response) const { target_->answer(std::move(response)); }
  // Nobody waits for the answer any more: the client has closed, or the server has stopped. Known
  // only for a request whose handler has returned.
  bool gone() const { return target_->gone(); }

 private:
  void hold() { target_->replies_.fetch_add(1); }

  std::shared_ptr<Target> target_;  // null once moved from
};

}  // namespace mainstay
