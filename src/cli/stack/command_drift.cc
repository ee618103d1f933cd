#include <fmt/core.h>

#include "base/text.hh"
#include "cli/journal/redacting.hh"
#include "cli/screen/change_text.hh"
#include "cli/stack/run_steps.hh"
#include "cli/stack/stack_commands.hh"
#include "cli/stack/stack_run.hh"
#include "stacks/drift.hh"
#include "stacks/revert.hh"

namespace mainstay::cli {
namespace {

struct DriftFlags : StackFlags {
  bool exit_code = false;
  bool revert = false;
};

struct DriftCounts {
  size_t stacks = 0, drifted = 0, unchecked_resources = 0;
  std::vector<Error> errors;
};

std::string short_type(std::string_view type) {
  constexpr std::string_view prefix = "AWS::";
  return std::string(type.starts_with(prefix) ? type.substr(prefix.size()) : type);
}

std::string resource_text(const stacks::ResourceDrift& drift, const Style& style) {
  bool deleted = drift.status == "DELETED";
  std::string text = fmt::format("  {} {}  {}  {}{}\n",
                                 style.paint(deleted ? Ink::bad : Ink::busy, deleted ? "-" : "~"),
                                 one_line(drift.logical_id), one_line(short_type(drift.type)),
                                 one_line(drift.physical_id), deleted ? "  deleted" : "");
  for (const stacks::PropertyDrift& d : drift.differences)
    text += fmt::format("      {}  {} -> {}\n", one_line(d.path),
                        d.expected.empty() ? "(none)" : one_line(d.expected),
                        d.actual.empty() ? "(none)" : one_line(d.actual));
  return text;
}

std::string drift_text(const stacks::StackDriftReport& report, size_t unchecked,
                       const Style& style) {
  std::string name = style.paint(Ink::bold, one_line(report.full_name));
  if (!report.skipped.empty()) return name + "  " + report.skipped + "\n";
  bool drifted = report.drift.status == "DRIFTED";
  std::string text =
      name + "  " + style.paint(drifted ? Ink::bad : Ink::good, one_line(report.drift.status));
  if (unchecked > 0)
    text += fmt::format("  {} of {} resources can't be checked", unchecked,
                        report.drift.resources.size());
  text += "\n";
  for (const stacks::ResourceDrift& drift : report.drift.resources)
    if (drift.has_drifted()) text += resource_text(drift, style);
  return text;
}

Value drift_value(const stacks::StackDriftReport& report) {
  Value resources = Value::list();
  for (const stacks::ResourceDrift& drift : report.drift.resources) {
    Value differences = Value::list();
    for (const stacks::PropertyDrift& d : drift.differences)
      differences.push_back(Value::map(
          {{"path", d.path}, {"expected", d.expected}, {"actual", d.actual}, {"kind", d.kind}}));
    resources.push_back(Value::map({{"logical_id", drift.logical_id},
                                    {"physical_id", drift.physical_id},
                                    {"resource_type", drift.type},
                                    {"status", drift.status},
                                    {"differences", std::move(differences)}}));
  }
  return Value::map(
      {{"stack", report.stack},
       {"address", report.full_name},
       {"region", report.region},
       {"status", report.skipped.empty() ? report.drift.status : std::string("NOT_CHECKED")},
       {"resources", std::move(resources)}});
}

void show(StackRun& run, const stacks::StackDriftReport& report, DriftCounts& counts) {
  ++counts.stacks;
  if (report.error) {
    counts.errors.push_back(*report.error);
    Error said = *report.error;
    (void)run.fail(std::move(said).because("stack " + report.stack + " was not checked"));
    return;
  }
  auto unchecked = static_cast<size_t>(std::ranges::count(
      report.drift.resources, std::string("NOT_CHECKED"), &stacks::ResourceDrift::status));
  counts.unchecked_resources += unchecked;
  counts.drifted += report.drift.status == "DRIFTED";
  if (run.json()) run.json()->line("drift", drift_value(report));
  run.print(drift_text(report, unchecked, run.style()));
}

Exit drift(const DriftFlags& flags) {
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  run.finish_progress();
  DriftCounts counts;
  Status walked = stacks::drift_of(
      run.session(), [&](const stacks::StackDriftReport& report) { show(run, report, counts); });
  if (!walked) return run.fail(walked.error());
  if (run.json())
    run.json()->line("summary", Value::map({{"stacks", counts.stacks},
                                            {"changed", counts.drifted},
                                            {"failed", counts.errors.size()}}));
  run.print(fmt::format("{} of {} stack{} drifted", counts.drifted, counts.stacks,
                        counts.stacks == 1 ? "" : "s"));
  if (counts.unchecked_resources > 0)
    run.print(fmt::format("; CloudFormation can't check {} resources", counts.unchecked_resources));
  run.print("\n");
  if (!counts.errors.empty()) return exit_of(counts.errors);
  return counts.drifted > 0 && flags.exit_code ? Exit::changes : Exit::ok;
}

Status confirm_revert(StackRun& run, const DriftFlags& flags,
                      const std::vector<stacks::StackDiff>& diffs) {
  run.finish_progress();
  size_t count = 0;
  for (const stacks::StackDiff& found : diffs) {
    stacks::StackDiff diff = redacted(run.secrets(), found);
    count += diff.changes.size();
    if (run.json()) run.json()->line("diff", diff_value(diff));
    run.print(diff_text(diff, run.target().region, run.style()) + "\n");
  }
  run.print(fmt::format("{} resource{} in {} stack{} would be brought back\n", count,
                        count == 1 ? "" : "s", diffs.size(), diffs.size() == 1 ? "" : "s"));
  if (flags.yes) return {};
  if (!run.can_ask())
    return Error("ApprovalNeeded", "what was changed by hand would be taken back")
        .with_hint("to take it back, run again with --force");
  auto answer = ask("Go on? [y/N] ");
  if (answer && (*answer == "y" || *answer == "Y")) return {};
  return Error("ApprovalNeeded", "nothing was taken back");
}

Exit revert(const DriftFlags& flags) {
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  if (auto held = run.hold_graph(); !held) return run.fail(held.error());
  auto confirm = [&](const std::vector<stacks::StackDiff>& diffs) {
    Status yes = confirm_revert(run, flags, diffs);
    if (yes) run.begin_work();
    return yes;
  };
  return conclude(run, stacks::revert_drift(run.session(), confirm), false);
}

}  // namespace

void add_drift(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<DriftFlags>();
  CLI::App* command =
      app.add_subcommand("drift", "What was changed by hand, by CloudFormation's drift detection");
  add_common_flags(*command, *flags);
  add_target_names(*command, *flags, "Only this stack or target, and what it depends on");
  command->add_flag("--exit-code", flags->exit_code, "Exit with 2 if something has drifted");
  add_graph_flags(*command, *flags);
  command->add_flag("--revert", flags->revert, "Bring back what was changed by hand");
  command->add_flag("-f,--force,--yes", flags->yes, "With --revert: without asking")
      ->needs("--revert");
  command->footer(
      "Examples:\n  mainstay drift prod.env stacker.yml\n"
      "  mainstay drift --revert --stacks vpc prod.env stacker.yml\n"
      "  mainstay drift --json --profile prod prod.env stacker.yml");
  command->callback([flags, &exit_code] {
    exit_code = static_cast<int>(flags->revert ? revert(*flags) : drift(*flags));
  });
}

}  // namespace mainstay::cli
