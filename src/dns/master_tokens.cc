#include "dns/master_tokens.hh"

#include "dns/name.hh"

namespace mainstay::dns {
namespace {

class Tokens {
 public:
  Tokens(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Result<std::vector<MasterLine>> read() {
    begin_line();
    while (at_ < text_.size()) CHECK_OK(step());
    if (depth_ > 0) return zone_error("a parenthesis is not closed").where(opened_);
    end_line();
    return std::move(lines_);
  }

 private:
  Position here() const { return {file_, line_, static_cast<int>(at_ - line_start_) + 1}; }

  void begin_line() {
    current_ = {};
    current_.begins_blank = at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t');
  }
  void end_line() {
    if (!current_.words.empty()) lines_.push_back(std::move(current_));
  }

  Status step() {
    char c = text_[at_];
    if (c == '\n') {
      ++at_;
      ++line_;
      line_start_ = at_;
      if (depth_ > 0) return {};
      end_line();
      begin_line();
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == ';') {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    } else if (c == '(') {
      if (depth_++ == 0) opened_ = here();
      ++at_;
    } else if (c == ')') {
      if (depth_-- == 0)
        return zone_error("a parenthesis is closed that is not open").where(here());
      ++at_;
    } else {
      return word();
    }
    return {};
  }

  Status word() {
    MasterWord word{"", here()};
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '\n') break;
      if (c == '"') quoted = !quoted;
      if (!quoted && std::string_view(" \t\r;()").find(c) != std::string_view::npos) break;
      word.text += c;
      if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') word.text += text_[++at_];
      // A string ends where its quotation mark is closed.
      if (c == '"' && !quoted) {
        ++at_;
        break;
      }
    }
    if (quoted) return zone_error("a quotation mark is not closed in its line").where(word.at);
    current_.words.push_back(std::move(word));
    return {};
  }

  std::string_view text_;
  const std::string& file_;
  size_t at_ = 0, line_start_ = 0;
  int line_ = 1, depth_ = 0;
  Position opened_;
  MasterLine current_;
  std::vector<MasterLine> lines_;
};

}  // namespace

Result<std::vector<MasterLine>> master_lines(std::string_view text, const std::string& file) {
  return Tokens(text, file).read();
}

}  // namespace mainstay::dns
