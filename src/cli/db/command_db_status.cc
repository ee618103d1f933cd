#include <fmt/core.h>

#include "base/text.hh"
#include "cli/db/db_commands.hh"
#include "cli/db/db_run.hh"
#include "databases/recovery.hh"

namespace mainstay::cli {
namespace {

using databases::RecoveryPoint;

struct StatusFlags : DbFlags {
  std::vector<std::string> names, to;
  std::string promised = "24h", svg;
};

// "90m", "24h", "2d" in milliseconds. Error "UsageInvalid".
Result<int64_t> duration_ms(const std::string& text) {
  static constexpr std::pair<char, int64_t> units[] = {
      {'m', 60'000}, {'h', 3'600'000}, {'d', 86'400'000}};
  auto number = text.size() < 2 ? std::nullopt : parse_int(text.substr(0, text.size() - 1));
  for (auto [letter, ms] : units)
    if (number && text.back() == letter && *number > 0 && *number <= 1'000'000) return *number * ms;
  return Error("UsageInvalid", "--rpo " + text + " is no duration as 90m, 24h or 2d");
}

Result<std::vector<RecoveryPoint>> look(DbRun& run, const StatusFlags& flags) {
  TRY(int64_t promised, duration_ms(flags.promised));
  databases::CopyWish wish;
  wish.from = run.region();
  wish.names = flags.names;
  wish.all = flags.names.empty();
  std::vector<std::string> regions{run.region()};
  for (const std::string& word : flags.to)
    for (const std::string& one : split(word, ",")) {
      CHECK_OK(aws::endpoint_of("rds", one));
      if (std::ranges::find(regions, one) == regions.end()) regions.push_back(one);
    }
  databases::Listing listing;
  TRY(listing.databases, databases::list_databases(*run.client(), run.region()));
  TRY(auto meant, databases::chosen(listing.databases, wish));
  for (const std::string& region : regions) {
    TRY(listing.snapshots[region], databases::list_snapshots(*run.client(), region));
  }
  return databases::recovery_points(listing, meant, regions, promised, run.clock()->now());
}

void show(DbRun& run, const RecoveryPoint& point) {
  Value members = Value::map({{"database", point.database},
                              {"region", point.region},
                              {"snapshot", point.snapshot},
                              {"state", point.state},
                              {"met", point.is_met}});
  if (point.age_ms) members.set("age_seconds", *point.age_ms / 1000);
  run.line("db_status", std::move(members),
           fmt::format("{:<30} {:<15} {:<9} {:<12} {}\n", point.database, point.region, point.state,
                       point.age_ms ? databases::age_words(*point.age_ms) : "-", point.snapshot));
}

Exit status_command(const StatusFlags& flags) {
  DbRun run(flags, "db status");
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto points = look(run, flags);
  if (!points) return run.fail(points.error());
  for (const RecoveryPoint& point : *points) show(run, point);
  if (!flags.svg.empty())
    if (Status kept = run.files().write(flags.svg, databases::recovery_svg(*points)); !kept)
      return run.fail(kept.error());
  auto missed = std::ranges::count_if(*points, [](const auto& point) { return !point.is_met; });
  if (missed == 0) return Exit::ok;
  return run.fail(
      Error("RecoveryPointMissed", fmt::format("{} of {} recovery points are not met: "
                                               "nothing good of the last {}",
                                               missed, points->size(), flags.promised)));
}

}  // namespace

void add_db_status(CLI::App& db, int& exit_code) {
  auto flags = std::make_shared<StatusFlags>();
  CLI::App* command = add_db_command(db, exit_code, "status",
                                     "The newest copy of each database in each region, and its age",
                                     flags, status_command);
  command->add_option(
      "databases", flags->names,
      "Instances and clusters; * and ? stand for any text and any letter; else all");
  command->add_option("--to", flags->to, "Also these regions, with commas between them")
      ->allow_extra_args(false);
  command->add_option("--rpo", flags->promised, "How old the newest may be: 90m, 24h, 2d")
      ->capture_default_str();
  command->add_option("--svg", flags->svg, "Also as a picture, into this file");
  command->footer(
      "Ends with exit code 4 where a recovery point is not met, so that a timer can alarm.\n\n"
      "Examples:\n"
      "  mainstay db status --to eu-west-1\n"
      "  mainstay db status --to eu-west-1,us-west-2 --rpo 24h\n"
      "  mainstay db status --to eu-west-1 --rpo 24h --svg status.svg");
}

}  // namespace mainstay::cli
