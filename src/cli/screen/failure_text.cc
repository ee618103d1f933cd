#include "cli/screen/failure_text.hh"

#include <fmt/core.h>

#include "base/text.hh"
#include "cli/screen/error_pages.hh"

namespace mainstay::cli {
namespace {

// What stands between the end of `before` and the first of the ends.
std::string between(std::string_view text, std::string_view before,
                    const std::vector<std::string_view>& ends) {
  size_t from = text.find(before);
  if (from == std::string_view::npos) return "";
  text.remove_prefix(from + before.size());
  size_t to = text.size();
  for (std::string_view end : ends) to = std::min(to, text.find(end));
  return std::string(trim(text.substr(0, to)));
}

// "; rolled back cleanly in 02:10", or how it stands.
std::string outcome_text(const stacks::Failure& failure) {
  std::string text;
  if (failure.failed_after_ms > 0) text += " after " + took_text(failure.failed_after_ms);
  if (!failure.rolled_back) return text + "; left as " + one_line(failure.status);
  text += "; rolled back cleanly";
  if (failure.rolled_back_in_ms > 0) text += " in " + took_text(failure.rolled_back_in_ms);
  return text;
}

std::string cause_text(const stacks::Failure& failure, const Error& error, const Files& files) {
  if (!failure.cause) return wrapped_text("CAUSE  ", one_line(error.message));
  const stacks::StackEvent& cause = *failure.cause;
  constexpr size_t date_size = sizeof "2026-01-01T" - 1;
  std::string_view type = cause.type;
  if (type.starts_with("AWS::")) type.remove_prefix(sizeof "AWS::" - 1);
  std::string text =
      fmt::format("CAUSE  {}  {}  {} {}\n", one_line(cause.logical_id), one_line(type),
                  one_line(cause.status), format_iso8601(cause.time).substr(date_size));
  if (failure.at.known()) text += "  " + one_line(failure.at.to_string()) + "\n";
  text += snippet(failure.at, files);
  return text + wrapped_text("  ", one_line(cause.reason));
}

// IAM calls its own resources "role api"; they belong to the account of the one who asked.
std::string arn_of(const Denial& denial) {
  size_t space = denial.resource.find(' ');
  std::vector<std::string> actor = split(denial.actor, ":");
  if (space == std::string::npos || actor.size() < 5) return denial.resource;
  return "arn:" + actor[1] + ":iam::" + actor[4] + ":" + denial.resource.substr(0, space) + "/" +
         denial.resource.substr(space + 1);
}

std::string why_text(const Denial& denial) {
  std::string text = "WHY    ";
  text += denial.decided.empty() ? "AWS doesn't say which policy" : one_line(denial.decided);
  return text +
         fmt::format("\n       {} on {}\n", one_line(denial.action), one_line(denial.resource));
}

std::string effect_text(const stacks::Failure& failure) {
  std::vector<std::string> effects;
  if (failure.cancelled > 0)
    effects.push_back(fmt::format("{} other{} cancelled by this", failure.cancelled,
                                  failure.cancelled == 1 ? "" : "s"));
  if (failure.rolled_back || !failure.left_behind.empty())
    effects.push_back(fmt::format("{} left behind", failure.left_behind.size()));
  if (effects.empty()) return "";
  std::string text = "EFFECT " + join(effects, "; ");
  if (!failure.left_behind.empty()) text += ": " + one_line(join(failure.left_behind, ", "));
  return text + "\n";
}

std::string again_text(const std::string& again, const std::optional<stacks::Failure>& failure) {
  if (again.empty()) return "";
  if (!failure) return again;
  if (failure->status == "ROLLBACK_COMPLETE")
    return again + " --recreate-failed   (deletes the empty stack first)";
  return failure->rolled_back ? again + "   (safe to re-run)" : "";
}

std::string next_text(const Error& error, const std::optional<stacks::Failure>& failure,
                      const std::optional<Denial>& denial, const NextCommands& next) {
  std::vector<std::string> lines;
  if (!error.hint.empty()) lines.push_back(one_line(error.hint));
  if (denial)
    lines.push_back(one_line("mainstay access can " + shell_quoted(denial->actor) + " " +
                             shell_quoted(denial->action) + " " + shell_quoted(arn_of(*denial)) +
                             next.target));
  // Without an operation, the hint says what has to be done first.
  std::string again = failure || error.hint.empty() ? again_text(next.again, failure) : "";
  if (!again.empty()) lines.push_back(one_line(again));
  if (error.hint.empty() && error_page(error.code))
    lines.push_back("mainstay explain " + error.code);
  std::string text;
  for (const std::string& line : lines)
    text += (text.empty() ? "NEXT   " : "       ") + line + "\n";
  return text;
}

}  // namespace

std::optional<Denial> denial_in(std::string_view reason) {
  Denial denial;
  const std::vector<std::string_view> ends{" on resource: ", " because ", " with an explicit deny",
                                           " (Service", "\n"};
  denial.action = between(reason, "is not authorized to perform: ", ends);
  if (denial.action.empty()) return std::nullopt;
  denial.actor = between(reason, "User: ", {" is not authorized"});
  denial.resource = between(reason, " on resource: ", {ends.begin() + 1, ends.end()});
  std::erase(denial.resource, '"');
  if (denial.resource.empty()) denial.resource = "*";
  std::string deny = between(reason, " with an explicit deny", {" (Service", "\n"});
  std::string missing = between(reason, " because ", {" (Service", "\n"});
  if (!deny.empty())
    denial.decided = "explicit deny " + deny;
  else
    denial.decided = missing;
  return denial;
}

std::string failure_text(const std::string& stack, const Error& error,
                         const std::optional<stacks::Failure>& failure, const Files& files,
                         const Style& style, const NextCommands& next) {
  std::string text = style.paint(Ink::bad, "FAILED") + " " + one_line(stack);
  std::string reason = failure && failure->cause ? failure->cause->reason : error.message;
  std::optional<Denial> denial = denial_in(reason);
  if (failure) {
    text += outcome_text(*failure) + "\n" + cause_text(*failure, error, files);
  } else {
    Error plain = error;
    plain.hint.clear();
    text += "\n" + wrapped_text("CAUSE  ", one_line(plain.to_string())) + snippet(error.at, files);
  }
  if (denial) text += why_text(*denial);
  if (failure) text += effect_text(*failure);
  return text + next_text(error, failure, denial, next);
}

}  // namespace mainstay::cli
