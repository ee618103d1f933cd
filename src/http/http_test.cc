#include <atomic>
#include <thread>

#include "http/client.hh"
#include "http/http_test_support.hh"
#include "http/url.hh"

using namespace mainstay;
using namespace mainstay::http;

TEST_CASE("paths, queries and bodies go through as they are") {
  auto server = serve();
  Client client;
  HttpRequest request{"PUT", "/a%2Fb/../c//d", "x=%20&y", {{"X-Empty", ""}}, {}, {}};
  for (size_t size : {size_t{0}, size_t{1}, size_t{5'000'000}}) {
    request.body = std::string(size, 'b');
    auto response = client.send(request, local(*server));
    REQUIRE(response);
    CHECK(response->headers.get("X-Target") == "/a%2Fb/../c//d?x=%20&y");
    CHECK(response->body == request.body);
  }
}

TEST_CASE("HEAD and 204 have no body, and the connection goes on") {
  auto server = serve();
  Client client;
  auto head = client.send({"HEAD", "/", "", {}, {}, {}}, local(*server));
  CHECK(head->headers.get("Content-Length") == "0");
  CHECK(client.send({"GET", "/empty", "", {}, {}, {}}, local(*server))->status == 204);
  CHECK(client.send({"DELETE", "/", "", {}, {}, {}}, local(*server))->headers.get("X-Method") ==
        "DELETE");
}

