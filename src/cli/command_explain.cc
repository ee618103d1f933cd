#include <fmt/core.h>

#include "base/digest.hh"
#include "base/text.hh"
#include "cli/commands.hh"
#include "cli/screen/error_pages.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/ndjson.hh"

namespace mainstay::cli {
namespace {

struct CodeFlags {
  std::string code;
  std::string colour = "auto";
  bool json = false;
};

Exit explain_code(const CodeFlags& flags) {
  RealEnvironment environment;
  RealClock clock;
  Style style = style_for(flags.colour, terminal_of(1, environment), environment);
  std::unique_ptr<Ndjson> json;
  if (flags.json) {
    json = std::make_unique<Ndjson>(clock, hex_encode(secure_random(6)));
    json->add(stdout);
  }
  std::vector<const ErrorPage*> shown;
  if (flags.code.empty()) {
    for (const ErrorPage& page : error_pages()) shown.push_back(&page);
  } else {
    auto page = find_error_page(flags.code);
    if (!page) {
      if (json)
        json->error(page.error());
      else
        fmt::print(stderr, "{}",
                   error_text(page.error(), RealFiles(),
                              style_for(flags.colour, terminal_of(2, environment), environment)));
      return exit_of(page.error());
    }
    shown.push_back(*page);
  }
  for (const ErrorPage* page : shown) {
    if (json)
      json->line("error_page", page_value(*page));
    else
      fmt::print("{}", flags.code.empty() ? page->code + "\n" : page_text(*page, style));
  }
  return Exit::ok;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<CodeFlags>();
  CLI::App* command = app.add_subcommand("explain", "What an error code means and what to do");
  command->add_option("code", flags->code, "As printed in brackets; none: lists them");
  command->add_option("--color", flags->colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->add_flag("--json", flags->json, "One JSON object a line on standard output");
  command->footer(
      "Examples:\n  mainstay explain ConfigInvalid\n  mainstay explain\n"
      "  mainstay explain --json StackFailed");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(explain_code(*flags)); });
}

}  // namespace mainstay::cli
