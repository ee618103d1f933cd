#include "cli/screen/error_pages.hh"

#include <fmt/core.h>

#include "base/text.hh"
#include "cli/screen/carried_texts.hh"

namespace mainstay::cli {
namespace {

// What follows the prefix, where the line has it.
std::optional<std::string> after(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return std::nullopt;
  return std::string(trim(line.substr(prefix.size())));
}

// "Exit code 3. The configuration has ..."
void read_meaning(ErrorPage& page, const std::string& text) {
  size_t stop = text.find(". ");
  if (stop == std::string::npos) return;
  page.exit_code = static_cast<int>(parse_int(text.substr(0, stop)).value_or(0));
  page.meaning = text.substr(stop + 2);
}

Value list_value(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

}  // namespace

std::vector<ErrorPage> parse_error_pages(std::string_view text) {
  std::vector<ErrorPage> pages;
  for (const std::string& line : split(text, "\n")) {
    if (auto code = after(line, "## ")) pages.push_back({*code, "", 0, {}, {}});
    if (pages.empty()) continue;
    ErrorPage& page = pages.back();
    if (auto meaning = after(line, "Exit code ")) read_meaning(page, *meaning);
    if (auto cause = after(line, "- Often: ")) page.causes.push_back(*cause);
    if (auto action = after(line, "- Do: ")) page.actions.push_back(*action);
  }
  return pages;
}

const std::vector<ErrorPage>& error_pages() {
  static const std::vector<ErrorPage> pages = parse_error_pages(errors_text());
  return pages;
}

const ErrorPage* error_page(std::string_view code) {
  auto page = std::ranges::find(error_pages(), code, &ErrorPage::code);
  return page == error_pages().end() ? nullptr : &*page;
}

Result<const ErrorPage*> find_error_page(std::string_view code) {
  std::vector<std::string> codes, lower;
  for (const ErrorPage& page : error_pages()) {
    if (equals_ignoring_case(page.code, code)) return &page;
    codes.push_back(page.code);
    lower.push_back(to_lower(page.code));
  }
  Error error("UsageInvalid", "no error code of mainstay's is called \"" + one_line(code) +
                                  "\"; AWS's own codes are explained by AWS");
  auto near = nearest(to_lower(code), lower);
  if (!near) return std::move(error).with_hint("`mainstay explain` lists those there are");
  size_t at = static_cast<size_t>(std::ranges::find(lower, *near) - lower.begin());
  return std::move(error).with_hint("did you mean " + codes[at] + "?");
}

std::string page_text(const ErrorPage& page, const Style& style) {
  std::string text =
      style.paint(Ink::bold, page.code) + fmt::format("  exit code {}\n", page.exit_code);
  text += wrapped_text("  ", page.meaning);
  for (const std::string& cause : page.causes) text += wrapped_text("  OFTEN ", cause);
  for (const std::string& action : page.actions) text += wrapped_text("  DO    ", action);
  return text;
}

Value page_value(const ErrorPage& page) {
  return Value::map({{"code", page.code},
                     {"exit_code", page.exit_code},
                     {"meaning", page.meaning},
                     {"causes", list_value(page.causes)},
                     {"actions", list_value(page.actions)}});
}

}  // namespace mainstay::cli
