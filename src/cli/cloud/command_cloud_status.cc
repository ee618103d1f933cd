#include <fmt/core.h>

#include "base/text.hh"
#include "cli/cloud/cloud_commands.hh"
#include "cli/cloud/cloud_run.hh"

namespace mainstay::cli {
namespace {

Exit status_command(const CloudFlags& flags) {
  CloudRun run(flags);
  auto status = run.get("status");
  if (!status) return run.fail(status.error());
  const Value& s = *status;
  std::string text = fmt::format(
      "{}  served by process {}, mainstay {}\n"
      "state      {}\n"
      "documents  {}\n",
      one_line(s["endpoint"].as_string()), s["process"].as_int(),
      one_line(s["version"].as_string()), one_line(s["state"].as_string()),
      s["documents"].as_int());
  if (s["state"].as_string() != "memory")
    text += fmt::format("journal    {} bytes, of which {} are needed\n",
                        s["journal_bytes"].as_int(), s["journal_bytes_needed"].as_int());
  text += fmt::format("clock      {} ({})\nforks      {}\n", one_line(s["now"].as_string()),
                      one_line(s["clock"].as_string()), s["forks"].as_int());
  return run.done("status", s, text);
}

struct EnvFlags : CloudFlags {
  std::string fork, region = "us-east-1";
};

Result<std::string> endpoint_of(CloudRun& run, const std::string& fork) {
  if (fork.empty()) return run.endpoint();
  TRY(Value answer, run.get("forks"));
  for (const Value& one : answer["forks"].items())
    if (one["name"].as_string() == fork) return one["endpoint"].as_string();
  return Error("ForkMissing", "there is no fork " + printable(fork))
      .with_hint("`mainstay cloud forks` lists them");
}

Exit env_command(const EnvFlags& flags) {
  CloudRun run(flags);
  auto endpoint = endpoint_of(run, flags.fork);
  if (!endpoint) return run.fail(endpoint.error());
  Value variables = Value::map({{"AWS_ENDPOINT_URL", *endpoint},
                                {"AWS_ACCESS_KEY_ID", "test"},
                                {"AWS_SECRET_ACCESS_KEY", "test"},
                                {"AWS_REGION", flags.region},
                                {"AWS_DEFAULT_REGION", flags.region}});
  // Keys of a real account's session must not go along.
  std::string text = "unset AWS_SESSION_TOKEN AWS_PROFILE\n";
  for (const auto& [name, value] : variables.members())
    text += "export " + name + "=" + shell_quoted(value.as_string()) + "\n";
  return run.done("environment", Value::map({{"variables", variables}}), text);
}

struct ClockFlags : CloudFlags {
  std::string advance;
};

// "90s", "15m", "3h", "2d".
Result<int64_t> duration_of(const std::string& text) {
  constexpr std::pair<char, int64_t> units[] = {
      {'s', 1'000}, {'m', 60'000}, {'h', 3'600'000}, {'d', 86'400'000}};
  for (auto [unit, ms] : units) {
    if (text.empty() || text.back() != unit) continue;
    auto count = parse_int(std::string_view(text).substr(0, text.size() - 1));
    if (count && *count > 0 && *count <= 1'000'000'000) return *count * ms;
  }
  return Error("UsageInvalid",
               "\"" + printable(text) + "\" is no duration such as 90s, 15m, 3h, 2d");
}

Exit clock_command(const ClockFlags& flags) {
  CloudRun run(flags);
  Result<Value> answer = Value();
  if (flags.advance.empty()) {
    answer = run.get("clock");
  } else {
    auto ms = duration_of(flags.advance);
    if (!ms) return run.fail(ms.error());
    answer = run.post("clock", Value::map({{"advance_ms", *ms}}));
  }
  if (!answer) return run.fail(answer.error());
  Value shown = Value::map({{"now", (*answer)["now"]},
                            {"plan", (*answer)["time"]},  // "time" is every line's own
                            {"ahead_ms", (*answer)["ahead_ms"]}});
  return run.done(
      "clock", shown,
      fmt::format("{} ({}, {} ms ahead of the wall)\n", one_line(shown["now"].as_string()),
                  one_line(shown["plan"].as_string()), shown["ahead_ms"].as_int()));
}

}  // namespace

void add_cloud_status(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<CloudFlags>();
  add_cloud_command(cloud, exit_code, "status", "Say where the cloud is served, and what it holds",
                    flags, status_command)
      ->footer(
          "Examples:\n  mainstay cloud status\n  mainstay cloud status --json\n"
          "  mainstay cloud status --state ./cloud --json");
}

void add_cloud_env(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<EnvFlags>();
  CLI::App* command = add_cloud_command(cloud, exit_code, "env",
                                        "Print the variables by which AWS's clients find the cloud",
                                        flags, env_command);
  command->add_option("--fork", flags->fork, "This fork of it");
  command->add_option("-r,--region", flags->region, "Region")->capture_default_str();
  command->footer(
      "Examples:\n  eval \"$(mainstay cloud env)\"\n"
      "  eval \"$(mainstay cloud env --fork rehearsal)\"\n"
      "  mainstay cloud env --json");
}

void add_cloud_clock(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<ClockFlags>();
  CLI::App* command = add_cloud_command(cloud, exit_code, "clock",
                                        "Say what time it is in the cloud, or let time pass there",
                                        flags, clock_command);
  command->add_option("--advance", flags->advance, "Let so much time pass: 90s, 15m, 3h, 2d");
  command->footer(
      "Examples:\n  mainstay cloud clock\n  mainstay cloud clock --advance 3h\n"
      "  mainstay cloud clock --json");
}

}  // namespace mainstay::cli
