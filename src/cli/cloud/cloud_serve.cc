#include "cli/cloud/cloud_serve.hh"

#include <fmt/core.h>
#include <unistd.h>

#include <csignal>

#include "base/text.hh"
#include "cli/cloud/cloud_commands.hh"
#include "cli/cloud/cloud_control.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/screen.hh"
#include "cli/target/guarded_server.hh"
#include "embedded/embedded.hh"
#include "host/memory.hh"
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

// Blocks what ends the program in every thread that is started from here on.
sigset_t block_ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

Result<cloud::CloudOptions> cloud_options_of(const ServeOptions& options) {
  cloud::CloudOptions out;
  if (!options.memory) out.state_directory = options.state_directory;
  if (!options.memory && out.state_directory.empty()) {
    TRY(out.state_directory, embedded::default_state_directory(RealEnvironment()));
  }
  out.owner = starting;
  out.strict = options.strict;
  out.root_secret = RealEnvironment().text("MAINSTAY_ROOT_SECRET");
  out.sync = options.sync;
  TRY(out.time, cloud::TimePlan::parse(options.time));
  out.compact_bytes_min = options.compact_at;
  out.warn = [](const Error& error) {
    fmt::print(stderr, "warning: {}\n", one_line(error.to_string()));
  };
  return out;
}

}  // namespace

int cloud_serve(const ServeOptions& options) {
  sigset_t signals = block_ending_signals();
  ServePlan plan;
  plan.server.host = options.host;
  plan.server.port = static_cast<uint16_t>(options.port);
  plan.server.threads = options.threads;
  plan.guard = {options.allow_hosts, options.allow_origins};
  CloudControl control(plan, [] { ::kill(::getpid(), SIGTERM); });
  auto cloud_options = cloud_options_of(options);
  if (!cloud_options.has_value()) return failed(cloud_options.error());
  cloud_options->own_api = [&control](const HttpRequest& request, const HttpReply& reply) {
    return control.answer(request, reply);
  };
  auto opened = embedded::open(std::move(*cloud_options));
  if (!opened.has_value()) return failed(opened.error());
  cloud::Cloud& cloud = **opened;
  if (const std::string& notice = cloud.store().notice(); !notice.empty())
    fmt::print(stderr, "note: {}\n", one_line(notice));
  control.serve(cloud);
  auto server = GuardedServer::start(plan, cloud);
  if (!server.has_value()) return failed(server.error());
  const std::string& endpoint = (*server)->endpoint();
  control.serve_at(endpoint);
  if (Status told = cloud.store().describe_owner(embedded::owner_line(endpoint)); !told.has_value())
    return failed(told.error());
  const std::string& state = cloud.options().state_directory;
  fmt::print("embedded cloud ready at {} (state: {})\n", endpoint,
             state.empty() ? "memory" : state);
  std::fflush(stdout);
  release_idle_memory();
  wait_for_signal(signals);
  (*server)->stop();
  control.end();
  return static_cast<int>(Exit::ok);
}

void add_cloud(CLI::App& app, int& exit_code) {
  CLI::App* cloud = app.add_subcommand("cloud", "The embedded AWS");
  cloud->require_subcommand(1);
  add_cloud_serve(*cloud, exit_code);
  add_cloud_status(*cloud, exit_code);
  add_cloud_env(*cloud, exit_code);
  add_cloud_coverage(*cloud, exit_code);
  add_cloud_clock(*cloud, exit_code);
  add_cloud_fork(*cloud, exit_code);
  add_cloud_forks(*cloud, exit_code);
  add_cloud_drop(*cloud, exit_code);
  add_cloud_zones(*cloud, exit_code);
  add_cloud_export(*cloud, exit_code);
  add_cloud_import(*cloud, exit_code);
  add_cloud_reset(*cloud, exit_code);
  add_cloud_repair(*cloud, exit_code);
  add_cloud_stop(*cloud, exit_code);
  cloud->footer(
      "Examples:\n  mainstay cloud serve\n  eval \"$(mainstay cloud env)\"\n"
      "  mainstay cloud fork rehearsal");
}

void add_cloud_serve(CLI::App& cloud, int& exit_code) {
  auto serve = std::make_shared<ServeOptions>();
  CLI::App* command = cloud.add_subcommand("serve", "Serve the embedded AWS on a port");
  command->add_option("--host", serve->host, "Address to listen on")->capture_default_str();
  command->add_option("--port", serve->port, "Port; 0 takes any that is free")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command->add_option("--state", serve->state_directory, "Folder that keeps the state");
  command->add_flag("--memory", serve->memory, "Keep nothing on disk")->excludes("--state");
  command->add_flag(
      "--strict", serve->strict,
      "Refuse access keys that were not made here; accounts' roots (keys of twelve digits) must "
      "sign with the secret in MAINSTAY_ROOT_SECRET");
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
  command->footer(
      "Examples:\n  mainstay cloud serve\n"
      "  mainstay cloud serve --memory --port 0\n"
      "  mainstay cloud serve --state ./cloud --strict --sync");
  command->callback([serve, &exit_code] { exit_code = cloud_serve(*serve); });
}

}  // namespace mainstay::cli
