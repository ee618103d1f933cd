#include <fmt/core.h>

#include "base/text.hh"
#include "cli/progress.hh"

namespace mainstay::cli {

std::string failure_text(const std::string& stack, const Error& error,
                         const std::optional<stacks::Failure>& failure, const Files& files,
                         const Style& style) {
  std::string text = style.paint(Ink::bad, "FAILED") + " " + printable(stack);
  if (!failure) {
    Error plain = error;
    plain.hint.clear();
    text += "\nCAUSE  " + printable(plain.to_string()) + "\n" + snippet(error.at, files);
  } else {
    text += failure->rolled_back ? "; rolled back cleanly" : "; left as " + failure->status;
    text += "\n";
    if (failure->cause) {
      const stacks::StackEvent& cause = *failure->cause;
      text += fmt::format("CAUSE  {}  {}  {} {}\n", printable(cause.logical_id),
                          printable(cause.type), cause.status, format_iso8601(cause.time));
      if (failure->at.known()) text += "  " + failure->at.to_string() + "\n";
      text += snippet(failure->at, files);
      text += "  " + printable(cause.reason) + "\n";
    } else {
      text += "CAUSE  " + printable(error.message) + "\n";
    }
    if (failure->cancelled > 0)
      text += fmt::format("EFFECT {} others cancelled by this\n", failure->cancelled);
  }
  if (!error.hint.empty()) text += "NEXT   " + printable(error.hint) + "\n";
  return text;
}

}  // namespace mainstay::cli
