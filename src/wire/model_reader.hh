// Builds a Model from the parsed JSON of botocore's form. Used by Model::parse only.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

inline bool flag(const Value& json, const char* name) {
  return json[name].as_bool();
}

class ModelReader {
 public:
  explicit ModelReader(const Value& json) : json_(json) {}
  Result<std::shared_ptr<const Model>> read();

 private:
  Status read_metadata();
  Status read_shapes();
  Status read_shape(std::string_view name, const Value& json, Shape& shape);
  Status read_references(const Value& json, Shape& shape);
  void finish_structure(const Value& json, Shape& shape);
  Status add_member(std::string_view name, const Value& reference);
  void read_traits(const Value& reference, Member& member);
  void inherit_traits(const Value& shape, const Value& reference, Member& member);
  void resolve_names(Member& member, const Value& reference);
  Status read_operations();
  Status read_operation(std::string_view name, const Value& json, Operation& operation);
  void read_uri(std::string_view uri, Operation& operation);
  void read_input(const Value& json, Operation& operation);
  void unbind_outputs();
  void index_errors();

  Result<const Shape*> find_shape(std::string_view name, std::string_view user) const;
  std::string_view keep(std::string_view text);  // a copy that lives as long as the Model
  std::string_view keep_string(const Value& v) { return keep(v.as_string()); }
  std::span<const std::string_view> keep_all(const Value& list);
  const XmlNamespace* keep_namespace(const Value& json);
  void reserve();

  const Value& json_;
  std::unique_ptr<Model> model_{new Model};
  std::unordered_set<std::string_view> kept_;
  std::vector<const Value*> inherited_;  // by shape: its JSON where references take something over
  size_t text_size_ = 0, text_used_ = 0;
  bool ec2_ = false;
};

}  // namespace mainstay::wire
