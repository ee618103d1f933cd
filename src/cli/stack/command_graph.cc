#include "base/json.hh"
#include "base/text.hh"
#include "cli/stack/stack_commands.hh"
#include "cli/stack/stack_run.hh"
#include "stacks/plan.hh"

namespace mainstay::cli {
namespace {

struct GraphFlags : StackFlags {
  std::string format = "dot";
  bool reduce = false;
};

std::string dot_text(const graph::Dag& plan) {
  std::string text = "digraph stacks {\n";
  auto quoted = [](const std::string& name) {
    std::string out;
    append_json_string(out, name);
    return printable_json(out);
  };
  for (graph::Node n = 0; n < plan.size(); ++n) {
    if (plan.dependencies(n).empty() && plan.dependents(n).empty())
      text += "  " + quoted(plan.name(n)) + ";\n";
    for (graph::Node d : plan.dependencies(n))
      text += "  " + quoted(plan.name(n)) + " -> " + quoted(plan.name(d)) + ";\n";
  }
  return text + "}\n";
}

// stacker's form: {"steps": {name: {"deps": [names]}}}
std::string json_text(const graph::Dag& plan) {
  Value steps = Value::map();
  for (graph::Node n = 0; n < plan.size(); ++n) {
    Value names = Value::list();
    for (graph::Node d : plan.dependencies(n)) names.push_back(plan.name(d));
    steps.set(plan.name(n), Value::map({{"deps", std::move(names)}}));
  }
  return printable_json(to_json_pretty(Value::map({{"steps", std::move(steps)}}))) + "\n";
}

Exit graph_command(const GraphFlags& flags) {
  StackFlags text_only = flags;
  text_only.json = false;  // the graph is one document, not a line of many
  StackRun run(text_only);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  auto plan = stacks::plan_of(run.config());
  if (plan && flags.reduce) plan = plan->reduced();
  if (!plan) return run.fail(plan.error());
  run.print(flags.format == "json" || flags.json ? json_text(*plan) : dot_text(*plan));
  return Exit::ok;
}

}  // namespace

void add_graph(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<GraphFlags>();
  CLI::App* command = app.add_subcommand("graph", "Print which stack depends on which");
  add_common_flags(*command, *flags);
  command->add_option("-f,--format", flags->format, "dot or json")
      ->check(CLI::IsMember({"dot", "json"}));
  command->add_flag("--reduce", flags->reduce, "Leave out edges that others imply");
  command->footer(
      "Examples:\n  mainstay graph prod.env stacker.yml | dot -Tsvg > stacks.svg\n"
      "  mainstay graph --reduce prod.env stacker.yml\n"
      "  mainstay graph -f json prod.env stacker.yml");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(graph_command(*flags)); });
}

}  // namespace mainstay::cli
