#include "placement/query.hh"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hh"

namespace mainstay::placement {

enum class QueryOp {
  equals,
  not_equals,
  above,
  above_or_equal,
  below,
  below_or_equal,
  exists,
  absent,
  in,
  not_in,
  matches,
  not_matches
};

namespace {

using Op = QueryOp;

struct OpWord {
  std::string_view word;
  Op op;
};
// Longer words before those that they begin with.
constexpr OpWord op_words[] = {
    {"not_equals", Op::not_equals},
    {"not_exists", Op::absent},
    {"not_matches", Op::not_matches},
    {"not_in", Op::not_in},
    {"greater_than_equal", Op::above_or_equal},
    {"greater_than", Op::above},
    {"less_than_equal", Op::below_or_equal},
    {"less_than", Op::below},
    {"equals", Op::equals},
    {"exists", Op::exists},
    {"matches", Op::matches},
    {"!exists", Op::absent},
    {"!in", Op::not_in},
    {"in", Op::in},
    {"==", Op::equals},
    {"!=", Op::not_equals},
    {"=~", Op::matches},
    {"!~", Op::not_matches},
    {">=", Op::above_or_equal},
    {"<=", Op::below_or_equal},
    {">", Op::above},
    {"<", Op::below},
};
constexpr std::string_view subjects[] = {"agentConnected", "agentVersion",      "ec2InstanceId",
                                         "registeredAt",   "runningTasksCount", "task:group"};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
// "[A-Za-z0-9-_/\.]" of a name (PutAttributes); dots are of the built-in ones.
bool is_name(char c) {
  return is_word(c) || c == '-' || c == '/' || c == '\\' || c == '.' || c == ':';
}

// As versions compare: by their numbers, from the left.
int compare_versions(std::string_view a, std::string_view b) {
  auto part = [](std::string_view& text) {
    size_t dot = std::min(text.find('.'), text.size());
    auto number = parse_int(text.substr(0, dot));
    text.remove_prefix(std::min(dot + 1, text.size()));
    return number.value_or(0);
  };
  while (!a.empty() || !b.empty())
    if (int64_t x = part(a), y = part(b); x != y) return x < y ? -1 : 1;
  return 0;
}

int compare_texts(std::string_view a, std::string_view b) {
  auto x = parse_int(a), y = parse_int(b);
  if (x && y) return *x < *y ? -1 : *x > *y;
  return a.compare(b);
}

bool holds(Op op, int order) {
  switch (op) {
    case Op::above:
      return order > 0;
    case Op::above_or_equal:
      return order >= 0;
    case Op::below:
      return order < 0;
    case Op::below_or_equal:
      return order <= 0;
    case Op::not_equals:
      return order != 0;
    default:
      return order == 0;
  }
}

}  // namespace

struct Query::Node {
  enum class Kind { all, any, none_of, test } kind = Kind::test;
  std::vector<std::shared_ptr<const Node>> parts;  // of all, any; one of none_of
  std::string subject;                             // "attribute:NAME" or one of subjects
  QueryOp op = QueryOp::equals;
  std::vector<std::string> values;
  std::shared_ptr<const RE2> pattern;

  bool is_for_tasks() const {
    if (kind == Kind::test) return subject == "task:group" || subject == "runningTasksCount";
    return std::any_of(parts.begin(), parts.end(),
                       [](const auto& part) { return part->is_for_tasks(); });
  }

  bool matches(const Facts& facts) const {
    auto yes = [&](const auto& part) { return part->matches(facts); };
    switch (kind) {
      case Kind::all:
        return std::all_of(parts.begin(), parts.end(), yes);
      case Kind::any:
        return std::any_of(parts.begin(), parts.end(), yes);
      case Kind::none_of:
        return !parts[0]->matches(facts);
      case Kind::test:
        return subject == "task:group" ? fits_groups(facts) : fits_value(facts);
    }
    return false;
  }

 private:
  std::optional<std::string> value_in(const Facts& facts) const {
    if (subject == "agentConnected") return facts.agent_connected ? "true" : "false";
    if (subject == "agentVersion") return facts.agent_version;
    if (subject == "ec2InstanceId") return facts.ec2_id;
    if (subject == "runningTasksCount") return std::to_string(facts.running_tasks);
    auto found = facts.attributes.find(subject.substr(std::string_view("attribute:").size()));
    if (found == facts.attributes.end()) return std::nullopt;
    return found->second;
  }

  int compare(const std::string& value, const Facts& facts) const {
    if (subject == "agentVersion") return compare_versions(value, values[0]);
    if (subject != "registeredAt") return compare_texts(value, values[0]);
    int64_t asked = parse_time(values[0]).value_or(Time{}).ms;
    return facts.registered_at.ms < asked ? -1 : facts.registered_at.ms > asked;
  }

  bool is_among(const std::string& value) const {
    return std::find(values.begin(), values.end(), value) != values.end();
  }

  bool fits_value(const Facts& facts) const {
    if (subject == "registeredAt") return holds(op, compare("", facts));
    auto value = value_in(facts);
    if (op == Op::exists || op == Op::absent) return value.has_value() == (op == Op::exists);
    if (!value) return false;
    switch (op) {
      case Op::in:
        return is_among(*value);
      case Op::not_in:
        return !is_among(*value);
      case Op::matches:
        return RE2::FullMatch(*value, *pattern);
      case Op::not_matches:
        return !RE2::FullMatch(*value, *pattern);
      default:
        return holds(op, compare(*value, facts));
    }
  }

