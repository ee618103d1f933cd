#include "blueprints/builder.hh"

namespace mainstay::blueprints {

Value ref_to(std::string_view id) {
  return Value::map({{"Ref", id}});
}

Value get_att(std::string_view id, std::string_view attribute) {
  return Value::map({{"Fn::GetAtt", Value::list({id, attribute})}});
}

Value join_with(std::string_view separator, Value list) {
  return Value::map({{"Fn::Join", Value::list({separator, std::move(list)})}});
}

std::string Builder::resource(std::string_view id, std::string_view type, Value properties) {
  Value kept = Value::map();
  for (const auto& [name, value] : properties.members())
    if (!(value == no_value())) kept.set(name, value);
  Value resource = Value::map({{"Type", type}});
  if (!kept.empty()) resource.set("Properties", std::move(kept));
  resources_.set(id, std::move(resource));
  return std::string(id);
}

void Builder::output(std::string_view id, Value value) {
  outputs_.set(id, Value::map({{"Value", std::move(value)}}));
}

Value Builder::finish() && {
  return Value::map({{"Resources", std::move(resources_)}, {"Outputs", std::move(outputs_)}});
}

}  // namespace mainstay::blueprints
