#include "wire/scalar.hh"
#include "wire/xml.hh"

namespace mainstay::wire {
namespace {

constexpr TimestampFormat xml_time = TimestampFormat::iso8601;

// Control characters but tab and line feed, which are plain in text and not in attributes.
bool is_special(char c, bool attribute) {
  if (static_cast<unsigned char>(c) < 0x20) return attribute || (c != '\t' && c != '\n');
  return c == '&' || c == '<' || c == '>' || (attribute && c == '"');
}

void append_reference(std::string& out, char c) {
  static constexpr char digits[] = "0123456789ABCDEF";
  switch (c) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += "&quot;";
      return;
    default:  // as S3 writes control characters in keys
      out += "&#x";
      if (c >= 0x10) out += digits[c >> 4];
      out += digits[c & 15];
      out += ';';
  }
}

void append_escaped(std::string& out, std::string_view text, bool attribute) {
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_special(text[i], attribute)) continue;
    out += text.substr(begin, i - begin);
    append_reference(out, text[i]);
    begin = i + 1;
  }
  out += text.substr(begin);
}

void write_namespace(XmlWriter& writer, const XmlNamespace* ns) {
  if (ns == nullptr) return;
  if (ns->prefix.empty()) {
    writer.attribute("xmlns", ns->uri);
  } else {
    writer.attribute("xmlns:" + std::string(ns->prefix), ns->uri);
  }
}

void write_named(XmlWriter& writer, std::string_view name, const Member& member, const Value& v);

void write_list(XmlWriter& writer, std::string_view name, const Member& member, const Value& v) {
  const Member& element = member.shape->element();
  if (member.flattened) {
    for (const Value& item : v.items()) write_named(writer, name, element, item);
    return;
  }
  writer.open(name, member.xml_namespace);
  for (const Value& item : v.items()) write_named(writer, element.wire_name, element, item);
  writer.close(name);
}

void write_map(XmlWriter& writer, std::string_view name, const Member& member, const Value& v) {
  const Member &key_member = member.shape->key(), &value_member = member.shape->value();
  std::string_view entry = member.flattened ? name : "entry";
  if (!member.flattened) writer.open(name, member.xml_namespace);
  for (const auto& [key, item] : v.members()) {
    writer.open(entry, member.flattened ? member.xml_namespace : nullptr);
    write_named(writer, key_member.wire_name, key_member, Value(key));
    write_named(writer, value_member.wire_name, value_member, item);
    writer.close(entry);
  }
  if (!member.flattened) writer.close(name);
}

void write_named(XmlWriter& writer, std::string_view name, const Member& member, const Value& v) {
  const Shape& shape = *member.shape;
  if (shape.type == Type::list) return write_list(writer, name, member, v);
  if (shape.type == Type::map) return write_map(writer, name, member, v);
  if (shape.type == Type::structure) {
    writer.start(name);
    write_namespace(writer, member.xml_namespace);
    write_xml_attributes(writer, shape, v);
    writer.finish();
    write_xml_members(writer, shape, v);
    return writer.close(name);
  }
  writer.open(name, member.xml_namespace);
  bool plain = v.is_string() && shape.type == Type::string;
  writer.text(plain ? std::string_view(v.as_string()) : scalar_text(v, member, xml_time));
  writer.close(name);
}

}  // namespace

void XmlWriter::start(std::string_view name) {
  out_ += '<';
  out_ += name;
}

void XmlWriter::attribute(std::string_view name, std::string_view value) {
  out_ += ' ';
  out_ += name;
  out_ += "=\"";
  append_escaped(out_, value, true);
  out_ += '"';
}

void XmlWriter::open(std::string_view name, const XmlNamespace* ns) {
  start(name);
  write_namespace(*this, ns);
  finish();
}

void XmlWriter::open(std::string_view name, std::string_view default_namespace) {
  start(name);
  if (!default_namespace.empty()) attribute("xmlns", default_namespace);
  finish();
}

void XmlWriter::close(std::string_view name) {
  out_ += "</";
  out_ += name;
  out_ += '>';
}

void XmlWriter::text(std::string_view text) {
  append_escaped(out_, text, false);
}

void XmlWriter::element(std::string_view name, std::string_view content) {
  open(name);
  text(content);
  close(name);
}

void write_xml_member(XmlWriter& writer, const Member& member, const Value& v) {
  write_named(writer, member.wire_name, member, v);
}

void write_xml_attributes(XmlWriter& writer, const Shape& shape, const Value& v) {
  if (!shape.has_attributes) return;
  for (const Member& member : shape.members)
    if (const Value* item = v.find(member.name); item != nullptr && member.xml_attribute)
      writer.attribute(member.wire_name, scalar_text(*item, member, xml_time));
}

void write_xml_members(XmlWriter& writer, const Shape& shape, const Value& v) {
  for (const Member& member : shape.members) {
    if (member.location != Location::body || member.xml_attribute) continue;
    const Value* item = v.find(member.name);
    if (item != nullptr && !item->is_null()) write_xml_member(writer, member, *item);
  }
}

}  // namespace mainstay::wire
