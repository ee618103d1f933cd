#include <fmt/core.h>

#include "base/json.hh"
#include "base/text.hh"
#include "blueprints/blueprint.hh"
#include "cli/stack/stack_commands.hh"
#include "cli/stack/stack_run.hh"

namespace mainstay::cli {
namespace {

struct BlueprintFlags {
  std::string name;
  bool json = false, markdown = false;
  std::vector<std::string> files;  // [ENVFILE] CONFIG, whose own classes are told too
};

struct Told {
  std::string name, type, about;
  bool required = false;
  Value otherwise;
};

struct Class {
  std::string name, about, from;
  std::vector<Told> variables;
};

std::string_view type_text(const blueprints::Variable& variable) {
  using enum blueprints::VariableType;
  static constexpr std::pair<blueprints::VariableType, std::string_view> names[] = {
      {text, "text"}, {boolean, "true or false"}, {integer, "number"},     {list, "list"},
      {map, "map"},   {resource, "one resource"}, {resources, "resources"}};
  for (const auto& [type, name] : names)
    if (type == variable.type) return name;
  return variable.resource_type;
}

Class class_of(const blueprints::Blueprint& blueprint) {
  Class told{std::string(blueprint.name), std::string(blueprint.description), "mainstay", {}};
  for (const blueprints::Variable& v : blueprint.variables)
    told.variables.push_back({std::string(v.name), std::string(type_text(v)),
                              std::string(v.description), v.required, v.otherwise});
  return told;
}

// Of a class in Python, as its process describes it.
Class class_of(const std::string& name, const Value& described) {
  Class told{name, described["description"].as_string(), described["file"].as_string(), {}};
  for (const Value& v : described["variables"].items())
    told.variables.push_back({v["name"].as_string(), v["type"].as_string(),
                              v["description"].as_string(), v["required"].as_bool(), v["default"]});
  return told;
}

Value value_of(const Class& told) {
  Value variables = Value::list();
  for (const Told& v : told.variables)
    variables.push_back(Value::map({{"name", v.name},
                                    {"type", v.type},
                                    {"required", v.required},
                                    {"default", v.otherwise},
                                    {"description", v.about}}));
  return Value::map({{"name", told.name},
                     {"description", told.about},
                     {"from", told.from},
                     {"variables", std::move(variables)}});
}

std::string text_of(const Class& told) {
  std::string text = one_line(told.name) + "  " + one_line(told.about) + "\n";
  if (told.from != "mainstay") text += "  " + one_line(told.from) + "\n";
  for (const Told& v : told.variables) {
    std::string more = v.required || v.otherwise.is_null() ? "" : ", " + to_json(v.otherwise);
    text += fmt::format("  {}{}  {}{}\n", one_line(v.name), v.required ? " (required)" : "",
                        one_line(v.type), one_line(more));
    if (!v.about.empty()) text += "      " + one_line(v.about) + "\n";
  }
  return text;
}

std::string cell(const std::string& text) {
  std::string out;
  for (char c : one_line(text)) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string markdown_of(const Class& told) {
  std::string text = "## " + told.name + "\n\n" + told.about + "\n";
  if (told.variables.empty()) return text + "\nIt has no variables.\n\n";
  text += "\n| variable | type | default | |\n|---|---|---|---|\n";
  for (const Told& v : told.variables) {
    std::string otherwise = v.required              ? "required"
                            : v.otherwise.is_null() ? ""
                                                    : "`" + to_json(v.otherwise) + "`";
    text += "| `" + v.name + "` | " + cell(v.type) + " | " + cell(otherwise) + " | " +
            cell(v.about) + " |\n";
  }
  return text + "\n";
}

constexpr const char* page_start =
    "# Blueprints\n\n"
    "The classes that the program makes templates for by itself, under the names that `class_path` "
    "has\n"
    "them by. This page is what `mainstay blueprints --markdown` prints. Every other class, of\n"
    "stacker_blueprints or of your own, runs in Python (docs/stacks.md).\n\n";

// Ours, and those that the stacks of a configuration name and ours are not.
Result<std::vector<Class>> classes(StackRun* run) {
  std::vector<Class> all;
  for (const blueprints::Blueprint& blueprint : blueprints::all())
    all.push_back(class_of(blueprint));
  if (!run) return all;
  std::set<std::string> seen;
  for (const stacks::StackConfig& stack : run->config().stacks) {
    if (stack.class_path.empty() || blueprints::find(stack.class_path) ||
        !seen.insert(stack.class_path).second)
      continue;
    TRY(Value described, run->programs().describe(stack.class_path));
    all.push_back(class_of(stack.class_path, described));
  }
  return all;
}

// One by its name: ours, else any class that Python finds in the current folder.
Result<Class> one_class(const BlueprintFlags& flags, StackRun& run) {
  auto ours = blueprints::find(flags.name);
  if (ours) return class_of(**ours);
  TRY(Value described, run.programs().describe(flags.name));
  return class_of(flags.name, described);
}

void print(const BlueprintFlags& flags, const std::vector<Class>& all, bool whole) {
  if (flags.json) {
    Value list = Value::list();
    for (const Class& told : all) list.push_back(value_of(told));
    fmt::print("{}\n", printable_json(to_json_pretty(list)));
    return;
  }
  for (const Class& told : all) {
    if (flags.markdown)
      fmt::print("{}", markdown_of(told));
    else if (whole)
      fmt::print("{}", text_of(told));
    else
      fmt::print("{}  {}\n", one_line(told.name), one_line(told.about));
  }
}

Exit blueprints_command(const BlueprintFlags& flags) {
  StackFlags stack_flags;
  stack_flags.target.memory = true;
  stack_flags.files = flags.files;
  StackRun run(stack_flags);
  if (!flags.files.empty())
    if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (flags.name.empty()) {
    auto all = classes(flags.files.empty() ? nullptr : &run);
    if (!all) return run.fail(all.error());
    if (flags.markdown) fmt::print("{}", page_start);
    print(flags, *all, false);
    return Exit::ok;
  }
  auto told = one_class(flags, run);
  if (!told) return run.fail(told.error());
  print(flags, {*told}, true);
  return Exit::ok;
}

}  // namespace

void add_blueprints(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<BlueprintFlags>();
  CLI::App* command =
      app.add_subcommand("blueprints", "List the classes that stacks can be made from");
  command->add_option("NAME", flags->name, "Only this class, with its variables");
  command
      ->add_option("-c,--config", flags->files,
                   "Also the classes in Python that this configuration names")
      ->type_name("[ENVFILE] CONFIG")
      ->expected(1, 2);
  command->add_flag("--json", flags->json, "One JSON document");
  command->add_flag("--markdown", flags->markdown, "Tables of Markdown, as in docs/blueprints.md");
  command->footer(
      "Examples:\n  mainstay blueprints\n  mainstay blueprints stacker_blueprints.vpc.VPC\n"
      "  mainstay blueprints --config prod.env stacker.yml");
  command->callback(
      [flags, &exit_code] { exit_code = static_cast<int>(blueprints_command(*flags)); });
}

}  // namespace mainstay::cli
