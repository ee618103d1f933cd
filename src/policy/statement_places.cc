#include "policy/statement_places.hh"

#include <string>

namespace mainstay::policy {
namespace {

class StatementScan {
 public:
  explicit StatementScan(std::string_view text) : text_(text) {}

  std::vector<StatementPlace> run() {
    while (at_ < text_.size()) step();
    return std::move(found_);
  }

 private:
  void step() {
    char c = text_[at_];
    if (c == '"') {
      read_string();
      return;
    }
    bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    if (opens) {
      if (c == '{' && is_statement()) found_.push_back({place_, {}});
      path_ += c;
    }
    advance();
    if (!closes || path_.empty()) return;
    path_.pop_back();
    if (c == '}' && is_statement() && !found_.empty()) found_.back().end = place_;
  }

  // The value of "Statement", or an item of it.
  bool is_statement() const { return key_ == "Statement" && (path_ == "{" || path_ == "{["); }

  void read_string() {
    size_t start = at_ + 1;
    advance();
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') advance();
      advance();
    }
    if (path_ == "{" && is_key()) key_ = text_.substr(start, std::min(at_, text_.size()) - start);
    advance();
  }

  bool is_key() const {
    size_t next = text_.find_first_not_of(" \t\r\n", std::min(at_ + 1, text_.size()));
    return next != std::string_view::npos && text_[next] == ':';
  }

  void advance() {
    if (at_ >= text_.size()) return;
    bool ends_line = text_[at_] == '\n';
    place_ = ends_line ? TextPlace{place_.line + 1, 1} : TextPlace{place_.line, place_.column + 1};
    ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
  TextPlace place_;
  std::string path_;      // of braces that are open
  std::string_view key_;  // of the outermost object
  std::vector<StatementPlace> found_;
};

}  // namespace

std::vector<StatementPlace> statement_places(std::string_view json) {
  return StatementScan(json).run();
}

}  // namespace mainstay::policy
