// Timers, deliveries and answers that wait, on a made-up service under a real model's name.
#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/json.hh"
#include "cloud/call.hh"
#include "cloud/cloud.hh"

using namespace mainstay;
using namespace mainstay::cloud;

namespace {

constexpr std::string_view account = "123456789012", region = "us-east-1";

// Each "queue" is a number; what is sent to "slow" arrives later, to "forward" at sns's topic.
Result<Value> send(Call& call, const Value& in) {
  const std::string& queue = in["QueueUrl"].as_string();
  if (queue == "slow") call.after(60'000, "arrive", "fast");
  if (queue == "forward")
    call.later({.service = "sns",
                .operation = "Publish",
                .input = Value::map({{"Message", in["MessageBody"]}}),
                .lane = "one",
                .then = "told",
                .argument = in["MessageBody"]});
  if (queue == "fast") {
    call.put("count", "fast",
             call.all("count").empty() ? 1 : call.find("count", "fast")->as_int() + 1);
    call.notify(call.topic("fast"));
  }
  return Value::map({{"MessageId", "m"}});
}

Status arrive(Call& call, const Value& queue) {
  call.put("count", queue.as_string(), 100);
  call.notify(call.topic(queue.as_string()));
  return {};
}

Status told(Call& call, const Value& how) {
  std::string text = how["Argument"].as_string() + (how.has("Error") ? " failed" : " went");
  call.put("told", call.random.uuid(), text);
  return {};
}

Result<Value> receive(Call& call, const Value& in) {
  const Value* count = call.find("count", "fast");
  if (count)
    return Value::map({{"Messages", Value::list({Value::map({{"Body", count->to_text()}})})}});
  Time end = call.wait_state.is_null() ? call.now + in["WaitTimeSeconds"].as_int() * 1000
                                       : call.wait_state.as_time();
  if (call.now >= end) return Value::map({});
  return call.wait(call.topic("fast"), end, end);
}

std::atomic<int> refusals = 0;

Result<Value> publish(Call& call, const Value& in) {
  const std::string& message = in["Message"].as_string();
  if (message == "never") return aws_error("InvalidParameter", "never");
  if (message == "later" && refusals++ < 3) return aws_error("Throttling", "not now", 400);
  call.put("message", call.random.uuid(), message);
  return Value::map({{"MessageId", "x"}});
}

std::vector<Service> services() {
  Service sender;
  sender.name = "sqs";
  sender.operations = {writes("SendMessage", send), writes("ReceiveMessage", receive)};
  sender.reactions = {{"arrive", arrive}, {"told", told}};
  Service receiver;
  receiver.name = "sns";
  receiver.operations = {writes("Publish", publish)};
  std::vector<Service> out;
  out.push_back(std::move(sender));
  out.push_back(std::move(receiver));
  return out;
}

struct World {
  explicit World(CloudOptions options) {
    if (!options.now) options.now = [] { return Time{1'800'000'000'000}; };
    auto opened = Cloud::open(std::move(options), services());
    REQUIRE(opened.has_value());
    cloud = std::move(*opened);
  }
  Result<Value> ask(std::string_view operation, Value in) {
    return cloud->invoke(Caller::root_of(account), account, region, "sqs", operation,
                         std::move(in));
  }
  void send_to(const char* queue, const char* text) {
    REQUIRE(
        ask("SendMessage", Value::map({{"QueueUrl", queue}, {"MessageBody", text}})).has_value());
  }
  std::vector<std::string> documents(const char* service, const char* table) {
    std::vector<std::string> out;
    REQUIRE(cloud
                ->update(service, account, region,
                         [&](Call& call) -> Status {
                           for (const auto& [id, v] : call.all(table)) out.push_back(v.to_text());
                           return {};
                         })
                .has_value());
    return out;
  }
  void run() {
    cloud->agenda().run_until([&] { return cloud->agenda().size() == 0; });
  }
  std::unique_ptr<Cloud> cloud;
};

CloudOptions simulated(uint64_t seed) {
  CloudOptions options;
  options.seed = seed + 1;
  options.simulation = seed;
  options.time.mode = TimePlan::Mode::stepped;
  return options;
}

}  // namespace

TEST_CASE("a reaction comes when its time has come, and its waiter with it") {
  World world(simulated(1));
  world.send_to("slow", "x");
  Value in = Value::map({{"QueueUrl", "fast"}, {"WaitTimeSeconds", 20}});
  // Nothing comes within twenty seconds; the clock moves on to the end of them.
  Time begin = world.cloud->now();
  CHECK(world.ask("ReceiveMessage", in)->empty());
  CHECK(world.cloud->now() - begin == 20'000);
  in.set("WaitTimeSeconds", 300);
  CHECK((*world.ask("ReceiveMessage", in))["Messages"].at(0)["Body"].as_string() == "100");
  CHECK(world.cloud->now() - begin == 60'000);
  CHECK(world.documents("sqs", "_timer").empty());
}

TEST_CASE("deliveries of a lane keep their order, throttled or not, and the sender hears of each") {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    refusals = 0;
    World world(simulated(seed));
    for (const char* text : {"a", "later", "never", "b"}) world.send_to("forward", text);
    world.run();
    CHECK(world.documents("sns", "message").size() == 3);
    CHECK(world.documents("sqs", "_outbox").empty());
    CHECK(world.documents("sns", "_answer").empty());
    std::vector<std::string> told = world.documents("sqs", "told");
    std::sort(told.begin(), told.end());
    CHECK(told == std::vector<std::string>{"a went", "b went", "later went", "never failed"});
  }
}

TEST_CASE("what was to be done is done by the next process") {
  std::string pattern = (std::filesystem::temp_directory_path() / "mainstay-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  CloudOptions options = simulated(3);
  options.state_directory = pattern;
  refusals = 0;
  {
    World world(options);
    world.send_to("forward", "a");
    world.send_to("slow", "x");
  }
  World world(options);
  world.run();
  CHECK(world.documents("sns", "message") == std::vector<std::string>{"a"});
  CHECK(world.documents("sqs", "count") == std::vector<std::string>{"100"});
  CHECK(world.documents("sns", "_answer").empty());
  std::filesystem::remove_all(pattern);
}

TEST_CASE("hundreds wait without threads of their own, and one notice wakes them") {
  CloudOptions options;
  World world(options);
  Value in = Value::map({{"QueueUrl", "fast"}, {"WaitTimeSeconds", 60}});
  std::atomic<int> answered = 0;
  for (int i = 0; i < 500; ++i)
    world.cloud->invoke_later(
        Caller::root_of(account), account, region, "sqs", "ReceiveMessage", in, "",
        [&](Result<Value> out) { answered += (*out)["Messages"].size() == 1; });
  CHECK(world.cloud->waiters().size() == 500);
  world.send_to("fast", "x");
  for (int i = 0; i < 5000 && answered < 500; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(answered == 500);
}

TEST_CASE("services may not call each other in a circle") {
  std::vector<Service> both = services();
  both[0].calls = {"sns"};
  both[1].calls = {"sqs"};
  CloudOptions options = simulated(4);
  options.now = [] { return Time{0}; };
  auto opened = Cloud::open(options, std::move(both));
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().message == "services call each other in a circle: sqs > sns > sqs");
}

TEST_CASE("ways for time to pass") {
  for (const char* good : {"instant", "realistic", "stepped", "scaled:60", "scaled:0.5"})
    CHECK(TimePlan::parse(good)->to_text() == good);
  for (const char* bad : {"", "fast", "scaled:", "scaled:0", "scaled:-1", "scaled:x", "scaled:1e9"})
    CHECK_MESSAGE(TimePlan::parse(bad).error().code == "TimePlanInvalid", bad);
  Time wall{1'000'000};
  CloudClock scaled([&] { return wall; }, *TimePlan::parse("scaled:60"));
  wall.ms += 1000;
  CHECK(scaled.now() == Time{1'060'000});
  CHECK(scaled.wall_ms_until(Time{1'120'000}) == 1000);
  CloudClock stepped([&] { return wall; }, *TimePlan::parse("stepped"));
  wall.ms += 5000;
  CHECK(stepped.now() == Time{1'001'000});
  stepped.move_to(Time{2'000'000});
  CloudClock next([&] { return wall; }, *TimePlan::parse("stepped"));
  next.resume(stepped.document());
  CHECK(next.now() == Time{2'000'000});
  CHECK(scaled.duration(5) == 5);
  CHECK(CloudClock([&] { return wall; }).duration(5) == 0);
}