TEST_CASE("pipelined requests are answered in order") {
  auto server = serve();
  Raw raw(server->port());
  raw.send(
      "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\noneGET /2 HTTP/1.1\r\nHost: "
      "x\r\n\r\n"
      "POST /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n"
      "\r\nGET /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  std::string answer = raw.all();
  size_t one = answer.find("/1?"), two = answer.find("/2?"), three = answer.find("/3?"),
         four = answer.find("/4?");
  CHECK(one < two);
  CHECK(two < three);
  CHECK(three < four);
  CHECK(answer.contains("abcde"));
  CHECK(answer.contains("Connection: close"));
}

TEST_CASE("empty lines before a request are passed over") {
  auto server = serve();
  Raw raw(server->port());
  raw.send("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(raw.receive("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  raw.send("\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(raw.all().starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("a client that waits for 100-continue gets it") {
  auto server = serve();
  Raw raw(server->port());
  raw.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(raw.receive("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  raw.send("hi");
  CHECK(raw.receive("hi").starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("a client that waits for 100-continue though it sends nothing gets it") {
  auto server = serve();
  Raw raw(server->port());
  for (const char* sizes : {"Content-Length: 0", "Transfer-Encoding: chunked"}) {
    raw.send(std::string("PUT / HTTP/1.1\r\nHost: x\r\n") + sizes +
             "\r\nExpect: 100-continue\r\n\r\n");
    CHECK(raw.receive("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    if (sizes[0] == 'T') raw.send("0\r\n\r\n");
    CHECK(raw.receive("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  }
  // Nobody waits who has sent it all, or speaks HTTP/1.0.
  raw.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
  CHECK(raw.receive("hi").starts_with("HTTP/1.1 200 OK"));
  raw.send("PUT / HTTP/1.0\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n");
  CHECK(raw.all().starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("connections that are of no use make room for others") {
  ServerOptions options;
  options.connections_max = 3;
  auto server = serve(options);
  Raw first(server->port()), second(server->port()), third(server->port());
  for (Raw* raw : {&first, &second, &third}) {
    raw->send("GET /idle HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(raw->receive("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  }
  for (int i = 0; i < 10; ++i) {  // each with a header that never ends
    Raw slow(server->port());
    slow.send("GET / HTTP/1.1\r\nHost: x\r\n");
    Raw honest(server->port());
    honest.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(honest.receive("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  }
  CHECK(first.all() == "");
}

TEST_CASE("what passes a limit or is no HTTP is refused, and the connection closed") {
  ServerOptions options;
  options.header_bytes_max = 1000;
  options.body_bytes_max = 100;
  auto server = serve(options);
  struct Case {
    std::string sent, status;
  };
  const Case cases[] = {
      {"GET / HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", "431"},
      {"GET /" + std::string(2000, 'x'), "431"},
      {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n", "413"},
      {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n" + std::string(500'000, 'x'),
       "413"},
      {"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nc8\r\n" + std::string(200, 'x'), "413"},
      {"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(400'000, 'x'), "4"},
      {"PUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400"},
      {"PUT / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", "400"},
      {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: miracles\r\n\r\n", "417"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"},
      {"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\n\r\n", "400"},
      {std::string("\x16\x03\x01\x02", 4) + "tls\r\n\r\n", "400"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.sent.substr(0, 60));
    Raw raw(server->port());
    raw.send(c.sent);
    std::string answer = raw.all();
    CHECK(status_line(answer).starts_with("HTTP/1.1 " + c.status));
    CHECK(answer.contains("Connection: close"));
  }
}

TEST_CASE("a request that takes too long is answered with 408; an idle connection just ends") {
  ServerOptions options;
  options.request_ms_max = 10;
  options.idle_ms_max = 10;
  auto server = serve(options);
  Raw slow(server->port());
  slow.send("GET / HT");
  CHECK(status_line(slow.all()) == "HTTP/1.1 408 Request Timeout");
  Raw idle(server->port());
  CHECK(idle.all() == "");
}

TEST_CASE("a bug in the handler is a 500, and the server lives on") {
  auto server = serve();
  Client client;
  CHECK(client.send({"GET", "/throw", "", {}, {}, {}}, local(*server))->status == 500);
  CHECK(client.send({"GET", "/", "", {}, {}, {}}, local(*server))->status == 200);
}

TEST_CASE("header values cannot forge headers") {
  auto server = serve();
  Client client;
  auto response = client.send({"GET", "/inject", "", {}, {}, {}}, local(*server));
  CHECK_FALSE(response->headers.has("X-Forged"));
}

TEST_CASE("many connections at once, more than are let in together") {
  ServerOptions options;
  options.connections_max = 4;
  auto server = serve(options);
  std::atomic<int> right = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 12; ++t)
    threads.emplace_back([&] {
      Client client;
      for (int i = 0; i < 20; ++i) {
        std::string body = std::to_string(i);
        auto response = client.send({"POST", "/", "", {}, body, {}}, local(*server));
        right += response && response->body == body;
      }
    });
  threads.clear();
  CHECK(right == 240);
}

TEST_CASE("a request with a long body holds up no other connection") {
  ServerOptions options;
  options.threads = 1;
  std::atomic<bool> entered = false, release = false;
  auto server = serve(options, at_once([&](HttpRequest&& request) {
                        if (request.body.size() > 1'000'000) {
                          entered = true;
                          entered.notify_all();
                          release.wait(false);
                        }
                        return HttpResponse{200, {}, std::to_string(request.body.size())};
                      }));
  Raw long_one(server->port());
  long_one.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\n\r\n" +
                std::string(1'000'001, 'x'));
  entered.wait(false);
  Client client;
  for (int i = 0; i < 3; ++i)
    CHECK(client.send({"PUT", "/", "", {}, "short", {}}, local(*server))->body == "5");
  release = true;
  release.notify_all();
  CHECK(long_one.receive("1000001").starts_with("HTTP/1.1 200 "));
  long_one.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(long_one.receive("\r\n\r\n0").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a port in use is a clear error") {
  auto server = serve();
  ServerOptions options;
  options.port = server->port();
  auto second = Server::start(options, at_once(echo));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == "AddressInUse");
  CHECK(second.error().message.contains(std::to_string(server->port())));
  options.host = "nowhere";
  CHECK(Server::start(options, at_once(echo)).error().code == "AddressInvalid");
}

TEST_CASE("stopping lets a request under way finish") {
  std::atomic<bool> entered = false, release = false;
  auto server = serve({}, at_once([&](HttpRequest&&) {
                        entered = true;
                        entered.notify_all();
                        release.wait(false);
                        return HttpResponse{200, {}, "finished"};
                      }));
  Raw idle(server->port()), busy(server->port());
  busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  entered.wait(false);
  std::jthread stopper([&] { server->stop(60'000); });
  CHECK(idle.all() == "");
  release = true;
  release.notify_all();
  CHECK(busy.all().ends_with("finished"));
}

TEST_CASE("the client tells what went wrong") {
  auto server = serve();
  Client client;
  Url url = local(*server);
  ClientOptions options;
  options.response_bytes_max = 3;
  CHECK(client.send({"POST", "/", "", {}, "four", {}}, url, options).error().code ==
        "ResponseTooLarge");
  std::stop_source stop;
  stop.request_stop();
  options.stop = stop.get_token();
  CHECK(client.send({"GET", "/", "", {}, {}, {}}, url, options).error().code == "Interrupted");
  server->stop();
  Error error = client.send({"GET", "/", "", {}, {}, {}}, url).error();
  CHECK(error.code == "ConnectFailed");
  CHECK(may_retry(error));
}

TEST_CASE("URLs are taken apart, and bad ones refused") {
  Url url = parse_url("HTTPS://Example.com/a/b?c=d#e").value();
  CHECK(url.to_string() == "https://example.com/a/b?c=d");
  CHECK(parse_url("http://[::1]:4566").value().port == 4566);
  CHECK(parse_url("http://[::1]").value().authority() == "[::1]");
  CHECK(parse_url("http://x:81/").value().authority() == "x:81");
  for (const char* bad : {"", "x", "ftp://x", "http://", "http://:80", "http://x:0",
                          "http://x:99999", "http://u:p@x", "http://a b"})
    CHECK_MESSAGE(parse_url(bad).error().code == "UrlInvalid", bad);
}
