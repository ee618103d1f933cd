// What a piece of a template refers to, through every intrinsic function.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "cfn/document.hh"

namespace mainstay::cfn {

struct Reference {
  enum class Kind { ref, get_att, condition, mapping };
  Kind kind = Kind::ref;
  std::string name;       // logical id, parameter, pseudo parameter, condition or mapping
  std::string attribute;  // of get_att, "" where only evaluation can tell
  Path path;              // of the function that refers
  bool operator==(const Reference&) const = default;
};

// The one function that a map is (its only member is Ref, Condition or Fn::...), or "".
std::string_view function_name(const Value& v);

// Everything v refers to, in order of appearance, duplicates kept. path is v's own. With
// conditions (name to boolean), branches of Fn::If that are not taken don't count.
// Errors: ValidationError in AWS's words for a Ref, Fn::GetAtt or Fn::Sub of the wrong form.
Result<std::vector<Reference>> find_references(const Value& v, Path path,
                                               const Map* conditions = nullptr);

// A piece of an Fn::Sub text: literal text, or a variable's name.
struct SubPiece {
  bool is_variable = false;
  std::string text;
};
// "${!x}" is the literal "${x}". Errors: a variable with a name that AWS refuses.
Result<std::vector<SubPiece>> parse_sub(std::string_view text);

}  // namespace mainstay::cfn
