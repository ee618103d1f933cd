#include "services/dynamodb/tokens.hh"

#include <algorithm>

#include "services/dynamodb/attribute.hh"

namespace mainstay::dynamodb {
namespace {

constexpr size_t expression_bytes_max = 4096;  // developer guide, "Quotas": expression length

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Token next_token(std::string_view text, size_t at) {
  char c = text[at];
  size_t end = at + 1;
  bool marked = c == '#' || c == ':';
  if (marked || is_word_character(c)) {
    while (end < text.size() && is_word_character(text[end])) ++end;
    std::string word(text.substr(at, end - at));
    if (marked && word.size() > 1)
      return {c == '#' ? Token::Kind::name : Token::Kind::value, word, at};
    bool number = std::all_of(word.begin(), word.end(), is_digit);
    return {marked   ? Token::Kind::symbol
            : number ? Token::Kind::number
                     : Token::Kind::word,
            word, at};
  }
  std::string_view two = text.substr(at, 2);
  if (two == "<>" || two == "<=" || two == ">=") ++end;
  return {Token::Kind::symbol, std::string(text.substr(at, end - at)), at};
}

}  // namespace

Error invalid(std::string_view what, std::string message) {
  return validation("Invalid " + std::string(what) + ": " + std::move(message));
}

Result<std::vector<Token>> tokens_of(std::string_view expression, std::string_view what) {
  if (expression.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return invalid(what, "The expression can not be empty;");
  if (expression.size() > expression_bytes_max)
    return invalid(what,
                   "Expression size has exceeded the maximum allowed size; expression size: " +
                       std::to_string(expression.size()));
  std::vector<Token> out;
  for (size_t at = 0; at < expression.size();) {
    if (std::string_view(" \t\r\n").find(expression[at]) != std::string_view::npos) {
      ++at;
      continue;
    }
    out.push_back(next_token(expression, at));
    at += out.back().text.size();
  }
  out.push_back({Token::Kind::end, "<EOF>", expression.size()});
  return out;
}

Error syntax_error(std::string_view what, std::string_view expression,
                   const std::vector<Token>& tokens, size_t index) {
  size_t from = tokens[index == 0 ? 0 : index - 1].at;
  const Token& last = tokens[std::min(index + 1, tokens.size() - 1)];
  size_t to = last.kind == Token::Kind::end ? expression.size() : last.at + last.text.size();
  return invalid(what, "Syntax error; token: \"" + tokens[index].text + "\", near: \"" +
                           std::string(expression.substr(from, to - from)) + "\"");
}

}  // namespace mainstay::dynamodb
