// Bodies in pieces, both ways.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/http_body.hh"
#include "http/http_test_support.hh"

using namespace mainstay;
using namespace mainstay::http;

namespace {

// `total` bytes, of which it says as many as `says`; fails after `good`.
class Letters : public BodySource {
 public:
  Letters(size_t total, std::optional<uint64_t> says, size_t good)
      : left_(total), says_(says), good_(good) {}
  std::optional<uint64_t> size() const override { return says_; }
  Result<Next> read(std::string& to, size_t most) override {
    if (left_ == 0) return Next::ended;
    size_t n = std::min(left_, most);
    if (n > good_) return Error("BlobMissing", "gone", 500);
    to.append(n, 'a');
    left_ -= n;
    good_ -= n;
    return Next::more;
  }

 private:
  size_t left_;
  std::optional<uint64_t> says_;
  size_t good_;
};

// What is pushed into it comes out.
class Live : public BodySource {
 public:
  std::optional<uint64_t> size() const override { return std::nullopt; }
  Result<Next> read(std::string& to, size_t) override {
    std::scoped_lock lock(mutex_);
    if (text_.empty()) return ended_ ? Next::ended : Next::waiting;
    to += std::exchange(text_, "");
    return Next::more;
  }
  void when_ready(std::function<void()> ready) override {
    std::unique_lock lock(mutex_);
    if (text_.empty() && !ended_) {
      ready_ = std::move(ready);
      return;
    }
    lock.unlock();
    ready();
  }
  void push(std::string_view text) {
    change([&] { text_ += text; });
  }
  void end() {
    change([&] { ended_ = true; });
  }

 private:
  void change(const std::function<void()>& make) {
    std::unique_lock lock(mutex_);
    make();
    auto ready = std::exchange(ready_, nullptr);
    lock.unlock();
    if (ready) ready();
  }
  std::mutex mutex_;
  std::string text_;
  bool ended_ = false;
  std::function<void()> ready_;
};

Handler gives(std::function<std::shared_ptr<BodySource>()> make) {
  return [make](HttpRequest&&, const Reply& reply) {
    HttpResponse response;
    response.source = make();
    reply.answer(std::move(response));
  };
}

// Counts what it is given, and takes so much at most.
struct Counter : BodySink {
  explicit Counter(size_t most) : most_(most) {}
  Status write(std::string_view bytes) override {
    count += bytes.size();
    if (count > most_) return Error("StateFull", "no space is left", 507);
    return {};
  }
  uint64_t size() const override { return count; }
  std::string sha256() override { return ""; }
  size_t count = 0, most_;
};

ServerOptions with_plan(std::function<BodyPlan()> plan) {
  ServerOptions options;
  options.long_body_bytes = 20'000;
  options.body_bytes_max = 100'000;
  options.plan_body = [plan](const HttpRequest& head, std::optional<uint64_t>) {
    return head.method == "PUT" ? plan() : BodyPlan{};
  };
  return options;
}

HttpResponse size_of_body(HttpRequest&& request) {
  uint64_t size = request.sink ? request.sink->size() : request.body.size();
  return {200, {}, std::to_string(size) + (request.sink ? " poured" : " kept")};
}

}  // namespace

TEST_CASE("a body from a source comes whole, and the connection goes on") {
  constexpr size_t total = 3'000'000;
  for (bool known : {true, false}) {
    auto server = serve({}, gives([&] {
                          auto size = known ? std::optional<uint64_t>(total) : std::nullopt;
                          return std::make_shared<Letters>(total, size, total);
                        }));
    Client client;
    for (int i = 0; i < 2; ++i) {
      auto response = client.send({"GET", "/", "", {}, {}, {}}, local(*server));
      REQUIRE(response);
      CHECK(response->body == std::string(total, 'a'));
      CHECK(response->headers.has("Transfer-Encoding") == !known);
    }
    auto head = client.send({"HEAD", "/", "", {}, {}, {}}, local(*server));
    CHECK(head->headers.get("Content-Length") == (known ? "3000000" : ""));
    Raw old(server->port());
    old.send("GET / HTTP/1.0\r\n\r\n");
    std::string answer = old.all();
    CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == std::string(total, 'a'));
  }
}

