// Answers that come later than their handler returns.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "http/http_test_support.hh"

using namespace mainstay;
using namespace mainstay::http;

namespace {

// Keeps the replies to "/wait", drops those to "/drop", answers others with their path.
class Held {
 public:
  Handler handler() {
    return [this](HttpRequest&& request, Reply reply) {
      if (request.path == "/drop") return;
      if (request.path != "/wait") return reply.answer({200, {}, request.path});
      std::scoped_lock lock(mutex_);
      replies_.push_back(std::move(reply));
      came_.notify_all();
    };
  }
  Reply next() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return !replies_.empty(); });
    Reply reply = std::move(replies_.front());
    replies_.pop_front();
    return reply;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Reply> replies_;
};

}  // namespace

TEST_CASE("an answer may come later, from another thread") {
  Held held;
  ServerOptions options;
  options.threads = 1;
  auto server = serve(options, held.handler());
  Raw raw(server->port()), other(server->port());
  // The second request comes while the first waits, and is answered after it.
  raw.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  Reply first = held.next();
  raw.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  other.send("GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");  // the thread is free meanwhile
  CHECK(other.receive("/3").ends_with("/3"));
  CHECK_FALSE(first.gone());
  first.answer({200, {}, "late"});
  first.answer({500, {}, "twice"});
  CHECK(raw.receive("late").starts_with("HTTP/1.1 200 OK"));
  CHECK(raw.receive("/2").starts_with("HTTP/1.1 200 OK"));
  // A copy that is still held disturbs no later request, long ones included.
  raw.send("PUT /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" +
           std::string(300'000, 'x'));
  Reply second = held.next();
  first.answer({500, {}, "of another request"});
  second.answer({200, {}, "second"});
  CHECK(raw.receive("second").starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("a request that waits outlasts every limit") {
  Held held;
  ServerOptions options;
  options.request_ms_max = options.idle_ms_max = options.response_ms_max = 10;
  auto server = serve(options, held.handler());
  Raw waiting(server->port()), slow(server->port());
  waiting.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  Reply reply = held.next();
  slow.send("GET / HT");
  CHECK(status_line(slow.all()) == "HTTP/1.1 408 Request Timeout");
  CHECK_FALSE(reply.gone());
  reply.answer({200, {}, "still"});
  CHECK(waiting.receive("still").starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("a reply that is dropped is a 500") {
  Held held;
  auto server = serve({}, held.handler());
  Raw raw(server->port());
  raw.send("GET /drop HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(raw.receive("answered\n").starts_with("HTTP/1.1 500 "));
  raw.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  {
    Reply reply = held.next();
    Reply copy = reply;
  }
  CHECK(raw.receive("answered\n").starts_with("HTTP/1.1 500 "));
}

TEST_CASE("a reply knows that its client has gone; who closed its half only is answered") {
  Held held;
  auto server = serve({}, held.handler());
  auto raw = std::make_unique<Raw>(server->port());
  raw->send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  Reply reply = held.next();
  raw.reset();
  while (!reply.gone()) std::this_thread::yield();
  reply.answer({200, {}, "to nobody"});
  Raw half(server->port());
  half.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  half.close_sending();
  Reply to_half = held.next();
  while (!to_half.gone()) std::this_thread::yield();
  to_half.answer({200, {}, "all the same"});
  CHECK(half.all().ends_with("all the same"));
}

TEST_CASE("stopping cuts requests that wait, and their replies outlive the server") {
  Held held;
  auto server = serve({}, held.handler());
  Raw raw(server->port()), pipelined(server->port());
  raw.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  Reply one = held.next();
  pipelined.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
  Reply two = held.next();
  server->stop(0);
  CHECK(raw.all() == "");
  CHECK(one.gone());
  server.reset();
  CHECK(two.gone());
  two.answer({200, {}, "to nobody"});
}
