#include <CLI/CLI.hpp>

#include "cli/access_commands.hh"
#include "cli/cloud_serve.hh"
#include "cli/commands.hh"

int main(int argc, char** argv) {
  using namespace mainstay::cli;
  CLI::App app("mainstay: run an AWS platform, and rehearse every change on an embedded AWS");
  app.require_subcommand(1);
  app.set_version_flag("--version", "mainstay " MAINSTAY_VERSION);
  int exit_code = 0;
  add_up(app, exit_code);
  add_diff(app, exit_code);
  add_info(app, exit_code);
  add_graph(app, exit_code);
  add_down(app, exit_code);
  add_access(app, exit_code);
  ServeOptions serve;
  CLI::App* cloud = app.add_subcommand("cloud", "The embedded AWS");
  cloud->require_subcommand(1);
  CLI::App* command = cloud->add_subcommand("serve", "Serve the embedded AWS on a port");
  command->add_option("--host", serve.host, "Address to listen on")->capture_default_str();
  command->add_option("--port", serve.port, "Port; 0 takes any that is free")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command->add_option("--state", serve.state_directory, "Folder that keeps the state");
  command->add_flag("--memory", serve.memory, "Keep nothing on disk")->excludes("--state");
  command->add_flag("--strict", serve.strict, "Refuse access keys that were not made here");
  command->add_flag("--sync", serve.sync, "Sync the disk before every answer");
  command
      ->add_option("--compact-at", serve.compact_at,
                   "Compact the journal from this size on, once it is four times what it need be")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--threads", serve.threads, "Threads that answer")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->callback([&] { exit_code = cloud_serve(serve); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int code = app.exit(error);
    return code == 0 ? 0 : 3;
  }
  return exit_code;
}
