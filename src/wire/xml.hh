// XML: a writer of our own and pugixml's reader, with limits. No document types, no entities but
// the five of XML.
#pragma once

#include <memory>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

// Appends markup; the caller closes what it opens.
class XmlWriter {
 public:
  explicit XmlWriter(std::string& out) : out_(out) {}
  void declaration() { out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"; }
  void open(std::string_view name, const XmlNamespace* ns = nullptr);
  void open(std::string_view name, std::string_view default_namespace);
  void close(std::string_view name);
  void text(std::string_view text);
  void element(std::string_view name, std::string_view content);

  // An opening tag in parts: start, attributes, finish.
  void start(std::string_view name);
  void attribute(std::string_view name, std::string_view value);
  void finish() { out_ += '>'; }
  std::string& out() { return out_; }

 private:
  std::string& out_;
};

// A value under its member's element (elements, for a flattened list or map).
void write_xml_member(XmlWriter& writer, const Member& member, const Value& v);
// The members of a structure that are XML; attributes go to the tag that is open, which the caller
// has started but not finished.
void write_xml_attributes(XmlWriter& writer, const Shape& shape, const Value& v);
void write_xml_members(XmlWriter& writer, const Shape& shape, const Value& v);

using XmlDocument = std::unique_ptr<pugi::xml_document>;
// Error "MalformedXML", status 400. Limits: 64 levels of elements.
Result<XmlDocument> parse_xml(std::string_view text);
pugi::xml_node xml_root(const XmlDocument& document);
std::string_view local_name(std::string_view name);  // without a namespace prefix
std::string xml_text(pugi::xml_node node);
// The first child of this local name, or an empty node.
pugi::xml_node xml_child(pugi::xml_node node, std::string_view name);

Result<Value> read_xml_shape(const Shape& shape, pugi::xml_node node);
// The body members of a structure out of an element that stands for it.
Status read_xml_members(const Shape& shape, pugi::xml_node node, Value& out);

}  // namespace mainstay::wire
