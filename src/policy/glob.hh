// Patterns with '*' (any run of bytes, also of newlines) and '?' (one byte), matched in time linear
// in the text: a pattern is cut at its stars, and its pieces are found leftmost one after another.
// A backtracking matcher takes exponential time on "*a*a*a*b".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mainstay::policy {

class Glob {
 public:
  Glob() = default;
  // A pattern as written.
  explicit Glob(std::string_view pattern) { append_pattern(pattern); }

  // Building a pattern of parts: text whose '*' and '?' are themselves, and patterns.
  void append_literal(std::string_view text);
  void append_pattern(std::string_view pattern);
  void fold_case();  // ASCII; the text has to be folded by the caller

  bool matches(std::string_view text) const;
  bool is_literal() const { return pieces_.size() == 1 && pieces_[0].wild.empty(); }
  bool matches_everything() const;
  // As text in the form that append_pattern reads; literal wildcards as "${*}", "${?}".
  std::string to_string() const;

  // The pieces between stars. wild[i] tells that byte i of text stands for any byte; empty where
  // none does.
  struct Piece {
    std::string text;
    std::vector<bool> wild;
  };
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::vector<Piece> pieces_{Piece{}};
};

// Six segments of an ARN, compared as ArnLike does: a star in one of the first five stays within
// its segment, one in the sixth matches colons too. A pattern or text of fewer segments never
// matches. Source: "IAM JSON policy elements: Condition operators", ARN condition operators.
class ArnGlob {
 public:
  ArnGlob() = default;
  explicit ArnGlob(const Glob& pattern);
  bool matches(std::string_view arn) const;

 private:
  std::vector<Glob> segments_;
};

}  // namespace mainstay::policy
