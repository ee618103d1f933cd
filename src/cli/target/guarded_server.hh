// A cloud on a port, behind the guard that keeps web pages out (cloud/web_guard.hh).
#pragma once

#include <memory>
#include <string>

#include "cloud/cloud.hh"
#include "cloud/web_guard.hh"
#include "http/server.hh"

namespace mainstay::cli {

struct ServePlan {
  http::ServerOptions server;
  cloud::WebGuardOptions guard;
};

class GuardedServer {
 public:
  // Served when it returns, and the cloud told so; the cloud must outlive it. Errors: those of
  // http::Server and WebGuard.
  static Result<std::unique_ptr<GuardedServer>> start(const ServePlan& plan, cloud::Cloud& cloud);
  const std::string& endpoint() const { return endpoint_; }  // "http://127.0.0.1:4566"
  void stop() { server_->stop(); }

 private:
  explicit GuardedServer(cloud::WebGuard guard) : guard_(std::move(guard)) {}
  cloud::WebGuard guard_;
  std::string endpoint_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace mainstay::cli
