// A cloud that is simulated whole, from a seed: a stack with a nested stack, a wait condition, a
// custom resource, a queue, an alarm and a schedule is made, changed, cancelled and deleted at
// random moments; answers come late or are refusals, the process is killed, the disk loses power.
// Whatever happened, in the end the services hold what the stack says it has, and nothing once it
// is deleted. A seed that fails is printed, and plays again the same: MAINSTAY_SEED=N runs that
// one, MAINSTAY_SEEDS=N that many.
#include <cstdlib>
#include <map>

#include "embedded/formation_test_support.hh"
#include "formation/signals.hh"
#include "store/simulated_disk.hh"

using namespace mainstay;
using namespace mainstay::formation;

namespace {

constexpr size_t seeds_default = 100;
constexpr int moves_max = 120, rounds_max = 400;

std::string child_template(int variant) {
  return "Resources: {P: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: v" +
         std::to_string(variant) + "}}}";
}

// Variants differ in what is updated, replaced, added and removed.
std::string stack_template(int variant, const std::string& topic) {
  std::string v = std::to_string(variant);
  std::string body = R"(
Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: )" +
                     v + R"(}}
  Named: {Type: AWS::SQS::Queue, Properties: {QueueName: named-)" +
                     v + R"(}}
  Made: {Type: Custom::Made, DependsOn: Queue, Properties: {ServiceToken: )" +
                     topic + ", Variant: " + v + R"(}}
  Child: {Type: AWS::CloudFormation::Stack, DependsOn: Made, Properties: {TemplateURL: "https://templates.s3.amazonaws.com/child)" +
                     v + R"("}}
  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {MetricName: m, Namespace: n, Period: 60, EvaluationPeriods: 1, Statistic: Sum, ComparisonOperator: GreaterThanThreshold, Threshold: )" +
                     v + R"(}}
  Rule: {Type: AWS::Events::Rule, DependsOn: Child, Properties: {ScheduleExpression: rate()" +
                     std::to_string(variant + 2) + R"( minutes)}}
)";
  if (variant == 1)
    body +=
        "  Condition: {Type: AWS::CloudFormation::WaitCondition, DependsOn: Queue, Properties: "
        "{Handle: !Ref Handle, Timeout: \"900\"}}\n";
  if (variant == 3)
    body +=
        "  Wrong: {Type: AWS::SSM::Parameter, DependsOn: Made, Properties: {Type: String, Value: "
        "\"\"}}\n";
  return body;
}

// The user's side of custom resources: what it says it has made.
struct Provider {
  std::map<std::string, std::string> made;     // ids, and for which stack
  std::map<std::string, std::string> answers;  // by RequestId: a request may come twice

  std::string answer_to(const Value& request, Random& random) {
    auto [it, fresh] = answers.try_emplace(request["RequestId"].as_string());
    if (!fresh) return it->second;
    const std::string& kind = request["RequestType"].as_string();
    std::string id = request["PhysicalResourceId"].as_string();
    bool fails = kind != "Delete" && random.below(6) == 0;
    if (kind == "Create" || (kind == "Update" && random.below(3) == 0))
      id = "made-" + std::to_string(answers.size());
    if (kind == "Delete") made.erase(id);
    if (kind != "Delete" && !fails) made[id] = request["StackId"].as_string();
    Value out = Value::map({{"Status", fails ? "FAILED" : "SUCCESS"},
                            {"Reason", "by chance"},
                            {"PhysicalResourceId", id},
                            {"StackId", request["StackId"]},
                            {"RequestId", request["RequestId"]},
                            {"LogicalResourceId", request["LogicalResourceId"]}});
    return it->second = to_json(out);
  }
};

class Simulation {
 public:
  explicit Simulation(uint64_t seed) : random_(seed), next_seed_(seed * 1000) {
    open();
    prepare();
    base_ = census();
  }

  // One life of the stack, with whatever chance brings.
  void live() {
    begin("CreateStack");
    for (int i = 0; i < moves_max; ++i) move();
    CHECK_MESSAGE(settle(), state());
    check_truth();
    std::string id = world_.stack("s")["StackId"].as_string();
    begin_deletion();
    CHECK_MESSAGE(settle(), state());
    last_story_ = story(id);
    if (exists() && status().ends_with("_FAILED")) {  // what failed by chance may go now
      begin_deletion();
      CHECK_MESSAGE(settle(), state());
    }
    CHECK_MESSAGE(!exists(), state());
    CHECK(to_json(census()) == to_json(base_));
    // An answer to a request that was cancelled meanwhile is nobody's: on AWS, too, what its
    // provider made by then stays.
    bool is_left = last_story_.contains("still made") && !last_story_.contains("cancelled");
    CHECK_MESSAGE(!is_left, last_story_);
  }

 private:
  void open() {
    cloud::CloudOptions options;
    options.state_directory = folder_.path.string();
    options.disk = disk_.get();
    options.sync = true;
    options.seed = ++next_seed_;
    options.simulation = next_seed_;
    options.time.mode = cloud::TimePlan::Mode::stepped;
    options.now = [] { return Time{1'800'000'000'000}; };
    auto opened = embedded::open(std::move(options));
    REQUIRE_MESSAGE(opened.has_value(), (opened.has_value() ? "" : opened.error().to_string()));
    world_.cloud = std::move(*opened);
    world_.cloud->listens_at("http://127.0.0.1:1");
  }

  void prepare() {
    REQUIRE(world_.ask("s3", "CreateBucket", Value::map({{"Bucket", "templates"}})).has_value());
    for (int variant = 1; variant <= 3; ++variant)
      REQUIRE(world_
                  .ask("s3", "PutObject",
                       Value::map({{"Bucket", "templates"},
                                   {"Key", "child" + std::to_string(variant)},
                                   {"Body", Bytes{child_template(variant)}}}))
                  .has_value());
    auto queue = world_.ask("sqs", "CreateQueue", Value::map({{"QueueName", "asked"}}));
    REQUIRE(queue.has_value());
    queue_ = (*queue)["QueueUrl"];
    std::string arn = "arn:aws:sqs:us-east-1:" + std::string(test::account) + ":asked";
    Value policy = Value::map(
        {{"Policy",
          R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":")" +
              arn + R"("}]})"}});
    REQUIRE(world_
                .ask("sqs", "SetQueueAttributes",
                     Value::map({{"QueueUrl", queue_}, {"Attributes", policy}}))
                .has_value());
    auto topic = world_.ask("sns", "CreateTopic", Value::map({{"Name", "providers"}}));
    REQUIRE(topic.has_value());
    topic_ = (*topic)["TopicArn"].as_string();
    REQUIRE(world_
                .ask("sns", "Subscribe",
                     Value::map({{"TopicArn", topic_}, {"Protocol", "sqs"}, {"Endpoint", arn}}))
                .has_value());
  }

  // What the services hold, but for what the simulation itself has put there.
  Value census() {
    struct Count {
      const char *service, *operation, *member;
    };
    Value out = Value::map({});
    for (Count c : {Count{"sqs", "ListQueues", "QueueUrls"},
                    {"ssm", "DescribeParameters", "Parameters"},
                    {"cloudwatch", "DescribeAlarms", "MetricAlarms"},
                    {"events", "ListRules", "Rules"},
                    {"cloudformation", "DescribeStacks", "Stacks"}}) {
      auto found = world_.ask(c.service, c.operation, Value::map({}));
      REQUIRE_MESSAGE(found.has_value(), (found.has_value() ? "" : found.error().to_string()));
      out.set(c.member, static_cast<int64_t>((*found)[c.member].size()));
    }
    return out;
  }

  bool exists() {
    return !world_.get("DescribeStacks", Value::map({{"StackName", "s"}})).has("Error");
  }
  std::string status() { return world_.status("s"); }
  // Everything that was told of the stack, oldest first, and what the provider still has.
  std::string story(const std::string& id) {
    std::string out;
    Value page = world_.get("DescribeStackEvents", Value::map({{"StackName", id}}));
    for (const Value& e : page["StackEvents"].items())
      out.insert(0, e["LogicalResourceId"].as_string() + " " + e["ResourceStatus"].as_string() +
                        " " + e["PhysicalResourceId"].as_string() + " " +
                        e["ResourceStatusReason"].as_string().substr(0, 120) + "\n");
    for (const auto& [made, stack] : provider_.made)
      if (stack == id) out += "still made: " + made + "\n";
    return out;
  }
  std::string state() { return exists() ? status() + "\n" + world_.reasons("s") : "no stack"; }

  void begin(const char* operation) {
    int variant = 1 + static_cast<int>(random_.below(3));
    Value in = world_.request("s", stack_template(variant, topic_));
    if (operation == std::string_view("CreateStack") && random_.below(4) == 0)
      in.set("TimeoutInMinutes", 10);
    world_.get(operation, std::move(in));  // may be refused: the stack is under way, or there
  }
  void begin_deletion() { world_.get("DeleteStack", Value::map({{"StackName", "s"}})); }

  void move() {
    switch (random_.below(20)) {
      case 0:
        return begin(exists() ? "UpdateStack" : "CreateStack");
      case 1:
        world_.get("CancelUpdateStack", Value::map({{"StackName", "s"}}));
        return;
      case 2:
        if (random_.below(4) == 0) begin_deletion();
        return;
      case 3:
        return kill();
      case 4:
        if (random_.below(3) == 0) world_.pass(static_cast<int64_t>(random_.below(400'000)));
        return;
      case 5:
        return signal();
      case 6:
      case 7:
        return answer(1);
      default:
        world_.cloud->agenda().run_one();
    }
  }

  // At any change of the disk from here on; what was not on it by then is gone with the power.
  void kill() {
    disk_->fail_after(random_.below(40));
    for (uint64_t i = random_.below(20); i > 0; --i) world_.cloud->agenda().run_one();
    world_.cloud.reset();
    auto after = std::make_unique<store::SimulatedDisk>(*disk_);
    after->heal();
    if (random_.below(3) == 0) after->cut_power(random_);
    disk_ = std::move(after);
    open();
  }

  void signal() {
    std::string url = world_.physical("s", "Handle");
    if (!url.starts_with("http")) return;
    (void)signal_wait_handle(*world_.cloud, url,
                             R"({"Status":"SUCCESS","UniqueId":"1","Data":""})");
  }

  // Of what the provider has been asked by now.
  void answer(int count) {
    auto got = world_.ask("sqs", "ReceiveMessage",
                          Value::map({{"QueueUrl", queue_}, {"MaxNumberOfMessages", count}}));
    if (!got.has_value()) return;
    for (const Value& message : (*got)["Messages"].items()) {
      auto envelope = parse_json(message["Body"].as_string());
      REQUIRE(envelope.has_value());
      auto request = parse_json((*envelope)["Message"].as_string());
      REQUIRE(request.has_value());
      if (is_stale(*request)) {
        forget(message);
        continue;
      }
      HttpRequest put;
      put.method = "PUT";
      std::string url = (*request)["ResponseURL"].as_string();
      put.path = url.substr(url.find("/cloudformation"));
      put.path = put.path.substr(0, put.path.find('?'));
      put.headers = {{"Host", "127.0.0.1:1"}};
      put.body = provider_.answer_to(*request, random_);
      world_.cloud->handle(std::move(put));
      forget(message);
    }
  }

  // What was cancelled before it was answered: CloudFormation has asked for its deletion by an id
  // of its own by then, so a provider that made it now would keep it for ever (on AWS, too).
  bool is_stale(const Value& request) {
    if (request["RequestType"].as_string() == "Delete") return false;
    Value in = Value::map(
        {{"StackName", request["StackId"]}, {"LogicalResourceId", request["LogicalResourceId"]}});
    Value detail = world_.get("DescribeStackResource", in)["StackResourceDetail"];
    const std::string& now = detail["ResourceStatus"].as_string();
    return now != "CREATE_IN_PROGRESS" && now != "UPDATE_IN_PROGRESS";
  }
  void forget(const Value& message) {
    (void)world_.ask(
        "sqs", "DeleteMessage",
        Value::map({{"QueueUrl", queue_}, {"ReceiptHandle", message["ReceiptHandle"]}}));
  }

  // Everybody answers, until the stack rests.
  bool settle() {
    for (int i = 0; i < rounds_max; ++i) {
      world_.run_due();
      answer(10);
      signal();
      world_.run_due();
      if (!exists() || !status().ends_with("_IN_PROGRESS")) return true;
      world_.pass(10'000);
    }
    return false;
  }

  // What the stack, and the one in it, say that they have is there, and nothing else.
  void check_truth() {
    Value expected = base_;
    // What replacement has left is there until the rollback that failed is gone on with.
    if (exists() && status() == "UPDATE_ROLLBACK_FAILED") return;
    if (exists()) {
      count_resources(expected, "s");
      expected.set("Stacks", expected["Stacks"].as_int() + 1);
    }
    CHECK_MESSAGE(to_json(census()) == to_json(expected), state());
  }
  void count_resources(Value& expected, const std::string& name) {
    Value all = world_.get("DescribeStackResources", Value::map({{"StackName", name}}));
    for (const Value& r : all["StackResources"].items()) {
      const std::string& type = r["ResourceType"].as_string();
      const std::string& there = r["ResourceStatus"].as_string();
      if (r["PhysicalResourceId"].as_string().empty() || there == "DELETE_COMPLETE") continue;
      const char* member = type == "AWS::SQS::Queue"              ? "QueueUrls"
                           : type == "AWS::SSM::Parameter"        ? "Parameters"
                           : type == "AWS::CloudWatch::Alarm"     ? "MetricAlarms"
                           : type == "AWS::Events::Rule"          ? "Rules"
                           : type == "AWS::CloudFormation::Stack" ? "Stacks"
                                                                  : nullptr;
      if (member) expected.set(member, expected[member].as_int() + 1);
      if (type == "AWS::CloudFormation::Stack")
        count_resources(expected, r["PhysicalResourceId"].as_string());
      if (type == "Custom::Made" && there.ends_with("_COMPLETE"))
        CHECK_MESSAGE(provider_.made.contains(r["PhysicalResourceId"].as_string()), state());
    }
  }

  Random random_;
  uint64_t next_seed_;
  test::Folder folder_;  // of the templates' blobs
  std::unique_ptr<store::SimulatedDisk> disk_ = std::make_unique<store::SimulatedDisk>();
  test::World world_;
  Provider provider_;
  std::string last_story_;
  Value queue_, base_;
  std::string topic_;
};

}  // namespace

TEST_CASE("from any seed, what a stack says it has is what the services hold") {
  const char* one = std::getenv("MAINSTAY_SEED");
  const char* many = std::getenv("MAINSTAY_SEEDS");
  uint64_t first = one ? std::strtoull(one, nullptr, 10) : 1;
  size_t count = one    ? 1
                 : many ? std::strtoull(many, nullptr, 10)
                        : seeds_default / MAINSTAY_TRIES_DIVISOR;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    INFO("MAINSTAY_SEED=" << seed);
    Simulation(seed).live();
  }
}
