#include "formation/coerce.hh"

#include "base/text.hh"
#include "wire/model.hh"

namespace mainstay::formation {
namespace {

Value coerce_scalar(Value v, wire::Type type) {
  switch (type) {
    case wire::Type::string:
      return v.is_bool() || v.is_number() ? Value(v.to_text()) : v;
    case wire::Type::boolean:
      if (v.is_string() && (v.as_string() == "true" || v.as_string() == "false"))
        return v.as_string() == "true";
      return v;
    case wire::Type::integer:
    case wire::Type::long_integer:
      if (v.is_string())
        if (auto number = parse_int(v.as_string())) return *number;
      return v.is_real() && v == Value(static_cast<double>(v.as_int())) ? Value(v.as_int()) : v;
    case wire::Type::real:
      if (v.is_string())
        if (auto number = parse_real(v.as_string())) return *number;
      return v;
    default:
      return v;
  }
}

Value coerce(Value v, const wire::Shape& shape) {
  if (v.is_map() && shape.type == wire::Type::structure) {
    Value out = Value::map({});
    for (const auto& [name, part] : v.members()) {
      const wire::Member* member = shape.member(name);
      out.set(name, member ? coerce(part, *member->shape) : part);
    }
    return out;
  }
  if (v.is_map() && shape.type == wire::Type::map) {
    Value out = Value::map({});
    for (const auto& [name, part] : v.members()) out.set(name, coerce(part, *shape.value().shape));
    return out;
  }
  if (v.is_list() && shape.type == wire::Type::list) {
    Value out = Value::list();
    for (const Value& part : v.items()) out.push_back(coerce(part, *shape.element().shape));
    return out;
  }
  return coerce_scalar(std::move(v), shape.type);
}

}  // namespace

Value coerce_input(const cloud::Cloud& cloud, std::string_view service, std::string_view operation,
                   Value in) {
  auto loaded = cloud.models().load(service);
  if (!loaded.has_value()) return in;
  const wire::Operation* known = loaded->model->operation(operation);
  return known && known->input ? coerce(std::move(in), *known->input) : in;
}

}  // namespace mainstay::formation
