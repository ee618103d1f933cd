#include "wire/output_check.hh"

namespace mainstay::wire {
namespace {

constexpr size_t unknown_max = 5;

void add_unknown(const Shape& shape, const Value& value, const std::string& path,
                 std::vector<std::string>& to) {
  if (to.size() >= unknown_max || shape.document) return;
  if (shape.type == Type::list)
    for (size_t i = 0; i < value.items().size(); ++i)
      add_unknown(*shape.element().shape, value.at(i), path + std::to_string(i) + ".", to);
  if (shape.type == Type::map)
    for (const auto& [key, item] : value.members())
      add_unknown(*shape.value().shape, item, path + key + ".", to);
  if (shape.type != Type::structure) return;
  for (const auto& [name, item] : value.members()) {
    if (name.starts_with('_') || name.starts_with(':')) continue;
    if (const Member* member = shape.member(name))
      add_unknown(*member->shape, item, path + name + ".", to);
    else
      to.push_back(path + name);
  }
}

}  // namespace

std::vector<std::string> unknown_members(const Shape& shape, const Value& output) {
  std::vector<std::string> out;
  add_unknown(shape, output, "", out);
  return out;
}

}  // namespace mainstay::wire
