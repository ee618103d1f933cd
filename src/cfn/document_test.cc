#include "cfn/document.hh"

#include <doctest/doctest.h>

#include "base/json.hh"
#include "cfn/test_support.hh"

using namespace mainstay;
using namespace mainstay::cfn;

namespace {

Result<Document> config(std::string_view text) {
  return parse_document(text, "conf.yml", ParseOptions::for_config());
}

Result<Document> as_template(std::string_view text) {
  return parse_document(text, "t.yml", ParseOptions::for_template());
}

// The parsed value as JSON text, or the error.
std::string seen(const Result<Document>& d) {
  return d.has_value() ? to_json(d->root) : d.error().to_string();
}

}  // namespace

TEST_CASE("what AWS reads though YAML's letter does not") {
  const std::pair<const char*, const char*> same[] = {
      {"A: {\n  b: 1\n}\n", R"({"A":{"b":1}})"},
      {"A:\n  B: {\n    c: [\n      1\n    ],\n  }\nD: 2\n", R"({"A":{"B":{"c":[1]}},"D":2})"},
      {"A: |\n  {\n}: b\n", nullptr},
      {"A: |\n  {\n  }\nB: {\n}\n", R"({"A":"{\n}\n","B":{}})"},
      {"A: 'x {'\nB: {c: '}'\n}\n", R"({"A":"x {","B":{"c":"}"}})"},
      {"# {\nA: x{\nB: [\n]\n", R"({"A":"x{","B":[]})"},
      {R"({"a": 1,})", R"({"a":1})"},
      {R"({"a": [1, 2,], "b": {"c": 3,},})", R"({"a":[1,2],"b":{"c":3}})"}};
  for (auto [text, expected] : same) {
    CAPTURE(text);
    auto read = parse_document(text, "t", ParseOptions::for_template());
    CHECK(read.has_value() == (expected != nullptr));
    if (read.has_value() && expected) CHECK(to_json(read->root) == expected);
  }
}

TEST_CASE("plain scalars mean what PyYAML makes of them") {
  struct Case {
    const char *text, *json;
  };
  const Case cases[] = {{"yes", "true"},
                        {"Off", "false"},
                        {"y", "\"y\""},
                        {"~", "null"},
                        {"010", "8"},
                        {"0644", "420"},
                        {"0x1F", "31"},
                        {"0b101", "5"},
                        {"1_000", "1000"},
                        {"08", "\"08\""},
                        {"012345678901", "\"012345678901\""},
                        {"123456789012", "123456789012"},
                        {"1:30", "90"},
                        {"22:22:22", "80542"},
                        {"1:30.5", "90.5"},
                        {"80:80", "\"80:80\""},
                        {"1.10", "1.1"},
                        {"1e3", "\"1e3\""},
                        {"1.0e+3", "1000.0"},
                        {"1.0e3", "\"1.0e3\""},
                        {".5", "0.5"},
                        {"-7", "-7"},
                        {"+7", "7"},
                        {"2012-10-17", "\"2012-10-17\""},
                        {"10.0.0.0/16", "\"10.0.0.0/16\""},
                        {"10.0.0.1", "\"10.0.0.1\""},
                        {"99999999999999999999", "\"99999999999999999999\""},
                        {"'1'", "\"1\""},
                        {"!!str 1", "\"1\""},
                        {"${output vpc::VpcId}", "\"${output vpc::VpcId}\""}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(seen(config(std::string("k: ") + c.text)) == std::string("{\"k\":") + c.json + "}");
  }
}

TEST_CASE("anchors, aliases and merge keys") {
  const char* text =
      "base: &b {x: 1, y: 2}\n"
      "more: &m {y: 3, z: 4}\n"
      "one:\n  << : *b\n  y: 9\n"
      "two:\n  <<: [*b, *m]\n"
      "three: *b\n";
  CHECK(seen(config(text)) == R"({"base":{"x":1,"y":2},"more":{"y":3,"z":4},"one":{"y":9,"x":1},)"
                              R"("two":{"x":1,"y":2,"z":4},"three":{"x":1,"y":2}})");
  CHECK(seen(config("a: *nope")).contains("conf.yml:1:"));
  CHECK(seen(config("a: &a [*a]")).contains("names no anchor that is complete"));
  CHECK(seen(config("a: {<<: 3}")).contains("<< merges a map"));
  CHECK(seen(as_template("a: &x 1\nb: *x")).contains("YAML aliases are not allowed"));
}

TEST_CASE("an alias bomb is refused") {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 10; ++i) {
    std::string n = std::to_string(i), before = "*a" + std::to_string(i - 1);
    text += "a" + n + ": &a" + n + " [" + before;
    for (int j = 0; j < 9; ++j) text += "," + before;
    text += "]\n";
  }
  CHECK(seen(config(text)).contains("counting each use of an alias"));
}

