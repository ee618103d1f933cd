#include "wire/pattern.hh"

#include <re2/re2.h>

#include <string>

#include "base/text.hh"

namespace mainstay::wire {
namespace {

constexpr int repeat_max = 1000;  // RE2's

// Bounds that RE2 does not count to become open: {1,2048} is {1,}. Lengths are checked apart.
std::string with_small_counts(std::string_view text) {
  std::string out;
  while (true) {
    size_t open = text.find('{'), close = text.find('}', open);
    out += text.substr(0, open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    std::string_view bounds = text.substr(open + 1, close - open - 1);
    size_t comma = std::min(bounds.find(','), bounds.size());
    auto low = parse_int(bounds.substr(0, comma));
    auto high = comma < bounds.size() ? parse_int(bounds.substr(comma + 1)) : low;
    bool large = low && (*low > repeat_max || (high && *high > repeat_max));
    if (large) {
      out += '{' + std::to_string(std::min<int64_t>(*low, repeat_max)) + ",}";
    } else {
      out += text.substr(open, close - open + 1);
    }
    text.remove_prefix(close + 1);
  }
  if (size_t rest = text.find('{'); rest != std::string_view::npos) out += text.substr(rest);
  return out;
}

// Java's \uXXXX is RE2's \x{XXXX}; its surrogate pairs are code points above the first plane.
std::string translated(std::string_view text) {
  std::string java = replace_all(with_small_counts(text), "\\uD800\\uDC00-\\uDBFF\\uDFFF",
                                 "\\x{10000}-\\x{10FFFF}");
  std::string out;
  for (size_t i = 0; i < java.size(); ++i) {
    bool escape = java[i] == '\\' && i + 1 < java.size();
    if (escape && java[i + 1] == 'u' && i + 5 < java.size()) {
      out += "\\x{" + java.substr(i + 2, 4) + '}';
      i += 5;
    } else if (escape) {
      out += java.substr(i++, 2);
    } else {
      out += java[i];
    }
  }
  return out;
}

}  // namespace

Pattern::Pattern(std::string_view text) : text_(text) {}
Pattern::~Pattern() = default;

const re2::RE2* Pattern::compiled() const {
  std::call_once(once_, [this] {
    // An intersection of Java's character classes would read as something else.
    if (text_.find("&&") != std::string_view::npos) return;
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    std::string text = translated(text_);
    // What must not stand at the beginning is looked at by itself; no model's has parentheses in
    // it.
    constexpr std::string_view begin = "(?!";
    size_t end = text.find(')');
    std::unique_ptr<re2::RE2> excluded;
    if (text.starts_with(begin) && end != std::string::npos) {
      excluded = std::make_unique<re2::RE2>(text.substr(begin.size(), end - begin.size()), options);
      if (!excluded->ok()) return;
      text = text.substr(end + 1);
    }
    auto re = std::make_unique<re2::RE2>(text, options);
    if (!re->ok()) return;
    compiled_ = std::move(re);
    excluded_ = std::move(excluded);
  });
  return compiled_.get();
}

bool Pattern::checked() const {
  return compiled() != nullptr;
}

bool Pattern::matches(std::string_view subject) const {
  const re2::RE2* re = compiled();
  if (re == nullptr) return true;
  re2::StringPiece piece(subject.data(), subject.size());
  if (excluded_ && piece.size() > 0 &&
      excluded_->Match(piece, 0, piece.size(), re2::RE2::ANCHOR_START, nullptr, 0))
    return false;
  return re2::RE2::FullMatch(piece, *re);
}

}  // namespace mainstay::wire
