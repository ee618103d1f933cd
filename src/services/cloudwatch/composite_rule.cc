#include "services/cloudwatch/composite_rule.hh"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hh"

namespace mainstay::cloudwatch {

struct CompositeRule::Node {
  enum class Kind { constant, state, negation, all, any };
  Kind kind = Kind::constant;
  bool value = false;
  std::string state, alarm;
  std::vector<std::shared_ptr<const Node>> parts;

  bool holds(const std::function<std::string(const std::string&)>& state_of) const {
    auto part_holds = [&](const auto& part) { return part->holds(state_of); };
    switch (kind) {
      case Kind::constant:
        return value;
      case Kind::state:
        return state_of(alarm) == state;
      case Kind::negation:
        return !parts[0]->holds(state_of);
      case Kind::all:
        return std::all_of(parts.begin(), parts.end(), part_holds);
      case Kind::any:
        return std::any_of(parts.begin(), parts.end(), part_holds);
    }
    return false;
  }
};

class CompositeRule::Parser {
 public:
  Parser(std::string_view text, std::vector<std::string>& alarms) : text_(text), alarms_(alarms) {}

  Result<std::shared_ptr<const Node>> parse() {
    TRY(auto root, any(0));
    skip_space();
    if (at_ < text_.size()) return fault("unexpected text");
    return root;
  }

 private:
  using Part = std::shared_ptr<const Node>;

  Error fault(std::string_view what) const {
    return Error("RuleInvalid", std::string(what) + " at position " + std::to_string(at_));
  }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  std::string word() {
    skip_space();
    size_t end = at_;
    while (end < text_.size() &&
           (std::isalpha(static_cast<unsigned char>(text_[end])) || text_[end] == '_'))
      ++end;
    return std::string(text_.substr(at_, end - at_));
  }
  bool take_word(std::string_view wanted) {
    if (word() != wanted) return false;
    at_ += wanted.size();
    return true;
  }
  bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  // A chain of parts with one word between them; NOT binds closest, then AND, then OR.
  template <class Next>
  Result<Part> chain(int depth, std::string_view between, Node::Kind kind, Next next) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    do {
      TRY(Part part, next(depth));
      node->parts.push_back(std::move(part));
    } while (take_word(between));
    if (node->parts.size() == 1) return node->parts[0];
    return Part(node);
  }
  Result<Part> any(int depth) {
    return chain(depth, "OR", Node::Kind::any, [this](int d) { return all(d); });
  }
  Result<Part> all(int depth) {
    return chain(depth, "AND", Node::Kind::all, [this](int d) { return one(d); });
  }

  Result<Part> one(int depth) {
    if (depth > depth_max || ++elements_ > elements_max) return fault("too many elements");
    auto node = std::make_shared<Node>();
    if (take_word("NOT")) {
      TRY(Part part, one(depth + 1));
      node->kind = Node::Kind::negation;
      node->parts.push_back(std::move(part));
      return Part(node);
    }
    if (take('(')) {
      TRY(Part part, any(depth + 1));
      if (!take(')')) return fault("')' is missing");
      return part;
    }
    if (take_word("TRUE"))
      node->value = true;
    else if (!take_word("FALSE"))
      return state();
    return Part(node);
  }

  Result<Part> state() {
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::state;
    node->state = word();
    constexpr std::array<std::string_view, 3> states{"ALARM", "OK", "INSUFFICIENT_DATA"};
    if (std::find(states.begin(), states.end(), node->state) == states.end())
      return fault("ALARM, OK, INSUFFICIENT_DATA, TRUE or FALSE is expected");
    at_ += node->state.size();
    if (!take('(')) return fault("'(' is missing");
    skip_space();
    char quote =
        at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'') ? text_[at_] : '\0';
    if (quote) ++at_;
    size_t end = text_.find(quote ? quote : ')', at_);
    if (end == std::string_view::npos) return fault("the name has no end");
    node->alarm =
        std::string(quote ? text_.substr(at_, end - at_) : trim(text_.substr(at_, end - at_)));
    at_ = end + (quote ? 1 : 0);
    if (node->alarm.empty() || !take(')')) return fault("the name of an alarm is expected");
    if (std::find(alarms_.begin(), alarms_.end(), node->alarm) == alarms_.end())
      alarms_.push_back(node->alarm);
    if (alarms_.size() > alarms_max) return fault("too many alarms");
    return Part(node);
  }

  std::string_view text_;
  std::vector<std::string>& alarms_;
  size_t at_ = 0, elements_ = 0;
};

Result<CompositeRule> CompositeRule::parse(std::string_view text) {
  CompositeRule out;
  TRY(out.root_, Parser(text, out.alarms_).parse());
  return out;
}

bool CompositeRule::holds(
    const std::function<std::string(const std::string& alarm)>& state_of) const {
  return root_->holds(state_of);
}

}  // namespace mainstay::cloudwatch
