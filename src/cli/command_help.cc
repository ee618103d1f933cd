#include <fmt/core.h>

#include "base/text.hh"
#include "cli/commands.hh"
#include "cli/manual.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/screen.hh"

namespace mainstay::cli {
namespace {

Exit help(CLI::App& app, const std::vector<std::string>& words) {
  CLI::App* at = &app;
  std::string path = app.get_name();
  for (const std::string& word : words) {
    CLI::App* next = nullptr;
    for (CLI::App* child : at->get_subcommands([](CLI::App*) { return true; }))
      if (child->check_name(word)) next = child;
    if (!next) {
      RealEnvironment environment;
      Error error("UsageInvalid", "there is no command \"" + one_line(join(words, " ")) + "\"");
      fmt::print(stderr, "{}",
                 error_text(std::move(error).with_hint("`mainstay help` lists them"), RealFiles(),
                            style_for("auto", terminal_of(2, environment), environment)));
      return Exit::usage;
    }
    at = next;
    path += " " + at->get_name();
  }
  // App::help would speak of the command that was given, which is this one.
  fmt::print("{}", at->get_formatter()->make_help(at, path, CLI::AppFormatMode::Normal));
  return Exit::ok;
}

}  // namespace

void add_help(CLI::App& app, int& exit_code) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("help", "What a command does");
  command->add_option("command", *words, "The command; none: all there are");
  command->footer(
      "Examples:\n  mainstay help\n  mainstay help up\n"
      "  mainstay help access can");
  command->callback([words, &app, &exit_code] { exit_code = static_cast<int>(help(app, *words)); });
}

void add_version(CLI::App& app) {
  CLI::App* command = app.add_subcommand("version", "Which version this is");
  command->footer(
      "Examples:\n  mainstay version\n  mainstay version | cut -d' ' -f2\n"
      "  (mainstay version && uname -a)");
  command->callback([] { fmt::print("mainstay {}\n", MAINSTAY_VERSION); });
}

void add_man(CLI::App& app) {
  CLI::App* command = app.add_subcommand("man", "All of it as a manual page, in roff");
  command->footer(
      "Examples:\n  mainstay man | man -l -\n"
      "  mainstay man > ~/.local/share/man/man1/mainstay.1\n"
      "  mainstay man | groff -man -Tpdf > mainstay.pdf");
  command->callback([&app] { fmt::print("{}", manual_page(app)); });
}

}  // namespace mainstay::cli
