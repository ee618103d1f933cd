// What a session needs of its server.
#pragma once

#include <atomic>
#include <functional>

#include "http/server.hh"

namespace mainstay::http {

struct SessionHost {
  ServerOptions options;
  Handler handler;
  std::atomic<bool> stopping = false;
  virtual ~SessionHost() = default;
  virtual int64_t now_ms() const = 0;  // monotonic
  virtual void ended(class Session& session) = 0;
  // What the server says by itself.
  HttpResponse own_response(int status, std::string_view reason) const {
    HttpResponse response;
    if (options.refusal) {
      response = options.refusal(status, reason);
    } else {
      response.headers.set("Content-Type", "text/plain");
      response.body = std::string(reason) + "\n";
    }
    response.status = status;
    return response;
  }
  virtual void run_aside(std::function<void()> task) = 0;  // on a thread that is no lane's
};

}  // namespace mainstay::http
