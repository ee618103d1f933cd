#include "cli/manual.hh"

#include "base/text.hh"
#include "cli/completion.hh"

namespace mainstay::cli {
namespace {

// A line of roff that is only text: dots and quotes at its beginning, and backslashes, are escaped.
std::string plain(const std::string& text) {
  std::string out = replace_all(replace_all(text, "\\", "\\e"), "-", "\\-");
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

CLI::App& app_at(CLI::App& app, const std::string& path) {
  CLI::App* at = &app;
  for (const std::string& word : split(path, " "))
    if (!word.empty()) at = at->get_subcommand(word);
  return *at;
}

std::string options_text(const CompletedCommand& command) {
  std::string text;
  for (const CompletedOption& option : command.options)
    text += ".TP\n\\fB" + plain(join(option.names, ", ")) + "\\fR" +
            (option.takes_value ? " \\fIVALUE\\fR" : "") + "\n" + plain(option.description) + "\n";
  return text;
}

std::string examples_text(CLI::App& app) {
  std::string text;
  for (const std::string& line : split(app.get_footer(), "\n"))
    if (line.starts_with("  ")) text += plain(std::string(trim(line))) + "\n";
  return text.empty() ? "" : ".PP\nExamples:\n.PP\n.nf\n.RS\n" + text + ".RE\n.fi\n";
}

}  // namespace

std::string manual_page(CLI::App& app) {
  std::string text = ".TH MAINSTAY 1 \"\" \"mainstay " MAINSTAY_VERSION
                     "\"\n.SH NAME\nmainstay \\- run an AWS platform, and rehearse every change\n"
                     ".SH SYNOPSIS\n.B mainstay\n.I COMMAND\n[\\fIOPTION\\fR...]\n.SH COMMANDS\n";
  for (const CompletedCommand& command : completed_commands(app)) {
    if (command.path.empty()) continue;
    CLI::App& at = app_at(app, command.path);
    text += ".SS \"mainstay " + plain(command.path) + "\"\n" + plain(command.description) + ".\n" +
            options_text(command) + examples_text(at);
  }
  return text +
         ".SH EXIT STATUS\n0 done, 1 internal error, 2 changes (where asked for), 3 usage or "
         "configuration, 4 failed and rolled back, 5 a yes is needed, 6 credentials, 7 locked, 8 "
         "rollback failed, 9 took too long, 130 interrupted.\n";
}

}  // namespace mainstay::cli
