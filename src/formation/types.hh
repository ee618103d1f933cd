// The resource types: their specs (types/*.json, see README.md for the form) and their schemas.
//
// Specs are read when first asked for and then kept, schemas too. Threads: any.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cfn/schema.hh"

namespace mainstay::formation {

class Types {
 public:
  // There is one: specs and schemas are data of the program.
  static const Types& all();

  // The spec, or null: the type is recorded only.
  const Value& spec(std::string_view type) const;
  // The form of a type that this cloud does not run (recorded.hh), or null.
  const Value& recorded(std::string_view type) const;
  // Names of the types that have a spec, and of those that have a form.
  std::vector<std::string> with_spec() const;
  std::vector<std::string> with_form() const;
  // Macros of the file that holds the type's spec.
  const Value& macros(std::string_view type) const;
  // nullptr for types that AWS does not publish. "Custom::X" has the schema of
  // AWS::CloudFormation::CustomResource.
  const cfn::Schema* schema(std::string_view type) const;
  static bool is_known(std::string_view type);
  static bool is_custom(std::string_view type);

 private:
  Types();
  struct Entry {
    Value spec;
    Value macros;
  };
  std::map<std::string, Entry, std::less<>> specs_;
  std::map<std::string, Value, std::less<>> forms_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<const cfn::Schema>, std::less<>> schemas_;
};

}  // namespace mainstay::formation
