#include <fmt/core.h>

#include "access/share.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_run.hh"

namespace mainstay::cli {
namespace {

struct ShareFlags : AccessFlags {
  access::ShareRequest request;
  std::string out;
};

std::string proofs_text(const access::Share& share, const Style& style) {
  std::string text, who;
  for (const access::ShareProof& proof : share.proofs) {
    std::string name = proof.who == "*" ? "* (anyone, unsigned)" : proof.who;
    if (!proof.circumstance.empty()) name += ", " + proof.circumstance;
    if (name != who) text += (who.empty() ? "  " : "\n  ") + one_line(name) + "\n   ";
    who = name;
    bool good = proof.found == proof.expected;
    text += fmt::format(" {} {}{}", proof.action.substr(3), proof.found ? "yes" : "no",
                        good ? "" : style.paint(Ink::bad, " (WRONG: " + proof.reason + ")"));
  }
  return text + "\n";
}

void proof_lines(Ndjson& out, const access::Share& share) {
  for (const access::ShareProof& proof : share.proofs)
    out.line("proof", Value::map({{"principal", proof.who},
                                  {"action", proof.action},
                                  {"resource", proof.resource},
                                  {"circumstance", proof.circumstance},
                                  {"expected", proof.expected},
                                  {"allowed", proof.found},
                                  {"reason", proof.reason}}));
}

std::string share_text(const ShareFlags& flags, const access::Share& share, const Style& style) {
  std::string text =
      fmt::format("{} templates for bucket {}; {} pairs decided, all as they should be\n",
                  share.parts.size(), flags.request.bucket, share.proofs.size());
  text += proofs_text(share, style) + "\n";
  for (const access::SharePart& part : share.parts)
    text +=
        fmt::format("{}  to account {}\n", one_line(join_path(flags.out, part.file)), part.account);
  if (flags.request.kms)
    text += "Deploy the owner's first; its output KeyArn is the parameter of the others.\n";
  return text;
}

Exit share_command(const ShareFlags& flags) {
  AccessRun run(flags);
  auto share = access::share(flags.request);
  if (!share) return run.fail(share.error());
  if (!share->proved()) {
    run.note(proofs_text(*share, run.style()));
    return run.fail(
        Error("ProofFailed", "the templates do not do what they should: nothing written"));
  }
  for (const access::SharePart& part : share->parts)
    if (Status saved =
            run.files().write(join_path(flags.out, part.file), to_json_pretty(part.body) + "\n");
        !saved)
      return run.fail(saved.error());
  if (run.json()) proof_lines(*run.json(), *share);
  run.print(share_text(flags, *share, run.style()));
  return Exit::ok;
}

}  // namespace

void add_access_share(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<ShareFlags>();
  CLI::App* command = access.add_subcommand(
      "share", "Write the templates that share a bucket over accounts, and prove them");
  command->add_option("--bucket", flags->request.bucket, "Its name")->required();
  command->add_option("--owner", flags->request.owner, "Account that has the bucket")->required();
  command->add_option("--writer", flags->request.writers, "Account that puts; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--reader", flags->request.readers, "Account that gets; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("--kms", flags->request.kms, "Encrypt under a KMS key of the owner's");
  command->add_option("-r,--region", flags->request.region, "Of bucket and key")
      ->capture_default_str();
  command->add_flag("--plain-http", flags->request.plain_http,
                    "Do not refuse plain HTTP, for emulators without TLS");
  command->add_option("--out", flags->out, "Folder to write into")->required();
  add_access_output_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay access share --bucket acme-data --owner 111111111111 "
      "--writer 222222222222 --reader 333333333333 --out share\n"
      "  mainstay access share --kms -r eu-west-1 --bucket logs --owner 111111111111 "
      "--writer 222222222222 --out share\n"
      "  mainstay access share --json --bucket d --owner 111111111111 --reader 333333333333 --out "
      "d");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(share_command(*flags)); });
}

}  // namespace mainstay::cli
