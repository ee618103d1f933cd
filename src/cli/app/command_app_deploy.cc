#include <fmt/core.h>

#include <algorithm>

#include "apps/procfile.hh"
#include "base/text.hh"
#include "cli/app/app_commands.hh"
#include "cli/app/app_run.hh"

namespace mainstay::cli {
namespace {

struct DeployFlags : AppFlags {
  std::string image, procfile;
};
struct ScaleFlags : AppFlags {
  std::vector<std::string> processes;
};

// Processes that stay keep their count and size; "web" begins with one, others with none.
void take_processes(const std::vector<apps::Process>& given, apps::Release& next) {
  std::vector<apps::Process> taken;
  for (apps::Process process : given) {
    if (const apps::Process* before = next.process(process.name)) {
      process.count = before->count;
      process.size = before->size;
    } else {
      process.count = process.name == "web" ? 1 : 0;
    }
    taken.push_back(std::move(process));
  }
  next.processes = std::move(taken);
}

Exit deploy_command(const DeployFlags& flags) {
  std::vector<apps::Process> given;
  if (!flags.procfile.empty()) {
    AppRun run(flags);
    auto text = run.files().read(flags.procfile, apps::procfile_text_max);
    if (!text) return run.fail(text.error());
    auto read = apps::parse_procfile(*text, flags.procfile);
    if (!read) return run.fail(read.error());
    given = *read;
  }
  return release_command(flags, "deploy " + flags.image,
                         [&](apps::Releaser&, const apps::App&, apps::Release& next) -> Status {
                           next.image = flags.image;
                           if (!given.empty()) take_processes(given, next);
                           // Without a Procfile "web" runs what the image runs.
                           if (next.processes.empty())
                             next.processes = {apps::Process{.name = "web",
                                                             .command = {},
                                                             .environment = {},
                                                             .ports = {},
                                                             .constraints = {},
                                                             .strategies = {},
                                                             .is_service = true,
                                                             .count = 1,
                                                             .size = {}}};
                           return {};
                         });
}

// "web=2", "web=2:PX", "web=PX": what is not given stays.
Status scale(apps::Release& next, const std::string& word) {
  size_t equals = word.find('=');
  if (equals == std::string::npos)
    return Error("UsageInvalid",
                 "\"" + word + "\" is not PROCESS=COUNT, PROCESS=COUNT:SIZE or PROCESS=SIZE");
  apps::Process* process = next.process(word.substr(0, equals));
  if (!process) return Error("ProcessMissing", "there is no process " + word.substr(0, equals));
  std::string what = word.substr(equals + 1);
  // "512:1GB" is a size, "2:PX" a count and a size.
  auto size = apps::Size::parse(what);
  if (size) {
    process->size = *size;
    return {};
  }
  size_t colon = what.find(':');
  auto count = parse_int(what.substr(0, colon));
  if (!count) return size.error();
  if (*count < 0 || *count > 1000)
    return Error("UsageInvalid", "\"" + word + "\": a count is from 0 to 1000");
  process->count = *count;
  if (colon == std::string::npos) return {};
  TRY(process->size, apps::Size::parse(what.substr(colon + 1)));
  return {};
}

Exit scale_command(const ScaleFlags& flags) {
  return release_command(flags, "scale " + join(flags.processes, " "),
                         [&](apps::Releaser&, const apps::App&, apps::Release& next) -> Status {
                           for (const std::string& word : flags.processes)
                             CHECK_OK(scale(next, word));
                           return {};
                         });
}

}  // namespace

void add_app_deploy(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<DeployFlags>();
  CLI::App* command = add_app_command(app, exit_code, "deploy", "A release with another image",
                                      flags, deploy_command);
  command->add_option("image", flags->image, "The image, as shop:42")->required();
  command->add_option(
      "--procfile", flags->procfile,
      "Its processes; else they stay as they are, or \"web\" is the image's own command");
  command->add_flag("--anyway", flags->anyway, "Also where the cluster has no room for all of it");
  command->footer(
      "Examples:\n  mainstay app deploy shop shop:42\n"
      "  mainstay app deploy shop shop:42 --procfile Procfile\n"
      "  mainstay app deploy shop shop:42 --anyway");
}

void add_app_scale(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<ScaleFlags>();
  CLI::App* command = add_app_command(app, exit_code, "scale",
                                      "Other counts and sizes of processes", flags, scale_command);
  command
      ->add_option("processes", flags->processes,
                   "web=2, web=2:PX, web=PX (the count stays), web=512:1GB")
      ->required();
  command->add_flag("--anyway", flags->anyway, "Also where the cluster has no room for all of it");
  command->footer(
      "Examples:\n  mainstay app scale shop web=3 worker=1\n"
      "  mainstay app scale shop web=PX\n"
      "  mainstay app scale shop web=2:512:1GB");
}

}  // namespace mainstay::cli
