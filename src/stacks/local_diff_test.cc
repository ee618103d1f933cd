#include "stacks/local_diff.hh"

#include <doctest/doctest.h>

using namespace mainstay;
using namespace mainstay::stacks;

namespace {

const cfn::Schema* subnet_schema(const std::string& type) {
  static const cfn::Schema schema =
      cfn::Schema::parse(R"({"typeName":"T","properties":{"Cidr":{"type":"string"},
        "Note":{"type":"string"},"Id":{"type":"string"}},"createOnlyProperties":["/properties/Cidr"],
        "readOnlyProperties":["/properties/Id"],"primaryIdentifier":["/properties/Id"]})")
          .value();
  return type == "T" ? &schema : nullptr;
}

std::vector<ResourceChange> changes(const std::string& before, const std::string& after,
                                    std::vector<ParameterValue> parameters = {}) {
  DeployedStack deployed;
  deployed.name = "s";
  deployed.id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/s/1";
  deployed.parameters.set("P", "****");
  Rendered rendered;
  rendered.body = after;
  rendered.document =
      cfn::parse_document(after, "after.json", cfn::ParseOptions::for_template()).value();
  Submission submission;
  submission.parameters = std::move(parameters);
  Knowledge knowledge;
  knowledge.schema = subnet_schema;
  auto found = local_verdict({&deployed, before, rendered, submission, "eu-west-1"}, knowledge);
  REQUIRE_MESSAGE(found, found.error().to_string());
  return found->changes;
}

constexpr const char* base =
    R"({"Resources":{"A":{"Type":"T","Properties":{"Cidr":"1"}},
                     "B":{"Type":"T","Properties":{"Note":{"Ref":"A"}}}}})";

}  // namespace

TEST_CASE("a create-only property replaces, and what refers to it changes with it") {
  auto found = changes(base,
                       R"({"Resources":{"A":{"Type":"T","Properties":{"Cidr":"2"}},
                           "B":{"Type":"T","Properties":{"Note":{"Ref":"A"}}}}})");
  REQUIRE(found.size() == 2);
  CHECK(found[0].replacement == "True");
  CHECK(found[0].details[0].before == "1");
  CHECK(found[0].details[0].after == "2");
  CHECK(found[1].logical_id == "B");
  CHECK(found[1].replacement == "False");
  CHECK(changes(base, base).empty());
}

TEST_CASE("hidden parameters stay hidden") {
  constexpr const char* secret =
      R"({"Parameters":{"P":{"Type":"String","NoEcho":true}},
          "Resources":{"A":{"Type":"T","Properties":{"Cidr":"x","Note":{"Ref":"P"}}}}})";
  for (const ResourceChange& change : changes(base, secret, {{"P", "hunter2", false}}))
    for (const auto& detail : change.details) CHECK_FALSE(detail.after.contains("hunter2"));
}

TEST_CASE("both verdicts are kept, the graver one for replacement") {
  ResourceChange theirs{"Modify", "A", "", "T", "False", {}, {}, ResourceChange::SeenBy::cloud};
  ResourceChange only{"Modify", "X", "", "T", "False", {}, {}, ResourceChange::SeenBy::cloud};
  ResourceChange ours{"Modify", "A", "", "T", "True", {}, {}, ResourceChange::SeenBy::us};
  ResourceChange mine{"Modify", "Y", "", "T", "True", {}, {}, ResourceChange::SeenBy::us};
  auto merged = merge_changes({theirs, only}, {ours, mine});
  REQUIRE(merged.size() == 3);
  CHECK(merged[0].replacement == "True");
  CHECK(merged[0].seen_by == ResourceChange::SeenBy::both);
  CHECK(merged[1].seen_by == ResourceChange::SeenBy::cloud);
  CHECK(merged[2].seen_by == ResourceChange::SeenBy::us);
}
