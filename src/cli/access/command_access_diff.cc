#include "access/vocabulary.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_findings.hh"

namespace mainstay::cli {
namespace {

struct DiffPolicyFlags : CheckFlags {
  std::string before, after;
};

Exit policy_diff_command(const DiffPolicyFlags& flags) {
  AccessRun run(flags);
  auto before = read_policy_file(run.files(), flags.before, flags.kind);
  if (!before) return run.fail(before.error());
  auto after = read_policy_file(run.files(), flags.after, flags.kind);
  if (!after) return run.fail(after.error());
  access::Vocabulary vocabulary;
  policy::proofs::SymbolicOptions options = vocabulary.options();
  flags.apply(options);
  const policy::Policy *old_policy = before->policy.get(), *new_policy = after->policy.get();
  std::vector<Checked> checks{{"access-widened", "allows more than " + flags.before,
                               "allows nothing that " + flags.before + " does not", &*after,
                               policy::proofs::compare({old_policy}, {new_policy}, options)}};
  return report_checks(run, flags,
                       {{"access-widened", "The new policy allows what the old did not"}}, checks);
}

}  // namespace

void add_access_diff(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<DiffPolicyFlags>();
  CLI::App* command = access.add_subcommand(
      "diff", "Does a new policy allow more than the old one? Exit code 0 no (proved), 5 yes");
  command->add_option("old", flags->before, "File of the old policy, JSON or YAML")->required();
  command->add_option("new", flags->after, "File of the new policy")->required();
  add_check_flags(*command, *flags);
  command->footer(
      "Decided for all requests at once; each \"more\" comes with a request that the new policy\n"
      "allows and the old one does not.\n"
      "Examples:\n  mainstay access diff old.json new.json\n"
      "  mainstay access diff --format junit main/app.json app.json > access.xml\n"
      "  mainstay access diff --kind scp before.json after.json --json");
  command->callback(
      [flags, &exit_code] { exit_code = static_cast<int>(policy_diff_command(*flags)); });
}

}  // namespace mainstay::cli
