#include "cli/screen/approval.hh"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.hh"
#include "cli/screen/change_text.hh"
#include "host/surroundings.hh"

namespace mainstay::cli {
namespace {

using stacks::ApprovalRequest;
using stacks::Consent;

constexpr Consent all_consents[] = {Consent::protected_stack, Consent::replace, Consent::data,
                                    Consent::access};
constexpr std::string_view data_prefix = "data:";

const char* reason_for(Consent consent) {
  switch (consent) {
    case Consent::protected_stack:
      return "it is protected";
    case Consent::replace:
      return "what holds data would be replaced by something empty";
    case Consent::data:
      return "data would be lost";
    case Consent::access:
      return "access would be widened";
  }
  return "";
}

std::string reasons_for(const std::set<Consent>& consents) {
  std::vector<std::string> reasons;
  for (Consent consent : consents) reasons.emplace_back(reason_for(consent));
  return join(reasons, ", and ");
}

Error refusal(const ApprovalRequest& request, const std::set<Consent>& missing) {
  std::string what = request.deletes ? "deleting stack " : "changing stack ";
  std::string why = missing.empty() ? "-i was given" : reasons_for(missing);
  Error error("ApprovalNeeded", what + one_line(request.stack) + " needs a yes, since " + why +
                                    ", and there is no terminal to ask at");
  std::string flag = approve_flag({{request.stack, missing}});
  if (request.deletes) return std::move(error).with_hint("to delete it, run again with " + flag);
  if (flag.empty())
    return std::move(error).with_hint("look at `mainstay diff`, then run again without -i");
  return std::move(error).with_hint("look at `mainstay diff`, then run again with " + flag);
}

std::string brief_text(const ApprovalRequest& request, const Style& style) {
  std::string text = fmt::format("{}: {}\n", one_line(request.stack), counts_text(request.changes));
  for (stacks::ResourceChange change : request.changes) {
    change.details.clear();
    text += change_text(change, nullptr, style);
  }
  return text + gains_text(request.gains, style);
}

std::string full_text(const ApprovalRequest& request, const Style& style) {
  std::string text;
  for (const stacks::ResourceChange& change : request.changes)
    text += change_text(change, nullptr, style);
  return text;
}

Result<Consent> consent_of(const std::string& word) {
  for (Consent consent : all_consents)
    if (word == stacks::consent_name(consent) && consent != Consent::data) return consent;
  if (word == "data")
    return Error("UsageInvalid", "--approve=data needs the stack whose data may go: data:STACK");
  std::vector<std::string> known{"data:STACK"};
  for (Consent consent : all_consents) known.emplace_back(stacks::consent_name(consent));
  Error error("UsageInvalid", "--approve doesn't know \"" + one_line(word) + "\"");
  auto near = nearest(word, known);
  return std::move(error).with_hint(near ? "did you mean \"" + *near + "\"?"
                                         : "it knows protected, replace, access and data:STACK");
}

}  // namespace

Result<Approvals> Approvals::parse(const std::string& text) {
  Approvals out;
  for (const std::string& word : split(text, ",")) {
    if (word.empty()) continue;
    if (word.starts_with(data_prefix) && word.size() > data_prefix.size()) {
      out.data_of.insert(word.substr(data_prefix.size()));
      continue;
    }
    TRY(Consent consent, consent_of(word));
    out.consents.insert(consent);
  }
  return out;
}

std::set<Consent> Approvals::missing(const std::string& stack,
                                     const std::set<Consent>& needed) const {
  std::set<Consent> out;
  for (Consent consent : needed) {
    bool given = consent == Consent::data ? data_of.contains(stack) : consents.contains(consent);
    if (!given) out.insert(consent);
  }
  return out;
}

std::string approve_flag(const std::map<std::string, std::set<Consent>>& needed_by_stack) {
  std::set<std::string> words;
  for (const auto& [stack, consents] : needed_by_stack)
    for (Consent consent : consents)
      words.insert(consent == Consent::data ? std::string(data_prefix) + stack
                                            : std::string(stacks::consent_name(consent)));
  return words.empty() ? "" : "--approve=" + join({words.begin(), words.end()}, ",");
}

std::optional<std::string> ask(const std::string& question, std::stop_token stop) {
  std::fwrite(question.data(), 1, question.size(), stderr);
  std::fflush(stderr);
  auto line = read_line(0, stop);
  if (!line) return std::nullopt;
  return std::string(trim(*line));
}

Result<bool> TerminalApprover::approve(const ApprovalRequest& request) {
  std::set<Consent> missing = approvals_.missing(request.stack, request.consents);
  // With -i there may be nothing but the wish to be asked.
  if (missing.empty() && !request.consents.empty()) return true;
  if (!can_ask_) return refusal(request, missing);
  std::scoped_lock lock(mutex_);
  std::string text = brief_text(request, style_);
  if (!missing.empty()) text += "  " + reasons_for(missing) + "\n";
  bool by_name = missing.contains(Consent::data);
  std::string question = by_name
                             ? "Type \"" + one_line(request.stack) + "\" to go on, v to see all: "
                             : std::string("Execute these changes? [y/N/v] ");
  while (true) {
    auto answer = ask(text + question, stop_);
    // The end of a pipe is no answer.
    if (!answer && !stop_.stop_requested()) return refusal(request, missing);
    if (answer && *answer == "v") {
      text = full_text(request, style_);
      continue;
    }
    if (by_name) return answer && *answer == request.stack;
    return answer && (*answer == "y" || *answer == "Y");
  }
}

}  // namespace mainstay::cli
