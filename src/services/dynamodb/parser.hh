// Reads expressions token by token: what conditions, updates and projections have in common.
#pragma once

#include "services/dynamodb/expression.hh"
#include "services/dynamodb/tokens.hh"

namespace mainstay::dynamodb {

class Parser {
 public:
  static Result<Parser> open(const std::string& expression, std::string_view what,
                             Placeholders& placeholders);

  const Token& peek(size_t ahead = 0) const;
  Token take();
  bool at_end() const { return peek().kind == Token::Kind::end; }
  bool at_symbol(std::string_view symbol) const;
  bool at_keyword(std::string_view keyword) const;  // in any case
  bool at_function() const;                         // a word and '('
  bool take_symbol(std::string_view symbol);
  bool take_keyword(std::string_view keyword);
  Status expect_symbol(std::string_view symbol);
  Status expect_end();
  Error unexpected() const;  // at the token to be read
  std::string_view what() const { return what_; }

  Result<Path> path();
  Result<Value> value();      // a :value
  Result<Operand> operand();  // a path, a :value or size(path)

 private:
  Result<std::string> name();

  std::string expression_;
  std::string_view what_;
  Placeholders* placeholders_ = nullptr;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace mainstay::dynamodb
