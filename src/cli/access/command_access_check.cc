#include "access/action_names.hh"
#include "access/vocabulary.hh"
#include "base/text.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_findings.hh"

namespace mainstay::cli {
namespace {

struct NeverFlags : CheckFlags {
  std::vector<std::string> files, never, except_on, only_on;
};

Result<std::vector<Checked>> ask_file(const NeverFlags& flags, const PolicyFile& file,
                                      const policy::proofs::SymbolicOptions& options) {
  std::vector<Checked> out;
  const policy::PolicyList policies{file.policy.get()};
  for (const std::string& action : flags.never) {
    TRY(policy::proofs::Comparison comparison,
        policy::proofs::never(policies, {action}, flags.except_on, options));
    std::string what = "allows " + action;
    if (!flags.except_on.empty()) what += " outside " + join(flags.except_on, ", ");
    out.push_back({"access-forbidden", what, "never " + what, &file, std::move(comparison)});
  }
  if (!flags.only_on.empty()) {
    TRY(policy::proofs::Comparison comparison,
        policy::proofs::only_on(policies, flags.only_on, options));
    std::string where = " outside " + join(flags.only_on, ", ");
    out.push_back({"access-outside", "allows something" + where, "allows nothing" + where, &file,
                   std::move(comparison)});
  }
  return out;
}

Exit never_command(const NeverFlags& flags) {
  AccessRun run(flags);
  if (flags.never.empty() && flags.only_on.empty())
    return run.fail(
        Error("UsageInvalid", "nothing to check: give --never ACTION or --only-on ARN"));
  std::vector<PolicyFile> files;
  for (const std::string& path : flags.files) {
    auto file = read_policy_file(run.files(), path, flags.kind);
    if (!file) return run.fail(file.error());
    files.push_back(std::move(*file));
  }
  access::Vocabulary vocabulary;
  // A misspelt action would be proved never to be allowed.
  for (const std::string& action : flags.never)
    if (Status known = access::require_action(vocabulary.table(), action); !known)
      return run.fail(known.error());
  policy::proofs::SymbolicOptions options = vocabulary.options();
  flags.apply(options);
  std::vector<Checked> checks;
  for (const PolicyFile& file : files) {
    auto asked = ask_file(flags, file, options);
    if (!asked) return run.fail(asked.error());
    for (Checked& check : *asked) checks.push_back(std::move(check));
  }
  return report_checks(run, flags,
                       {{"access-forbidden", "The policy allows an action that it never should"},
                        {"access-outside", "The policy allows something outside its resources"}},
                       checks);
}

}  // namespace

void add_access_check(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<NeverFlags>();
  CLI::App* command = access.add_subcommand(
      "check", "Does a policy allow what it never should? Exit code 0 no (proved), 5 yes");
  command->add_option("policy", flags->files, "Files, JSON or YAML")->required();
  command
      ->add_option("--never", flags->never,
                   "An action or pattern, as dynamodb:DeleteTable; "
                   "may be repeated")
      ->allow_extra_args(false);
  command->add_option("--but-on", flags->except_on, "... unless on these resources")
      ->allow_extra_args(false);
  command->add_option("--only-on", flags->only_on, "Nothing at all outside these resources")
      ->allow_extra_args(false);
  add_check_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay access check app.json --never dynamodb:DeleteTable\n"
      "  mainstay access check app.json --never 's3:Put*' --but-on 'arn:aws:s3:::prod-app-*'\n"
      "  mainstay access check policies/*.json --never 'iam:*' --format sarif > access.sarif");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(never_command(*flags)); });
}

}  // namespace mainstay::cli
