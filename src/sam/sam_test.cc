// Runs the case files of src/sam/cases: a template, and what the transform makes of it.
#include "sam/sam.hh"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "base/json.hh"

using namespace mainstay;

namespace {

Value cases() {
  std::ifstream file(MAINSTAY_SOURCE "/src/sam/cases/cases.json");
  std::stringstream text;
  text << file.rdbuf();
  auto read = parse_json(text.str());
  REQUIRE_MESSAGE(read.has_value(), (read.has_value() ? "" : read.error().to_string()));
  REQUIRE(read->size() > 10);
  return *read;
}

Result<Value> translated(const Value& c) {
  sam::Surroundings around;
  around.parameters = c["parameters"].members();
  around.managed_policy = [](const std::string& name) {
    return name == "AmazonDynamoDBFullAccess" ? "arn:aws:iam::aws:policy/" + name : "";
  };
  return sam::translate(c["template"], around);
}

}  // namespace

TEST_CASE("cases.json") {
  const Value all = cases();
  for (const Value& c : all.items()) {
    CAPTURE(c["name"].as_string());
    auto got = translated(c);
    std::string seen = got.has_value() ? to_json(*got) : got.error().message;
    if (c.has("error")) {
      REQUIRE_MESSAGE(!got.has_value(), seen);
      CHECK(got.error().code == "TransformFailed");
      CHECK_MESSAGE(seen.contains(c["error"].as_string()), seen);
      continue;
    }
    REQUIRE_MESSAGE(got.has_value(), seen);
    CHECK(!got->has("Globals"));
    const Value& resources = (*got)["Resources"];
    std::string ids;
    for (const auto& [id, r] : resources.members()) ids += (ids.empty() ? "" : " ") + id;
    CHECK(ids == c["ids"].as_string());
    // What is in them, by path; null stands for "not there".
    for (const auto& [path, expected] : c["has"].members()) {
      CAPTURE(path);
      const Value& found = got->at_path(path);
      if (expected.is_null())
        CHECK_MESSAGE(found.is_null(), to_json(found));
      else
        CHECK(to_canonical_json(found) == to_canonical_json(expected));
    }
  }
}
