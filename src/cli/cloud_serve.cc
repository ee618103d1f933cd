#include "cli/cloud_serve.hh"

#include <fmt/core.h>

#include <csignal>

#include "embedded/embedded.hh"
#include "http/server.hh"
#include "store/store.hh"

namespace mainstay::cli {
namespace {

constexpr int exit_ok = 0, exit_internal = 1, exit_usage = 3, exit_locked = 7;

int failed(const Error& error) {
  fmt::print(stderr, "error: {}\n", error.to_string());
  if (error.code == "StateLocked" || error.code == "AddressInUse") return exit_locked;
  return error.code == "StateUnreadable" || error.code == "AddressInvalid" ? exit_usage
                                                                           : exit_internal;
}

// Waits for SIGINT or SIGTERM, which must be blocked in every thread.
void wait_for_signal(const sigset_t& signals) {
  int signal = 0;
  ::sigwait(&signals, &signal);
}

// As the store starts: the port is known only once it is bound.
constexpr const char* starting = "a mainstay cloud serve that is starting";

}  // namespace

int cloud_serve(const ServeOptions& options) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  cloud::CloudOptions cloud_options;
  if (!options.memory)
    cloud_options.state_directory = options.state_directory.empty()
                                        ? embedded::default_state_directory()
                                        : options.state_directory;
  cloud_options.owner = starting;
  cloud_options.strict = options.strict;
  cloud_options.sync = options.sync;
  cloud_options.compact_bytes_min = options.compact_at;
  cloud_options.warn = [](const Error& error) {
    fmt::print(stderr, "warning: the journal is not compacted and goes on growing: {}\n",
               error.to_string());
  };
  auto cloud = embedded::open(std::move(cloud_options));
  if (!cloud.has_value()) return failed(cloud.error());
  if (const std::string& notice = (*cloud)->store().notice(); !notice.empty())
    fmt::print(stderr, "note: {}\n", notice);
  http::ServerOptions server_options;
  server_options.host = options.host;
  server_options.port = static_cast<uint16_t>(options.port);
  server_options.threads = options.threads;
  auto server = http::Server::start(
      server_options, [&](HttpRequest&& request) { return (*cloud)->handle(std::move(request)); });
  if (!server.has_value()) return failed(server.error());
  std::string endpoint = fmt::format("http://{}:{}", options.host, (*server)->port());
  if (Status told = (*cloud)->store().describe_owner(embedded::owner_line(endpoint));
      !told.has_value())
    return failed(told.error());
  const std::string& state = (*cloud)->options().state_directory;
  fmt::print("embedded cloud ready at {} (state: {})\n", endpoint,
             state.empty() ? "memory" : state);
  std::fflush(stdout);
  wait_for_signal(signals);
  (*server)->stop();
  return exit_ok;
}

}  // namespace mainstay::cli
