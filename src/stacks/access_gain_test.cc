#include "stacks/access_gain.hh"

#include <doctest/doctest.h>

#include "base/json.hh"
#include "base/text.hh"
#include "stacks/local_diff.hh"
#include "stacks/test_support.hh"

using namespace mainstay;
using namespace mainstay::stacks;

namespace {

// Of AWS the test knows one managed policy, and how roles and managed policies are identified.
Knowledge knowledge() {
  Knowledge out;
  out.schema = [](const std::string& type) -> const cfn::Schema* {
    static const cfn::Schema role =
        cfn::Schema::parse(
            R"({"typeName":"AWS::IAM::Role","properties":{"RoleName":{"type":"string"}},
            "primaryIdentifier":["/properties/RoleName"]})")
            .value();
    static const cfn::Schema managed =
        cfn::Schema::parse(
            R"({"typeName":"AWS::IAM::ManagedPolicy","properties":{"PolicyArn":{"type":"string"}},
            "primaryIdentifier":["/properties/PolicyArn"]})")
            .value();
    if (type == "AWS::IAM::Role") return &role;
    return type == "AWS::IAM::ManagedPolicy" ? &managed : nullptr;
  };
  out.managed_policy = [](const std::string& arn) -> Result<std::string> {
    if (!arn.ends_with("/ReadOnlyAccess")) return Error("PolicyUnknown", arn);
    return R"({"Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}})";
  };
  return out;
}

std::vector<cfn::ResolvedResource> resources_of(const Value& resources) {
  std::string body = to_json(Value::map({{"Resources", resources}}));
  Rendered rendered;
  rendered.body = body;
  rendered.document =
      cfn::parse_document(body, "t.json", cfn::ParseOptions::for_template()).value();
  auto verdict = local_verdict({nullptr, body, rendered, {}, "eu-west-1"}, knowledge());
  REQUIRE_MESSAGE(verdict, verdict.error().to_string());
  return verdict->after;
}

std::string summary(const AccessGain& gain) {
  if (!gain.unproven.empty()) return gain.holder + ": unproven";
  if (gain.kind == AccessGain::Kind::network)
    return gain.holder + ": opens " + gain.actions[0] + " to " + gain.principals[0];
  if (gain.kind == AccessGain::Kind::trust)
    return gain.holder + ": trusts " + join(gain.principals, ", ");
  std::string text = gain.holder + ": ";
  if (!gain.principals.empty()) text += join(gain.principals, ", ") + ": ";
  return text + join(gain.actions, ", ") + " on " + join(gain.resources, ", ");
}

}  // namespace

TEST_CASE("what a template lets anybody do that its predecessor did not") {
  auto cases = read_cases(MAINSTAY_SOURCE "/src/stacks/cases/gains.yaml");
  REQUIRE_MESSAGE(cases, cases.error().to_string());
  for (const Value& c : cases->items()) {
    CAPTURE(c["name"].as_string());
    auto before = resources_of(c["before"]), after = resources_of(c["after"]);
    std::vector<std::string> found;
    for (const AccessGain& gain : access_gains(before, after, knowledge())) {
      bool shown = gain.unproven.empty() && gain.kind != AccessGain::Kind::network;
      CHECK(gain.example.empty() != shown);
      found.push_back(summary(gain));
    }
    std::vector<std::string> wanted;
    for (const Value& one : c["gains"].items()) wanted.push_back(one.as_string());
    CHECK_MESSAGE(found == wanted, join(found, " | "));
  }
}