TEST_CASE("a body that fails on the way, or is not as long as it said, is cut") {
  struct Case {
    size_t total;
    std::optional<uint64_t> says;
    size_t good;
  };
  for (const Case& c : {Case{1'000'000, 1'000'000, 600'000}, Case{1'000'000, {}, 600'000},
                        Case{10, 20, 10}, Case{20, 10, 20}}) {
    auto server =
        serve({}, gives([&] { return std::make_shared<Letters>(c.total, c.says, c.good); }));
    Client client;
    CHECK_FALSE(client.send({"GET", "/", "", {}, {}, {}}, local(*server)).has_value());
  }
}

TEST_CASE("a body that is made while it is sent comes as it is made") {
  auto live = std::make_shared<Live>();
  ServerOptions options;
  options.response_ms_max = options.idle_ms_max = 10;
  auto server = serve(options, gives([&] { return live; }));
  Raw raw(server->port());
  raw.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(raw.receive("\r\n\r\n").contains("Transfer-Encoding: chunked"));
  live->push("one");
  CHECK(raw.receive("\r\n") == "3\r\n");
  CHECK(raw.receive("\r\n") == "one\r\n");
  raw.send("GET /next HTTP/1.1\r\n");  // kept for later
  live->push("two!");
  CHECK(raw.receive("two!\r\n") == "4\r\ntwo!\r\n");
  live->end();
  CHECK(raw.receive("\r\n\r\n") == "0\r\n\r\n");
}

TEST_CASE("a source goes when its client does, and when the server stops") {
  for (bool stop : {true, false}) {
    auto live = std::make_shared<Live>();
    std::weak_ptr<Live> watched = live;
    auto server = serve({}, [&](HttpRequest&&, const Reply& reply) {
      reply.answer({200, {}, "", std::move(live)});
    });
    auto raw = std::make_unique<Raw>(server->port());
    raw->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    raw->receive("\r\n\r\n");
    if (stop) server->stop(60'000);
    raw.reset();
    while (!watched.expired()) std::this_thread::yield();
  }
}

TEST_CASE("long bodies go where they are planned to, short ones stay") {
  auto server = serve(with_plan([] { return BodyPlan{std::make_shared<Counter>(5'000'000), {}}; }),
                      at_once(size_of_body));
  Client client;
  auto ask = [&](const char* method, size_t size) {
    return client.send({method, "/", "", {}, std::string(size, 'x'), {}}, local(*server))->body;
  };
  CHECK(ask("PUT", 20'000) == "20000 kept");
  CHECK(ask("PUT", 30'000) == "30000 poured");
  CHECK(ask("PUT", 4'000'000) == "4000000 poured");
  CHECK(ask("POST", 100'000) == "100000 kept");
  CHECK(ask("POST", 100'001) == "the request's body is too large\n");
  Raw raw(server->port());
  raw.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n");
  raw.send("Transfer-Encoding: chunked\r\n\r\n");
  CHECK(raw.receive("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  raw.send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK(raw.receive("poured").ends_with("5 poured"));
  raw.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 20001\r\n\r\n");
  CHECK(raw.receive("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  raw.send(std::string(20'001, 'x'));
  CHECK(raw.receive("poured").ends_with("20001 poured"));
}

TEST_CASE("a sink that can take no more ends the request") {
  auto server = serve(with_plan([] { return BodyPlan{std::make_shared<Counter>(100), {}}; }),
                      at_once(size_of_body));
  Client client;
  HttpRequest request{"PUT", "/", "", {}, std::string(1'000'000, 'x'), {}};
  CHECK(client.send(request, local(*server))->status == 507);
}

TEST_CASE("a body may be refused before it comes") {
  auto server = serve(with_plan([] { return BodyPlan{nullptr, HttpResponse{403, {}, "no"}}; }),
                      at_once(size_of_body));
  Raw raw(server->port());
  raw.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 20001\r\n\r\n");
  std::string answer = raw.all();
  CHECK(answer.starts_with("HTTP/1.1 403 "));
  CHECK(answer.ends_with("no"));
}