  // An instance has as many groups as its tasks have: one that fits is enough, and none may where
  // the operator denies.
  bool fits_groups(const Facts& facts) const {
    auto is = [&](const auto& group) {
      if (pattern) return RE2::FullMatch(group.first, *pattern);
      return values.empty() || is_among(group.first);
    };
    bool any = std::any_of(facts.groups.begin(), facts.groups.end(), is);
    bool denies =
        op == Op::not_equals || op == Op::not_in || op == Op::not_matches || op == Op::absent;
    return any != denies;
  }
};

namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  using NodeP = std::shared_ptr<const Query::Node>;

  Result<NodeP> whole() {
    TRY(NodeP root, any());
    skip();
    if (at_ < text_.size()) return wrong("an operator or the end");
    return root;
  }

 private:
  Result<NodeP> any() {
    if (++depth_ > Query::depth_max) return wrong("less nesting");
    TRY(NodeP node, chain(Query::Node::Kind::any, "||", "or", [this] { return all(); }));
    --depth_;
    return node;
  }
  Result<NodeP> all() {
    return chain(Query::Node::Kind::all, "&&", "and", [this] { return negated(); });
  }

  template <class Part>
  Result<NodeP> chain(Query::Node::Kind kind, std::string_view sign, std::string_view word,
                      Part part) {
    auto node = std::make_shared<Query::Node>();
    node->kind = kind;
    do {
      TRY(NodeP one, part());
      node->parts.push_back(std::move(one));
    } while (take(sign) || take_word(word));
    return node->parts.size() == 1 ? node->parts[0] : NodeP(node);
  }

  Result<NodeP> negated() {
    if (!take("!") && !take_word("not")) return primary();
    if (++depth_ > Query::depth_max) return wrong("less nesting");
    auto node = std::make_shared<Query::Node>();
    node->kind = Query::Node::Kind::none_of;
    TRY(NodeP one, negated());
    node->parts.push_back(std::move(one));
    --depth_;
    return NodeP(node);
  }

  Result<NodeP> primary() {
    if (take("(")) {
      TRY(NodeP inner, any());
      if (!take(")")) return wrong("\")\"");
      return inner;
    }
    return test();
  }

  Result<NodeP> test() {
    auto node = std::make_shared<Query::Node>();
    TRY(node->subject, subject());
    TRY(node->op, op());
    CHECK_OK(arguments(*node));
    if (node->subject == "registeredAt" && !parse_time(node->values.empty() ? "" : node->values[0]))
      return wrong("a time such as 2026-01-31T12:00:00Z");
    if (node->op != Op::matches && node->op != Op::not_matches) return NodeP(node);
    auto pattern = std::make_shared<RE2>(node->values[0], RE2::Quiet);
    if (!pattern->ok()) return wrong("a regular expression without look-around");
    node->pattern = std::move(pattern);
    return NodeP(node);
  }

  Result<std::string> subject() {
    skip();
    size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    std::string name(text_.substr(begin, at_ - begin));
    bool is_attribute = name.starts_with("attribute:") && name.size() > 10;
    if (is_attribute ||
        std::find(std::begin(subjects), std::end(subjects), name) != std::end(subjects))
      return name;
    at_ = begin;
    return wrong("attribute:NAME, " +
                 join(std::vector<std::string>(std::begin(subjects), std::end(subjects)), ", "));
  }

  Result<Op> op() {
    for (const OpWord& known : op_words)
      if (is_word(known.word.back()) ? take_word(known.word) : take(known.word)) return known.op;
    return wrong("an operator");
  }

  Status arguments(Query::Node& node) {
    if (node.op == Op::exists || node.op == Op::absent) return {};
    if (node.op != Op::in && node.op != Op::not_in) {
      TRY(std::string value, argument());
      node.values.push_back(std::move(value));
      return {};
    }
    if (!take("[")) return wrong("\"[\"");
    do {
      TRY(std::string value, argument());
      node.values.push_back(std::move(value));
    } while (take(","));
    if (!take("]")) return wrong("\",\" or \"]\"");
    return {};
  }

  Result<std::string> argument() {
    skip();
    std::string out;
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) {
      char quote = text_[at_];
      size_t end = text_.find(quote, at_ + 1);
      if (end == std::string_view::npos) return wrong("a closing quote");
      out = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return out;
    }
    // Parentheses belong to a value while they are balanced: t2.(micro|small).
    int open = 0;
    for (; at_ < text_.size() && !is_space(text_[at_]); ++at_) {
      char c = text_[at_];
      if (open == 0 && (c == ')' || c == ',' || c == ']')) break;
      open += (c == '(' || c == '[') - (c == ')' || c == ']');
      out += c;
    }
    if (out.empty()) return wrong("a value");
    return out;
  }

  void skip() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(std::string_view sign) {
    skip();
    if (!text_.substr(at_).starts_with(sign)) return false;
    // "!" alone is none of "!=", "!in" and their like.
    if (sign == "!" && at_ + 1 < text_.size() && (text_[at_ + 1] == '=' || text_[at_ + 1] == '~'))
      return false;
    at_ += sign.size();
    return true;
  }
  bool take_word(std::string_view word) {
    skip();
    size_t end = at_ + word.size();
    if (!text_.substr(at_).starts_with(word) || (end < text_.size() && is_word(text_[end])))
      return false;
    at_ = end;
    return true;
  }
  Error wrong(const std::string& expected) const {
    return Error("QueryInvalid", "column " + std::to_string(at_ + 1) + ": expected " + expected);
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<Query> Query::parse(std::string_view text) {
  if (text.size() > text_max)
    return Error("QueryInvalid", "longer than " + std::to_string(text_max) + " characters");
  TRY(auto root, Parser(text).whole());
  return Query(std::move(root));
}

bool Query::matches(const Facts& facts) const {
  return root_->matches(facts);
}
bool Query::asks_for_tasks() const {
  return root_->is_for_tasks();
}

}  // namespace mainstay::placement
