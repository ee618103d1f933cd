#include <fmt/core.h>

#include "access/path.hh"
#include "base/text.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_run.hh"

namespace mainstay::cli {
namespace {

struct PathFlags : AccessFlags {
  std::string principal, action, resource = "*";
};

Value hop_value(const access::World& world, const access::Hop& hop) {
  Value actions = Value::list();
  for (const std::string& action : hop.actions) actions.push_back(action);
  return Value::map({{"from", world.actors()[hop.from].arn},
                     {"to", world.actors()[hop.to].arn},
                     {"how", hop.how},
                     {"actions", std::move(actions)},
                     {"why", hop.why}});
}

std::string hops_text(const access::World& world, const std::vector<access::Hop>& hops) {
  std::string text;
  size_t number = 0;
  for (const access::Hop& hop : hops) {
    std::vector<std::string> needs = hop.actions;
    text += fmt::format("  {}. {} -> {}\n     {}", ++number, one_line(world.actors()[hop.from].arn),
                        one_line(world.actors()[hop.to].arn), hop.how);
    if (needs.size() > 1) text += " (needs " + join(needs, ", ") + ")";
    text += "\n     " + one_line(hop.why) + "\n";
  }
  return text;
}

Exit path_command(const PathFlags& flags) {
  AccessRun run(flags);
  auto context = run.context();
  if (!context) return run.fail(context.error());
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  const access::World& world = run.world();
  auto start = world.place_of(flags.principal);
  if (!start) return run.fail(start.error());
  auto target = world.target(flags.resource);
  if (!target) return run.fail(target.error());
  run.warn_of_unknown_action(actions::ActionTable(), flags.action);
  auto may = [&](const access::Actor& actor) {
    return access::answer(world, {&actor, flags.action, &*target, *context, {}},
                          access::Detail::verdict)
        .allowed();
  };
  access::Closure closure(world, *context);
  access::Reached reached = closure.from(*start, may);
  const access::Actor& last = world.actors()[reached.nodes.back().actor];
  bool found = may(last);
  std::vector<access::Hop> way;
  if (found) way = reached.way_to(reached.nodes.size() - 1);
  if (run.json()) {
    Value hops = Value::list();
    for (const access::Hop& hop : way) hops.push_back(hop_value(world, hop));
    run.json()->line("path", Value::map({{"found", found},
                                         {"principal", world.actors()[*start].arn},
                                         {"action", flags.action},
                                         {"resource", flags.resource},
                                         {"tried", reached.nodes.size()},
                                         {"hops", std::move(hops)}}));
  }
  if (!found) {
    run.print(fmt::format("NO WAY  from {} to {} on {}, as itself or as any of {} it can become\n",
                          one_line(world.actors()[*start].arn), flags.action,
                          one_line(flags.resource), reached.nodes.size() - 1));
  } else {
    access::Answer answer = access::answer(world, {&last, flags.action, &*target, *context, {}},
                                           access::Detail::verdict);
    run.print(fmt::format("{} hop{} to {} on {}\n", way.size(), way.size() == 1 ? "" : "s",
                          flags.action, one_line(flags.resource)) +
              hops_text(world, way) +
              fmt::format("  then {} may {}\n     {}\n", one_line(last.arn), flags.action,
                          one_line(access::reason(answer.steps.front()))));
  }
  return found ? Exit::ok : Exit::approval;
}

}  // namespace

void add_access_path(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<PathFlags>();
  CLI::App* command = access.add_subcommand(
      "path", "By which roles a principal can come to do this. Exit code 0 a way, 5 none");
  command->add_option("principal", flags->principal, "ARN, role/NAME, ACCOUNT:user/NAME")
      ->required();
  command->add_option("action", flags->action, "As in policies: s3:GetObject")->required();
  command->add_option("resource", flags->resource, "ARN, or \"*\" for actions without one");
  add_context_flag(*command, *flags);
  add_access_source_flags(*command, *flags);
  command->footer(
      "Hops: sts:AssumeRole; iam:PassRole with what starts the service; taking over a user's keys\n"
      "or a role's trust.\n"
      "Examples:\n  mainstay access path user/ann s3:GetObject arn:aws:s3:::data/a\n"
      "  mainstay access path role/ci iam:CreateUser\n"
      "  mainstay access path 111111111111:role/app kms:Decrypt KEYARN --from access.json");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(path_command(*flags)); });
}

}  // namespace mainstay::cli
