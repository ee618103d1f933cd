#include <fmt/core.h>

#include "base/text.hh"
#include "cli/stack/run_steps.hh"
#include "cli/stack/stack_commands.hh"
#include "stacks/refactor.hh"

namespace mainstay::cli {
namespace {

struct RefactorFlags : StackFlags {
  std::string from;
  std::vector<std::string> pairs;  // "stack.Old=stack.New"
};

std::string plan_text(const stacks::RefactorPlan& plan) {
  std::string text;
  for (const stacks::ResourceMove& move : plan.moves)
    text += fmt::format("  {} -> {}  {}\n", one_line(move.from.text()), one_line(move.to.text()),
                        one_line(move.type));
  for (const std::string& name : plan.made)
    text += fmt::format("  + stack {}: it is made for them\n", one_line(name));
  for (const std::string& name : plan.emptied)
    text += fmt::format("  - stack {}: nothing is left in it, and it is deleted\n", one_line(name));
  if (text.empty()) text = "  what an interrupted move has left is ended\n";
  return text;
}

Value place_value(const stacks::ResourcePlace& place) {
  return Value::map({{"stack", place.stack}, {"logical_id", place.id}});
}

Value plan_value(const stacks::RefactorPlan& plan) {
  Value moves = Value::list();
  for (const stacks::ResourceMove& move : plan.moves)
    moves.push_back(Value::map({{"from", place_value(move.from)},
                                {"to", place_value(move.to)},
                                {"resource_type", move.type}}));
  return Value::map({{"moves", std::move(moves)},
                     {"made", Value::texts(plan.made)},
                     {"emptied", Value::texts(plan.emptied)}});
}

Status confirm_refactor(StackRun& run, const RefactorFlags& flags,
                        const std::vector<stacks::RefactorPlan>& plans) {
  run.finish_progress();
  size_t count = 0;
  for (const stacks::RefactorPlan& plan : plans) {
    count += plan.moves.size();
    if (run.json()) run.json()->line("refactor", plan_value(plan));
    run.print(plan_text(plan));
  }
  run.print(fmt::format("{} resource{} would move, untouched\n", count, count == 1 ? "" : "s"));
  if (flags.yes || flags.outline) return {};
  if (!run.can_ask())
    return Error("ApprovalNeeded", "these resources would move")
        .with_hint("to move them, run again with --force");
  auto answer = ask("Go on? [y/N] ");
  if (answer && (*answer == "y" || *answer == "Y")) return {};
  return Error("ApprovalNeeded", "nothing was moved");
}

Exit refactor(const RefactorFlags& flags) {
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  std::optional<stacks::Config> from;
  if (!flags.from.empty()) {
    auto read = run.read_config(flags.from);
    if (!read) return run.fail(read.error());
    from = std::move(*read);
  }
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  Status held = flags.outline ? run.look_at_graph() : run.hold_graph();
  if (!held) return run.fail(held.error());
  stacks::RefactorRequest request;
  request.from = from ? &*from : nullptr;
  request.pairs = flags.pairs;
  request.only_look = flags.outline;
  request.confirm = [&](const std::vector<stacks::RefactorPlan>& plans) {
    Status yes = confirm_refactor(run, flags, plans);
    if (yes && !flags.outline) run.begin_work();
    return yes;
  };
  auto result = stacks::refactor_stacks(run.session(), request);
  if (!result) return run.fail(result.error());
  if (result->done == 0) run.print("nothing is to be moved\n");
  if (flags.outline || result->changed == 0) return Exit::ok;
  return conclude(run, result, false);
}

}  // namespace

void add_refactor(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<RefactorFlags>();
  CLI::App* command =
      app.add_subcommand("refactor", "Rename resources and move them between stacks, untouched");
  add_common_flags(*command, *flags);
  command->add_option("--from", flags->from,
                      "The configuration before, to know which stacks have left it");
  command
      ->add_option("--map", flags->pairs,
                   "STACK.OLD=STACK.NEW, for what can't be told apart; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("-o,--outline", flags->outline, "Only show what would move");
  command->add_flag("-f,--force,--yes", flags->yes, "Move without asking");
  add_graph_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay refactor prod.env stacker.yml\n"
      "  mainstay refactor --from old.yml --outline prod.env stacker.yml\n"
      "  mainstay refactor --map network.Queue=orders.Inbox --force prod.env stacker.yml");
  command->callback([flags, &exit_code] {
    flags->target.reads = flags->outline;
    exit_code = static_cast<int>(refactor(*flags));
  });
}

}  // namespace mainstay::cli
