#include <fmt/core.h>

#include "base/text.hh"
#include "cli/commands.hh"
#include "cli/completion.hh"
#include "cli/screen/exit_codes.hh"

namespace mainstay::cli {
namespace {

// What the scripts ask for while somebody types.
void print_words(const std::string& what, const std::vector<std::string>& line) {
  for (const std::string& word : completed_words(what, line, RealEnvironment(), RealFiles()))
    fmt::print("{}\n", one_line(word));
}

}  // namespace

void add_completion(CLI::App& app, int& exit_code) {
  auto shell = std::make_shared<std::string>();
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      app.add_subcommand("completion", "A script that completes commands in a shell");
  command->add_option("shell", *shell, "bash, zsh or fish; words: what their scripts ask for")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish", "words"}));
  command->add_option("words", *words, "Of words: profiles or stacks, then a command line");
  command->footer(
      "Examples:\n  source <(mainstay completion bash)\n"
      "  mainstay completion zsh > ~/.zfunc/_mainstay\n"
      "  mainstay completion fish > ~/.config/fish/completions/mainstay.fish");
  command->prefix_command();  // a command line has flags of its own
  command->callback([shell, words, command, &app, &exit_code] {
    if (*shell != "words") {
      if (!words->empty() || command->remaining_size() > 0) {
        fmt::print(stderr, "error[UsageInvalid]: completion takes a shell and nothing else\n");
        exit_code = static_cast<int>(Exit::usage);
        return;
      }
      fmt::print("{}", completion_script(completed_commands(app), *shell));
    } else if (!words->empty()) {
      std::vector<std::string> line(words->begin() + 1, words->end());
      for (const std::string& word : command->remaining()) line.push_back(word);
      print_words(words->front(), line);
    }
  });
}

}  // namespace mainstay::cli
