#include <fmt/core.h>

#include "base/text.hh"
#include "cli/screen/change_text.hh"
#include "cli/stack/run_steps.hh"
#include "cli/stack/stack_commands.hh"
#include "stacks/adopt.hh"

namespace mainstay::cli {
namespace {

struct ImportFlags : StackFlags {
  std::string stack;
  std::vector<std::string> resources;  // "Queue=URL"
};

Status confirm_import(StackRun& run, const ImportFlags& flags,
                      const std::vector<stacks::ResourceChange>& changes) {
  for (const stacks::ResourceChange& change : changes)
    run.print(fmt::format("  {}  {}  {}  {}\n", one_line(to_lower(change.action)),
                          one_line(change.logical_id), one_line(change.type),
                          one_line(change.physical_id)));
  if (flags.yes) return {};
  if (!run.can_ask())
    return Error("ApprovalNeeded", "these resources would be imported")
        .with_hint("to import them, run again with --force");
  auto answer = ask("These resources would belong to the stack from now on. Go on? [y/N] ");
  if (answer && (*answer == "y" || *answer == "Y")) return {};
  return Error("ApprovalNeeded", "nothing was imported");
}

Exit import(const ImportFlags& flags) {
  StackRun run(flags);
  auto ids = stacks::parse_resource_ids(flags.resources);
  if (!ids) return run.fail(ids.error());
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  if (auto held = run.hold_graph(); !held) return run.fail(held.error());
  run.begin_work();
  auto confirm = [&](const std::vector<stacks::ResourceChange>& changes) {
    return confirm_import(run, flags, changes);
  };
  return conclude(run, stacks::adopt_resources(run.session(), {flags.stack, *ids, confirm}), false);
}

}  // namespace

void add_import(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* command =
      app.add_subcommand("import", "Bring resources that exist under a stack, untouched");
  add_common_flags(*command, *flags);
  command->add_option("--stack", flags->stack, "The stack of the configuration")->required();
  command
      ->add_option("--resource", flags->resources,
                   "LOGICALID=IDENTIFIER, or LOGICALID.PROPERTY=VALUE for each of several")
      ->required()
      ->allow_extra_args(false);
  command->add_flag("-f,--force,--yes", flags->yes, "Import without asking");
  add_graph_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay import --stack logs --resource Bucket=acme-logs prod.env stacker.yml\n"
      "  mainstay import --stack dns --resource Zone=Z123 --force stacker.yml\n"
      "  mainstay import --stack db --resource Table=orders --profile prod stacker.yml");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(import(*flags)); });
}

}  // namespace mainstay::cli
