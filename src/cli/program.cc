#include "cli/program.hh"

#include <fmt/core.h>

#include <cstdio>
#include <system_error>

#include "base/text.hh"
#include "cli/access/access_commands.hh"
#include "cli/app/app_commands.hh"
#include "cli/chaos/chaos_commands.hh"
#include "cli/cloud/cloud_commands.hh"
#include "cli/commands.hh"
#include "cli/db/db_commands.hh"
#include "cli/dns/dns_commands.hh"
#include "cli/journal/journal_commands.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/output.hh"
#include "cli/screen/screen.hh"
#include "cli/stack/stack_commands.hh"

namespace mainstay::cli {

Program::Program()
    : app_("mainstay: run an AWS platform, and rehearse every change on an embedded AWS",
           "mainstay") {
  app_.require_subcommand(1);
  app_.set_version_flag("--version", "mainstay " MAINSTAY_VERSION);
  add_up(app_, exit_code_);
  add_diff(app_, exit_code_);
  add_pin_zones(app_, exit_code_);
  add_rehearse(app_, exit_code_);
  add_info(app_, exit_code_);
  add_status(app_, exit_code_);
  add_drift(app_, exit_code_);
  add_graph(app_, exit_code_);
  add_watch(app_, exit_code_);
  add_down(app_, exit_code_);
  add_prune(app_, exit_code_);
  add_validate(app_, exit_code_);
  add_init(app_, exit_code_);
  add_import(app_, exit_code_);
  add_refactor(app_, exit_code_);
  add_history(app_, exit_code_);
  add_events(app_, exit_code_);
  add_review(app_, exit_code_);
  add_blueprints(app_, exit_code_);
  add_access(app_, exit_code_);
  add_app(app_, exit_code_);
  add_chaos(app_, exit_code_);
  add_dns(app_, exit_code_);
  add_db(app_, exit_code_);
  add_cloud(app_, exit_code_);
  add_explain(app_, exit_code_);
  add_schema(app_, exit_code_);
  add_completion(app_, exit_code_);
  add_man(app_);
  add_version(app_);
  add_help(app_, exit_code_);
  app_.footer(
      "Examples:\n  mainstay up examples/network/staging.env examples/network/stacker.yml\n"
      "  mainstay diff --profile prod prod.env stacker.yml\n"
      "  mainstay cloud serve --port 4566");
}

// What was typed stands in the message, and may have been pasted.
Error Program::misused(const CLI::ParseError& error, const std::vector<std::string>& words) {
  const auto all = [](CLI::App*) { return true; };
  CLI::App* at = &app_;
  std::string path = "mainstay";
  size_t depth = 0;
  for (bool deeper = true; deeper;) {
    deeper = false;
    for (CLI::App* command : at->get_subcommands(all))
      if (command->parsed()) {
        at = command;
        path += " " + at->get_name();
        ++depth;
        deeper = true;
        break;
      }
  }
  std::vector<std::string> names;
  for (CLI::App* command : at->get_subcommands(all)) names.push_back(command->get_name());
  bool misspelt = !names.empty() && depth < words.size() && !words[depth].starts_with('-');
  Error out("UsageInvalid", misspelt ? path + " has no command \"" + one_line(words[depth]) + "\""
                                     : one_line(error.what()));
  auto near = misspelt ? nearest(words[depth], names) : std::nullopt;
  return std::move(out).with_hint(near ? "did you mean `" + path + " " + *near + "`?"
                                       : "for help: " + path + " --help");
}

int Program::run(int argc, const char* const* argv) {
  int exit_code = run_command(argc, argv);
  Status written = check_output();
  if (written) return exit_code;
  RealEnvironment environment;
  std::string said = error_text(written.error(), RealFiles(),
                                style_for("auto", terminal_of(2, environment), environment));
  (void)std::fwrite(said.data(), 1, said.size(), stderr);
  return exit_code == 0 ? static_cast<int>(exit_of(written.error())) : exit_code;
}

int Program::run_command(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const std::system_error& error) {  // of fmt::print
    note_output_failure(std::string("a result can't be written: ") + error.what());
  } catch (const CLI::Success& asked) {  // help or the version
    return app_.exit(asked);
  } catch (const CLI::ParseError& error) {
    std::vector<std::string> words{argv + 1, argv + std::max(argc, 1)};
    if (words.empty()) fmt::print("{}\n", app_.help());
    Error said = misused(error, words);
    RealEnvironment environment;
    fmt::print(
        stderr, "{}",
        error_text(said, RealFiles(), style_for("auto", terminal_of(2, environment), environment)));
    return static_cast<int>(Exit::usage);
  }
  return exit_code_;
}

}  // namespace mainstay::cli
