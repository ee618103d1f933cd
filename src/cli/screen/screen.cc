#include "cli/screen/screen.hh"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "base/text.hh"
#include "cli/screen/error_pages.hh"

namespace mainstay::cli {

std::string Style::paint(Ink ink, std::string_view text) const {
  static constexpr std::string_view codes[] = {"", "32", "31", "36", "90", "1"};
  std::string_view code = codes[static_cast<size_t>(ink)];
  if (!colour || code.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

Style style_for(const std::string& when, const Terminal& terminal, const Environment& environment) {
  Style style;
  style.ascii = environment.text("ACCESSIBLE") == "1";
  bool fitting = terminal.interactive && !environment.get("NO_COLOR");
  style.colour = when == "always" || (when == "auto" && fitting);
  return style;
}

std::string duration_text(int64_t ms) {
  int64_t seconds = ms / 1000;
  if (seconds < 3600) return fmt::format("{:02}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string took_text(int64_t ms) {
  constexpr int64_t short_ms_max = 10'000;
  if (ms >= short_ms_max) return duration_text(ms);
  return fmt::format("{}.{} s", ms / 1000, ms / 100 % 10);
}

std::string only_colours(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t escape = std::min(text.find('\x1b'), text.size());
    out += printable(text.substr(0, escape));
    text.remove_prefix(escape);
    if (text.empty()) break;
    // "\x1b[31m"
    size_t end = text.starts_with("\x1b[") ? text.find_first_not_of("0123456789", 2) : 0;
    bool colour = end != 0 && end != std::string_view::npos && text[end] == 'm';
    size_t taken = colour ? end + 1 : 1;
    out += colour ? std::string(text.substr(0, taken)) : printable(text.substr(0, taken));
    text.remove_prefix(taken);
  }
  return out;
}

std::string cut_to(const std::string& line, int width) {
  int columns = 0;
  std::string out;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b') {
      size_t end = line.find('m', i);
      out += line.substr(i, end - i + 1);
      i = end;
      continue;
    }
    bool starts = (static_cast<unsigned char>(line[i]) & 0xc0) != 0x80;
    if (starts) ++columns;
    if (columns < width) out += line[i];
  }
  return out;
}

std::string wrapped_text(const std::string& first_prefix, std::string_view text) {
  constexpr size_t width = 79;
  std::string out = first_prefix;
  size_t column = first_prefix.size();
  bool begun = false;
  for (const std::string& word : split(text, " ")) {
    size_t wide = is_utf8(word) ? utf8_length(word) : word.size();
    if (begun && column + 1 + wide > width) {
      out += "\n" + std::string(first_prefix.size(), ' ') + word;
      column = first_prefix.size() + wide;
      continue;
    }
    out += (begun ? " " : "") + word;
    column += begun + wide;
    begun = true;
  }
  return out + "\n";
}

std::string shell_quoted(const std::string& text) {
  auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("-_./:=@,+").contains(c);
  };
  if (!text.empty() && std::ranges::all_of(text, plain)) return text;
  return "'" + replace_all(one_line(text), "'", "'\\''") + "'";
}

std::string snippet(const Position& at, const Files& files) {
  constexpr size_t file_bytes_max = 4 * 1024 * 1024, width_max = 70;
  if (!at.known() || at.file.empty() || at.file == "-") return "";
  auto text = files.read(at.file, file_bytes_max);
  if (!text) return "";
  size_t from = 0;
  for (int line = 1; line < at.line; ++line) {
    from = text->find('\n', from);
    if (from == std::string::npos) return "";
    ++from;
  }
  std::string line = one_line(text->substr(from, text->find('\n', from) - from));
  line.resize(std::min(line.size(), width_max));
  std::string shown = fmt::format("{:5} | {}\n", at.line, line);
  if (at.column > 0 && static_cast<size_t>(at.column) <= line.size())
    shown += fmt::format("      | {:>{}}\n", "^", at.column);
  return shown;
}

std::string error_text(const Error& error, const Files& files, const Style& style) {
  Error without_hint = error;
  without_hint.hint.clear();
  std::string text = style.paint(Ink::bad, "error[" + one_line(error.code) + "]:") + " " +
                     replace_all(printable(without_hint.to_string()), "\n", "\n  ") + "\n" +
                     snippet(error.at, files);
  if (!error.hint.empty())
    text += "  " + one_line(error.hint) + "\n";
  else if (error.code != "UsageInvalid" && error_page(error.code))
    text += "  for more: mainstay explain " + error.code + "\n";
  return text;
}

}  // namespace mainstay::cli
