#include <fmt/core.h>

#include "base/digest.hh"
#include "base/text.hh"
#include "cli/db/db_commands.hh"
#include "cli/db/db_run.hh"
#include "databases/drill.hh"

namespace mainstay::cli {
namespace {

constexpr size_t checks_bytes_max = 1 << 20;

struct VerifyFlags : DbFlags {
  std::string name, checks;
  int64_t hours = 6;
};

databases::DrillOptions drill_options(DbRun& run, const VerifyFlags& flags) {
  databases::DrillOptions options;
  options.client = run.client();
  options.clock = run.clock();
  options.owner = run.owner();
  options.has_ended = lock_owner_has_ended;
  options.stop = run.stop();
  options.timeout_ms = flags.hours * 3600 * 1000;
  options.new_password = [] { return hex_encode(secure_random(20)); };
  options.ask = [&run](const databases::SqlPlace& place, const std::string& sql) {
    return databases::run_psql(run.processes(), run.environment().text("PATH"), place, sql);
  };
  options.tell = [&run](const std::string& text) {
    run.line("db_step", Value::map({{"what", "drill"}, {"text", text}}), text + "\n");
  };
  return options;
}

Exit verify_command(const VerifyFlags& flags) {
  DbRun run(flags, "db verify");
  databases::DrillWish wish;
  wish.database = to_lower(flags.name);
  if (!flags.checks.empty()) {
    auto text = run.files().read(flags.checks, checks_bytes_max);
    if (!text) return run.fail(text.error());
    auto read = databases::checks_from(*text);
    if (!read) return run.fail(Error(read.error()).because(flags.checks));
    wish.checks = *read;
  }
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  wish.region = run.region();
  run.begin_work("mainstay db verify " + flags.name);
  auto outcome = databases::Drill(drill_options(run, flags)).run(wish);
  if (!outcome) {
    run.worked(wish.database, wish.region, false, outcome.error().to_string());
    return run.end_work(run.fail(outcome.error()));
  }
  std::string sql =
      outcome->checks == 0 ? "no SQL was run" : fmt::format("{} checks held", outcome->checks);
  std::string text = fmt::format("{} was restored from {} in {}, {}; recovered in {}\n",
                                 wish.database, outcome->snapshot, took_text(outcome->restored_ms),
                                 sql, took_text(outcome->recovered_ms));
  run.worked(wish.database, wish.region, true, text);
  run.line("db_drill",
           Value::map({{"database", wish.database},
                       {"snapshot", outcome->snapshot},
                       {"checks", outcome->checks},
                       {"restored_ms", outcome->restored_ms},
                       {"recovered_ms", outcome->recovered_ms}}),
           text);
  return run.end_work(Exit::ok);
}

}  // namespace

void add_db_verify(CLI::App& db, int& exit_code) {
  auto flags = std::make_shared<VerifyFlags>();
  CLI::App* command =
      add_db_command(db, exit_code, "verify", "A restore drill: restore, ask in SQL, delete again",
                     flags, verify_command);
  command->add_option("database", flags->name, "An instance")->required();
  command->add_option(
      "--checks", flags->checks,
      "A file of checks: [{\"sql\": \"select 1\", \"expect\": \"1\"}]; postgres only");
  command->add_option("--hours", flags->hours, "How long to wait for the restore")
      ->check(CLI::Range(1, 168))
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  mainstay db verify orders\n"
      "  mainstay db verify orders --checks checks.json\n"
      "  mainstay db verify orders --json");
}

}  // namespace mainstay::cli
