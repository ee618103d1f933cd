// Event patterns: which events a rule wants.
//
//   {"source": ["aws.ec2"], "detail": {"state": [{"anything-but": "running"}]}}
//
// Every field that a pattern names must have a value that one of its conditions fits; in lists any
// item may. Source: "Creating Amazon EventBridge event patterns" of the user guide, and answers
// recorded on AWS. Compiled once, then immutable; threads: any. Limits: text_max, depth_max,
// wildcards_max.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "patterns/matcher.hh"

namespace mainstay::patterns {

// What a pattern says of one object: all of its fields, and one of each list of alternatives.
struct Node {
  struct Field {
    std::string name;
    std::vector<Matcher> matchers;  // any of them; empty where it goes on below
    std::unique_ptr<Node> below;
  };
  std::vector<Field> fields;
  std::vector<std::vector<Node>> alternatives;  // "$or"
};

class Pattern {
 public:
  static constexpr size_t text_max = 64 << 10;
  static constexpr int depth_max = 32;
  static constexpr size_t wildcards_max = 64;

  // Error "PatternInvalid": the message is the reason in the words of AWS's own library.
  static Result<Pattern> parse(std::string_view text);

  bool matches(const Value& event) const;

 private:
  explicit Pattern(Node root) : root_(std::make_shared<const Node>(std::move(root))) {}
  std::shared_ptr<const Node> root_;
};

// Pattern::parse of an object that has been read.
Result<Node> read_node(const Value& object, int depth);

}  // namespace mainstay::patterns
