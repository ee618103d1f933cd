#include "wire/model.hh"

namespace mainstay::wire {
namespace {

template <class Name>
const Member* find_member(std::span<const Member> members, std::string_view wanted, Name name) {
  for (const Member& member : members)
    if (member.*name == wanted) return &member;
  return nullptr;
}

template <class Items>
auto* find_indexed(const std::unordered_map<std::string_view, size_t>& index, const Items& items,
                   std::string_view name) {
  auto found = index.find(name);
  return found == index.end() ? nullptr : &items[found->second];
}

}  // namespace

std::string_view protocol_name(Protocol protocol) {
  static constexpr std::string_view names[] = {"query",     "ec2",      "json-1.0",   "json-1.1",
                                               "rest-json", "rest-xml", "rpc-v2-cbor"};
  return names[static_cast<size_t>(protocol)];
}

const Member* Shape::member(std::string_view wanted) const {
  return find_member(members, wanted, &Member::name);
}

const Member* Shape::by_wire_name(std::string_view wanted) const {
  return find_member(members, wanted, &Member::wire_name);
}

const Member* Shape::by_form_name(std::string_view wanted) const {
  return find_member(members, wanted, &Member::form_name);
}

const Operation* Model::operation(std::string_view name) const {
  return find_indexed(operation_index_, operations_, name);
}

const Shape* Model::shape(std::string_view name) const {
  return find_indexed(shape_index_, shapes_, name);
}

const Shape* Model::error(std::string_view code_or_name) const {
  return find_indexed(error_index_, shapes_, code_or_name);
}

bool Model::supports(Protocol protocol) const {
  return std::ranges::find(metadata_.protocols, protocol) != metadata_.protocols.end();
}

}  // namespace mainstay::wire
