#include <fmt/core.h>

#include "access/explain.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_run.hh"

namespace mainstay::cli {
namespace {

struct ExplainFlags : AccessFlags {
  access::ExplainRequest request;
};

std::string party_text(const char* part, const std::string& who, const char* verb, bool now) {
  if (who.empty()) return "";
  return fmt::format("  {} {} {}\n", part, one_line(who),
                     std::string(now ? "can " : "cannot ") + verb);
}

std::string mend_text(size_t number, const access::Mend& mend) {
  std::string text = fmt::format("\n{}. {}  {}\n   {}\n   {}: {}\n   CHANGE {}\n", number,
                                 to_upper(access::situation_name(mend.situation)),
                                 access::situation_text(mend.situation), one_line(mend.step),
                                 "refused", one_line(mend.reason), one_line(mend.change));
  if (!mend.statement.is_null()) text += "          " + one_line(to_json(mend.statement)) + "\n";
  text += mend.proved ? "   decided again with it: no longer refused\n" : "   not mended\n";
  return text;
}

std::string explanation_text(const ExplainFlags& flags, const access::Explanation& found) {
  bool works = found.put && found.get;
  std::string text =
      fmt::format("{}  bucket {}\n", works ? "WORKS" : "BROKEN", one_line(flags.request.bucket));
  text += party_text("writer", found.writer, "put objects", found.put);
  text += party_text("reader", found.reader, "get them", found.get);
  if (!found.writer.empty())
    text += "  what the writer puts belongs to account " + one_line(found.object_owner) + "\n";
  size_t number = 0;
  for (const access::Mend& mend : found.mends) text += mend_text(++number, mend);
  if (!works)
    text += fmt::format("\nWith {} change{}: {}\n", found.mends.size(),
                        found.mends.size() == 1 ? "" : "s",
                        found.put_after && found.get_after ? "works" : "still broken");
  return text;
}

void explanation_lines(Ndjson& out, const ExplainFlags& flags, const access::Explanation& found) {
  for (const access::Mend& mend : found.mends)
    out.line("mend", Value::map({{"situation", access::situation_name(mend.situation)},
                                 {"step", mend.step},
                                 {"reason", mend.reason},
                                 {"change", mend.change},
                                 {"statement", mend.statement},
                                 {"proved", mend.proved}}));
  out.line("explanation", Value::map({{"bucket", flags.request.bucket},
                                      {"writer", found.writer},
                                      {"reader", found.reader},
                                      {"object_owner", found.object_owner},
                                      {"put", found.put},
                                      {"get", found.get},
                                      {"put_after", found.put_after},
                                      {"get_after", found.get_after}}));
}

Exit explain_command(const ExplainFlags& flags) {
  AccessRun run(flags);
  if (flags.request.writer.empty() && flags.request.reader.empty())
    return run.fail(Error("UsageInvalid", "name a --writer, a --reader, or both"));
  auto snapshot = run.snapshot();
  if (!snapshot) return run.fail(snapshot.error());
  auto found = access::explain(*snapshot, flags.request, embedded_managed_policy);
  if (!found) return run.fail(found.error());
  if (run.json()) explanation_lines(*run.json(), flags, *found);
  run.print(explanation_text(flags, *found));
  return found->put && found->get ? Exit::ok : Exit::approval;
}

}  // namespace

void add_access_explain(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<ExplainFlags>();
  CLI::App* command = access.add_subcommand(
      "explain", "Why a shared bucket does not work, and what mends it. Exit code 0 works, 5 not");
  command->add_option("--bucket", flags->request.bucket, "Its name")->required();
  command->add_option("--writer", flags->request.writer,
                      "Principal that puts: ARN, ACCOUNT:role/NAME");
  command->add_option("--reader", flags->request.reader, "Principal that gets");
  command->add_option("--object-acl", flags->request.acl, "Canned ACL that the writer sends")
      ->check(CLI::IsMember(access::canned_acls()));
  add_access_source_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay access explain --bucket data --writer 222222222222:role/w "
      "--reader 333333333333:role/r\n"
      "  mainstay access explain --bucket data --writer role/w --object-acl "
      "bucket-owner-full-control --from access.json\n"
      "  mainstay access explain --bucket data --reader user/ann --json");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(explain_command(*flags)); });
}

}  // namespace mainstay::cli
