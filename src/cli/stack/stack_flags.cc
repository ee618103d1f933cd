#include "cli/stack/stack_flags.hh"

#include "base/text.hh"
#include "cli/screen/screen.hh"

namespace mainstay::cli {
namespace {

std::string given(std::string_view flag, const std::string& value) {
  return value.empty() ? "" : std::string(flag) + shell_quoted(value) + " ";
}

}  // namespace

std::string target_flags(const TargetOptions& target) {
  return given("--profile ", target.profile) + given("--account ", target.account) +
         given("--endpoint ", target.endpoint) + given("--state ", target.state_directory) +
         (target.memory ? "--memory " : "") + given("--region ", target.region);
}

std::string repeated_flags(const StackFlags& flags) {
  std::string text = target_flags(flags.target);
  for (const std::string& target : flags.targets) text += given("--targets ", target);
  for (const std::string& name : flags.force) text += given("--force ", name);
  if (!flags.assignments.empty()) text += "-e ... ";
  for (const std::string& file : flags.files) text += given("", file);
  return text;
}

std::string again_command(const StackFlags& flags) {
  return "mainstay " + flags.verb + " " + given("--approve=", flags.approve) +
         std::string(trim(repeated_flags(flags)));
}

void add_target_flags(CLI::App& command, TargetOptions& target) {
  command.add_option("-r,--region", target.region, "Region");
  command.add_option("-p,--profile", target.profile, "A real account, by this AWS profile");
  command.add_option("--account", target.account, "A real account, which must have this id");
  command.add_option("--endpoint", target.endpoint, "URL of anything that speaks AWS");
  command.add_option("--state", target.state_directory, "Folder of the embedded cloud");
  command.add_flag("--memory", target.memory, "An embedded cloud that keeps nothing");
}

void add_common_flags(CLI::App& command, StackFlags& flags) {
  flags.verb = command.get_name();
  command.add_option("config", flags.files, "[ENVFILE] CONFIG; \"-\" reads CONFIG from stdin")
      ->required()
      ->expected(1, 2);
  command.add_option("-e,--env", flags.assignments, "KEY=VALUE, before what ENVFILE says")
      ->allow_extra_args(false);
  add_target_flags(command, flags.target);
  command.add_option("--color", flags.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_flag("--json", flags.json, "One JSON object a line on standard output");
  command.add_option("--json-into", flags.json_into,
                     "The same into this file, beside the text for people");
  command.add_flag("-v,--verbose", flags.verbose, "Say more; may be repeated");
}

void add_target_names(CLI::App& command, StackFlags& flags, const std::string& what) {
  command.add_option("--targets,--stacks", flags.targets, what)->allow_extra_args(false);
}

void add_approve_flag(CLI::App& command, StackFlags& flags) {
  command
      .add_flag("--approve{protected}", flags.approve,
                "What may happen without a question, with commas: protected (the default), "
                "replace, access, data:STACK; may be repeated")
      ->join(',');
}

void add_graph_flags(CLI::App& command, StackFlags& flags) {
  command.add_option("--break-lock", flags.break_lock,
                     "Take over the persistent graph's lock from this run, which has ended");
}

void add_parallel_flags(CLI::App& command, StackFlags& flags) {
  command.add_option("-j,--max-parallel", flags.at_once, "Stacks at the same time; 0: no limit")
      ->check(CLI::Range(0, 1000));
  command.add_flag("-t,--tail", flags.tail, "Show every event of CloudFormation");
}

}  // namespace mainstay::cli
