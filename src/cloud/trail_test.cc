#include "cloud/trail.hh"

#include <doctest/doctest.h>

using namespace mainstay;
using namespace mainstay::cloud;

namespace {

void record(Trail& trail, const std::string& account, size_t parameter_bytes, int64_t at) {
  TrailEvent event;
  event.at = Time{at};
  event.service = "ec2";
  event.operation = "CreateTags";
  event.region = "us-east-1";
  event.caller.account = account;
  trail.record(std::move(event), store::Mode::write,
               Value::map({{"Text", std::string(parameter_bytes, 'x')}}), Value());
}

}  // namespace

TEST_CASE("a trail keeps its last events, and loses the oldest") {
  Trail trail;
  for (size_t i = 0; i < Trail::events_max + 10; ++i)
    record(trail, "1", 10, static_cast<int64_t>(i));
  Trail::Events events = trail.events("1", "us-east-1");
  CHECK(events.size() == Trail::events_max);
  CHECK(events.front()->at.ms == 10);
  trail.clear();
  CHECK(trail.bytes() == 0);
  CHECK(trail.events("1", "us-east-1").empty());
}

TEST_CASE("all trails together take so much and no more, and each account keeps its last events") {
  Trail trail;
  constexpr size_t large = 20'000;
  for (int64_t i = 0; i < 20'000; ++i)
    record(trail, std::to_string(i % 3 == 0 ? 0 : i % 50), large, i);
  CHECK(trail.bytes() <= Trail::total_bytes_max + 2 * Trail::bytes_max);
  CHECK(trail.bytes() > Trail::total_bytes_max / 2);
  CHECK(trail.events("0", "us-east-1").back()->at.ms == 19'998);
  // The one that nothing was recorded in since is the first to go.
  for (int64_t i = 0; i < 20'000; ++i)
    record(trail, std::to_string(100 + i % 40), large, 30'000 + i);
  CHECK(trail.events("0", "us-east-1").empty());
  CHECK(trail.events("139", "us-east-1").back()->at.ms == 49'999);
}
