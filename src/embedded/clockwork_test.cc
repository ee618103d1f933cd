// Rules, schedules and alarms by the clock, over seeds: the clock is moved by any amounts, the
// process dies in between, and work outside requests is done in any order. What has happened then
// follows from the time that passed alone.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>

#include "base/text.hh"
#include "cloud/cloud.hh"
#include "embedded/embedded.hh"

using namespace mainstay;

namespace {

constexpr std::string_view account = "123456789012", region = "us-east-1";
constexpr int64_t second = 1000, minute = 60 * second;
constexpr double threshold = 10;
const Time begin = *parse_time("2026-11-29T18:00:00Z");

class Clockwork {
 public:
  explicit Clockwork(uint64_t seed) : seed_(seed) {
    directory_ = (std::filesystem::temp_directory_path() / "mainstay-XXXXXX").string();
    REQUIRE(::mkdtemp(directory_.data()) != nullptr);
    open();
  }
  ~Clockwork() {
    cloud_.reset();
    std::filesystem::remove_all(directory_);
  }

  // As after kill -9: nothing is told that it ends.
  void open() {
    cloud_.reset();
    cloud::CloudOptions options;
    options.state_directory = directory_;
    options.seed = ++seed_;
    options.simulation = seed_;
    options.time.mode = cloud::TimePlan::Mode::stepped;
    options.now = [] { return begin; };
    auto opened = embedded::open(std::move(options));
    REQUIRE(opened.has_value());
    cloud_ = std::move(*opened);
  }

  Value ask(const char* service, const char* operation, Value in) {
    auto out = cloud_->invoke(cloud::Caller::root_of(account), account, region, service, operation,
                              std::move(in));
    REQUIRE_MESSAGE(out.has_value(), operation << ": " << out.error().to_string());
    return *out;
  }

  void advance(int64_t ms) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/_mainstay/clock";
    request.headers.set("Host", "127.0.0.1:4566");
    request.headers.set("X-Mainstay-Request", "1");
    request.body = "{\"advance_ms\": " + std::to_string(ms) + "}";
    HttpResponse answer = cloud_->handle(std::move(request));
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
  }

  int64_t passed() const { return cloud_->now() - begin; }

  int64_t messages(const char* queue) {
    Value out = ask("sqs", "GetQueueAttributes",
                    Value::map({{"QueueUrl", url(queue)},
                                {"AttributeNames", Value::list({"ApproximateNumberOfMessages"})}}));
    return parse_int(out["Attributes"]["ApproximateNumberOfMessages"].as_string()).value_or(-1);
  }

  std::string alarm_state() {
    Value out = ask("cloudwatch", "DescribeAlarms", Value::map({}));
    return out["MetricAlarms"].at(0)["StateValue"].as_string();
  }

  static std::string url(const char* queue) {
    return "https://sqs.us-east-1.amazonaws.com/123456789012/" + std::string(queue);
  }
  static std::string arn(const char* queue) {
    return "arn:aws:sqs:us-east-1:123456789012:" + std::string(queue);
  }

 private:
  uint64_t seed_;
  std::string directory_;
  std::unique_ptr<cloud::Cloud> cloud_;
};

constexpr const char* anybody =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}]})";
constexpr const char* trust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"scheduler.amazonaws.com"},"Action":"sts:AssumeRole"}]})";
constexpr const char* may_send =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]})";

// A rule each minute, a schedule every two minutes from the beginning on, and an alarm.
void set_up(Clockwork& world) {
  for (const char* queue : {"ruled", "scheduled"})
    world.ask(
        "sqs", "CreateQueue",
        Value::map({{"QueueName", queue}, {"Attributes", Value::map({{"Policy", anybody}})}}));
  world.ask("events", "PutRule",
            Value::map({{"Name", "r"}, {"ScheduleExpression", "rate(1 minute)"}}));
  Value target = Value::map({{"Id", "q"}, {"Arn", Clockwork::arn("ruled")}});
  world.ask("events", "PutTargets",
            Value::map({{"Rule", "r"}, {"Targets", Value::list({target})}}));
  Value role = world.ask("iam", "CreateRole",
                         Value::map({{"RoleName", "runner"}, {"AssumeRolePolicyDocument", trust}}));
  world.ask(
      "iam", "PutRolePolicy",
      Value::map({{"RoleName", "runner"}, {"PolicyName", "p"}, {"PolicyDocument", may_send}}));
  world.ask("scheduler", "CreateSchedule",
            Value::map({{"Name", "s"},
                        {"ScheduleExpression", "rate(2 minutes)"},
                        {"FlexibleTimeWindow", Value::map({{"Mode", "OFF"}})},
                        {"Target", Value::map({{"Arn", Clockwork::arn("scheduled")},
                                               {"RoleArn", role["Role"]["Arn"]}})}}));
  world.ask("cloudwatch", "PutMetricAlarm",
            Value::map({{"AlarmName", "a"},
                        {"Namespace", "app"},
                        {"MetricName", "m"},
                        {"Statistic", "Sum"},
                        {"Period", 60},
                        {"EvaluationPeriods", 1},
                        {"Threshold", threshold},
                        {"ComparisonOperator", "GreaterThanThreshold"},
                        {"TreatMissingData", "notBreaching"}}));
}

// What the alarm must say after so much time: by the newest of the last three whole minutes that
// has data; where none has, what is missing is not breaching.
std::string wanted_state(const std::map<int64_t, double>& sums, int64_t passed) {
  int64_t minutes = passed / minute;
  if (minutes == 0) return "INSUFFICIENT_DATA";
  for (int64_t m = minutes - 1; m >= 0 && m >= minutes - 3; --m)
    if (auto found = sums.find(m); found != sums.end())
      return found->second > threshold ? "ALARM" : "OK";
  return "OK";
}

}  // namespace

TEST_CASE("what the clock does follows from the time alone, over seeds and kills") {
  constexpr uint64_t tries = 60 / MAINSTAY_TRIES_DIVISOR;
  for (uint64_t seed = 1; seed <= tries; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Clockwork world(seed * 1000);
    set_up(world);
    std::map<int64_t, double> sums;  // by minute
    for (int step = 0; step < 25; ++step) {
      switch (random.below(4)) {
        case 0:
          world.open();
          break;
        case 1: {
          auto value = static_cast<double>(random.below(12));
          sums[world.passed() / minute] += value;
          world.ask(
              "cloudwatch", "PutMetricData",
              Value::map({{"Namespace", "app"},
                          {"MetricData",
                           Value::list({Value::map({{"MetricName", "m"}, {"Value", value}})})}}));
          break;
        }
        default:
          world.advance(static_cast<int64_t>(random.below(200'000)));
      }
    }
    world.advance(minute - world.passed() % minute);
    int64_t passed = world.passed();
    CHECK(world.messages("ruled") == passed / minute);
    CHECK(world.messages("scheduled") == passed / (2 * minute) + 1);
    CHECK(world.alarm_state() == wanted_state(sums, passed));
  }
}
