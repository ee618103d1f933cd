#include "cli/program.hh"

#include <doctest/doctest.h>

#include "base/text.hh"
#include "cli/completion.hh"

using namespace mainstay;
using namespace mainstay::cli;

namespace {

void check_help(CLI::App& app, const std::string& path) {
  INFO("mainstay" << path);
  std::string help = app.help();
  size_t examples = 0;
  std::string begin = "  mainstay" + path, inside = "(mainstay" + path;
  for (const std::string& line :
       split(help.substr(std::min(help.find("Examples:"), help.size())), "\n"))
    examples += line.starts_with(begin) || line.contains(inside);
  CHECK(examples == 3);
  CHECK_FALSE(app.get_description().empty());
  for (const CLI::Option* option : app.get_options()) {
    INFO(option->get_name());
    CHECK_FALSE(option->get_description().empty());
  }
  for (CLI::App* child : app.get_subcommands([](CLI::App*) { return true; }))
    check_help(*child, path + " " + child->get_name());
}

}  // namespace

TEST_CASE("every command's help says what each flag is for, and has three examples") {
  Program program;
  check_help(program.app(), "");
}

TEST_CASE("completion knows the whole tree") {
  Program program;
  auto commands = completed_commands(program.app());
  auto named = [&](const std::string& path) {
    auto it = std::ranges::find(commands, path, &CompletedCommand::path);
    REQUIRE(it != commands.end());
    return *it;
  };
  CHECK(named("up").names == std::vector<std::string>{"up", "build"});
  CHECK(named("access").children.size() >= 11);
  CHECK(named("completion").choices == std::vector<std::string>{"bash", "zsh", "fish", "words"});
  CompletedCommand diff = named("diff");
  auto colour = std::ranges::find_if(
      diff.options, [](const CompletedOption& o) { return o.names.front() == "--color"; });
  REQUIRE(colour != diff.options.end());
  CHECK(colour->choices == std::vector<std::string>{"auto", "always", "never"});
  for (const char* shell : {"bash", "zsh", "fish"})
    for (const CompletedCommand& command : commands)
      CHECK(completion_script(commands, shell).contains("'" + command.path + "'"));
}
