#include <fmt/core.h>

#include "base/json.hh"
#include "base/text.hh"
#include "cli/db/db_commands.hh"
#include "cli/db/db_run.hh"
#include "databases/copier.hh"
#include "databases/copy_permissions.hh"

namespace mainstay::cli {
namespace {

using databases::CopyPlan;
using databases::PlannedCopy;

struct CopyFlags : DbFlags {
  std::vector<std::string> names, tags, keys, to;
  bool all = false, plan = false, policy = false;
  databases::Retention retention;
  int64_t hours = 6;
};

Result<databases::CopyWish> wish_of(const CopyFlags& flags, const std::string& region) {
  databases::CopyWish wish;
  wish.from = region;
  for (const std::string& word : flags.to)
    for (const std::string& one : split(word, ",")) {
      CHECK_OK(aws::endpoint_of("rds", one));
      if (std::ranges::find(wish.to, one) == wish.to.end()) wish.to.push_back(one);
    }
  TRY(wish.keys, pairs_of("--key", flags.keys));
  for (const auto& [of, key] : wish.keys)
    if (std::ranges::find(wish.to, of) == wish.to.end())
      return Error("UsageInvalid", "--key " + of + "=" + key + ": nothing is copied to " + of);
  TRY(wish.tags, pairs_of("--tag", flags.tags));
  wish.names = flags.names;
  wish.all = flags.all;
  wish.retention = flags.retention;
  if (!wish.all && wish.names.empty() && wish.tags.empty())
    return Error("UsageInvalid", "which databases are to be copied?")
        .with_hint("name some, or give --tag KEY=VALUE, or --all");
  return wish;
}

std::string state_text(const PlannedCopy& copy) {
  switch (copy.state) {
    case PlannedCopy::State::there:
      return "is there";
    case PlannedCopy::State::under_way:
      return "is under way";
    case PlannedCopy::State::to_make:
      break;
  }
  return copy.replaces.empty() ? "is to be made" : "is to be made again, a failed one goes first";
}

void show(DbRun& run, const CopyPlan& plan) {
  for (const PlannedCopy& copy : plan.copies)
    run.line(
        "db_copy",
        Value::map({{"database", copy.database.id},
                    {"source", copy.source.id},
                    {"region", copy.region},
                    {"copy", copy.id},
                    {"key", copy.key},
                    {"state", state_text(copy)}}),
        fmt::format("{} → {}  {}  {}\n", copy.database.id, copy.region, copy.id, state_text(copy)));
  for (const databases::Uncopied& one : plan.uncopied)
    run.line(
        "db_problem",
        Value::map({{"database", one.database}, {"region", one.region}, {"reason", one.reason}}),
        fmt::format("{} → {}  can't be copied: {}\n", one.database, one.region, one.reason));
  for (const databases::Deletion& one : plan.deletions)
    run.line(
        "db_deletion",
        Value::map({{"copy", one.copy.id}, {"region", one.copy.region}, {"reason", one.reason}}),
        fmt::format("then {} in {} goes: {}\n", one.copy.id, one.copy.region, one.reason));
}

Exit show_policy(DbRun& run, const databases::CopyWish& wish) {
  auto who = run.client()->call("sts", "GetCallerIdentity", Value::map());
  if (!who) return run.fail(who.error());
  Value policy = databases::copy_policy(wish, (*who)["Account"].as_string());
  run.line("db_policy", Value::map({{"policy", policy}}), to_json_pretty(policy) + "\n");
  return Exit::ok;
}

Exit conclude(DbRun& run, const databases::CopyOutcome& outcome) {
  for (const databases::Snapshot& one : outcome.good) run.worked(one.id, one.region, true, "");
  for (const databases::Uncopied& one : outcome.uncopied)
    run.worked(one.database, one.region, false, one.reason);
  for (const databases::Uncopied& one : outcome.undeleted)
    run.worked(one.database, one.region, false, one.reason);
  for (const databases::Deletion& one : outcome.deleted)
    run.worked(one.copy.id, one.copy.region, true, "deleted: " + one.reason);
  run.line("db_summary",
           Value::map({{"good", outcome.good.size()},
                       {"failed", outcome.uncopied.size()},
                       {"deleted", outcome.deleted.size()},
                       {"undeleted", outcome.undeleted.size()}}),
           fmt::format("{} good, {} failed, {} deleted\n", outcome.good.size(),
                       outcome.uncopied.size(), outcome.deleted.size()));
  if (outcome.uncopied.empty() && outcome.undeleted.empty()) return Exit::ok;
  const databases::Uncopied& first =
      outcome.uncopied.empty() ? outcome.undeleted.front() : outcome.uncopied.front();
  return run.fail(Error(outcome.uncopied.empty() ? "CopyNotDeleted" : "CopyFailed",
                        first.database + " in " + first.region + ": " + first.reason));
}

databases::CopierOptions copier_options(DbRun& run, const CopyFlags& flags) {
  databases::CopierOptions options;
  options.client = run.client();
  options.clock = run.clock();
  options.owner = run.owner();
  options.has_ended = lock_owner_has_ended;
  options.stop = run.stop();
  options.timeout_ms = flags.hours * 3600 * 1000;
  options.tell = [&run, last = std::map<std::string, std::string>()](
                     std::string_view what, const std::string& copy,
                     const std::string& text) mutable {
    if (std::exchange(last[copy], std::string(what) + text) == std::string(what) + text) return;
    run.line("db_step", Value::map({{"what", what}, {"copy", copy}, {"text", text}}),
             fmt::format("{:<9} {}  {}\n", what, copy, text));
  };
  return options;
}

Exit copy_command(const CopyFlags& flags) {
  DbRun run(flags, "db copy");
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto wish = wish_of(flags, run.region());
  if (!wish) return run.fail(wish.error());
  if (flags.policy) return show_policy(run, *wish);
  databases::Copier copier(copier_options(run, flags));
  if (Status keys = copier.resolve_keys(*wish); !keys) return run.fail(keys.error());
  if (flags.plan) {
    auto plan = copier.plan(*wish);
    if (!plan) return run.fail(plan.error());
    show(run, *plan);
    return Exit::ok;
  }
  run.begin_work("mainstay db copy " + join(flags.names, " ") + " --to " + join(wish->to, ","));
  auto outcome = copier.run(*wish, [&](const CopyPlan& plan) { show(run, plan); });
  if (!outcome) return run.end_work(run.fail(outcome.error()));
  return run.end_work(conclude(run, *outcome));
}

void add_retention(CLI::App& command, databases::Retention& retention) {
  const auto add = [&](const char* flag, int64_t& number, const char* text) {
    command.add_option(flag, number, text)->check(CLI::Range(int64_t{1}, int64_t{10'000}));
  };
  add("--keep", retention.count, "Keep so many of the newest copies");
  add("--keep-days", retention.days, "Keep copies that are younger");
  add("--keep-daily", retention.daily, "Keep one a day, of so many days");
  add("--keep-weekly", retention.weekly, "Keep one a week, of so many weeks");
  add("--keep-monthly", retention.monthly, "Keep one a month, of so many months");
}

}  // namespace

void add_db_copy(CLI::App& db, int& exit_code) {
  auto flags = std::make_shared<CopyFlags>();
  CLI::App* command = add_db_command(
      db, exit_code, "copy", "Copy the newest snapshots to other regions", flags, copy_command);
  command->add_option("databases", flags->names,
                      "Instances and clusters; * and ? stand for any text and any letter");
  command->add_option("--tag", flags->tags, "All with this tag: KEY=VALUE; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("--all", flags->all, "All databases of the region");
  command->add_option("--to", flags->to, "Regions, with commas between them")
      ->required()
      ->allow_extra_args(false);
  command
      ->add_option("--key", flags->keys,
                   "REGION=KEY: by which key of that region copies are encrypted; may be repeated")
      ->allow_extra_args(false);
  add_retention(*command, flags->retention);
  command->add_option("--hours", flags->hours, "How long to wait for the copies")
      ->check(CLI::Range(1, 168))
      ->capture_default_str();
  command->add_flag("--plan", flags->plan, "Only look, and say what would be done");
  command->add_flag("--policy", flags->policy, "Print the least IAM policy that this needs");
  command->footer(
      "A copy stays where any --keep flag keeps it, and the newest good one always stays; without\n"
      "such a flag nothing is deleted, and nothing ever that was not made here.\n\n"
      "Examples:\n  mainstay db copy orders --to eu-west-1 --key eu-west-1=alias/copies --keep 7\n"
      "  mainstay db copy orders --to eu-west-1 --policy\n"
      "  mainstay db copy --tag backup=yes --to eu-west-1,us-west-2 --keep-daily 7 "
      "--keep-monthly 12 --plan");
}

}  // namespace mainstay::cli
