#include "proofs/text_set.hh"

#include <algorithm>

namespace mainstay::policy::proofs {
namespace {

constexpr size_t filter_from = 8;  // patterns; fewer are searched as they are

size_t literal_length(const TextPattern& pattern) {
  auto is_literal = [](const TextStep& step) {
    return step.kind == TextStep::Kind::byte || step.kind == TextStep::Kind::folded;
  };
  return static_cast<size_t>(std::find_if_not(pattern.begin(), pattern.end(), is_literal) -
                             pattern.begin());
}

uint32_t folded_value(const TextStep& step) {
  bool upper = step.value >= 'A' && step.value <= 'Z';
  return upper ? step.value + ('a' - 'A') : step.value;
}

// Whether texts may begin as both patterns do. Letter case aside, so never wrong when false.
bool may_begin_alike(const TextPattern& a, const TextPattern& b) {
  size_t length = std::min(literal_length(a), literal_length(b));
  for (size_t i = 0; i < length; ++i)
    if (folded_value(a[i]) != folded_value(b[i])) return false;
  return true;
}

// The constraints of one search, the large ones without the patterns that can't matter: those that
// begin otherwise than the one pattern which the text has to match.
class ConstraintList {
 public:
  void add(const TextConstraint* constraint) { all_.push_back(constraint); }

  TextFound find(Work& work, bool lower_case) const {
    const TextPattern* narrowest = nullptr;
    std::vector<const TextConstraint*> all = all_;
    for (const TextConstraint* c : all)
      if (!c->negated && c->any.size() == 1 &&
          (!narrowest || literal_length(c->any[0]) > literal_length(*narrowest)))
        narrowest = &c->any[0];
    std::vector<TextConstraint> filtered;
    filtered.reserve(all.size());
    for (const TextConstraint*& c : all) {
      if (!narrowest || c->any.size() < filter_from) continue;
      filtered.push_back({{}, c->negated});
      for (const TextPattern& pattern : c->any)
        if (may_begin_alike(pattern, *narrowest)) filtered.back().any.push_back(pattern);
      c = &filtered.back();
    }
    return find_text(all, work, lower_case);
  }

 private:
  std::vector<const TextConstraint*> all_;
};

// Goes through the ways in which each demanded set may hold the text: by a pattern without
// variables, or by one of those with.
class CommonSearch {
 public:
  CommonSearch(const std::vector<TextDemand>& demands, const TextConstraint* universe, Work& work,
               bool lower_case)
      : universe_(universe), work_(work), lower_case_(lower_case) {
    for (const TextDemand& demand : demands) (demand.in ? inside_ : outside_).push_back(demand.set);
    for (const TextSet* set : outside_)
      for (const OpenPattern& open : set->open) maybe_excluded_.push_back({open.relaxed.any, true});
  }

  TextAnswer find() {
    choose(0);
    return std::move(best_);
  }

 private:
  void choose(size_t at) {
    if (best_.kind == TextAnswer::Kind::found) return;
    if (!work_.spend(1)) return keep(TextAnswer::Kind::possible, {});
    if (at == inside_.size()) return search();
    const TextSet& set = *inside_[at];
    if (!set.inside.any.empty()) {
      chosen_.push_back(&set.inside);
      choose(at + 1);
      chosen_.pop_back();
    }
    for (const OpenPattern& open : set.open) {
      if (is_excluded(open)) continue;
      chosen_.push_back(&open.relaxed);
      ++open_chosen_;
      choose(at + 1);
      --open_chosen_;
      chosen_.pop_back();
    }
  }

  // A text that matches this pattern is in a set in which it must not be.
  bool is_excluded(const OpenPattern& open) {
    for (const TextSet* set : outside_)
      for (const OpenPattern& other : set->open) {
        if (other.identity == open.identity) return true;
        bool comparable = !other.symbolic.empty() && !open.symbolic.empty();
        if (comparable && implies(open.symbolic, other.symbolic, work_)) return true;
      }
    return false;
  }

  // First without any text that an excluded pattern might match: what is found so is sure.
  void search() {
    ConstraintList list;
    if (universe_) list.add(universe_);
    for (const TextConstraint* constraint : chosen_) list.add(constraint);
    for (const TextSet* set : outside_)
      if (!set->outside.any.empty()) list.add(&set->outside);
    if (open_chosen_ == 0 && !maybe_excluded_.empty()) {
      ConstraintList strict = list;
      for (const TextConstraint& constraint : maybe_excluded_) strict.add(&constraint);
      TextFound found = strict.find(work_, lower_case_);
      if (found.kind == TextFound::Kind::found)
        return keep(TextAnswer::Kind::found, std::move(found.text));
    }
    TextFound found = list.find(work_, lower_case_);
    if (found.kind == TextFound::Kind::none) return;
    bool sure =
        found.kind == TextFound::Kind::found && open_chosen_ == 0 && maybe_excluded_.empty();
    keep(sure ? TextAnswer::Kind::found : TextAnswer::Kind::possible, std::move(found.text));
  }

  void keep(TextAnswer::Kind kind, std::string text) { best_ = {kind, std::move(text)}; }

  const TextConstraint* universe_;
  Work& work_;
  bool lower_case_;
  std::vector<const TextSet*> inside_, outside_;
  std::vector<TextConstraint> maybe_excluded_;  // what open patterns in outside_ may match
  std::vector<const TextConstraint*> chosen_;
  size_t open_chosen_ = 0;
  TextAnswer best_;
};

}  // namespace

void TextSet::add(TextPattern pattern) {
  inside.any.push_back(pattern);
  outside.any.push_back(std::move(pattern));
  outside.negated = true;
}

TextAnswer find_common(const std::vector<TextDemand>& demands, const TextConstraint* universe,
                       Work& work, bool lower_case) {
  return CommonSearch(demands, universe, work, lower_case).find();
}

}  // namespace mainstay::policy::proofs
