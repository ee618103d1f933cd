#include "proofs/text_search.hh"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "base/random.hh"
#include "base/text.hh"
#include "proofs/value_samples.hh"

using namespace mainstay;
using namespace mainstay::policy;
using namespace mainstay::policy::proofs;

namespace {

std::string drawn_text(Random& random, std::string_view letters, size_t length_max) {
  std::string out;
  for (size_t n = random.below(length_max + 1); n > 0; --n)
    out += letters[random.below(letters.size())];
  return out;
}

// Every text over the letters, shortest first.
std::vector<std::string> all_texts(std::string_view letters, size_t length_max) {
  std::vector<std::string> out = {""};
  for (size_t from = 0; from < out.size(); ++from)
    if (out[from].size() < length_max)
      for (char c : letters) out.push_back(out[from] + c);
  return out;
}

struct Drawn {
  std::vector<Glob> globs;
  std::vector<TextConstraint> constraints;

  bool met_by(const std::string& text) const {
    for (size_t i = 0; i < globs.size(); ++i)
      if (globs[i].matches(text) == constraints[i].negated) return false;
    return true;
  }
};

Drawn drawn_constraints(Random& random) {
  Drawn out;
  for (size_t n = 1 + random.below(4); n > 0; --n) {
    out.globs.emplace_back(drawn_text(random, "ab:*?", 6));
    out.constraints.push_back({{text_pattern(out.globs.back())}, random.below(2) == 0});
  }
  return out;
}

std::vector<const TextConstraint*> pointers(const std::vector<TextConstraint>& constraints) {
  std::vector<const TextConstraint*> out;
  for (const TextConstraint& constraint : constraints) out.push_back(&constraint);
  return out;
}

}  // namespace

TEST_CASE("text search: finds a shortest text, or there is none, as trying all shows") {
  Random random(21);
  auto texts = all_texts("ab:x", 6);
  int found = 0, none = 0;
  for (int i = 0; i < 3000; ++i) {
    Drawn drawn = drawn_constraints(random);
    std::string shown;
    for (size_t g = 0; g < drawn.globs.size(); ++g)
      shown += (drawn.constraints[g].negated ? " not " : " ") + drawn.globs[g].to_string();
    CAPTURE(shown);
    Work work(1'000'000);
    TextFound answer = find_text(pointers(drawn.constraints), work);
    REQUIRE(answer.kind != TextFound::Kind::gave_up);
    auto first = std::find_if(texts.begin(), texts.end(),
                              [&](const std::string& text) { return drawn.met_by(text); });
    if (answer.kind == TextFound::Kind::none) {
      ++none;
      CHECK(first == texts.end());
      continue;
    }
    ++found;
    CAPTURE(answer.text);
    CHECK(drawn.met_by(answer.text));
    if (first != texts.end()) CHECK(answer.text.size() == first->size());
  }
  CHECK(found > 500);
  CHECK(none > 500);
}

TEST_CASE("text search: patterns of ARNs match as ArnGlob does") {
  Random random(22);
  for (int i = 0; i < 3000; ++i) {
    Glob glob(drawn_text(random, "a:::*?", 10));
    auto patterns = arn_text_pattern(glob);
    std::string text = drawn_text(random, "aa:::", 12);
    CAPTURE(glob.to_string());
    CAPTURE(text);
    Glob literal;
    literal.append_literal(text);
    TextConstraint arn{patterns, false}, same{{text_pattern(literal)}, false};
    Work work(100'000);
    bool found = find_text({&arn, &same}, work).kind == TextFound::Kind::found;
    CHECK(found == ArnGlob(glob).matches(text));
  }
}

TEST_CASE("text search: letter case, lower case only, work that runs out") {
  TextConstraint folded{{text_pattern(Glob("ab?"), true)}, false};
  TextConstraint upper{{text_pattern("AB*")}, false}, any{{text_pattern("*z")}, false};
  Work work(1000);
  CHECK(find_text({&folded, &upper}, work).text.starts_with("AB"));
  CHECK(find_text({&upper}, work, true).kind == TextFound::Kind::none);
  Work little(3);
  CHECK(find_text({&upper, &any}, little).kind == TextFound::Kind::gave_up);
  CHECK(little.exhausted());
}

TEST_CASE("text search: what one pattern with variables implies of another") {
  Symbols symbols;
  auto open = [&](const char* text) {
    return symbols.pattern(Pattern(text, Pattern::Wildcards::yes), false);
  };
  Work work(100'000);
  CHECK(implies(open("a/${v}/b/*"), open("a/${V}/*"), work));
  CHECK_FALSE(implies(open("a/${v}/*"), open("a/${V}/b/*"), work));
  CHECK_FALSE(implies(open("a/${v}"), open("a/${w}"), work));
  CHECK_FALSE(implies(open("a/${v}"), open("a/${v, 'x'}"), work));
  CHECK(implies(open("a/${v}"), open("a/*"), work));
  CHECK_FALSE(implies(open("a/${v}"), open("a/?"), work));
  CHECK_FALSE(implies(open("a/x"), open("a/${v}"), work));
}

TEST_CASE("value samples: one for every way in which networks hold an address") {
  Random random(23);
  for (int i = 0; i < 500; ++i) {
    std::vector<std::string> networks;
    for (size_t n = 1 + random.below(5); n > 0; --n)
      networks.push_back("10." + std::to_string(random.below(2) * 128) + "." +
                         std::to_string(random.below(2)) + ".0/" +
                         std::to_string(7 + random.below(20)));
    auto membership = [&](const std::string& address) {
      std::vector<bool> out;
      for (const std::string& network : networks)
        out.push_back(Network::parse(network)->contains(*Network::parse(address)));
      return out;
    };
    std::vector<std::vector<bool>> known;
    for (const std::string& sample : sample_values(Operand::network, networks))
      known.push_back(membership(sample));
    CAPTURE(join(networks, " "));
    for (int n = 0; n < 50; ++n) {
      std::string address =
          std::to_string(9 + random.below(3)) + "." + std::to_string(random.below(256)) + "." +
          std::to_string(random.below(3)) + "." + std::to_string(random.below(256));
      CAPTURE(address);
      CHECK(std::find(known.begin(), known.end(), membership(address)) != known.end());
    }
  }
}

TEST_CASE("value samples: numbers and dates around their operands") {
  auto numbers = sample_values(Operand::number, {"1", "2", "1e300", "nonsense"});
  for (const char* wanted : {"1", "2", "1.5", "3", "0"})
    CHECK(std::find(numbers.begin(), numbers.end(), wanted) != numbers.end());
  CHECK(std::all_of(numbers.begin(), numbers.end(),
                    [](const std::string& text) { return parse_number(text).has_value(); }));
  auto dates = sample_values(Operand::date, {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00.001Z"});
  CHECK(dates.size() == 4);  // nothing lies between the two
  CHECK(sample_values(Operand::number, {}).empty());
  CHECK(sample_values(Operand::text, {"a"}).empty());
}
