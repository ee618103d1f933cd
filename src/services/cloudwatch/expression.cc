#include "services/cloudwatch/expression.hh"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>

#include "base/text.hh"

namespace mainstay::cloudwatch {
namespace {

using Node = std::unique_ptr<MathNode>;

bool is_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// By precedence, what binds least first.
const std::vector<std::vector<std::string_view>> levels{
    {"||", "OR"}, {"&&", "AND"}, {"==", "!=", "<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/"}, {"^"}};

class MathParser {
 public:
  explicit MathParser(std::string_view text) : text_(text) {}

  Result<Node> parse() {
    TRY(Node root, binary(0, 0));
    skip_blanks();
    if (at_ < text_.size()) return wrong("unexpected text");
    return root;
  }

 private:
  Error wrong(std::string_view what) const {
    return math_error("Error in expression '" + printable(text_) + "': " + std::string(what) +
                      " at position " + std::to_string(at_));
  }
  void skip_blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(std::string_view wanted) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(wanted)) return false;
    bool is_word = is_letter(wanted[0]);
    size_t end = at_ + wanted.size();
    if (is_word && end < text_.size() && is_letter(text_[end])) return false;
    at_ = end;
    return true;
  }
  static Node make(MathNode::Kind kind, std::string name) {
    auto node = std::make_unique<MathNode>();
    node->kind = kind;
    node->name = std::move(name);
    return node;
  }

  std::string take_operator(size_t level) {
    for (std::string_view name : levels[level])
      if (take(name)) return name == "||" ? "OR" : name == "&&" ? "AND" : std::string(name);
    return "";
  }

  Result<Node> binary(size_t level, int depth) {
    if (depth > Expression::depth_max) return wrong("too deep");
    if (level == levels.size()) return unary(depth);
    TRY(Node left, binary(level + 1, depth + 1));
    for (std::string name = take_operator(level); !name.empty(); name = take_operator(level)) {
      TRY(Node right, binary(level + 1, depth + 1));
      Node node = make(MathNode::Kind::call, name);
      node->parts.push_back(std::move(left));
      node->parts.push_back(std::move(right));
      left = std::move(node);
    }
    return left;
  }

  Result<Node> unary(int depth) {
    if (!take("-")) return primary(depth);
    TRY(Node inner, unary(depth + 1));
    Node node = make(MathNode::Kind::call, "negate");
    node->parts.push_back(std::move(inner));
    return node;
  }

  Result<Node> items(Node node, std::string_view end, int depth) {
    if (take(end)) return node;
    do {
      TRY(Node item, binary(0, depth + 1));
      node->parts.push_back(std::move(item));
    } while (take(","));
    if (!take(end)) return wrong("'" + std::string(end) + "' is missing");
    return node;
  }

  Result<Node> primary(int depth) {
    if (take("(")) {
      TRY(Node inner, binary(0, depth + 1));
      if (!take(")")) return wrong("')' is missing");
      return inner;
    }
    if (take("[")) return items(make(MathNode::Kind::call, "list"), "]", depth);
    skip_blanks();
    if (at_ >= text_.size()) return wrong("an operand is missing");
    char c = text_[at_];
    if (c == '"' || c == '\'') return quoted(c);
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') return number();
    size_t end = at_;
    while (end < text_.size() && is_letter(text_[end])) ++end;
    if (end == at_) return wrong("unexpected text");
    std::string name(text_.substr(at_, end - at_));
    at_ = end;
    if (!take("(")) return make(MathNode::Kind::id, std::move(name));
    if (!is_math_function(name))
      return math_error("mainstay's embedded cloud does not implement the metric math function " +
                        name);
    return items(make(MathNode::Kind::call, std::move(name)), ")", depth);
  }

  Result<Node> quoted(char quote) {
    size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return wrong("the text has no end");
    Node node = make(MathNode::Kind::text, std::string(text_.substr(at_ + 1, end - at_ - 1)));
    at_ = end + 1;
    return node;
  }

  Result<Node> number() {
    size_t end = text_.find_first_not_of("0123456789.", at_);
    auto value = parse_real(text_.substr(at_, end == std::string_view::npos ? end : end - at_));
    if (!value) return wrong("this is no number");
    at_ = end == std::string_view::npos ? text_.size() : end;
    Node node = make(MathNode::Kind::number, "");
    node->number = *value;
    return node;
  }

  std::string_view text_;
  size_t at_ = 0;
};

Result<MathValue> evaluate_node(const MathNode& node, const MathScope& scope) {
  switch (node.kind) {
    case MathNode::Kind::number:
      return MathValue(node.number);
    case MathNode::Kind::text:
      return math_error("A text stands where no text is expected: " + printable(node.name));
    case MathNode::Kind::id: {
      auto found = scope.values.find(node.name);
      if (found == scope.values.end()) return math_error("Undefined id " + printable(node.name));
      return found->second;
    }
    case MathNode::Kind::call:
      break;
  }
  std::vector<MathValue> arguments;
  for (const auto& part : node.parts) {
    if (part->kind == MathNode::Kind::text || part->name == "REPEAT" || part->name == "LINEAR")
      continue;  // the function reads it itself
    TRY(MathValue value, evaluate_node(*part, scope));
    arguments.push_back(std::move(value));
  }
  return call_math(node, std::move(arguments), scope);
}

}  // namespace

Error math_error(std::string message) {
  return aws_error("ValidationError", std::move(message));
}

Result<Expression> Expression::parse(std::string_view text) {
  if (text.size() > text_max) return math_error("The expression is longer than 1024 characters.");
  TRY(auto root, MathParser(text).parse());
  Expression out;
  out.root_ = std::move(root);
  return out;
}

std::vector<std::string> Expression::ids() const {
  std::vector<std::string> out;
  std::function<void(const MathNode&)> walk = [&](const MathNode& node) {
    bool is_word = node.name == "REPEAT" || node.name == "LINEAR";
    if (node.kind == MathNode::Kind::id && !is_word) out.push_back(node.name);
    for (const auto& part : node.parts) walk(*part);
  };
  walk(*root_);
  return out;
}

Result<MathValue> Expression::evaluate(const MathScope& scope) const {
  return evaluate_node(*root_, scope);
}

}  // namespace mainstay::cloudwatch
