// Is there a text that matches these patterns and not those? Decided exactly, by walking the
// product of the patterns' automata breadth first; the answer is a shortest such text.
//
// A text is a sequence of bytes. Only the bytes that some pattern asks for next, and one that none
// does, are tried at each step: all others act alike. Cost: bounded by the Work given; patterns of
// policies (few stars, much literal text) take a walk about as long as the texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policy/glob.hh"
#include "policy/pattern.hh"

namespace mainstay::policy::proofs {

// What is left of the effort that a question may take. Not for several threads.
class Work {
 public:
  explicit Work(size_t steps) : left_(steps) {}
  bool spend(size_t steps) {
    left_ -= steps < left_ ? steps : left_;
    return left_ > 0;
  }
  bool exhausted() const { return left_ == 0; }

 private:
  size_t left_;
};

struct TextStep {
  enum class Kind : uint8_t {
    byte,
    folded,          // value in lower case, either case of the text
    any,             // one byte
    any_in_segment,  // one byte but ':'
    run,             // any bytes
    run_in_segment,  // any bytes but ':'
    symbol,          // a variable's unknown value, which only itself and runs of any bytes match
    end
  };
  Kind kind = Kind::end;
  uint32_t value = 0;
};
using TextPattern = std::vector<TextStep>;  // without the end

TextPattern text_pattern(const Glob& glob, bool fold_case = false);
TextPattern text_pattern(std::string_view glob);
// As ArnGlob matches: stars stay within their segment but in the sixth (with colon_free there too).
// Nothing where the pattern has fewer than six segments and so matches no text.
std::vector<TextPattern> arn_text_pattern(const Glob& glob, bool colon_free = false);

// Variables as symbols: the same variable with the same default has the same value, whichever
// pattern it stands in.
class Symbols {
 public:
  TextPattern pattern(const Pattern& pattern, bool fold_case);

 private:
  uint32_t symbol(const Pattern::Part& part, bool fold_case);
  std::map<std::string, uint32_t> numbers_;
};

// Any of these patterns, or with `negated` none of them.
struct TextConstraint {
  std::vector<TextPattern> any;
  bool negated = false;
};

struct TextFound {
  enum class Kind { none, found, gave_up };
  Kind kind = Kind::none;
  std::string text;
};

// A text that meets all constraints. lower_case: only texts without 'A' to 'Z'.
TextFound find_text(const std::vector<const TextConstraint*>& constraints, Work& work,
                    bool lower_case = false);

// Whether everything that `narrow` matches is matched by `wide`, whatever the values of the
// variables that are symbols in both. Sound, not complete; false where the work ran out.
bool implies(const TextPattern& narrow, const TextPattern& wide, Work& work);

}  // namespace mainstay::policy::proofs
