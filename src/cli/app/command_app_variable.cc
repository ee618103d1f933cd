#include <fmt/core.h>

#include <algorithm>

#include "base/text.hh"
#include "cli/app/app_commands.hh"
#include "cli/app/app_run.hh"

namespace mainstay::cli {
namespace {

struct VariableFlags : AppFlags {
  std::vector<std::string> words;
};

bool is_variable(std::string_view name) {
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 200 && (name[0] < '0' || name[0] > '9') &&
         std::all_of(name.begin(), name.end(), fits);
}

// Names alone: a value never stands in a release.
std::string names_of(const std::vector<std::string>& pairs) {
  std::vector<std::string> names;
  for (const std::string& pair : pairs) names.push_back(pair.substr(0, pair.find('=')));
  return join(names, " ");
}

Exit set_command(const VariableFlags& flags) {
  return release_command(
      flags, "set " + names_of(flags.words),
      [&](apps::Releaser& releaser, const apps::App& app, apps::Release& next) -> Status {
        for (const std::string& pair : flags.words) {
          size_t equals = pair.find('=');
          if (equals == std::string::npos || !is_variable(pair.substr(0, equals)))
            return Error("UsageInvalid",
                         "\"" + pair.substr(0, equals) +
                             "\" is not NAME=VALUE, a name of letters, digits and _");
          if (equals + 1 == pair.size())
            return Error("UsageInvalid", pair.substr(0, equals) +
                                             " would be empty, which Systems Manager keeps no "
                                             "value of; mainstay app unset takes it away");
        }
        for (const std::string& pair : flags.words) {
          size_t equals = pair.find('=');
          TRY(next.variables[pair.substr(0, equals)],
              releaser.shelf().add_variable(app, pair.substr(0, equals), pair.substr(equals + 1)));
        }
        return {};
      });
}

Exit unset_command(const VariableFlags& flags) {
  return release_command(flags, "unset " + join(flags.words, " "),
                         [&](apps::Releaser&, const apps::App&, apps::Release& next) -> Status {
                           for (const std::string& name : flags.words)
                             if (next.variables.erase(name) == 0)
                               return Error("VariableUnknown", "there is no variable " + name);
                           return {};
                         });
}

Exit env_command(const AppFlags& flags) {
  AppRun run(flags);
  auto opened = run.open_app();
  if (!opened) return run.fail(opened.error());
  auto& [releaser, app] = *opened;
  auto release = releaser->deployed(app);
  if (!release) return run.fail(release.error());
  if (!*release) return Exit::ok;
  for (const auto& [name, number] : (*release)->variables) {
    auto value = releaser->shelf().variable(app, name, number);
    if (!value) return run.fail(value.error());
    run.line("variable", Value::map({{"name", name}, {"value", *value}}),
             name + "=" + *value + "\n");
  }
  return Exit::ok;
}

}  // namespace

void add_app_variable(CLI::App& app, int& exit_code) {
  auto set = std::make_shared<VariableFlags>();
  CLI::App* command = add_app_command(app, exit_code, "set", "A release with these variables, too",
                                      set, set_command);
  command->add_option("variables", set->words, "NAME=VALUE")->required();
  command->add_flag("--anyway", set->anyway, "Also where the cluster has no room for all of it");
  command->footer(
      "Examples:\n  mainstay app set shop MODE=test\n"
      "  mainstay app set shop MODE=live DATABASE_URL=postgres://db/shop\n"
      "  mainstay app set shop MODE=test --profile staging");
  auto unset = std::make_shared<VariableFlags>();
  command = add_app_command(app, exit_code, "unset", "A release without these variables", unset,
                            unset_command);
  command->add_option("names", unset->words, "Names of variables")->required();
  command->footer(
      "Examples:\n  mainstay app unset shop MODE\n"
      "  mainstay app unset shop MODE DATABASE_URL\n"
      "  mainstay app unset shop MODE --profile staging");
  command = add_app_command(app, exit_code, "env",
                            "The variables of the deployed release, with their values",
                            std::make_shared<AppFlags>(), env_command);
  command->footer(
      "Examples:\n  mainstay app env shop\n"
      "  mainstay app env shop --json\n"
      "  mainstay app env shop --profile staging");
}

}  // namespace mainstay::cli
