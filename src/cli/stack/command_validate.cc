#include <fmt/core.h>

#include "access/sarif.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cli/stack/stack_commands.hh"
#include "cli/stack/stack_run.hh"
#include "stacks/validate.hh"

namespace mainstay::cli {
namespace {

struct ValidateFlags : StackFlags {
  std::string sarif;  // a file
};

Value sarif_of(const std::vector<stacks::ConfigFinding>& found) {
  std::vector<access::FindingRule> rules;
  std::vector<access::Finding> findings;
  std::set<std::string> known;
  for (const stacks::ConfigFinding& one : found) {
    const std::string& code = one.error.code;
    if (known.insert(code).second) rules.push_back({code, "see `mainstay explain " + code + "`"});
    std::string who = one.stack.empty() ? "" : "stack " + one.stack + ": ";
    findings.push_back({code, who + one.error.message, one.error.at, !one.is_warning});
  }
  return access::sarif(rules, findings, MAINSTAY_VERSION);
}

void show(StackRun& run, const stacks::ConfigFinding& one) {
  if (run.json()) run.json()->error(one.error, one.stack);
  std::string text = error_text(one.error, run.files(), run.style());
  std::string who = one.stack.empty() ? "" : "stack " + one_line(one.stack) + ": ";
  constexpr std::string_view word = "error[";
  size_t at = one.is_warning ? text.find(word) : std::string::npos;
  if (at != std::string::npos) text.replace(at, word.size(), "warning[");
  run.print(who + text);
}

Exit conclude(StackRun& run, const ValidateFlags& flags,
              const std::vector<stacks::ConfigFinding>& found) {
  size_t warnings =
      static_cast<size_t>(std::ranges::count(found, true, &stacks::ConfigFinding::is_warning));
  size_t errors = found.size() - warnings;
  for (const stacks::ConfigFinding& one : found) show(run, one);
  if (!flags.sarif.empty())
    if (Status written = run.writable_files().write(flags.sarif, to_json_pretty(sarif_of(found)));
        !written)
      return run.fail(written.error());
  size_t stacks = run.config().stacks.size();
  if (run.json()) run.json()->line("summary", Value::map({{"stacks", stacks}, {"failed", errors}}));
  run.print(fmt::format("{} error{}, {} warning{} in {} stack{}\n", errors, errors == 1 ? "" : "s",
                        warnings, warnings == 1 ? "" : "s", stacks, stacks == 1 ? "" : "s"));
  return errors > 0 ? Exit::usage : Exit::ok;
}

Exit validate(const ValidateFlags& flags) {
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) {
    if (flags.sarif.empty()) return run.fail(loaded.error());
    return conclude(run, flags, {{"", loaded.error(), false}});
  }
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  run.finish_progress();
  auto found = stacks::validate(run.session());
  if (!found) return run.fail(found.error());
  return conclude(run, flags, *found);
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<ValidateFlags>();
  CLI::App* command =
      app.add_subcommand("validate", "Say what is wrong with a configuration, without AWS");
  add_common_flags(*command, *flags);
  for (const char* name : {"--profile", "--account", "--endpoint", "--state", "--memory"})
    command->remove_option(command->get_option(name));
  command->add_option("--sarif", flags->sarif, "The findings as SARIF into this file");
  flags->target.memory = true;
  flags->offline = true;
  command->footer(
      "Examples:\n  mainstay validate prod.env stacker.yml\n"
      "  mainstay validate --sarif findings.sarif prod.env stacker.yml\n"
      "  mainstay validate --json -e namespace=test stacker.yml");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(validate(*flags)); });
}

}  // namespace mainstay::cli
