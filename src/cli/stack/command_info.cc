#include <fmt/core.h>

#include "base/text.hh"
#include "cli/stack/stack_commands.hh"
#include "cli/stack/stack_run.hh"
#include "stacks/info.hh"

namespace mainstay::cli {
namespace {

// stacker's form: the full name, then a tab, key and value for each output.
std::string info_text(const stacks::StackInfo& info, const Style& style) {
  std::string status = !info.enabled    ? "disabled"
                       : !info.deployed ? "not deployed"
                                        : info.deployed->status;
  std::string text =
      style.paint(Ink::bold, one_line(info.full_name) + ":") + "  " + one_line(status) + "\n";
  if (!info.deployed) return text;
  Map outputs = info.deployed->outputs;
  outputs.sort();
  for (const auto& [key, value] : outputs)
    text += "\t" + one_line(key) + ": " + one_line(value.to_text()) + "\n";
  return text;
}

Value info_value(const stacks::StackInfo& info) {
  Value v = Value::map({{"stack", info.stack},
                        {"address", info.full_name},
                        {"region", info.region},
                        {"enabled", info.enabled},
                        {"deployed", info.deployed.has_value()}});
  if (!info.deployed) return v;
  v.set("id", info.deployed->id);
  v.set("status", info.deployed->status);
  v.set("outputs", info.deployed->outputs);
  return v;
}

Exit info(const StackFlags& flags) {
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  run.finish_progress();
  auto all = stacks::info_of(run.session());
  if (!all) return run.fail(all.error());
  for (const stacks::StackInfo& one : *all) {
    if (run.json()) run.json()->line("info", info_value(one));
    run.print(info_text(one, run.style()));
  }
  return Exit::ok;
}

}  // namespace

void add_info(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<StackFlags>();
  flags->target.reads = true;
  CLI::App* command = app.add_subcommand("info", "Show what is deployed, and its outputs");
  add_common_flags(*command, *flags);
  add_target_names(*command, *flags, "Only this stack or target, and what it depends on");
  command->footer(
      "Examples:\n  mainstay info prod.env stacker.yml\n"
      "  mainstay info --stacks vpc prod.env stacker.yml\n"
      "  mainstay info --json --profile prod prod.env stacker.yml");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(info(*flags)); });
}

}  // namespace mainstay::cli
