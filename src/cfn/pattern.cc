#include "cfn/pattern.hh"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <re2/re2.h>

#include <memory>

namespace mainstay::cfn {
namespace {

constexpr int re2_bytes_max = 1 << 22;
constexpr uint32_t steps_max = 1'000'000, depth_max = 10'000;

struct Freer {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

Match with_look_around(const std::string& pattern, const std::string& text) {
  int error = 0;
  PCRE2_SIZE at = 0;
  uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED;
  std::unique_ptr<pcre2_code, Freer> code(pcre2_compile(
      reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options, &error, &at, nullptr));
  if (!code) return Match::invalid;
  std::unique_ptr<pcre2_match_data, Freer> data(
      pcre2_match_data_create_from_pattern(code.get(), nullptr));
  std::unique_ptr<pcre2_match_context, Freer> context(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(context.get(), steps_max);
  pcre2_set_depth_limit(context.get(), depth_max);
  int found = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                          data.get(), context.get());
  if (found >= 0) return Match::yes;
  return found == PCRE2_ERROR_NOMATCH ? Match::no : Match::undecided;
}

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(re2_bytes_max);
  return options;
}

}  // namespace

Match match_whole(const std::string& pattern, const std::string& text) {
  RE2 re(pattern, quiet());
  if (!re.ok()) return with_look_around(pattern, text);
  return RE2::FullMatch(text, re) ? Match::yes : Match::no;
}

Match find_in(const std::string& pattern, const std::string& text) {
  RE2 re(pattern, quiet());
  if (!re.ok()) return Match::undecided;
  return RE2::PartialMatch(text, re) ? Match::yes : Match::no;
}

}  // namespace mainstay::cfn
