#include "wire/scalar.hh"
#include "wire/xml.hh"

namespace mainstay::wire {
namespace {

constexpr int xml_depth_max = 64;

Error malformed(std::string message) {
  return aws_error("MalformedXML",
                   "The XML you provided was not well-formed or did not validate against our "
                   "published schema: " +
                       std::move(message));
}

// Walks without recursion: what comes in may be as deep as it is long.
bool deeper_than(pugi::xml_node root, int levels) {
  struct Walker : pugi::xml_tree_walker {
    int levels = 0;
    bool for_each(pugi::xml_node&) override { return depth() < levels; }
  } walker;
  walker.levels = levels;
  return !root.traverse(walker);
}

Result<Value> read_element(const Member& member, pugi::xml_node node) {
  if (member.shape->is_scalar()) return parse_scalar(xml_text(node), member);
  return read_xml_shape(*member.shape, node);
}

Status read_entry(const Shape& map, pugi::xml_node entry, Map& out) {
  pugi::xml_node key = xml_child(entry, map.key().wire_name);
  pugi::xml_node value = xml_child(entry, map.value().wire_name);
  if (!key) return malformed("an entry of a map has no " + std::string(map.key().wire_name));
  TRY(Value item, read_element(map.value(), value));
  out.set(xml_text(key), std::move(item));
  return {};
}

Status read_flattened(const Member& member, pugi::xml_node node, Value& out) {
  if (member.shape->type == Type::map)
    return read_entry(*member.shape, node, out.member(member.name).make_map());
  TRY(Value item, read_element(member.shape->element(), node));
  out.member(member.name).push_back(std::move(item));
  return {};
}

Status read_attributes(const Shape& shape, pugi::xml_node node, Value& out) {
  for (const Member& member : shape.members) {
    if (!member.xml_attribute) continue;
    for (pugi::xml_attribute attribute : node.attributes()) {
      if (local_name(attribute.name()) != local_name(member.wire_name)) continue;
      TRY(Value item, parse_scalar(attribute.value(), member));
      out.set(member.name, std::move(item));
    }
  }
  return {};
}

}  // namespace

Result<XmlDocument> parse_xml(std::string_view text) {
  auto document = std::make_unique<pugi::xml_document>();
  constexpr unsigned options = pugi::parse_cdata | pugi::parse_escapes |
                               pugi::parse_wconv_attribute | pugi::parse_eol |
                               pugi::parse_ws_pcdata_single;
  auto result = document->load_buffer(text.data(), text.size(), options, pugi::encoding_utf8);
  if (!result)
    return malformed(std::string(result.description()) + " at byte " +
                     std::to_string(result.offset));
  if (deeper_than(*document, xml_depth_max)) return malformed("nested too deeply");
  return document;
}

pugi::xml_node xml_root(const XmlDocument& document) {
  return document->document_element();
}

std::string_view local_name(std::string_view name) {
  size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string xml_text(pugi::xml_node node) {
  std::string text;
  for (pugi::xml_node child : node.children())
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
      text += child.value();
  return text;
}

pugi::xml_node xml_child(pugi::xml_node node, std::string_view name) {
  for (pugi::xml_node child : node.children())
    if (local_name(child.name()) == name) return child;
  return {};
}

Status read_xml_members(const Shape& shape, pugi::xml_node node, Value& out) {
  if (shape.has_attributes) CHECK_OK(read_attributes(shape, node, out));
  for (pugi::xml_node child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    const Member* member = shape.by_wire_name(local_name(child.name()));
    if (member == nullptr || member->location != Location::body || member->xml_attribute) continue;
    if (member->flattened && member->shape->type <= Type::map) {
      CHECK_OK(read_flattened(*member, child, out));
      continue;
    }
    TRY(Value item, read_element(*member, child));
    out.set(member->name, std::move(item));
  }
  return {};
}

Result<Value> read_xml_shape(const Shape& shape, pugi::xml_node node) {
  if (shape.type == Type::structure) {
    Value out = Value::map();
    CHECK_OK(read_xml_members(shape, node, out));
    return out;
  }
  if (shape.type == Type::map) {
    Map out;
    for (pugi::xml_node child : node.children())
      if (child.type() == pugi::node_element) CHECK_OK(read_entry(shape, child, out));
    return Value(std::move(out));
  }
  List out;
  for (pugi::xml_node child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    TRY(Value item, read_element(shape.element(), child));
    out.push_back(std::move(item));
  }
  return Value(std::move(out));
}

}  // namespace mainstay::wire
