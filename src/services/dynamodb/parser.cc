#include "services/dynamodb/parser.hh"

#include "base/text.hh"

namespace mainstay::dynamodb {

Result<Parser> Parser::open(const std::string& expression, std::string_view what,
                            Placeholders& placeholders) {
  Parser parser;
  parser.expression_ = expression;
  parser.what_ = what;
  parser.placeholders_ = &placeholders;
  TRY(parser.tokens_, tokens_of(expression, what));
  return parser;
}

const Token& Parser::peek(size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

Token Parser::take() {
  Token token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool Parser::at_symbol(std::string_view symbol) const {
  return peek().kind == Token::Kind::symbol && peek().text == symbol;
}

bool Parser::at_keyword(std::string_view keyword) const {
  return peek().kind == Token::Kind::word && equals_ignoring_case(peek().text, keyword);
}

bool Parser::at_function() const {
  return peek().kind == Token::Kind::word && peek(1).kind == Token::Kind::symbol &&
         peek(1).text == "(";
}

bool Parser::take_symbol(std::string_view symbol) {
  if (!at_symbol(symbol)) return false;
  take();
  return true;
}

bool Parser::take_keyword(std::string_view keyword) {
  if (!at_keyword(keyword)) return false;
  take();
  return true;
}

Error Parser::unexpected() const {
  return syntax_error(what_, expression_, tokens_, at_);
}

Status Parser::expect_symbol(std::string_view symbol) {
  if (!take_symbol(symbol)) return unexpected();
  return {};
}

Status Parser::expect_end() {
  if (!at_end()) return unexpected();
  return {};
}

Result<std::string> Parser::name() {
  if (peek().kind == Token::Kind::name) return placeholders_->name(take().text, what_);
  if (peek().kind != Token::Kind::word) return unexpected();
  if (is_reserved(peek().text))
    return invalid(what_, "Attribute name is a reserved keyword; reserved keyword: " + peek().text);
  return take().text;
}

Result<Path> Parser::path() {
  Path path;
  TRY(std::string first, name());
  path.push_back({std::move(first)});
  for (;;) {
    if (take_symbol(".")) {
      TRY(std::string next, name());
      path.push_back({std::move(next)});
    } else if (take_symbol("[")) {
      if (peek().kind != Token::Kind::number) return unexpected();
      auto index = parse_int(peek().text);
      constexpr int64_t index_max = INT32_MAX;
      if (!index || *index > index_max)
        return invalid(
            what_, "List index is not within the allowable range; index: [" + peek().text + "]");
      take();
      path.push_back({"", static_cast<size_t>(*index), true});
      CHECK_OK(expect_symbol("]"));
    } else {
      return path;
    }
  }
}

Result<Value> Parser::value() {
  if (peek().kind != Token::Kind::value) return unexpected();
  return placeholders_->value(take().text, what_);
}

Result<Operand> Parser::operand() {
  Operand out;
  if (peek().kind == Token::Kind::value) {
    TRY(out.value, value());
    return out;
  }
  out.kind = Operand::Kind::path;
  if (at_function() && peek().text == "size") {
    out.kind = Operand::Kind::size;
    take();
    CHECK_OK(expect_symbol("("));
    TRY(out.path, path());
    CHECK_OK(expect_symbol(")"));
    return out;
  }
  TRY(out.path, path());
  return out;
}

}  // namespace mainstay::dynamodb
