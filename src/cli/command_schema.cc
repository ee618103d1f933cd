#include <fmt/core.h>

#include "base/json.hh"
#include "cli/commands.hh"
#include "cli/screen/carried_texts.hh"
#include "stacks/config_keys.hh"

namespace mainstay::cli {

void add_schema(CLI::App& app, int& exit_code) {
  auto what = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("schema", "Print a JSON Schema");
  command
      ->add_option("what", *what,
                   "config: of configurations, for editors; ndjson: of the lines of --json")
      ->required()
      ->check(CLI::IsMember({"config", "ndjson"}));
  command->footer(
      "Examples:\n  mainstay schema config > config.schema.json\n"
      "  mainstay schema ndjson > ndjson.schema.json\n"
      "  mainstay schema config | jq '.\"$defs\".stack.properties | keys'");
  command->callback([what, &exit_code] {
    if (*what == "config")
      fmt::print("{}\n", to_json_pretty(stacks::config_schema()));
    else
      fmt::print("{}", ndjson_schema_text());
    exit_code = 0;
  });
}

}  // namespace mainstay::cli
