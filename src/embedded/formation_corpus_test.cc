// Every template that AWS publishes as a sample is deployed and deleted on the embedded cloud.
// Prints a table; the least number that must succeed is issue 2's.
#include <map>

#include "base/text.hh"
#include "cfn/test_support.hh"
#include "embedded/formation_test_support.hh"
#include "formation/signals.hh"

using namespace mainstay;
using namespace mainstay::formation;

namespace {

constexpr size_t deployed_min = 40;

// What the templates expect to be there already: a network, key pairs, an instance
// profile, secrets.
struct Ground {
  std::string vpc, subnets, zone;
  std::vector<std::string> subnet_ids;
  std::string group;
};

// The services of ECS import what a stack called "production" exports.
constexpr const char* production = "ECS/FargateLaunchType/clusters/private-vpc.yaml";

Ground prepare_ground(test::World& world) {
  Ground ground;
  auto found = world.ask("ec2", "DescribeSubnets", Value::map({}));
  REQUIRE(found.has_value());
  for (const Value& s : (*found)["Subnets"].items()) {
    ground.vpc = s["VpcId"].as_string();
    ground.subnet_ids.push_back(s["SubnetId"].as_string());
  }
  auto groups = world.ask("ec2", "DescribeSecurityGroups", Value::map({}));
  REQUIRE(groups.has_value());
  ground.group = (*groups)["SecurityGroups"].at(0)["GroupId"].as_string();
  for (const char* key : {"Abcd1234", "sample"})
    REQUIRE(world.ask("ec2", "CreateKeyPair", Value::map({{"KeyName", key}})).has_value());
  REQUIRE(world
              .ask("iam", "CreateInstanceProfile",
                   Value::map({{"InstanceProfileName", "CloudWatchAgentAdminRole"}}))
              .has_value());
  for (const char* secret : {"aurora-source-enpoint-password", "microsoft-ad-pw", "simple-ad-pw"})
    REQUIRE(world
                .ask("secretsmanager", "CreateSecret",
                     Value::map({{"Name", secret},
                                 {"SecretString", R"({"password":"x-22","pasword":"x-22"})"}}))
                .has_value());
  std::string body = test::slurp(std::filesystem::path(MAINSTAY_CORPUS "/templates") / production);
  CHECK(world.create("production", body)["StackStatus"].as_string() == "CREATE_COMPLETE");
  ground.zone = (*found)["Subnets"].at(0)["AvailabilityZone"].as_string();
  ground.subnets = join(ground.subnet_ids, ",");
  return ground;
}

std::string parameter_text(const cfn::Parameter& p, const std::string& made_up,
                           const Ground& ground) {
  bool list = p.type.starts_with("List<");
  std::string name = to_lower(p.name);
  if (p.type.contains("Subnet::Id") || name.contains("subnet")) {
    size_t digit = name.find_first_of("123456");
    size_t number = digit == std::string::npos ? 0 : static_cast<size_t>(name[digit] - '1');
    return list ? ground.subnets : ground.subnet_ids[number % ground.subnet_ids.size()];
  }
  if (p.type.contains("SecurityGroup::Id") || name.contains("securitygroup")) return ground.group;
  if (p.type.contains("VPC::Id") || made_up.starts_with("vpc-")) return ground.vpc;
  if (name.contains("version")) return "1.31";
  if (name == "appname") return "sample";
  if (p.type.contains("AvailabilityZone::Name"))
    return list ? "us-east-1a,us-east-1b,us-east-1c,us-east-1d" : ground.zone;
  return made_up;
}

Value parameters_of(const std::string& body, const Ground& ground) {
  Value out = Value::list();
  auto t = cfn::parse_template_text(body, "template");
  if (!t.has_value()) return out;
  for (const auto& [name, text] : cfn::test::made_up_parameters(*t).given) {
    const cfn::Parameter& p = *t->find_parameter(name);
    out.push_back(Value::map(
        {{"ParameterKey", name}, {"ParameterValue", parameter_text(p, text.to_text(), ground)}}));
  }
  return out;
}

// What an instance would do if it ran: tell every handle of success.
void send_signals(test::World& world, const std::string& id) {
  constexpr int rounds_max = 100;  // a handle that appears waits for another's signal at most
  for (int i = 0; i < rounds_max && world.status(id) == "CREATE_IN_PROGRESS"; ++i) {
    world.run_due();
    Value all = world.get("DescribeStackResources", Value::map({{"StackName", id}}));
    for (const Value& r : all["StackResources"].items())
      if (r["ResourceType"].as_string().ends_with("WaitConditionHandle"))
        (void)signal_wait_handle(*world.cloud, r["PhysicalResourceId"].as_string(),
                                 R"({"Status":"SUCCESS","UniqueId":"test","Data":""})");
  }
}

std::string failures(test::World& world, const std::string& id) {
  std::string out;
  for (const std::string& line : split(world.reasons(id), "\n"))
    if (line.contains("_FAILED") || line.starts_with("#")) out += line + "; ";
  return out;
}

// What differs from the template of a stack that was just made: nothing may.
std::string drift(test::World& world, const std::string& id) {
  Value begun = world.get("DetectStackDrift", Value::map({{"StackName", id}}));
  world.run_due();
  Value status = world.get("DescribeStackDriftDetectionStatus", begun);
  std::string out;
  if (status["DetectionStatus"].as_string() != "DETECTION_COMPLETE") out = to_json(status);
  Value all = world.get("DescribeStackResourceDrifts", Value::map({{"StackName", id}}));
  for (const Value& d : all["StackResourceDrifts"].items())
    if (d["StackResourceDriftStatus"].as_string() != "IN_SYNC")
      out += "drift of " + d["ResourceType"].as_string() + ": " + to_json(d["PropertyDifferences"]);
  return out;
}

// "" where the template was deployed, found in sync and deleted, else why not.
std::string deploy(test::World& world, const std::string& body, const std::string& name,
                   const Ground& ground) {
  Value in = Value::map(
      {{"StackName", name},
       {"TemplateBody", body},
       {"Parameters", parameters_of(body, ground)},
       {"Capabilities", Value::list({"CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"})}});
  Value out = world.get("CreateStack", in);
  if (!out.has("StackId")) return out["Message"].as_string();
  std::string id = out["StackId"].as_string();
  if (body.contains("WaitConditionHandle")) send_signals(world, id);
  std::string status = world.settled(id)["StackStatus"].as_string();
  std::string why = status == "CREATE_COMPLETE" ? "" : status + " " + failures(world, id);
  if (why.empty()) why = drift(world, id);
  world.get("DeleteStack", Value::map({{"StackName", id}}));
  status = world.settled(id)["StackStatus"].as_string();
  if (why.empty() && status != "DELETE_COMPLETE") why = status + " " + failures(world, id);
  return why;
}

}  // namespace

TEST_CASE("the sample templates of AWS are deployed and deleted") {
  const std::filesystem::path folder = MAINSTAY_CORPUS "/templates";
  test::World world;
  Ground ground = prepare_ground(world);
  size_t done = 0, all = 0;
  for (const auto& file : cfn::test::documents_below(folder)) {
    std::string why = deploy(world, test::slurp(file), "sample-" + std::to_string(++all), ground);
    if (why.empty()) ++done;
    std::printf("%-4s %s %s\n", why.empty() ? "ok" : "-", file.lexically_relative(folder).c_str(),
                why.substr(0, 400).c_str());
  }
  std::printf("%zu of %zu sample templates deployed and deleted\n", done, all);
  CHECK(all >= 65);
  CHECK(done >= deployed_min);
}
