#include <fmt/core.h>

#include "access/events.hh"
#include "access/vocabulary.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_run.hh"
#include "cli/access/policy_file.hh"
#include "proofs/tighten.hh"

namespace mainstay::cli {
namespace {

constexpr size_t events_bytes_max = 256 * 1024 * 1024;

struct TightenFlags : AccessFlags {
  std::vector<std::string> files;
  std::string events, principal, save;
};

// CloudTrail's own list of the last 90 days, one account and region.
Result<std::string> looked_up(AccessRun& run) {
  TRY(auto client, run.client(""));
  TRY(List events, client->list("cloudtrail", {"LookupEvents", "Events", "NextToken", "NextToken"},
                                Value::map()));
  return to_json(Value::map({{"Events", Value(std::move(events))}}));
}

std::string tighten_text(const access::Events& events, const policy::proofs::Tightened& found) {
  std::string text = fmt::format("{} events ({} refused), {} different requests\n", events.read,
                                 events.refused, events.requests.size());
  for (const std::string& what : found.generalized)
    text += "  taken together: " + one_line(what) + "\n";
  for (size_t index : found.refused)
    text += "  not allowed by the current policies, left out: " +
            one_line(access::witness_text(events.requests[index])) + "\n";
  text += found.check.answer == policy::proofs::Answer::no_more
              ? "allows nothing that the current policies don't (proved for every request)\n"
              : "not compared with current policies: " + one_line(found.check.reason) + "\n";
  return text;
}

Exit tighten_command(const TightenFlags& flags) {
  AccessRun run(flags);
  auto text =
      flags.events.empty() ? looked_up(run) : run.files().read(flags.events, events_bytes_max);
  if (!text) return run.fail(text.error());
  access::Vocabulary vocabulary;
  actions::Operations operations(vocabulary.table());
  auto events = access::read_events(*text, operations, flags.principal);
  if (!events) return run.fail(events.error());
  std::vector<PolicyFile> files;
  policy::PolicyList current;
  for (const std::string& path : flags.files) {
    auto file = read_policy_file(run.files(), path, "identity");
    if (!file) return run.fail(file.error());
    files.push_back(std::move(*file));
  }
  for (const PolicyFile& file : files) current.push_back(file.policy.get());
  policy::proofs::TightenOptions options;
  options.compare = vocabulary.options();
  auto found = policy::proofs::tighten(current, events->requests, options);
  if (!found) return run.fail(found.error());
  Value document = policy::to_value(found->document);
  if (!flags.save.empty())
    if (Status saved = run.files().write(flags.save, to_json_pretty(document) + "\n"); !saved)
      return run.fail(saved.error());
  if (run.json()) {
    run.json()->line("tightened",
                     Value::map({{"events", events->read},
                                 {"requests", events->requests.size()},
                                 {"left_out", found->refused.size()},
                                 {"proved", found->check.answer == policy::proofs::Answer::no_more},
                                 {"policy", document}}));
  }
  run.note(tighten_text(*events, *found));
  if (flags.save.empty()) run.print(printable_json(to_json_pretty(document)) + "\n");
  return Exit::ok;
}

}  // namespace

void add_access_tighten(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<TightenFlags>();
  CLI::App* command = access.add_subcommand(
      "tighten", "The least policy for what was really done, from CloudTrail's events");
  command->add_option("policy", flags->files,
                      "Files of the current policies, which the result never exceeds");
  command->add_option("--events", flags->events,
                      "CloudTrail log, LookupEvents' answer, or a record a line; else asked for");
  command->add_option("--principal", flags->principal, "Only what this user or role did, by ARN");
  command->add_option("--save", flags->save, "File for the policy; else standard output");
  add_access_source_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay access tighten --events trail.json app.json\n"
      "  mainstay access tighten --principal arn:aws:iam::123456789012:role/app app.json\n"
      "  mainstay access tighten --profile prod --save tight.json app.json");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(tighten_command(*flags)); });
}

}  // namespace mainstay::cli
