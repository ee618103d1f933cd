#include "cli/cloud_serve.hh"

#include <fmt/core.h>

#include <csignal>

#include "base/text.hh"
#include "cli/commands.hh"
#include "cli/exit_codes.hh"
#include "cli/screen.hh"
#include "cloud/web_guard.hh"
#include "embedded/embedded.hh"
#include "http/server.hh"
#include "store/store.hh"

namespace mainstay::cli {
namespace {

int failed(const Error& error) {
  RealEnvironment environment;
  fmt::print(
      stderr, "{}",
      error_text(error, RealFiles(), style_for("auto", terminal_of(2, environment), environment)));
  return static_cast<int>(exit_of(error));
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
  auto time = cloud::TimePlan::parse(options.time);
  if (!time.has_value()) return failed(time.error());
  cloud_options.time = *time;
  cloud_options.compact_bytes_min = options.compact_at;
  cloud_options.warn = [](const Error& error) {
    fmt::print(stderr, "warning: {}\n", one_line(error.to_string()));
  };
  auto cloud = embedded::open(std::move(cloud_options));
  if (!cloud.has_value()) return failed(cloud.error());
  if (const std::string& notice = (*cloud)->store().notice(); !notice.empty())
    fmt::print(stderr, "note: {}\n", one_line(notice));
  http::ServerOptions server_options;
  server_options.host = options.host;
  server_options.port = static_cast<uint16_t>(options.port);
  server_options.threads = options.threads;
  auto guard = cloud::WebGuard::make({options.allow_hosts, options.allow_origins}, **cloud);
  if (!guard.has_value()) return failed(guard.error());
  auto server =
      http::Server::start(server_options, [&](HttpRequest&& request, const http::Reply& reply) {
        auto verdict = guard->judge(request);
        if (verdict.answer) return reply.answer(std::move(*verdict.answer));
        bool page = verdict.cors.size() > 0;
        http::Reply to = page ? cloud::with_headers(reply, std::move(verdict.cors)) : reply;
        (*cloud)->handle(std::move(request), std::move(to));
      });
  if (!server.has_value()) return failed(server.error());
  std::string endpoint = fmt::format("http://{}:{}", options.host, (*server)->port());
  // Functions run on this machine.
  bool everywhere = options.host == "0.0.0.0";
  (*cloud)->listens_at(
      fmt::format("http://{}:{}", everywhere ? "127.0.0.1" : options.host, (*server)->port()));
  if (Status told = (*cloud)->store().describe_owner(embedded::owner_line(endpoint));
      !told.has_value())
    return failed(told.error());
  const std::string& state = (*cloud)->options().state_directory;
  fmt::print("embedded cloud ready at {} (state: {})\n", endpoint,
             state.empty() ? "memory" : state);
  std::fflush(stdout);
  wait_for_signal(signals);
  (*server)->stop();
  return static_cast<int>(Exit::ok);
}

void add_cloud(CLI::App& app, int& exit_code) {
  auto serve = std::make_shared<ServeOptions>();
  CLI::App* cloud = app.add_subcommand("cloud", "The embedded AWS");
  cloud->require_subcommand(1);
  CLI::App* command = cloud->add_subcommand("serve", "Serve the embedded AWS on a port");
  command->add_option("--host", serve->host, "Address to listen on")->capture_default_str();
  command->add_option("--port", serve->port, "Port; 0 takes any that is free")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command->add_option("--state", serve->state_directory, "Folder that keeps the state");
  command->add_flag("--memory", serve->memory, "Keep nothing on disk")->excludes("--state");
  command->add_flag("--strict", serve->strict, "Refuse access keys that were not made here");
  command->add_flag("--sync", serve->sync, "Sync the disk before every answer");
  command
      ->add_option("--compact-at", serve->compact_at,
                   "Compact the journal from this size on, once it is four times what it need be")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      ->add_option("--time", serve->time,
                   "How time passes: instant (state machines take none), realistic, scaled:N, or "
                   "stepped (it stands until it is advanced)")
      ->capture_default_str();
  command
      ->add_option("--allow-host", serve->allow_hosts,
                   "A further host name by which clients may call it; *.NAME for all below")
      ->take_all()
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      ->add_option("--allow-origin", serve->allow_origins,
                   "A web origin, such as https://app.example.com, whose pages may call it")
      ->take_all()
      ->type_name("ORIGIN")
      ->allow_extra_args(false);
  command->add_option("--threads", serve->threads, "Threads that answer")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  const char* examples =
      "Examples:\n  mainstay cloud serve\n"
      "  mainstay cloud serve --memory --port 0\n"
      "  mainstay cloud serve --state ./cloud --strict --sync";
  cloud->footer(examples);
  command->footer(examples);
  command->callback([serve, &exit_code] { exit_code = cloud_serve(*serve); });
}

}  // namespace mainstay::cli
