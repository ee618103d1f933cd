#include <fmt/core.h>

#include <map>

#include "base/text.hh"
#include "cli/journal/journal_view.hh"
#include "cli/stack/stack_commands.hh"
#include "cli/stack/stack_run.hh"
#include "stacks/info.hh"

namespace mainstay::cli {
namespace {

struct LastWork {
  journal::RunRecord run;
  journal::StackWorked worked;
};

// By the stack's name in AWS and its region, what the newest run at this target did to it.
std::map<std::string, LastWork> last_work(const StackRun& run, const std::string& folder) {
  std::map<std::string, LastWork> out;
  RealFiles files;
  auto contents = journal::Journal(files, folder).read();
  if (!contents) return out;
  for (const journal::RunRecord& record : journal::runs_of(contents->entries))
    if (record.begun.where == run.target().where)
      for (const journal::StackWorked& worked : record.stacks)
        out[worked.address + " " + worked.region] = {record, worked};
  return out;
}

std::string status_text(const stacks::StackInfo& info, const LastWork* last, const Style& style) {
  const auto& deployed = info.deployed;
  std::string status = !info.enabled ? "disabled" : !deployed ? "not deployed" : deployed->status;
  bool good = deployed && deployed->phase() == stacks::StackPhase::complete;
  Ink ink = !deployed ? Ink::faint : good ? Ink::good : Ink::bad;
  std::string text =
      style.paint(Ink::bold, one_line(info.full_name)) + "  " + style.paint(ink, one_line(status));
  if (deployed) text += "  since " + format_iso8601(deployed->changed_at);
  if (deployed && deployed->termination_protection) text += "  termination protected";
  text += "\n";
  if (deployed && !good && !deployed->status_reason.empty())
    text += "  " + one_line(deployed->status_reason) + "\n";
  if (last)
    text += fmt::format("  last: {} {} by {}: {} ({})\n", one_line(last->run.begun.command),
                        one_line(last->run.run), one_line(last->run.begun.user),
                        one_line(last->worked.outcome), one_line(last->worked.reason));
  return text;
}

Value status_value(const stacks::StackInfo& info, const LastWork* last) {
  Value v = Value::map({{"stack", info.stack},
                        {"address", info.full_name},
                        {"region", info.region},
                        {"enabled", info.enabled},
                        {"deployed", info.deployed.has_value()}});
  if (info.deployed) {
    v.set("status", info.deployed->status);
    v.set("since", format_iso8601(info.deployed->changed_at, true));
    v.set("termination_protection", info.deployed->termination_protection);
  }
  if (last)
    v.set("last", Value::map({{"run", last->run.run},
                              {"command", last->run.begun.command},
                              {"user", last->run.begun.user},
                              {"outcome", last->worked.outcome},
                              {"reason", last->worked.reason}}));
  return v;
}

Exit status(const StackFlags& flags) {
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  run.finish_progress();
  auto all = stacks::info_of(run.session());
  if (!all) return run.fail(all.error());
  RealEnvironment environment;
  auto folder = journal::journal_folder(environment);
  std::map<std::string, LastWork> work;
  if (folder) work = last_work(run, *folder);
  std::map<std::string, size_t> counts;
  for (const stacks::StackInfo& one : *all) {
    auto found = work.find(one.full_name + " " + one.region);
    const LastWork* last = found == work.end() ? nullptr : &found->second;
    if (run.json()) run.json()->line("stack_status", status_value(one, last));
    run.print(status_text(one, last, run.style()));
    ++counts[one.deployed ? one.deployed->status : "not deployed"];
  }
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) parts.push_back(std::to_string(count) + " " + name);
  run.print(parts.empty() ? "no stacks\n" : join(parts, ", ") + "\n");
  return Exit::ok;
}

}  // namespace

void add_status(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<StackFlags>();
  flags->target.reads = true;
  CLI::App* command =
      app.add_subcommand("status", "How each stack stands, and which run last worked on it");
  add_common_flags(*command, *flags);
  add_target_names(*command, *flags, "Only this stack or target, and what it depends on");
  command->footer(
      "Examples:\n  mainstay status prod.env stacker.yml\n"
      "  mainstay status --stacks vpc prod.env stacker.yml\n"
      "  mainstay status --json --profile prod prod.env stacker.yml");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(status(*flags)); });
}

}  // namespace mainstay::cli
