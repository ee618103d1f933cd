#include <fmt/core.h>

#include "base/text.hh"
#include "cli/db/db_commands.hh"
#include "cli/db/db_run.hh"
#include "databases/upgrade_check.hh"

namespace mainstay::cli {
namespace {

using databases::UpgradeFinding;

struct UpgradeFlags : DbFlags {
  std::string name;
};

Result<databases::SqlPlace> place_of(DbRun& run, const UpgradeFlags& flags) {
  auto found = run.client()->call("rds", "DescribeDBInstances",
                                  Value::map({{"DBInstanceIdentifier", flags.name}}));
  if (!found && found.error().code.starts_with("DBInstanceNotFound"))
    return Error("DatabaseMissing", run.region() + " has no instance " + flags.name);
  if (!found) return found.error();
  const Value& one = (*found)["DBInstances"].at(0);
  if (one["Engine"].as_string() != "postgres")
    return Error("ChecksUnsupported", flags.name + " is of engine " + one["Engine"].as_string() +
                                          "; upgrades of postgres only are checked");
  auto password = run.environment().get("PGPASSWORD");
  if (!password)
    return Error("UsageInvalid", "PGPASSWORD is not set, so the database can't be asked")
        .with_hint("set it to the password of " + one["MasterUsername"].as_string());
  databases::SqlPlace place{one["Endpoint"]["Address"].as_string(),
                            one["MasterUsername"].as_string(), *password, one["DBName"].as_string(),
                            one["Endpoint"]["Port"].as_int()};
  if (place.database.empty()) place.database = "postgres";
  return place;
}

void show(DbRun& run, const UpgradeFinding& finding) {
  std::string text = fmt::format("{} {} in {}:\n", finding.blocks ? "blocks" : "note  ",
                                 finding.check, finding.database);
  for (const std::string& row : finding.rows) text += "  " + row + "\n";
  run.line("db_finding",
           Value::map({{"check", finding.check},
                       {"database", finding.database},
                       {"rows", Value::texts(finding.rows)},
                       {"fix", finding.fix},
                       {"blocks", finding.blocks}}),
           text + "  → " + finding.fix + "\n");
}

Exit check_command(const UpgradeFlags& flags) {
  DbRun run(flags, "db upgrade check");
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto place = place_of(run, flags);
  if (!place) return run.fail(place.error());
  auto findings = databases::check_upgrade(
      [&run](const databases::SqlPlace& at, const std::string& sql) {
        return databases::run_psql(run.processes(), run.environment().text("PATH"), at, sql);
      },
      *place);
  if (!findings) return run.fail(findings.error());
  for (const UpgradeFinding& finding : *findings) show(run, finding);
  auto blocking = std::ranges::count_if(*findings, &UpgradeFinding::blocks);
  run.line("db_summary",
           Value::map(
               {{"blocks", blocking}, {"checks", Value::texts(databases::upgrade_check_names())}}),
           fmt::format("{} findings block a major upgrade; looked for: {}\n", blocking,
                       join(databases::upgrade_check_names(), ", ")));
  if (blocking == 0) return Exit::ok;
  return run.fail(Error("UpgradeBlocked", fmt::format("{} is not fit for a major upgrade: {} "
                                                      "findings; nothing was touched",
                                                      flags.name, blocking)));
}

}  // namespace

void add_db_upgrade(CLI::App& db, int& exit_code) {
  CLI::App* upgrade = db.add_subcommand("upgrade", "Major upgrades of PostgreSQL");
  upgrade->require_subcommand(1);
  upgrade->footer(
      "Examples:\n"
      "  mainstay db upgrade check orders\n"
      "  mainstay db upgrade check orders --json\n"
      "  mainstay db upgrade check --help");
  auto flags = std::make_shared<UpgradeFlags>();
  CLI::App* command = add_db_command(
      *upgrade, exit_code, "check", "What would make a major upgrade fail, asked in SQL, read-only",
      flags, check_command);
  command->add_option("database", flags->name, "An instance of postgres")->required();
  command->footer(
      "The password is taken from PGPASSWORD. Ends with exit code 4 where something blocks.\n\n"
      "Examples:\n"
      "  mainstay db upgrade check orders\n"
      "  mainstay db upgrade check orders --json\n"
      "  mainstay db upgrade check orders --profile staging");
}

}  // namespace mainstay::cli
