// Expressions as trees: paths, conditions, updates, projections. Names and values that they refer
// to are filled in while they are read.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/attribute.hh"

namespace mainstay::dynamodb {

// A step into a map by name, or into a list by index.
struct Step {
  std::string name;
  size_t index = 0;
  bool is_index = false;
  bool operator==(const Step&) const = default;
};
using Path = std::vector<Step>;  // not empty
std::string text_of(const Path& path);

struct Operand {
  enum class Kind { path, value, size };  // an attribute, a value, size(attribute)
  Kind kind = Kind::value;
  Path path;
  Value value;
};

struct Condition {
  enum class Kind { all, any, negation, comparison, between, in, function };
  Kind kind = Kind::all;
  std::string word;               // "=", "<>", ..., or the function's name
  std::vector<Operand> operands;  // of the last four kinds
  std::vector<Condition> parts;   // of the first three
};

// What SET writes: an operand, a sum, a default, or lists one after the other.
struct Term {
  enum class Kind { operand, add, subtract, if_not_exists, list_append };
  Kind kind = Kind::operand;
  Operand operand;          // of Kind::operand, and the path of if_not_exists
  std::vector<Term> terms;  // what the others join
};

struct Update {
  struct Set {
    Path path;
    Term term;
  };
  struct Change {
    Path path;
    Value value;
  };
  std::vector<Set> set;
  std::vector<Path> remove;
  std::vector<Change> add, erase;  // ADD, and DELETE from sets

  std::vector<Path> paths() const;  // all that it touches
};

// The names and values that a request gives for its expressions, and which of them were used.
class Placeholders {
 public:
  // Errors: invalid values, empty maps.
  static Result<Placeholders> read(const Value& in);
  Result<std::string> name(const std::string& placeholder, std::string_view what);
  Result<Value> value(const std::string& placeholder, std::string_view what);
  // After all expressions are read: nothing was given that none of them uses.
  Status check_used() const;

 private:
  Value names_, values_;
  std::set<std::string> used_;
};

// `what` is the parameter's name. Errors: ValidationException in DynamoDB's words.
Result<Condition> parse_condition(const std::string& expression, std::string_view what,
                                  Placeholders& placeholders);
Result<Update> parse_update(const std::string& expression, Placeholders& placeholders);
Result<std::vector<Path>> parse_projection(const std::string& expression,
                                           Placeholders& placeholders);

// Of an item; nullptr where there is nothing.
const Value* find(const Value& item, const Path& path);
bool holds(const Condition& condition, const Value& item);
// The item after the update. Errors: paths that lead nowhere, operands of the wrong type.
Result<Value> apply(const Update& update, const Value& item);
// What of the item lies on the paths.
Value project(const Value& item, const std::vector<Path>& paths);
// Errors where one path is, or leads through, another.
Status check_overlap(const std::vector<Path>& paths, std::string_view what);

}  // namespace mainstay::dynamodb
