#include "proofs/text_search.hh"

#include <algorithm>
#include <unordered_set>

namespace mainstay::policy::proofs {
namespace {

using StepKind = TextStep::Kind;

constexpr uint32_t symbols_from = 256;  // what is read: bytes, and from here on symbols

bool is_run(StepKind kind) {
  return kind == StepKind::run || kind == StepKind::run_in_segment;
}

uint32_t upper_of(uint32_t c) {
  return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
}

bool consumes(const TextStep& step, uint32_t c) {
  switch (step.kind) {
    case StepKind::byte:
    case StepKind::symbol:
      return c == step.value;
    case StepKind::folded:
      return c == step.value || c == upper_of(step.value);
    case StepKind::any:
      return c < symbols_from;
    case StepKind::any_in_segment:
      return c < symbols_from && c != ':';
    case StepKind::run:
      return true;
    case StepKind::run_in_segment:
      return c < symbols_from && c != ':';
    case StepKind::end:
      return false;
  }
  return false;
}

// Bytes that make readable texts, first.
const std::string& pleasant_bytes() {
  static const std::string bytes = [] {
    std::string out = "xyzabcdefghijklmnopqrstuvw0123456789-_./ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int c = 1; c < 256; ++c)
      if (out.find(static_cast<char>(c)) == std::string::npos) out += static_cast<char>(c);
    return out + '\0';
  }();
  return bytes;
}

using Places = std::vector<uint32_t>;

struct PlacesHash {
  size_t operator()(const Places& places) const {
    size_t h = places.size();
    for (uint32_t p : places) h = (h ^ p) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 32);
  }
};

class ProductWalk {
 public:
  ProductWalk(const std::vector<const TextConstraint*>& constraints, bool lower_case)
      : constraints_(constraints), lower_case_(lower_case) {
    for (uint32_t c = 0; c < constraints.size(); ++c)
      for (const TextPattern& pattern : constraints[c]->any) add(pattern, c);
  }

  TextFound find(Work& work) {
    Places start;
    for (uint32_t p : starts_) enter(p, start);
    if (!take(std::move(start), 0, 0)) return {};
    for (size_t at = 0; at < nodes_.size(); ++at) {
      if (accepts(*nodes_[at].places)) return {TextFound::Kind::found, text_to(at)};
      if (!work.spend(1 + nodes_[at].places->size())) return {TextFound::Kind::gave_up, {}};
      for (uint32_t c : next_bytes(*nodes_[at].places)) {
        Places next = step(*nodes_[at].places, c);
        if (!work.spend(1 + next.size())) return {TextFound::Kind::gave_up, {}};
        take(std::move(next), at, c);
      }
    }
    return {};
  }

 private:
  struct Node {
    const Places* places;
    size_t from;
    uint32_t by;
  };
  struct Origin {
    uint32_t constraint;
    uint32_t pattern;
  };

  void add(const TextPattern& pattern, uint32_t constraint) {
    starts_.push_back(static_cast<uint32_t>(steps_.size()));
    auto number = static_cast<uint32_t>(starts_.size());
    for (const TextStep& step : pattern) {
      steps_.push_back(step);
      origins_.push_back({constraint, number});
    }
    steps_.push_back({});
    origins_.push_back({constraint, number});
  }

  // A run may also be left at once.
  void enter(uint32_t p, Places& places) const {
    places.push_back(p);
    while (is_run(steps_[p].kind)) places.push_back(++p);
  }

  Places step(const Places& from, uint32_t c) const {
    Places to;
    for (uint32_t p : from)
      if (consumes(steps_[p], c)) enter(is_run(steps_[p].kind) ? p : p + 1, to);
    std::sort(to.begin(), to.end());
    to.erase(std::unique(to.begin(), to.end()), to.end());
    return to;
  }

  // What a pattern can still match from its last run reached includes all that it can from places
  // before, so those are dropped. (Of runs that end at a colon as well: two places of one pattern
  // are always in the same segment.)
  void drop_dominated(Places& places) const {
    size_t out = places.size();
    uint32_t pattern = 0;
    bool past_run = false;
    for (size_t i = places.size(); i-- > 0;) {
      uint32_t p = places[i];
      if (origins_[p].pattern != pattern) {
        pattern = origins_[p].pattern;
        past_run = false;
      }
      if (past_run) continue;
      places[--out] = p;
      past_run = is_run(steps_[p].kind);
    }
    places.erase(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(out));
  }

  // No text that goes on from here can meet all constraints.
  bool is_dead(const Places& places) const {
    std::vector<bool> alive(constraints_.size());
    for (uint32_t p : places) {
      uint32_t c = origins_[p].constraint;
      alive[c] = true;
      bool forever = steps_[p].kind == StepKind::run && steps_[p + 1].kind == StepKind::end;
      if (forever && constraints_[c]->negated) return true;
    }
    for (size_t c = 0; c < alive.size(); ++c)
      if (!alive[c] && !constraints_[c]->negated) return true;
    return false;
  }

  bool accepts(const Places& places) const {
    std::vector<bool> matched(constraints_.size());
    for (uint32_t p : places)
      if (steps_[p].kind == StepKind::end) matched[origins_[p].constraint] = true;
    for (size_t c = 0; c < matched.size(); ++c)
      if (matched[c] == constraints_[c]->negated) return false;
    return true;
  }

