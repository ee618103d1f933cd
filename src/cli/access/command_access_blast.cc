#include <fmt/core.h>

#include "access/blast.hh"
#include "base/text.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_run.hh"

namespace mainstay::cli {
namespace {

constexpr size_t blast_listed_max = 8;

struct BlastFlags : AccessFlags {
  std::string principal;
  bool all = false;
};

std::string few(const std::set<std::string>& items, size_t most) {
  std::string text;
  size_t listed = 0;
  for (const std::string& item : items) {
    if (listed++ == most) return text + fmt::format(" and {} more", items.size() - most);
    text += (text.empty() ? "" : ", ") + one_line(item);
  }
  return text;
}

std::set<std::string> without_prefix(const std::set<std::string>& actions,
                                     const std::string& service) {
  std::set<std::string> out;
  for (const std::string& action : actions) out.insert(action.substr(service.size() + 1));
  return out;
}

std::string reached_text(const access::World& world, const access::Blast& blast) {
  const auto& nodes = blast.reached.nodes;
  std::string text = fmt::format("{}, and {} principal{} that it can become\n",
                                 one_line(world.actors()[nodes[0].actor].arn), nodes.size() - 1,
                                 nodes.size() == 2 ? "" : "s");
  for (size_t i = 1; i < nodes.size(); ++i)
    text +=
        fmt::format("  becomes {} by {}, from {}\n", one_line(world.actors()[nodes[i].actor].arn),
                    nodes[i].by->how, one_line(world.actors()[nodes[i].by->from].arn));
  return text;
}

std::string service_text(const std::string& service, const access::Damage& damage, size_t most,
                         size_t actions_most) {
  const std::set<std::string>& where = damage.data.empty() ? damage.resources : damage.data;
  return fmt::format("  {}  {} action{}: {}\n      on {}\n", service, damage.actions.size(),
                     damage.actions.size() == 1 ? "" : "s",
                     few(without_prefix(damage.actions, service), actions_most), few(where, most));
}

// Services of which the snapshot has data come first; of the others a few, unless all are wanted.
std::string damage_text(access::Effect effect,
                        const std::map<std::string, access::Damage>& services, bool all) {
  constexpr size_t actions_listed_max = 4;
  size_t most = all ? std::string::npos : blast_listed_max;
  size_t actions_most = all ? most : actions_listed_max;
  std::string with_data, others;
  std::set<std::string> hidden;
  size_t listed = 0;
  for (const auto& [service, damage] : services) {
    if (!damage.data.empty())
      with_data += service_text(service, damage, most, actions_most);
    else if (services.size() <= most || listed++ < actions_listed_max)
      others += service_text(service, damage, most, actions_most);
    else
      hidden.insert(service);
  }
  std::string text = fmt::format("\n{}  {} service{}\n", to_upper(access::effect_name(effect)),
                                 services.size(), services.size() == 1 ? "" : "s");
  text += with_data + others;
  if (!hidden.empty())
    text += fmt::format("  and {} more services: {} (--all lists them)\n", hidden.size(),
                        few(hidden, most));
  return text;
}

Value set_value(const std::set<std::string>& items) {
  Value out = Value::list();
  for (const std::string& item : items) out.push_back(item);
  return out;
}

void blast_lines(Ndjson& out, const access::World& world, const access::Blast& blast) {
  for (const access::Reached::Node& node : blast.reached.nodes)
    if (node.by)
      out.line("becomes", Value::map({{"principal", world.actors()[node.actor].arn},
                                      {"from", world.actors()[node.by->from].arn},
                                      {"how", node.by->how},
                                      {"why", node.by->why},
                                      {"hops", node.depth}}));
  for (const auto& [effect, services] : blast.damage)
    for (const auto& [service, damage] : services) {
      Value through = Value::list();
      for (size_t actor : damage.actors) through.push_back(world.actors()[actor].arn);
      out.line("blast", Value::map({{"effect", access::effect_name(effect)},
                                    {"service", service},
                                    {"actions", set_value(damage.actions)},
                                    {"resources", set_value(damage.resources)},
                                    {"data", set_value(damage.data)},
                                    {"through", std::move(through)}}));
    }
}

Exit blast_command(const BlastFlags& flags) {
  AccessRun run(flags);
  auto context = run.context();
  if (!context) return run.fail(context.error());
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto start = run.world().place_of(flags.principal);
  if (!start) return run.fail(start.error());
  actions::ActionTable table;
  access::Blast blast = access::blast_of(run.world(), table, *start, *context);
  if (run.json()) blast_lines(*run.json(), run.world(), blast);
  std::string text = reached_text(run.world(), blast);
  for (const auto& [effect, services] : blast.damage)
    text += damage_text(effect, services, flags.all);
  if (blast.damage.empty()) text += "it may do nothing\n";
  run.print(text);
  return Exit::ok;
}

}  // namespace

void add_access_blast(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<BlastFlags>();
  CLI::App* command = access.add_subcommand(
      "blast", "What a principal, and whoever it can become, could read, change, delete");
  command->add_option("principal", flags->principal, "ARN, role/NAME, ACCOUNT:user/NAME")
      ->required();
  command->add_flag("--all", flags->all, "List every service, action and resource");
  add_context_flag(*command, *flags);
  add_access_source_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay access blast role/EMR_DefaultRole\n"
      "  mainstay access blast user/ann --from access.json\n"
      "  mainstay access blast 111111111111:role/app --json");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(blast_command(*flags)); });
}

}  // namespace mainstay::cli
