#include "cli/program.hh"

#include "cli/access_commands.hh"
#include "cli/commands.hh"
#include "cli/exit_codes.hh"

namespace mainstay::cli {

Program::Program()
    : app_("mainstay: run an AWS platform, and rehearse every change on an embedded AWS",
           "mainstay") {
  app_.require_subcommand(1);
  app_.set_version_flag("--version", "mainstay " MAINSTAY_VERSION);
  add_up(app_, exit_code_);
  add_diff(app_, exit_code_);
  add_info(app_, exit_code_);
  add_graph(app_, exit_code_);
  add_down(app_, exit_code_);
  add_access(app_, exit_code_);
  add_cloud(app_, exit_code_);
  add_explain(app_, exit_code_);
  add_schema(app_, exit_code_);
  add_completion(app_, exit_code_);
  app_.footer(
      "Examples:\n  mainstay up examples/network/staging.env examples/network/stacker.yml\n"
      "  mainstay diff --profile prod prod.env stacker.yml\n"
      "  mainstay cloud serve --port 4566");
}

int Program::run(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app_.exit(error) == 0 ? 0 : static_cast<int>(Exit::usage);
  }
  return exit_code_;
}

}  // namespace mainstay::cli
