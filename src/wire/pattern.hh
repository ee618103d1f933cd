// The regular expressions of service models. They are Java's; matching is RE2's, in linear time. A
// pattern that RE2 has no equivalent for (look-around, back references, counts over 1000) counts
// as matched: an emulator that rejects what AWS accepts is worse than the reverse.
//
// Compiled at first use, once. Safe to use from many threads.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>

namespace re2 {
class RE2;
}

namespace mainstay::wire {

class Pattern {
 public:
  explicit Pattern(std::string_view text);  // text must outlive the Pattern
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  std::string_view text() const { return text_; }
  bool matches(std::string_view subject) const;  // the whole of it
  bool checked() const;                          // false where RE2 cannot take the pattern

 private:
  const re2::RE2* compiled() const;
  std::string_view text_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<re2::RE2> compiled_;
  mutable std::unique_ptr<re2::RE2> excluded_;  // of "(?!excluded)pattern", which RE2 has not
};

}  // namespace mainstay::wire
