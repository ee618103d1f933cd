// A template under construction, and the functions that templates are made of.
#pragma once

#include <string>
#include <string_view>

#include "base/value.hh"

namespace mainstay::blueprints {

Value ref_to(std::string_view id);
Value get_att(std::string_view id, std::string_view attribute);
Value join_with(std::string_view separator, Value list);
inline Value no_value() {
  return ref_to("AWS::NoValue");
}

class Builder {
 public:
  // Members of properties that are AWS::NoValue are left out. Returns the id.
  std::string resource(std::string_view id, std::string_view type, Value properties);
  void output(std::string_view id, Value value);
  Value finish() &&;

 private:
  Value resources_ = Value::map();
  Value outputs_ = Value::map();
};

}  // namespace mainstay::blueprints
