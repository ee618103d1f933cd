#include "wire/xml.hh"

#include <doctest/doctest.h>

using namespace mainstay;
using namespace mainstay::wire;

TEST_CASE("text survives XML, control characters too") {
  std::string text = "a<b>&\"c\r\n\t\x01\x1f end ";
  std::string out;
  XmlWriter writer(out);
  writer.start("root");
  writer.attribute("a", text);
  writer.finish();
  writer.text(text);
  writer.close("root");
  auto document = parse_xml(out);
  REQUIRE(document.has_value());
  CHECK(xml_text(xml_root(*document)) == text);
  CHECK(std::string(xml_root(*document).attribute("a").value()) == text);
}

TEST_CASE("what is not XML, or too deep, or expands, is refused") {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<a>";
  for (int i = 0; i < 100000; ++i) deep += "</a>";
  for (const std::string& text : {std::string(""), std::string("<a>"), std::string("x"), deep})
    CHECK(parse_xml(text).error().code == "MalformedXML");
  auto bomb = parse_xml("<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>");
  REQUIRE(bomb.has_value());
  CHECK(xml_text(xml_root(*bomb)) == "&b;");
}
