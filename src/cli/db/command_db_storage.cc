#include <fmt/core.h>

#include "base/text.hh"
#include "cli/db/db_commands.hh"
#include "cli/db/db_run.hh"
#include "databases/storage.hh"

namespace mainstay::cli {
namespace {

using databases::StoragePlan;

struct StorageFlags : DbFlags {
  std::string name;
  int64_t gib = 0, hours = 24;
  bool applies = false;
};

Exit storage_command(const StorageFlags& flags) {
  DbRun run(flags, "db storage");
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  std::string id = to_lower(flags.name);
  if (flags.applies)
    run.begin_work(fmt::format("mainstay db storage {} --gib {} --apply", id, flags.gib));
  databases::StorageWork work{
      run.client(), run.clock(),
      [&run](const std::string& text) {
        run.line("db_step", Value::map({{"what", "storage"}, {"text", text}}), text + "\n");
      },
      run.stop(), flags.hours * 3600 * 1000};
  auto plan = databases::grow_storage(work, run.region(), id, flags.gib, flags.applies);
  if (!plan) {
    if (flags.applies) run.worked(id, run.region(), false, plan.error().to_string());
    return run.end_work(run.fail(plan.error()));
  }
  bool in_line = plan->kind == StoragePlan::Kind::in_line;
  std::string state = in_line ? "in line" : flags.applies ? "grown" : "can grow";
  if (flags.applies && !in_line) run.worked(id, run.region(), true, plan->reason);
  run.line("db_storage", Value::map({{"database", id}, {"state", state}, {"reason", plan->reason}}),
           fmt::format("{}: {}: {}\n", id, state, plan->reason));
  return run.end_work(Exit::ok);
}

}  // namespace

void add_db_storage(CLI::App& db, int& exit_code) {
  auto flags = std::make_shared<StorageFlags>();
  CLI::App* command = add_db_command(db, exit_code, "storage", "Grow the storage of an instance",
                                     flags, storage_command);
  command->add_option("database", flags->name, "An instance")->required();
  command->add_option("--gib", flags->gib, "How much it should have at least")
      ->required()
      ->check(CLI::Range(20, 65'536));
  command->add_flag("--apply", flags->applies, "Do it, and wait until it is optimised; else look");
  command->add_option("--hours", flags->hours, "How long to wait")
      ->check(CLI::Range(1, 168))
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  mainstay db storage orders\n"
      "  mainstay db storage orders --gib 200\n"
      "  mainstay db storage orders --gib 200 --apply");
}

}  // namespace mainstay::cli
