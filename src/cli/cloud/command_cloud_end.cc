#include <fmt/core.h>

#include <thread>

#include "base/text.hh"
#include "cli/cloud/cloud_commands.hh"
#include "cli/cloud/cloud_run.hh"
#include "store/repair.hh"
#include "store/store.hh"

namespace mainstay::cli {
namespace {

struct YesFlags : CloudFlags {
  bool yes = false;
};

Error not_allowed(const std::string& lost) {
  return Error("ApprovalNeeded", lost).with_hint("allow it with --yes");
}

Exit reset_state(CloudRun& run, const YesFlags& flags) {
  auto cloud = run.open_state();
  if (!cloud) return run.fail(cloud.error());
  size_t documents = (*cloud)->store().document_count();
  if (!flags.yes)
    return run.fail(not_allowed(fmt::format("{} documents would be lost", documents)));
  if (Status done = (*cloud)->reset(); !done) return run.fail(done.error());
  return run.done("reset", Value::map({{"documents", documents}}),
                  fmt::format("reset: {} documents are gone\n", documents));
}

Exit reset_command(const YesFlags& flags) {
  CloudRun run(flags);
  auto served = run.endpoint_if_served();
  if (!served) return run.fail(served.error());
  if (served->empty()) return reset_state(run, flags);
  auto answer = flags.yes ? run.post("reset", Value::map()) : run.get("status");
  if (!answer) return run.fail(answer.error());
  int64_t documents = (*answer)["documents"].as_int();
  if (!flags.yes)
    return run.fail(
        not_allowed(fmt::format("{} documents at {} would be lost", documents, *served)));
  return run.done("reset", Value::map({{"documents", documents}}),
                  fmt::format("reset: {} documents are gone\n", documents));
}

Exit stop_command(const CloudFlags& flags) {
  constexpr int tries = 200;
  constexpr auto pause = std::chrono::milliseconds(50);
  CloudRun run(flags);
  auto endpoint = run.endpoint();
  if (!endpoint) return run.fail(endpoint.error());
  if (auto stopping = run.post("stop", Value::map()); !stopping) return run.fail(stopping.error());
  for (int i = 0; i < tries; ++i, std::this_thread::sleep_for(pause))
    if (!run.get("status"))
      return run.done("stopped", Value::map({{"endpoint", *endpoint}}),
                      "stopped " + one_line(*endpoint) + "\n");
  return run.fail(Error("CloudBusy", *endpoint + " has not stopped in ten seconds"));
}

std::string findings_text(const store::JournalFindings& found) {
  if (!found.damaged && !found.torn)
    return fmt::format("the journal is whole: {} changes\n", found.changes);
  if (found.torn)
    return fmt::format(
        "the journal is whole but for {} bytes that a kill or a power cut left half-written at its "
        "end; a start drops them by itself\n",
        found.bytes - found.intact_bytes);
  return fmt::format(
      "the journal is damaged at byte {} of {}: {}\n"
      "{} changes before it can be kept; behind it {} whole ones would be lost\n",
      found.intact_bytes, found.bytes, found.why, found.changes, found.changes_after);
}

Exit repair_command(const YesFlags& flags) {
  CloudRun run(flags);
  auto directory = run.state_directory();
  if (!directory) return run.fail(directory.error());
  std::string owner = "process " + std::to_string(process_id()) + ", mainstay cloud repair";
  auto found = store::inspect_journal(store::real_disk(), *directory, owner);
  if (!found) return run.fail(found.error());
  std::string text = findings_text(*found), kept;
  Value members = Value::map({{"state", *directory},
                              {"damaged", found->damaged},
                              {"reason", found->why},
                              {"bytes", found->bytes},
                              {"intact_bytes", found->intact_bytes},
                              {"changes", found->changes},
                              {"changes_lost", found->damaged ? found->changes_after : 0}});
  if (found->damaged && flags.yes) {
    auto repaired = store::repair_journal(store::real_disk(), *directory, owner);
    if (!repaired) return run.fail(repaired.error());
    kept = *repaired;
    text += "repaired; the old journal is kept as " + one_line(kept) + "\n";
  }
  members.set("repaired", !kept.empty());
  members.set("kept", kept);
  run.done("repair", std::move(members), text);
  if (found->damaged && !flags.yes)
    return run.fail(not_allowed("nothing is repaired yet; the old journal would be kept"));
  return Exit::ok;
}

}  // namespace

void add_cloud_reset(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<YesFlags>();
  CLI::App* command =
      add_cloud_command(cloud, exit_code, "reset", "Forget the whole state", flags, reset_command);
  command->add_flag("--yes", flags->yes, "Do so; else it only says what would be lost");
  command->footer(
      "Examples:\n  mainstay cloud reset\n  mainstay cloud reset --yes\n"
      "  mainstay cloud reset --yes --state ./cloud");
}

void add_cloud_stop(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<CloudFlags>();
  add_cloud_command(cloud, exit_code, "stop", "Stop the served cloud; its state stays", flags,
                    stop_command)
      ->footer(
          "Examples:\n  mainstay cloud stop\n  mainstay cloud stop --state ./cloud\n"
          "  mainstay cloud stop --json");
}

void add_cloud_repair(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<YesFlags>();
  CLI::App* command =
      add_cloud_command(cloud, exit_code, "repair",
                        "Look through a journal that can't be opened, and cut it before the damage",
                        flags, repair_command);
  command->add_flag("--yes", flags->yes,
                    "Do so, and keep the old one beside it; else it only says what would be lost");
  command->footer(
      "Examples:\n  mainstay cloud repair --state ./cloud\n"
      "  mainstay cloud repair --state ./cloud --yes\n"
      "  mainstay cloud repair --state ./cloud --json");
}

}  // namespace mainstay::cli
