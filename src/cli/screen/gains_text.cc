#include <fmt/core.h>

#include "base/text.hh"
#include "cli/screen/change_text.hh"

namespace mainstay::cli {
namespace {

using stacks::AccessGain;

constexpr size_t items_shown_max = 6;

std::string listed(const std::vector<std::string>& texts) {
  std::string text;
  for (size_t i = 0; i < std::min(texts.size(), items_shown_max); ++i)
    text += (i == 0 ? "" : texts[i - 1] == "all but" ? " " : ", ") + one_line(texts[i]);
  if (texts.size() > items_shown_max)
    text += fmt::format(" and {} more", texts.size() - items_shown_max);
  return text;
}

std::string headline(const AccessGain& gain) {
  std::string holder = one_line(gain.holder);
  bool trust = gain.kind == AccessGain::Kind::trust;
  if (gain.kind == AccessGain::Kind::network)
    return holder + " opens " + listed(gain.actions) + " to " + listed(gain.principals);
  if (!gain.unproven.empty()) return holder + (trust ? " may be open to more" : " may gain access");
  if (trust) return holder + " may be assumed by " + listed(gain.principals);
  if (gain.principals.empty()) return holder + " gains " + listed(gain.actions);
  return holder + " lets " + listed(gain.principals) + " do " + listed(gain.actions);
}

std::string gain_text(const AccessGain& gain, const Style& style) {
  std::string text = "  " + style.paint(Ink::busy, "~") + " " + headline(gain);
  if (gain.at.known() && !gain.at.file.empty()) text += "  " + one_line(gain.at.to_string());
  text += "\n";
  if (!gain.unproven.empty()) return text + "      unproven: " + one_line(gain.unproven) + "\n";
  if (!gain.resources.empty()) {
    text += "      on " + listed(gain.resources);
    if (!gain.had.empty()) text += "  (had: " + listed(gain.had) + ")";
    text +=
        "  bounded by: " + (gain.bounded_by.empty() ? "none" : one_line(gain.bounded_by)) + "\n";
  }
  if (gain.example.empty()) return text;
  return text + "      e.g. " + one_line(gain.example) + "\n";
}

}  // namespace

std::string gains_text(const std::vector<AccessGain>& gains, const Style& style) {
  if (gains.empty()) return "";
  std::string text = style.paint(Ink::bold, "  ACCESS") + "\n";
  for (const AccessGain& gain : gains) text += gain_text(gain, style);
  return text;
}

}  // namespace mainstay::cli