TEST_CASE("bad input is told with its place") {
  struct Case {
    const char *text, *message;
  };
  const Case cases[] = {
      {"a: 1\nb: 2\na: 3\n", "conf.yml:3:1: duplicate key 'a': it stands at line 1, column 1"},
      {"a: [1, 2\n", "conf.yml:"},
      {"a: !Ref x\n", "conf.yml:1:4: the tag !Ref is not supported here"},
      {"? [a, b]\n: c\n", "a key must be a plain value"},
      {"a: 1\n---\nb: 2\n", "conf.yml:2:1: the file holds more than one YAML document"},
      {"a: !!binary aGk=\n", "the tag tag:yaml.org,2002:binary is not supported"},
      {"{\"a\": 1, \"a\": 2}", "conf.yml:1:10: duplicate key 'a'"},
      {"{\"a\": }", "JSON not well-formed"},
      {"a: \xff", "not valid UTF-8"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK_MESSAGE(seen(config(c.text)).contains(c.message), seen(config(c.text)));
  }
  CHECK(seen(config(std::string(100, '['))).contains("nested deeper than 64 levels"));
  CHECK(seen(as_template("a: 1\n  b: 2\n")).contains("YAML not well-formed. (line 1, column 4)"));
  std::string of_nothing = seen(as_template("Resources:\n  A:\n"));
  CHECK(of_nothing.starts_with("t.yml:2:"));  // libfyaml's versions differ in the column
  CHECK(of_nothing.ends_with(": [/Resources/A] 'null' values are not allowed in templates"));
  CHECK(seen(as_template("A: !Rain::Embed x")).contains("the tag !Rain::Embed is not supported"));
}

TEST_CASE("JSON keeps its own meanings") {
  CHECK(
      seen(config(R"({"a": "yes", "b": 010.5, "c": [true, null, -1.5e3]})")).contains("conf.yml"));
  CHECK(seen(config(
            "{\n\t\"a\": \"\\u00e9\\ud83d\\ude00\\/\\n\", \"b\": [true, null, -1.5e3, 1E2]\n}")) ==
        "{\"a\":\"\xc3\xa9\xf0\x9f\x98\x80/\\n\",\"b\":[true,null,-1500.0,100.0]}");
}

TEST_CASE("texts are read as PyYAML reads them") {
  CHECK(seen(config("\xef\xbb\xbf"
                    "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: \"p\r\n  q\"\r\n")) ==
        R"({"a":1,"b":"x\ny\n","c":"p q"})");
  CHECK(seen(config("a: 'x\n\n  y'\nb: >-\n  f1\n  f2\n\n  f3\nc: |+\n  k\n\n")) ==
        R"({"a":"x\ny","b":"f1 f2\nf3","c":"k\n\n"})");
  CHECK(seen(config("---\na: 1\n...\n")) == R"({"a":1})");
}

TEST_CASE("short forms become long forms, with places") {
  auto d = as_template(
      "A: !GetAtt Vpc.Cidr.Block\nB: !Sub '${x}'\nC: !If [c, !Ref 'AWS::NoValue', 3]\n"
      "D: !GetAZs\nE: !Ref 123\n");
  CHECK(seen(d) == R"({"A":{"Fn::GetAtt":["Vpc","Cidr.Block"]},"B":{"Fn::Sub":"${x}"},)"
                   R"("C":{"Fn::If":["c",{"Ref":"AWS::NoValue"},3]},"D":{"Fn::GetAZs":""},)"
                   R"("E":{"Ref":"123"}})");
  CHECK(d->at("C/Fn::If/2").to_string() == "t.yml:3:33");
  CHECK(d->key_at({"B"}).to_string() == "t.yml:2:1");
  CHECK(d->at("C/Fn::If/1/Ref").line == 3);
  CHECK(d->at("Nowhere/at/all").to_string() == "t.yml:1:1");
}

TEST_CASE("stacker's own configurations are read") {
  auto files = test::documents_below(MAINSTAY_CORPUS "/stacker");
  CHECK(files.size() >= 10);
  for (const auto& file : files) {
    auto d =
        parse_document(test::slurp(file), file.filename().string(), ParseOptions::for_config());
    CHECK_MESSAGE(d.has_value(), seen(d));
  }
}
