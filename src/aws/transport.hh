// How a finished request gets to a service and its answer back: over HTTP, or straight into a
// function of this process.
#pragma once

#include <functional>
#include <stop_token>

#include "base/http_message.hh"
#include "http/client.hh"
#include "http/url.hh"

namespace mainstay::aws {

// Threads: send may be called by many at once.
class Transport {
 public:
  virtual ~Transport() = default;
  // Errors are those of http::Client.
  virtual Result<HttpResponse> send(const HttpRequest& request, const http::Url& endpoint,
                                    const http::ClientOptions& options) = 0;
};

class HttpTransport : public Transport {
 public:
  Result<HttpResponse> send(const HttpRequest& request, const http::Url& endpoint,
                            const http::ClientOptions& options) override {
    return client_.send(request, endpoint, options);
  }

 private:
  http::Client client_;
};

class InProcessTransport : public Transport {
 public:
  using Serve = std::function<HttpResponse(HttpRequest&&)>;  // any thread
  explicit InProcessTransport(Serve serve) : serve_(std::move(serve)) {}
  Result<HttpResponse> send(const HttpRequest& request, const http::Url&,
                            const http::ClientOptions&) override {
    return serve_(HttpRequest(request));
  }

 private:
  Serve serve_;
};

}  // namespace mainstay::aws
