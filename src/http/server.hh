// An HTTP/1.1 server: whole requests in and responses out, long bodies in pieces. Keep-alive,
// pipelining, chunked requests, `Expect: 100-continue`, HEAD. Paths and queries are passed on as
// they were sent.
//
// Each connection belongs to one of the threads (decision 12). The handler runs there, one request
// of a connection at a time, and should take microseconds: a slow call makes the thread's other
// connections wait, except where the request's body is long (then it runs aside). A handler that
// has to wait returns, keeps its Reply, and answers later, from any thread: no time limit holds
// then, no thread is held, and Reply::gone() tells when the client has closed. Answering before
// it returns is the fast way. Limits are answered with 400, 408, 413, 417 and 431, and the
// connection is closed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hh"
#include "base/http_body.hh"
#include "base/http_message.hh"
#include "base/http_reply.hh"

namespace mainstay::http {

using Reply = HttpReply;
// Exceptions that escape it are answered with 500, as is a reply that is dropped.
using Handler = std::function<void(HttpRequest&&, Reply)>;

struct ServerOptions {
  std::string host = "127.0.0.1";  // an address, or "localhost"
  uint16_t port = 0;               // 0: any that is free
  int threads = 4;
  size_t header_bytes_max = 64 * 1024;
  size_t body_bytes_max = 256 * 1024 * 1024;  // in memory
  // Asked about bodies of more than this, or of unknown length. May be null.
  size_t long_body_bytes = 256 * 1024;
  std::function<BodyPlan(const HttpRequest& head, std::optional<uint64_t> length)> plan_body;
  // A further one takes the place of the one that has been idle for longest, or has begun a header
  // for longest; where all are at work it waits in the system's queue.
  size_t connections_max = 1000;
  int64_t request_ms_max = 60'000;   // for its header and each MiB of its body
  int64_t idle_ms_max = 120'000;     // between requests of a connection
  int64_t response_ms_max = 60'000;  // for the client to take a response, or a piece of one
  // Makes the body of an answer the server gives by itself; status is set. May be null.
  std::function<HttpResponse(int status, std::string_view reason)> refusal;
};

class Server {
 public:
  // Bound and serving when it returns. Errors: "AddressInUse", "AddressInvalid".
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler);
  ~Server();  // stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const;
  // Accepts nothing more, lets requests under way finish (grace_ms at most), joins the threads.
  // Requests that still wait for an answer then are cut; their replies are gone().
  void stop(int64_t grace_ms = 2'000);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mainstay::http
