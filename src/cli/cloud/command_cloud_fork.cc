#include <fmt/core.h>

#include "base/text.hh"
#include "cli/cloud/cloud_commands.hh"
#include "cli/cloud/cloud_run.hh"

namespace mainstay::cli {
namespace {

struct ForkFlags : CloudFlags {
  std::string name;
  int port = 0;
};

std::string fork_text(const Value& fork) {
  return fmt::format("{}  {}  {} documents, made {}\n", one_line(fork["name"].as_string()),
                     one_line(fork["endpoint"].as_string()), fork["documents"].as_int(),
                     one_line(fork["made"].as_string()));
}

Exit fork_command(const ForkFlags& flags) {
  CloudRun run(flags);
  auto made = run.post("forks", Value::map({{"name", flags.name}, {"port", flags.port}}));
  if (!made) return run.fail(made.error());
  return run.done("fork", *made, fork_text(*made));
}

Exit forks_command(const CloudFlags& flags) {
  CloudRun run(flags);
  auto answer = run.get("forks");
  if (!answer) return run.fail(answer.error());
  const List& forks = (*answer)["forks"].items();
  for (const Value& fork : forks) run.done("fork", fork, fork_text(fork));
  return run.done("forks", Value::map({{"count", forks.size()}}),
                  forks.empty() ? "there are no forks\n" : "");
}

Exit drop_command(const ForkFlags& flags) {
  CloudRun run(flags);
  auto dropped = run.post("drop", Value::map({{"name", flags.name}}));
  if (!dropped) return run.fail(dropped.error());
  return run.done("dropped", Value::map({{"name", flags.name}}),
                  "dropped " + one_line(flags.name) + "\n");
}

}  // namespace

void add_cloud_fork(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<ForkFlags>();
  CLI::App* command = add_cloud_command(cloud, exit_code, "fork",
                                        "Go on from the served cloud's state on a port of its own, "
                                        "without touching it",
                                        flags, fork_command);
  command->add_option("NAME", flags->name, "What the fork is called")->required();
  command->add_option("--port", flags->port, "Its port; 0 takes any that is free")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command->footer(
      "It is in memory, and gone once it is dropped or the cloud stops.\n"
      "Examples:\n  mainstay cloud fork rehearsal\n  mainstay cloud fork --state ./cloud "
      "rehearsal\n"
      "  eval \"$(mainstay cloud env --fork rehearsal)\"\n"
      "  mainstay cloud fork --port 4577 --json rehearsal");
}

void add_cloud_forks(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<CloudFlags>();
  add_cloud_command(cloud, exit_code, "forks", "List the forks of the served cloud", flags,
                    forks_command)
      ->footer(
          "Examples:\n  mainstay cloud forks\n  mainstay cloud forks --json\n"
          "  mainstay cloud forks --state ./cloud");
}

void add_cloud_drop(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<ForkFlags>();
  CLI::App* command = add_cloud_command(
      cloud, exit_code, "drop", "End a fork, and forget what was done to it", flags, drop_command);
  command->add_option("NAME", flags->name, "The fork")->required();
  command->footer(
      "Examples:\n  mainstay cloud drop rehearsal\n  mainstay cloud drop --json rehearsal\n"
      "  mainstay cloud drop --state ./cloud rehearsal");
}

}  // namespace mainstay::cli
