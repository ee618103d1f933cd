// Every template that AWS publishes as a sample must parse, decide its conditions, order its
// resources and evaluate; those that can't are listed with the reason.
#include <doctest/doctest.h>

#include <map>

#include "base/json.hh"
#include "cfn/dependencies.hh"
#include "cfn/evaluate.hh"
#include "cfn/test_support.hh"

using namespace mainstay;
using namespace mainstay::cfn;

namespace {

// The whole way of a template, without deploying it.
Status walk(const std::filesystem::path& file) {
  TRY(Template t, parse_template_text(test::slurp(file), file.filename().string()));
  TRY(Map parameters, resolve_parameters(t, test::made_up_parameters(t)));
  Environment environment = test::made_up_environment();
  CHECK_OK(check_rules(t, parameters, environment));
  TRY(Map conditions, evaluate_conditions(t, parameters, environment));
  TRY(Dependencies dependencies, find_dependencies(t, conditions));
  Context context{&t, &parameters, &conditions, &environment, {}};
  for (const std::string& id : dependencies.order) {
    context.path = {"Resources", id, "Properties"};
    CHECK_OK(evaluate(t.find_resource(id)->properties, context));
  }
  for (const Output& o : t.outputs) {
    context.path = {"Outputs", o.id, "Value"};
    if (holds(o.condition, conditions)) CHECK_OK(evaluate(o.value, context));
  }
  return {};
}

// File (below templates/) and what its error must say.
const std::map<std::string, std::string> refused = {
    // Sources for the tool "rain", which replaces these tags before deployment.
    {"CloudFormation/StackSets/log-setup-management.yaml", "!Rain::Embed"},
    {"CloudFormation/StackSets/common-resources-stackset.yaml", "!Rain::Embed"},
    {"CloudFormation/StackSets/common-resources.yaml", "!Rain::Module"},
    {"ElastiCache/Elasticache-snapshot.yaml", "!Rain::Embed"},
    {"IoT/amzn2-greengrass-cfn.yaml", "!Rain::Embed"},
    {"Solutions/GitLab/GitLabServer.yaml", "!Rain::Module"},
    {"Solutions/Gitea/Gitea.yaml", "!Rain::Module"},
    // SAM.
    {"CloudFormation/CustomResources/getfromjson/src/template.yml",
     "No transform named AWS::Serverless-2016-10-31 found"},
};

}  // namespace

TEST_CASE("the sample templates of AWS parse, order and evaluate") {
  const std::filesystem::path folder = MAINSTAY_CORPUS "/templates";
  size_t passed = 0, listed = 0;
  for (const auto& file : test::documents_below(folder)) {
    std::string name = file.lexically_relative(folder).string();
    CAPTURE(name);
    Status done = walk(file);
    auto it = refused.find(name);
    if (it == refused.end()) {
      std::string why = done.has_value() ? "" : done.error().to_string();
      CHECK_MESSAGE(done.has_value(), name << ": " << why);
      ++passed;
    } else {
      REQUIRE(!done.has_value());
      CHECK(done.error().to_string().contains(it->second));
      ++listed;
    }
  }
  CHECK(passed + listed >= 65);
  CHECK(listed == refused.size());
}
