// Errors as values. Every fallible function returns Result<T>; nothing throws except for bugs.
//
// An Error carries a stable code (an AWS code such as "InvalidVpcID.NotFound", or one of ours such
// as "ConfigInvalid"), a message for people, an HTTP status for the wire (0: the pipeline chooses),
// optionally the place in a file it speaks of, extra modelled fields of an AWS error, and the
// context that callers add on the way up. Value type, no shared state, safe to move between
// threads.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay {

class Value;

// A place in a text: 1-based line and column, 0 where unknown.
struct Position {
  std::string file;
  int line = 0;
  int column = 0;

  bool known() const { return line > 0; }
  // "file:line:column", shorter where parts are unknown, empty if all are.
  std::string to_string() const;
  bool operator==(const Position&) const = default;
};

class Error {
 public:
  std::string code;
  std::string message;
  int status = 0;
  Position at;
  std::string hint;                     // what would be right, or the next command
  std::vector<std::string> context;     // innermost first
  std::shared_ptr<const Value> fields;  // further members of a modelled AWS error, may be null

  Error() = default;
  Error(std::string c, std::string m, int s = 0)
      : code(std::move(c)), message(std::move(m)), status(s) {}

  Error&& where(Position p) && {
    if (!at.known()) at = std::move(p);
    return std::move(*this);
  }
  Error&& with_hint(std::string h) && {
    hint = std::move(h);
    return std::move(*this);
  }
  Error&& because(std::string what) && {
    context.push_back(std::move(what));
    return std::move(*this);
  }
  // One line: "file:1:2: context: message (hint)".
  std::string to_string() const;
};

// An error of AWS's, answered to a client with this code and HTTP status.
[[nodiscard]] inline Error aws_error(std::string code, std::string message, int status = 400) {
  return Error(std::move(code), std::move(message), status);
}

template <class T>
struct [[nodiscard]] Result : std::expected<T, Error> {
  using std::expected<T, Error>::expected;
  Result(Error e) : std::expected<T, Error>(std::unexpect, std::move(e)) {}
};

using Status = Result<void>;

}  // namespace mainstay

#define MAINSTAY_CONCAT2(a, b) a##b
#define MAINSTAY_CONCAT(a, b) MAINSTAY_CONCAT2(a, b)

// TRY(declaration, expression): declares from the value, or returns the error.
#define TRY(decl, ...)                                           \
  auto MAINSTAY_CONCAT(try_, __LINE__) = (__VA_ARGS__);          \
  if (!MAINSTAY_CONCAT(try_, __LINE__).has_value()) [[unlikely]] \
    return std::move(MAINSTAY_CONCAT(try_, __LINE__)).error();   \
  decl = std::move(*MAINSTAY_CONCAT(try_, __LINE__))

// CHECK_OK(expression): returns the error of a Status, or of a Result whose value is not needed.
#define CHECK_OK(...)                                                   \
  do {                                                                  \
    if (auto MAINSTAY_CONCAT(check_ok_, __LINE__) = (__VA_ARGS__);      \
        !MAINSTAY_CONCAT(check_ok_, __LINE__).has_value()) [[unlikely]] \
      return std::move(MAINSTAY_CONCAT(check_ok_, __LINE__)).error();   \
  } while (false)
