// What the EMR blueprint generates; that it proves its limits is app_test.cc's business too.
#include <doctest/doctest.h>

#include "base/json.hh"
#include "blueprints/blueprint.hh"

using namespace mainstay;
using namespace mainstay::blueprints;

namespace {

Result<Value> render_emr_of(const char* variables) {
  return render(*find("mainstay.emr.Cluster").value(),
                {"one", "acme-one", parse_json(variables).value()});
}

}  // namespace

TEST_CASE("the cluster, its two roles and the profile; every change needs the tag") {
  Value made = render_emr_of(R"({"Name": "etl", "SubnetId": "subnet-1", "LogBucket": "logs",
                                 "DataBuckets": ["data"], "ReadBuckets": ["raw"]})")
                   .value();
  CHECK(made["Resources"].size() == 4);
  CHECK(made.at_path("Resources.Cluster.Properties.Tags.0.Key").as_string() ==
        "for-use-with-amazon-emr-managed-policies");
  const Value& statements =
      made.at_path("Resources.ServiceRole.Properties.Policies.0.PolicyDocument.Statement");
  for (const Value& s : statements.items())
    if (s["Sid"].as_string() == "ManageTagged") CHECK(s["Condition"].has("StringEquals"));
}

TEST_CASE("names that are patterns are refused") {
  for (const char* variables :
       {R"({"Name": "e*", "SubnetId": "s", "LogBucket": "l"})",
        R"({"Name": "etl", "SubnetId": "s", "LogBucket": "l", "DataBuckets": ["*"]})",
        R"({"Name": "etl", "SubnetId": "s", "LogBucket": "l", "ReadBuckets": ["a/b"]})"})
    CHECK(render_emr_of(variables).error().code == "BlueprintInvalid");
}
