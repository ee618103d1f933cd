#include <fmt/core.h>

#include "base/json.hh"
#include "cli/app/app_commands.hh"
#include "cli/app/app_run.hh"
#include "placement/query.hh"

namespace mainstay::cli {
namespace {

constexpr size_t policy_bytes_max = 10'240;  // of all inline policies of a role

struct CreateFlags : AppFlags {
  std::string cluster = "default", policy;
  std::vector<std::string> constraints;
};
struct DestroyFlags : AppFlags {
  bool yes = false;
};

Result<apps::App> read_app(const CreateFlags& flags, RealFiles& files) {
  CHECK_OK(apps::check_app_name(flags.name));
  apps::App app;
  app.name = flags.name;
  app.cluster = flags.cluster;
  for (const std::string& expression : flags.constraints) {
    if (auto query = placement::Query::parse(expression); !query)
      return Error("UsageInvalid", "--constraint \"" + expression + "\": " + query.error().message);
    app.constraints.push_back(expression);
  }
  if (flags.policy.empty()) return app;
  TRY(app.task_policy, files.read(flags.policy, policy_bytes_max));
  auto parsed = parse_json(app.task_policy);
  if (!parsed) return Error(parsed.error()).because(flags.policy);
  return app;
}

Exit create_command(const CreateFlags& flags) {
  AppRun run(flags);
  auto app = read_app(flags, run.files());
  if (!app) return run.fail(app.error());
  auto releaser = run.open();
  if (!releaser) return run.fail(releaser.error());
  if (Status added = (*releaser)->shelf().add(*app); !added) return run.fail(added.error());
  return run.done("app", app->to_value(),
                  fmt::format("{} is there, on cluster {}; next: mainstay app deploy {} IMAGE\n",
                              app->name, app->cluster, app->name));
}

Exit destroy_command(const DestroyFlags& flags) {
  AppRun run(flags);
  auto opened = run.open_app();
  if (!opened) return run.fail(opened.error());
  auto& [releaser, app] = *opened;
  if (!flags.yes)
    return run.fail(Error("ApprovalNeeded",
                          app.name + " would be deleted: its stack " + app.stack() + ", its " +
                              std::to_string(app.newest) + " releases and its variables")
                        .with_hint("allow it with --yes"));
  if (Status gone = releaser->destroy(app); !gone) return run.fail(gone.error());
  return run.done("destroyed", Value::map({{"app", app.name}}), app.name + " is gone\n");
}

}  // namespace

void add_app_create(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<CreateFlags>();
  CLI::App* command = add_app_command(
      app, exit_code, "create", "A new application, which runs nothing yet", flags, create_command);
  command->add_option("--cluster", flags->cluster, "The ECS cluster that it runs on")
      ->capture_default_str();
  command->add_option("--task-policy", flags->policy,
                      "A file: what its processes may do, an IAM policy; else nothing");
  command
      ->add_option("--constraint", flags->constraints,
                   "Where all of its processes may run, as \"attribute:profile == default\"; may "
                   "be repeated")
      ->allow_extra_args(false);
  command->footer(
      "Examples:\n  mainstay app create shop --cluster main\n"
      "  mainstay app create shop --task-policy shop.json\n"
      "  mainstay app create shop --constraint 'attribute:profile == default'");
}

void add_app_destroy(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<DestroyFlags>();
  CLI::App* command = add_app_command(
      app, exit_code, "destroy", "Delete an application with its stack, releases and variables",
      flags, destroy_command);
  command->add_flag("--yes", flags->yes, "Yes, delete it");
  command->footer(
      "Examples:\n  mainstay app destroy shop\n"
      "  mainstay app destroy shop --yes\n"
      "  mainstay app destroy shop --yes --endpoint http://127.0.0.1:4566");
}

}  // namespace mainstay::cli
