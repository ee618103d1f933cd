#include "cli/app/app_run.hh"

#include <fmt/core.h>

namespace mainstay::cli {

Result<std::unique_ptr<apps::Releaser>> AppRun::open() {
  apps::ReleaserOptions options;
  TRY(options.client, open_client());
  std::string user = environment().text("USER");
  options.clock = clock();
  options.user = user.empty() ? "mainstay" : user;
  options.anyway = anyway_;
  options.say = [this](const std::string& text) {
    line("progress", Value::map({{"message", text}}), text + "\n");
  };
  return std::make_unique<apps::Releaser>(std::move(options));
}

Exit release_command(
    const AppFlags& flags, const std::string& description,
    const std::function<Status(apps::Releaser&, const apps::App&, apps::Release&)>& change) {
  AppRun run(flags);
  auto releaser = run.open();
  if (!releaser) return run.fail(releaser.error());
  auto app = (*releaser)->shelf().app(flags.name);
  if (!app) return run.fail(app.error());
  auto release = (*releaser)->release(
      *app, description, [&](apps::Release& next) { return change(**releaser, *app, next); });
  if (!release) return run.fail(release.error());
  return run.done(
      "release",
      Value::map({{"app", app->name}, {"release", release->number}, {"image", release->image}}),
      fmt::format("{} v{} is deployed\n", app->name, release->number));
}

}  // namespace mainstay::cli
