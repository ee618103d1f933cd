// The outgoing HTTP client, over libcurl: connections are kept and used again, TLS certificates are
// verified, redirects are not followed.
//
// Threads: send may be called by many at once; each call uses a connection of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/http_message.hh"
#include "http/url.hh"

namespace mainstay::http {

struct ClientOptions {
  int64_t connect_ms_max = 10'000;
  int64_t total_ms_max = 120'000;
  size_t response_bytes_max = 256 * 1024 * 1024;
  std::string unix_socket =
      {};                     // the path of a socket to connect to instead of the endpoint's host
  bool use_proxy = true;      // of the usual environment variables; not for metadata services
  std::stop_token stop = {};  // ends a request under way
};

class Client {
 public:
  Client();
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Sends the request's path and query, as they are, to the endpoint's host. Any answer, of
  // whatever status, is a success. Errors: "ConnectFailed", "RequestTimeout", "TlsFailed",
  // "Interrupted", "ResponseTooLarge", "HttpFailed"; may_retry tells which of them another try may
  // cure.
  Result<HttpResponse> send(const HttpRequest& request, const Url& endpoint,
                            const ClientOptions& options = {});

 private:
  class Handle;
  std::unique_ptr<Handle> take();
  void give_back(std::unique_ptr<Handle> handle);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Handle>> idle_;
};

// Whether the error is of the connection, so that a request that may be repeated should be.
bool may_retry(const Error& error);

}  // namespace mainstay::http
