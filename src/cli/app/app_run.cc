#include "cli/app/app_run.hh"

#include <fmt/core.h>

namespace mainstay::cli {

Result<std::unique_ptr<apps::Releaser>> AppRun::open() {
  apps::ReleaserOptions options;
  TRY(options.client, open_client());
  std::string user = environment().text("USER");
  options.clock = clock();
  options.user = user.empty() ? "mainstay" : user;
  options.anyway = flags_.anyway;
  options.say = [this](const std::string& text) {
    line("progress", Value::map({{"message", text}}), text + "\n");
  };
  return std::make_unique<apps::Releaser>(std::move(options));
}

Result<AppRun::Opened> AppRun::open_app() {
  Opened out;
  TRY(out.releaser, open());
  TRY(out.app, out.releaser->shelf().app(flags_.name));
  return out;
}

Exit release_command(
    const AppFlags& flags, const std::string& description,
    const std::function<Status(apps::Releaser&, const apps::App&, apps::Release&)>& change) {
  AppRun run(flags);
  auto opened = run.open_app();
  if (!opened) return run.fail(opened.error());
  auto& [releaser, app] = *opened;
  auto release = releaser->release(
      app, description, [&](apps::Release& next) { return change(*releaser, app, next); });
  if (!release) return run.fail(release.error());
  return run.done(
      "release",
      Value::map({{"app", app.name}, {"release", release->number}, {"image", release->image}}),
      fmt::format("{} v{} is deployed\n", app.name, release->number));
}

}  // namespace mainstay::cli