  bool take(Places places, size_t from, uint32_t by) {
    drop_dominated(places);
    if (is_dead(places)) return false;
    auto [it, fresh] = seen_.insert(std::move(places));
    if (fresh) nodes_.push_back({&*it, from, by});
    return true;
  }

  // What to read next: all that some pattern tells from the rest, and one of the rest.
  std::vector<uint32_t> next_bytes(const Places& places) const {
    std::vector<uint32_t> bytes;
    for (uint32_t p : places) {
      const TextStep& step = steps_[p];
      bool literal = step.kind == StepKind::byte || step.kind == StepKind::folded ||
                     step.kind == StepKind::symbol;
      if (literal) bytes.push_back(step.value);
      if (step.kind == StepKind::folded && !lower_case_) bytes.push_back(upper_of(step.value));
      if (step.kind == StepKind::any_in_segment || step.kind == StepKind::run_in_segment)
        bytes.push_back(':');
    }
    std::sort(bytes.begin(), bytes.end());
    bytes.erase(std::unique(bytes.begin(), bytes.end()), bytes.end());
    auto is_upper = [](uint32_t c) { return c >= 'A' && c <= 'Z'; };
    if (lower_case_) std::erase_if(bytes, is_upper);
    for (char pleasant : pleasant_bytes()) {
      uint32_t c = static_cast<unsigned char>(pleasant);
      if (lower_case_ && is_upper(c)) continue;
      if (std::binary_search(bytes.begin(), bytes.end(), c)) continue;
      bytes.insert(bytes.begin(), c);  // the first choice, as it begins with what is pleasant
      break;
    }
    return bytes;
  }

  std::string text_to(size_t at) const {
    std::string out;
    for (; at != 0; at = nodes_[at].from) out += static_cast<char>(nodes_[at].by);
    std::reverse(out.begin(), out.end());
    return out;
  }

  const std::vector<const TextConstraint*>& constraints_;
  bool lower_case_;
  std::vector<TextStep> steps_;
  std::vector<Origin> origins_;
  std::vector<uint32_t> starts_;
  std::vector<Node> nodes_;
  std::unordered_set<Places, PlacesHash> seen_;
};

void append_run(TextPattern& out, StepKind kind) {
  if (out.empty() || out.back().kind != kind) out.push_back({kind, 0});
}

void append_byte_step(TextPattern& out, char c, bool fold) {
  auto byte = static_cast<unsigned char>(c);
  bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  if (fold && letter)
    out.push_back({StepKind::folded, static_cast<uint32_t>(byte | 0x20)});
  else
    out.push_back({StepKind::byte, byte});
}

void append_glob(TextPattern& out, const Glob& glob, bool fold) {
  const auto& pieces = glob.pieces();
  for (size_t p = 0; p < pieces.size(); ++p) {
    if (p > 0) append_run(out, StepKind::run);
    for (size_t i = 0; i < pieces[p].text.size(); ++i) {
      if (!pieces[p].wild.empty() && pieces[p].wild[i])
        out.push_back({StepKind::any, 0});
      else
        append_byte_step(out, pieces[p].text[i], fold);
    }
  }
}

}  // namespace

TextPattern text_pattern(const Glob& glob, bool fold_case) {
  TextPattern out;
  append_glob(out, glob, fold_case);
  return out;
}

TextPattern text_pattern(std::string_view glob) {
  return text_pattern(Glob(glob));
}

std::vector<TextPattern> arn_text_pattern(const Glob& glob, bool colon_free) {
  TextPattern out = text_pattern(glob);
  int colons = 0;
  for (TextStep& step : out) {
    if (colons == 5 && !colon_free) break;
    if (step.kind == StepKind::byte && step.value == ':') ++colons;
    if (step.kind == StepKind::any) step.kind = StepKind::any_in_segment;
    if (step.kind == StepKind::run) step.kind = StepKind::run_in_segment;
  }
  if (colons < 5) return {};
  return {std::move(out)};
}

TextPattern Symbols::pattern(const Pattern& pattern, bool fold_case) {
  TextPattern out;
  for (const Pattern::Part& part : pattern.parts()) {
    if (part.variable) {
      out.push_back({StepKind::symbol, symbol(part, fold_case)});
      continue;
    }
    Glob glob;
    if (part.literal)
      glob.append_literal(part.text);
    else
      glob.append_pattern(part.text);
    append_glob(out, glob, fold_case);
  }
  return out;
}

uint32_t Symbols::symbol(const Pattern::Part& part, bool fold_case) {
  std::string name = part.text + (fold_case ? "\nfolded" : "\n");
  if (part.otherwise) name += "\n" + *part.otherwise;
  auto next = symbols_from + static_cast<uint32_t>(numbers_.size());
  return numbers_.emplace(std::move(name), next).first->second;
}

TextFound find_text(const std::vector<const TextConstraint*>& constraints, Work& work,
                    bool lower_case) {
  return ProductWalk(constraints, lower_case).find(work);
}

bool implies(const TextPattern& narrow, const TextPattern& wide, Work& work) {
  TextConstraint inside{{narrow}, false}, outside{{wide}, true};
  return find_text({&inside, &outside}, work).kind == TextFound::Kind::none;
}

}  // namespace mainstay::policy::proofs
