// An expression's words: names, #names, :values, numbers, operators.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay::dynamodb {

struct Token {
  enum class Kind { word, name, value, number, symbol, end };
  Kind kind = Kind::end;
  std::string text;
  size_t at = 0;  // where it starts in the expression
};

// The last token is the end. `what` names the parameter ("ConditionExpression") in errors.
Result<std::vector<Token>> tokens_of(std::string_view expression, std::string_view what);
// "Invalid ConditionExpression: Syntax error; token: ...": at the token of this index.
Error syntax_error(std::string_view what, std::string_view expression,
                   const std::vector<Token>& tokens, size_t index);
Error invalid(std::string_view what, std::string message);

// DynamoDB's reserved words may stand in no expression as names.
bool is_reserved(std::string_view word);

}  // namespace mainstay::dynamodb
