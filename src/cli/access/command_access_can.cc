#include "access/answer_value.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_run.hh"
#include "cli/access/access_text.hh"

namespace mainstay::cli {
namespace {

struct CanFlags : AccessFlags {
  std::string principal, action, resource = "*";
  access::ObjectFacts object;
};

Exit can_command(const CanFlags& flags) {
  AccessRun run(flags);
  auto context = run.context();
  if (!context) return run.fail(context.error());
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto actor = run.world().actor(flags.principal);
  if (!actor) return run.fail(actor.error());
  auto target = run.world().target(flags.resource);
  if (!target) return run.fail(target.error());
  run.warn_of_unknown_action(actions::ActionTable(), flags.action);
  access::Question question{&*actor, flags.action, &*target, *context, flags.object};
  access::Answer answer = access::answer(run.world(), question);
  if (run.json()) run.json()->line("answer", access::to_value(answer, question));
  run.print(answer_text(answer, question, run.style()));
  return answer.allowed() ? Exit::ok : Exit::approval;
}

}  // namespace

void add_access_can(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<CanFlags>();
  CLI::App* command =
      access.add_subcommand("can", "May this principal do that? Exit code 0 yes, 5 no");
  command
      ->add_option("principal", flags->principal,
                   "ARN, role/NAME, ACCOUNT:user/NAME, an account (its root), or \"*\"")
      ->required();
  command->add_option("action", flags->action, "As in policies: s3:GetObject")->required();
  command->add_option("resource", flags->resource, "ARN, or \"*\" for actions without one");
  add_context_flag(*command, *flags);
  command->add_option("--object-owner", flags->object.owner,
                      "Account that owns the object, where its bucket's owner need not");
  command->add_option("--object-acl", flags->object.acl, "Canned ACL that it was uploaded with")
      ->check(CLI::IsMember(access::canned_acls()));
  command->add_option("--kms-key", flags->object.key,
                      "Key that the object is encrypted under, if not the bucket's default");
  add_access_source_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay access can role/app dynamodb:DeleteTable "
      "arn:aws:dynamodb:us-east-1:123456789012:table/prod-app\n"
      "  mainstay access can 333333333333:role/reader s3:GetObject arn:aws:s3:::data/a "
      "--object-owner 222222222222\n"
      "  mainstay access can user/ann s3:PutObject arn:aws:s3:::data/a --context "
      "aws:SourceIp=10.0.0.1 --from access.json");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(can_command(*flags)); });
}

}  // namespace mainstay::cli
