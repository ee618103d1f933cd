#include <fmt/core.h>

#include "base/json.hh"
#include "base/text.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_run.hh"

namespace mainstay::cli {
namespace {

struct FetchFlags : AccessFlags {
  std::string save;
};

Exit fetch_command(const FetchFlags& flags) {
  AccessRun run(flags);
  auto snapshot = run.snapshot();
  if (!snapshot) return run.fail(snapshot.error());
  Value whole = access::to_value(*snapshot);
  std::string text = to_json_pretty(whole) + "\n";
  size_t principals = 0, buckets = 0, keys = 0;
  for (const access::Account& account : snapshot->accounts) {
    principals += account.entities.size();
    buckets += account.buckets.size();
    keys += account.keys.size();
  }
  if (flags.save.empty()) {
    if (run.json()) run.json()->line("snapshot", Value::map({{"snapshot", std::move(whole)}}));
    run.print(printable_json(text));
    return Exit::ok;
  }
  constexpr int private_mode = 0600;
  if (Status saved = run.files().write(flags.save, text, private_mode); !saved)
    return run.fail(saved.error());
  if (run.json())
    run.json()->line("saved", Value::map({{"file", flags.save},
                                          {"accounts", snapshot->accounts.size()},
                                          {"principals", principals},
                                          {"buckets", buckets},
                                          {"keys", keys}}));
  run.print(fmt::format("{}: {} accounts, {} users, groups and roles, {} buckets, {} keys\n",
                        flags.save, snapshot->accounts.size(), principals, buckets, keys));
  return Exit::ok;
}

}  // namespace

void add_access_fetch(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<FetchFlags>();
  CLI::App* command = access.add_subcommand(
      "fetch", "Read what decides about access, by calls that only read, into a file");
  add_access_source_flags(*command, *flags);
  command->add_option("--save", flags->save, "File to write; else standard output");
  command->footer(
      "Examples:\n  mainstay access fetch --save access.json\n"
      "  mainstay access fetch --profile prod --role Audit --save access.json\n"
      "  mainstay access fetch --account 111111111111 --account 222222222222");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(fetch_command(*flags)); });
}

}  // namespace mainstay::cli
