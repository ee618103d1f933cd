#include <fmt/core.h>

#include "base/text.hh"
#include "cli/stack/run_steps.hh"
#include "cli/stack/stack_commands.hh"
#include "stacks/prune.hh"

namespace mainstay::cli {
namespace {

// What left, in the order in which it goes, with what was found of it.
Status look(StackRun& run) {
  const stacks::Config& gone = run.session().config;
  TRY(auto names, stacks::outline(gone, {}, true));
  int number = 0;
  for (const std::string& name : names) {
    const stacks::StackConfig& stack = *gone.find(name);
    TRY(auto cloud, run.session().cloud_for(stack));
    TRY(auto found, stacks::find_to_prune(run.session(), stack, cloud));
    std::string address = gone.full_name(stack);
    std::string how = found.stack ? found.stack->status : found.reason;
    if (run.json())
      run.json()->line("outline", Value::map({{"stack", name},
                                              {"address", address},
                                              {"deletes", found.stack.has_value()},
                                              {"reason", how}}));
    run.print(fmt::format("{}. {} ({}): {}\n", ++number, one_line(name), one_line(address),
                          one_line(how)));
  }
  return {};
}

Exit prune(const StackFlags& flags) {
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  if (run.config().graph_key.empty())
    return run.fail(Error("GraphMissing",
                          "the configuration keeps no persistent graph, so nobody knows what has "
                          "left it")
                        .where({run.config().document.file, 1, 1})
                        .with_hint("add persistent_graph_key, and run up once"));
  Status held = flags.outline ? run.look_at_graph() : run.hold_graph();
  if (!held) return run.fail(held.error());
  if (!run.turn_to_what_left()) {
    run.print("nothing has left the configuration\n");
    return run.end_work(Exit::ok, {});
  }
  if (auto seen = look(run); !seen) return run.fail(seen.error());
  if (flags.outline) return Exit::ok;
  if (auto confirmed = confirm_deletion(run, flags); !confirmed) return run.fail(confirmed.error());
  run.begin_work();
  return conclude(run, stacks::prune(run.session()), true);
}

}  // namespace

void add_prune(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<StackFlags>();
  CLI::App* command = app.add_subcommand("prune", "Delete the stacks that left a configuration");
  add_common_flags(*command, *flags);
  add_parallel_flags(*command, *flags);
  command->add_flag("-o,--outline", flags->outline, "Only list what left");
  command->add_flag("-f,--force,--yes", flags->yes,
                    "Delete without asking, but for data: see --approve");
  add_approve_flag(*command, *flags);
  add_graph_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay prune prod.env stacker.yml\n"
      "  mainstay prune --outline prod.env stacker.yml\n"
      "  mainstay prune --force --approve=data:orders prod.env stacker.yml");
  command->callback([flags, &exit_code] {
    flags->target.reads = flags->outline;
    exit_code = static_cast<int>(prune(*flags));
  });
}

}  // namespace mainstay::cli
