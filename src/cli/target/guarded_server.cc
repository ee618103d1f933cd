#include "cli/target/guarded_server.hh"

namespace mainstay::cli {
namespace {

// IPv6 addresses stand in brackets (RFC 3986, section 3.2.2).
std::string in_url(const std::string& host) {
  return host.contains(':') ? "[" + host + "]" : host;
}

}  // namespace

Result<std::unique_ptr<GuardedServer>> GuardedServer::start(const ServePlan& plan,
                                                            cloud::Cloud& cloud) {
  TRY(cloud::WebGuard guard, cloud::WebGuard::make(plan.guard, cloud));
  std::unique_ptr<GuardedServer> made(new GuardedServer(std::move(guard)));
  auto handle = [guard = &made->guard_, &cloud](HttpRequest&& request, const http::Reply& reply) {
    auto verdict = guard->judge(request);
    if (verdict.answer) return reply.answer(std::move(*verdict.answer));
    bool page = verdict.cors.size() > 0;
    http::Reply to = page ? cloud::with_headers(reply, std::move(verdict.cors)) : reply;
    cloud.handle(std::move(request), std::move(to));
  };
  http::ServerOptions options = plan.server;
  options.plan_body = [guard = &made->guard_, &cloud](const HttpRequest& head,
                                                      std::optional<uint64_t> length) {
    auto verdict = guard->judge(head);
    if (verdict.answer) return BodyPlan{nullptr, std::move(verdict.answer)};
    return cloud.plan_body(head, length);
  };
  TRY(made->server_, http::Server::start(options, handle));
  std::string port = ":" + std::to_string(made->server_->port());
  made->endpoint_ = "http://" + in_url(plan.server.host) + port;
  // Functions run on this machine.
  bool everywhere = plan.server.host == "0.0.0.0";
  cloud.listens_at("http://" + (everywhere ? "127.0.0.1" : in_url(plan.server.host)) + port);
  return made;
}

}  // namespace mainstay::cli
