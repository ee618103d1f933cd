#include <fmt/core.h>

#include "cli/app/app_commands.hh"
#include "cli/app/app_run.hh"

namespace mainstay::cli {
namespace {

struct RunFlags : AppFlags {
  std::string process = "web";
  std::vector<std::string> command;
  bool detached = false;
};

Exit run_command(const RunFlags& flags) {
  AppRun run(flags);
  auto opened = run.open_app();
  if (!opened) return run.fail(opened.error());
  auto& [releaser, app] = *opened;
  auto ran = releaser->run(app, {flags.process, flags.command, flags.detached});
  if (!ran) return run.fail(ran.error());
  std::string task = ran->task.substr(ran->task.rfind('/') + 1);
  Value members = Value::map({{"task", ran->task}, {"reason", ran->reason}});
  if (ran->exit_code) members.set("exit_code", *ran->exit_code);
  if (flags.detached) return run.done("task", members, "task " + task + " is started\n");
  if (!ran->exit_code)
    return run.fail(Error("TaskNotRun", "task " + task + " has not run to an end: " + ran->reason));
  run.line("task", members, fmt::format("task {}: exit code {}\n", task, *ran->exit_code));
  return *ran->exit_code == 0 ? Exit::ok : Exit::failed;
}

}  // namespace

void add_app_run(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App* command = add_app_command(
      app, exit_code, "run",
      "A command run once, as a process of the deployed release, with its role and variables",
      flags, run_command);
  command->add_option("--process", flags->process, "As which process")->capture_default_str();
  command->add_flag("-d,--detached", flags->detached, "Do not wait for its end");
  command->add_option("command", flags->command,
                      "The command and its arguments; else the process's own");
  command->footer(
      "Examples:\n  mainstay app run shop -- ./bin/migrate --all\n"
      "  mainstay app run shop --process worker\n"
      "  mainstay app run shop -d -- ./bin/report");
}

}  // namespace mainstay::cli
