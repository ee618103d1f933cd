#include "cfn/flow_ends.hh"

#include <algorithm>

namespace mainstay::cfn {
namespace {

constexpr size_t far_right = 200;  // deeper than any key that is written

// Follows a text line by line: how many flow collections are open, and whether a block scalar is.
class Lines {
 public:
  // Whether the line begins with the end of a flow collection that is open before it.
  bool ends_flow(std::string_view line) {
    size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
    bool is_blank = indent == line.size();
    if (in_block_ && !is_blank && indent <= block_indent_) in_block_ = false;
    if (in_block_) return false;
    bool ends =
        depth_ > 0 && quote_ == 0 && !is_blank && (line[indent] == '}' || line[indent] == ']');
    for (size_t i = indent; i < line.size(); ++i)
      if (!step(line, i)) break;
    if (depth_ == 0 && quote_ == 0 && begins_block(line)) {
      in_block_ = true;
      block_indent_ = indent;
    }
    return ends;
  }

 private:
  // False where a comment begins.
  bool step(std::string_view line, size_t& i) {
    char c = line[i];
    if (quote_ != 0) {
      if (c == '\\' && quote_ == '"')
        ++i;
      else if (c == quote_)
        quote_ = 0;
      return true;
    }
    bool after_space = i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t';
    bool at_value = after_space || depth_ > 0;
    if (c == '#' && after_space) return false;
    if ((c == '"' || c == '\'') && at_value) quote_ = c;
    if ((c == '{' || c == '[') && at_value) ++depth_;
    if ((c == '}' || c == ']') && depth_ > 0) --depth_;
    return true;
  }

  // "key: |", "- >-", with a comment or without.
  static bool begins_block(std::string_view line) {
    size_t comment = line.find(" #");
    line = line.substr(0, comment);
    size_t last = line.find_last_not_of(" \t\r");
    if (last == std::string_view::npos) return false;
    line = line.substr(0, last + 1);
    size_t mark = line.find_last_of("|>");
    if (mark == std::string_view::npos || mark == 0) return false;
    return line.find_first_not_of("+-0123456789", mark + 1) == std::string_view::npos &&
           line[mark - 1] == ' ';
  }

  int depth_ = 0;
  char quote_ = 0;
  bool in_block_ = false;
  size_t block_indent_ = 0;
};

}  // namespace

std::string without_last_commas(std::string_view text) {
  std::string out(text);
  bool in_text = false, changed = false;
  size_t comma = std::string::npos;  // the last one, if only blanks have followed
  for (size_t i = 0; i < out.size(); ++i) {
    char c = out[i];
    if (in_text) {
      if (c == '\\') ++i;
      in_text = c != '"';
      continue;
    }
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if ((c == '}' || c == ']') && comma != std::string::npos) {
      out[comma] = ' ';
      changed = true;
    }
    comma = c == ',' ? i : std::string::npos;
    in_text = c == '"';
  }
  return changed ? out : "";
}

std::string with_flow_ends_indented(std::string_view text) {
  std::string out;
  Lines lines;
  bool changed = false;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    std::string_view line = text.substr(0, end);
    if (lines.ends_flow(line.ends_with('\n') ? line.substr(0, line.size() - 1) : line)) {
      out += std::string(far_right, ' ');
      changed = true;
    }
    out += line;
    text.remove_prefix(end);
  }
  return changed ? out : "";
}

}  // namespace mainstay::cfn
