#include "stacks/poller.hh"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "base/text.hh"
#include "cli/target/client_models.hh"

using namespace mainstay;
using namespace mainstay::stacks;

namespace {

constexpr const char* stack_xml =
    "<member><StackName>NAME</StackName><StackId>id-NAME</StackId>"
    "<CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>"
    "</member>";

// A CloudFormation of so many stacks, which counts what it is asked.
struct Counting {
  std::atomic<int> together = 0, alone = 0;
  int stacks = 0;
  std::shared_ptr<aws::Client> client;

  explicit Counting(int count) : stacks(count) {
    aws::ClientOptions options;
    options.models = cli::embedded_models();
    options.clock = std::make_shared<SimulatedClock>(Time{1'700'000'000'000});
    options.region = "us-east-1";
    options.credentials = std::make_shared<aws::StaticCredentials>(
        aws::Credentials{"123456789012", "x", "", std::nullopt, "test"});
    options.transport = std::make_shared<aws::InProcessTransport>(
        [this](HttpRequest&& request) { return answer(request); });
    client = std::make_shared<aws::Client>(std::move(options));
  }

  HttpResponse answer(const HttpRequest& request) {
    bool one = request.body.contains("StackName=");
    ++(one ? alone : together);
    std::string members;
    for (int i = 0; i < (one ? 1 : stacks); ++i)
      members += replace_all(stack_xml, "NAME", "s" + std::to_string(i));
    HttpResponse response;
    response.body = "<DescribeStacksResponse><DescribeStacksResult><Stacks>" + members +
                    "</Stacks></DescribeStacksResult></DescribeStacksResponse>";
    return response;
  }
};

// Each of so many threads asks so often, all at once.
void ask_all(Counting& cloud, StackPoller& poller, int waiters, int times) {
  CloudFormation formation(cloud.client, "us-east-1");
  std::latch here(waiters);
  std::vector<std::jthread> threads;
  for (int i = 0; i < waiters; ++i)
    threads.emplace_back([&, i] {
      StackPoller::Waiter waiter(poller, "place");
      here.arrive_and_wait();
      for (int n = 0; n < times; ++n) {
        auto seen = waiter.ask(formation, "id-s" + std::to_string(i));
        CHECK((seen && *seen && (*seen)->status == "CREATE_COMPLETE"));
      }
    });
}

}  // namespace

TEST_CASE("many that wait share their looks, and each question gets a look of its own time") {
  Counting cloud(20);
  StackPoller poller(5);
  ask_all(cloud, poller, 20, 10);
  // Each waiter needs ten looks that are newer than the one before; nobody needs one alone but
  // those who are left when fewer than five wait.
  CHECK(cloud.together >= 10);
  CHECK(cloud.together + cloud.alone < 20 * 10);
}

TEST_CASE("few are asked for one by one, and so are all where a region has very many") {
  Counting few(4);
  StackPoller poller(5);
  ask_all(few, poller, 4, 3);
  CHECK(few.together == 0);
  CHECK(few.alone == 12);
  Counting never(10);
  StackPoller off(0);
  ask_all(never, off, 10, 2);
  CHECK(never.together == 0);
}

TEST_CASE("what the region no longer has is asked for by its id") {
  Counting cloud(1);
  StackPoller poller(1);
  CloudFormation formation(cloud.client, "us-east-1");
  StackPoller::Waiter waiter(poller, "place");
  auto seen = waiter.ask(formation, "id-gone");
  CHECK(seen.has_value());
  CHECK(cloud.together == 1);
  CHECK(cloud.alone == 1);
}
