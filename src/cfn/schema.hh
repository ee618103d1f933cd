// CloudFormation resource provider schemas: what properties a type has and what changing them does.
//
// The form: "CloudFormation CLI user guide, Resource type schema". Values are checked after
// evaluation; what is not known yet (bytes) passes. Errors use the words that CloudFormation's
// schema validator answers with. A Schema is immutable and may be shared by threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "cfn/document.hh"

namespace mainstay::cfn {

// What a changed property asks for.
enum class Recreation : uint8_t { never, conditionally, always };
const char* recreation_name(Recreation r);  // "Never", "Conditionally", "Always"

class Schema {
 public:
  // Error "SchemaInvalid" where the text is not a schema.
  static Result<Schema> parse(std::string_view json);

  const std::string& type_name() const { return root_["typeName"].as_string(); }
  const Value& root() const { return root_; }
  // Names of properties without "/properties/"; nested ones with dots: "Endpoint.Address".
  const std::vector<std::string>& primary_identifier() const { return primary_identifier_; }
  const std::vector<std::string>& read_only() const { return read_only_; }
  const std::vector<std::string>& create_only() const { return create_only_; }
  const std::vector<std::string>& write_only() const { return write_only_; }
  bool is_read_only(std::string_view name) const;
  bool has_property(std::string_view name) const { return root_["properties"].has(name); }
  // The property that takes tags, "" where the type has none.
  std::string tag_property() const;

  // The properties as the type wants them: scalars turned into text, "true" and "80" into booleans
  // and numbers where those are due. Error: ValidationError, "Encountered unsupported property X",
  // or "Properties validation failed for resource X with message: ...".
  Result<Value> check_properties(const Value& properties, const std::string& logical_id) const;

  // What a change at path (keys and indexes below Properties) asks for.
  Recreation recreation(const Path& path) const;

  // The part of the schema that describes the value at path, $ref followed; null where unknown.
  const Value& node(const Path& path) const;
  const Value& resolve(const Value& node) const;  // follows $ref

 private:
  Value root_;
  std::vector<std::string> primary_identifier_, read_only_, create_only_, write_only_, conditional_;
};

struct PropertyChange {
  Path path;            // below Properties
  Value before, after;  // null where absent
  Recreation recreation = Recreation::never;
};

// Where before and after differ, scalars compared by their text ("80" is 80), lists whose order
// does not matter as sets. schema may be null: then nothing asks for recreation.
std::vector<PropertyChange> diff_properties(const Value& before, const Value& after,
                                            const Schema* schema);

}  // namespace mainstay::cfn
