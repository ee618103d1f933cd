#include <fmt/core.h>

#include "base/digest.hh"
#include "base/text.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/screen.hh"
#include "cli/stack/stack_commands.hh"
#include "cli/stack/stack_flags.hh"
#include "stacks/first_config.hh"

namespace mainstay::cli {
namespace {

struct InitFlags {
  TargetOptions target;
  std::string folder = ".", name_space, colour = "auto";
};

constexpr const char* config_name = "stacker.yml";

// What is there is never written over.
Status refuse_what_is_there(const Files& files, const std::string& folder,
                            const stacks::FirstConfig& first) {
  std::vector<std::string> names{config_name};
  for (const auto& [path, text] : first.templates) names.push_back(path);
  for (const std::string& name : names) {
    std::string path = join_path(folder, name);
    if (files.facts(path))
      return Error("FileUnwritable", path + " is there already; nothing was written")
          .with_hint("give another folder: mainstay init DIR");
  }
  return {};
}

Status write(Files& files, const std::string& folder, const stacks::FirstConfig& first) {
  CHECK_OK(refuse_what_is_there(files, folder, first));
  for (const auto& [path, text] : first.templates)
    CHECK_OK(files.write(join_path(folder, path), text));
  return files.write(join_path(folder, config_name), first.config);
}

Result<stacks::FirstConfig> look(const InitFlags& flags, const Environment& environment,
                                 const Files& files) {
  TargetContext context{environment, files, std::make_shared<RealClock>(), {}, 1, nullptr};
  TRY(Target target, open_target(flags.target, context));
  fmt::print(stderr, "{}\n", one_line(target.where));
  TRY(auto client, target.client(""));
  return stacks::first_config(stacks::CloudFormation(client, target.region), flags.name_space);
}

Exit init(const InitFlags& flags) {
  RealEnvironment environment;
  RealFiles files;
  auto fail = [&](const Error& error) {
    fmt::print(stderr, "{}",
               error_text(error, files,
                          style_for(flags.colour, terminal_of(2, environment), environment)));
    return exit_of(error);
  };
  auto first = look(flags, environment, files);
  if (!first) return fail(first.error());
  if (auto written = write(files, flags.folder, *first); !written) return fail(written.error());
  for (const std::string& note : first->notes) fmt::print(stderr, "note: {}\n", one_line(note));
  std::string path = join_path(flags.folder, config_name);
  fmt::print("{} stack{} written to {}\nNext: mainstay diff {}{}\n", first->stacks,
             first->stacks == 1 ? "" : "s", one_line(path), target_flags(flags.target),
             one_line(shell_quoted(path)));
  return Exit::ok;
}

}  // namespace

void add_init(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<InitFlags>();
  flags->target.reads = true;
  CLI::App* command =
      app.add_subcommand("init", "A first configuration, from the stacks that an account has");
  command->add_option("folder", flags->folder, "Where to write stacker.yml and templates/")
      ->capture_default_str();
  command->add_option("--namespace", flags->name_space,
                      "Only stacks that begin with it and a dash; it becomes the namespace");
  add_target_flags(*command, flags->target);
  command->add_option("--color", flags->colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->footer(
      "Examples:\n  mainstay init --profile prod\n"
      "  mainstay init --profile prod --namespace prod stacks/prod\n"
      "  mainstay init --endpoint http://127.0.0.1:4566 mine");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(init(*flags)); });
}

}  // namespace mainstay::cli
