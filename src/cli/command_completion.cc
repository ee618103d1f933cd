#include <fmt/core.h>

#include "cli/commands.hh"
#include "cli/completion.hh"

namespace mainstay::cli {

void add_completion(CLI::App& app, int& exit_code) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("completion", "A script that completes commands in a shell");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer(
      "Examples:\n  source <(mainstay completion bash)\n"
      "  mainstay completion zsh > ~/.zfunc/_mainstay\n"
      "  mainstay completion fish > ~/.config/fish/completions/mainstay.fish");
  command->callback([shell, &app, &exit_code] {
    fmt::print("{}", completion_script(completed_commands(app), *shell));
    exit_code = 0;
  });
}

}  // namespace mainstay::cli
