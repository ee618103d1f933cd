#include "policy/glob.hh"

#include <doctest/doctest.h>

#include "base/random.hh"

using mainstay::policy::ArnGlob;
using mainstay::policy::Glob;

namespace {

// The textbook definition, exponential, as the oracle.
bool matches_slowly(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*')
    return matches_slowly(pattern.substr(1), text) ||
           (!text.empty() && matches_slowly(pattern, text.substr(1)));
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         matches_slowly(pattern.substr(1), text.substr(1));
}

std::string random_text(mainstay::Random& random, std::string_view letters, size_t length_max) {
  std::string out;
  for (size_t n = random.below(length_max + 1); n > 0; --n)
    out += letters[random.below(letters.size())];
  return out;
}

}  // namespace

TEST_CASE("a glob matches what its definition says, over random patterns and texts") {
  mainstay::Random random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string pattern = random_text(random, "ab*?", 7), text = random_text(random, "ab", 9);
    CAPTURE(pattern);
    CAPTURE(text);
    CHECK(Glob(pattern).matches(text) == matches_slowly(pattern, text));
  }
}

TEST_CASE("long pieces with question marks are found as short ones are") {
  std::string piece = "abc?efghijklmnop?rstuvwxyz0123456789?abcdefghijklmnopqrstuvwxyz?ABCDEFGHIJ";
  std::string text = piece;
  for (char& c : text)
    if (c == '?') c = '#';
  CHECK(Glob("*" + piece + "*").matches("xx" + text + "yy"));
  CHECK(Glob("*" + piece + "*").matches(text));
  CHECK_FALSE(Glob("*" + piece + "*").matches(text.substr(1)));
  text[5] = 'X';
  CHECK_FALSE(Glob("*" + piece + "*").matches("xx" + text + "yy"));
}

TEST_CASE("hostile patterns end at once, stars match newlines") {
  std::string pattern, text(200000, 'a');
  for (int i = 0; i < 2000; ++i) pattern += "*a";
  CHECK_FALSE(Glob(pattern + "*b").matches(text));
  CHECK(Glob(pattern + "*").matches(text));
  CHECK(Glob("a*b").matches("a\n\nb"));
}

TEST_CASE("literal parts of a built pattern are no wildcards") {
  Glob glob;
  glob.append_pattern("a*");
  glob.append_literal("*?");
  CHECK(glob.matches("axyz*?"));
  CHECK_FALSE(glob.matches("axyzab"));
  CHECK(glob.to_string() == "a*${*}${?}");
}

TEST_CASE("ARN patterns keep their stars within segments, but for the last") {
  CHECK(ArnGlob(Glob("arn:aws:s3:::bucket/*")).matches("arn:aws:s3:::bucket/a:b/c"));
  CHECK(ArnGlob(Glob("arn:*:s3:*:*:x")).matches("arn:aws:s3:us-east-1:1:x"));
  CHECK_FALSE(ArnGlob(Glob("arn:*:x")).matches("arn:aws:s3:us-east-1:1:x"));
  CHECK_FALSE(ArnGlob(Glob("*")).matches("arn:aws:s3:us-east-1:1:x"));
  CHECK_FALSE(ArnGlob(Glob("arn:aws:iam::1*2:root")).matches("arn:aws:iam::1:2:root"));
}
