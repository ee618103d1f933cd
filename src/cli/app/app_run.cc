#include "cli/app/app_run.hh"

#include <fmt/core.h>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::cli {

void add_app_flags(CLI::App& command, AppFlags& flags, bool with_name) {
  if (with_name) command.add_option("app", flags.name, "The application")->required();
  CLI::Option* endpoint =
      command.add_option("--endpoint", flags.target.endpoint, "URL of anything that speaks AWS");
  command.add_option("-p,--profile", flags.target.profile, "A real account, by this AWS profile")
      ->excludes(endpoint);
  command.add_option("--account", flags.target.account, "A real account, and it must be this one")
      ->excludes(endpoint);
  command.add_option("-r,--region", flags.target.region, "Region");
  command.add_option("--state", flags.target.state_directory, "Folder of the embedded cloud");
  command.add_option("--color", flags.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_flag("--json", flags.json, "One JSON object a line on standard output");
}

AppRun::AppRun(const AppFlags& flags)
    : flags_(flags), style_(style_for(flags.colour, terminal_of(1, environment_), environment_)) {
  if (!flags.json) return;
  ndjson_ = std::make_unique<Ndjson>(*clock_, hex_encode(secure_random(6)));
  ndjson_->hide(secrets_);
  ndjson_->add(stdout);
}

Result<std::unique_ptr<apps::Releaser>> AppRun::open() {
  uint64_t seed = 0;
  std::string bytes = secure_random(sizeof seed);
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&seed));
  TRY(target_, open_target(flags_.target, {environment_, files_, clock_, {}, seed, &secrets_}));
  if (ndjson_)
    ndjson_->line("target", Value::map({{"where", target_.where}, {"region", target_.region}}));
  else
    fmt::print(stderr, "{}\n", only_colours(target_.where));
  TRY(auto client, target_.client(""));
  apps::ReleaserOptions options;
  options.client = client;
  options.clock = clock_;
  options.user = environment_.text("USER").empty() ? "mainstay" : environment_.text("USER");
  options.anyway = flags_.anyway;
  options.say = [this](const std::string& text) {
    line("progress", Value::map({{"message", text}}), text + "\n");
  };
  return std::make_unique<apps::Releaser>(std::move(options));
}

Exit AppRun::fail(const Error& said) {
  Error error = secrets_.redacted(said);
  if (ndjson_)
    ndjson_->error(error);
  else
    fmt::print(stderr, "{}", error_text(error, files_, style_));
  return exit_of(error);
}

void AppRun::line(std::string_view type, Value members, const std::string& text) {
  if (ndjson_) return ndjson_->line(type, std::move(members));
  std::string shown = only_colours(secrets_.redacted_text(text));
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
}

Exit AppRun::done(std::string_view type, Value members, const std::string& text) {
  line(type, std::move(members), text);
  return Exit::ok;
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
