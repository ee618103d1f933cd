#include "cli/access/access_findings.hh"

#include <fmt/core.h>

#include "access/answer_value.hh"
#include "access/junit.hh"
#include "access/vocabulary.hh"
#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::cli {
namespace {

using policy::proofs::Answer;

std::vector<access::Finding> findings_of(const Checked& check) {
  std::vector<access::Finding> out;
  if (check.comparison.answer == Answer::undecided)
    out.push_back({check.rule,
                   check.question + ": undecided: " + check.comparison.reason,
                   {check.file->text.file, 1, 1},
                   false});
  for (const policy::proofs::Witness& witness : check.comparison.witnesses)
    out.push_back({check.rule,
                   check.question + ": " + access::witness_text(witness.request, witness.spelling),
                   witness.rule ? check.file->statement(*witness.rule)
                                : Position{check.file->text.file, 1, 1},
                   true});
  return out;
}

std::string check_text(AccessRun& run, const Checked& check, const Style& style) {
  const std::string& file = check.file->text.file;
  if (check.comparison.answer == Answer::no_more)
    return style.paint(Ink::good, "OK") + "  " + one_line(file) + " " + one_line(check.assurance) +
           " (proved for every request)\n";
  bool more = check.comparison.answer == Answer::more;
  std::string text = style.paint(Ink::bad, more ? "MORE" : "UNDECIDED") + "  " + one_line(file) +
                     " " + one_line(check.question) + "\n";
  if (!more) return text + "  " + one_line(check.comparison.reason) + "\n";
  for (const policy::proofs::Witness& witness : check.comparison.witnesses) {
    text += "  " + one_line(access::witness_text(witness.request, witness.spelling)) + "\n";
    if (!witness.rule) continue;
    text += fmt::format("      by statement {}\n",
                        one_line(access::statement_label(*witness.allowed_by, *witness.rule)));
    Position at = check.file->statement(*witness.rule);
    text += "      " + one_line(at.to_string()) + "\n" + snippet(at, run.files());
  }
  return text;
}

void check_lines(Ndjson& out, const Checked& check) {
  constexpr const char* names[] = {"no more", "more", "undecided"};
  out.line("check", Value::map({{"file", check.file->text.file},
                                {"rule", check.rule},
                                {"question", check.question},
                                {"answer", names[static_cast<size_t>(check.comparison.answer)]},
                                {"reason", check.comparison.reason}}));
  for (const policy::proofs::Witness& witness : check.comparison.witnesses) {
    Value line =
        Value::map({{"rule", check.rule},
                    {"witness", access::witness_value(witness.request, witness.spelling)}});
    if (witness.rule) {
      Position at = check.file->statement(*witness.rule);
      line.set("file", at.file).set("line", at.line).set("column", at.column);
    }
    out.line("finding", std::move(line));
  }
}

}  // namespace

void CheckFlags::apply(policy::proofs::SymbolicOptions& options) const {
  options.witnesses_max = witnesses;
  options.only_known_actions = real_actions;
}

void add_check_flags(CLI::App& command, CheckFlags& flags) {
  command.add_option("--kind", flags.kind, "What kind of policy; auto: by what it has")
      ->check(CLI::IsMember(policy_file_kinds()))
      ->capture_default_str();
  command.add_option("--format", flags.format, "What is printed: text, sarif or junit")
      ->check(CLI::IsMember({"text", "sarif", "junit"}))
      ->capture_default_str();
  command.add_flag_callback(
      "--sarif", [&flags] { flags.format = "sarif"; }, "The same as --format sarif");
  command.add_option("--witnesses", flags.witnesses, "At most so many requests to show")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command.add_flag("--real-actions", flags.real_actions,
                   "Only actions that AWS has today count, not what a pattern may come to cover");
  add_access_output_flags(command, flags);
}

Exit report_checks(AccessRun& run, const CheckFlags& flags,
                   const std::vector<access::FindingRule>& rules,
                   const std::vector<Checked>& checks) {
  bool clean = true;
  std::vector<access::Finding> findings;
  std::vector<access::CheckedCase> cases;
  for (const Checked& check : checks) {
    clean = clean && check.comparison.answer == Answer::no_more;
    std::vector<access::Finding> own = findings_of(check);
    findings.insert(findings.end(), own.begin(), own.end());
    cases.push_back({check.file->text.file, check.assurance, std::move(own)});
    if (run.json()) check_lines(*run.json(), check);
    if (flags.format == "text") run.print(check_text(run, check, run.style()));
  }
  if (flags.format == "sarif")
    run.print(printable_json(to_json_pretty(access::sarif(rules, findings, MAINSTAY_VERSION))) +
              "\n");
  if (flags.format == "junit") run.print(access::junit("mainstay access", cases));
  return clean ? Exit::ok : Exit::approval;
}

}  // namespace mainstay::cli
