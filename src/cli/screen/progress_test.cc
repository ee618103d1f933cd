#include "cli/screen/progress.hh"

#include <doctest/doctest.h>

#include <cstdio>

#include "base/text.hh"
#include "cli/screen/progress_kept.hh"

using namespace mainstay;
using namespace mainstay::cli;
using stacks::Operation;
using stacks::StepState;

namespace {

stacks::StepReport at(const std::string& stack, StepState state, const std::string& reason) {
  return {stack, "acme-" + stack, "", state, reason, state == StepState::done};
}

stacks::StackEvent event_of(const std::string& resource, const std::string& status) {
  stacks::StackEvent event;
  event.logical_id = resource;
  event.status = status;
  event.time = *parse_time("2026-01-01T14:02:11Z");
  return event;
}

std::optional<Usual> six_to_nine(const stacks::OperationReport&) {
  return Usual{360'000, 540'000, 11};
}

ProgressRows two_at_work() {
  ProgressRows rows(six_to_nine, 0);
  rows.plan({{"vpc", {}}, {"dns", {}}, {"web", {"vpc"}}, {"app", {"web"}}});
  rows.step(at("vpc", StepState::running, "creating new stack"), 1'000);
  rows.begins({"vpc", "acme-vpc", "us-east-1", Operation::create, 4});
  rows.event("vpc", event_of("Net", "CREATE_IN_PROGRESS"), 2'000);
  rows.event("vpc", event_of("Net", "CREATE_COMPLETE"), 3'000);
  rows.event("vpc", event_of("Gateway", "CREATE_IN_PROGRESS"), 4'000);
  rows.event("vpc", event_of("Routes", "CREATE_IN_PROGRESS"), 5'000);
  return rows;
}

// What a progress has written into a file of its own.
struct Written {
  std::FILE* file = std::tmpfile();
  ~Written() { std::fclose(file); }
  std::string text() const {
    std::string all;
    std::rewind(file);
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) all += static_cast<char>(c);
    return all;
  }
};

}  // namespace

TEST_CASE("rows say what is done of how many, what is being made, and who waits") {
  ProgressRows rows = two_at_work();
  CHECK(rows.lines(192'000, {true, 80, 24}, {}) ==
        std::vector<std::string>{
            "  ▸ vpc  creating  1/4  03:11  usual 6-9m (11 runs)",
            "      Gateway 03:08, Routes 03:07", "  · web  waits for vpc",
            "  ✓ 0 done  ✗ 0 failed  ▸ 1 running  · 3 waiting  03:12  last event 14:02:11Z"});
  CHECK(rows.step(at("vpc", StepState::done, "creating new stack"), 61'000) == 60'000);
  rows.step(at("dns", StepState::skipped, "no changes"), 61'000);
  CHECK(rows.lines(62'000, {true, 80, 24}, {}) ==
        std::vector<std::string>{
            "  ✓ 1 done  - 1 skipped  ✗ 0 failed  ▸ 0 running  · 2 waiting  01:02"});
}

TEST_CASE("of the line for all, what doesn't fit is left out as a whole") {
  ProgressRows rows = two_at_work();
  CHECK(rows.lines(192'000, {true, 44, 24}, {}).back() ==
        "  ✓ 0 done  ✗ 0 failed  ▸ 1 running  03:12");
}

TEST_CASE("a resource that is done twice counts once, and rolling back counts no more") {
  ProgressRows rows = two_at_work();
  for (int i = 0; i < 9; ++i) rows.event("vpc", event_of("Net", "CREATE_COMPLETE"), 5'000);
  CHECK(rows.lines(9'000, {true, 80, 24}, {})[0].contains("1/4"));
  rows.step(at("vpc", StepState::running, "rolling back"), 6'000);
  std::string line = rows.lines(9'000, {true, 80, 24}, {})[0];
  CHECK(line.contains("rolling back"));
  CHECK_FALSE(line.contains("/4"));
}

TEST_CASE("frames fit the window, whatever names there are") {
  ProgressRows rows(nullptr, 0);
  std::vector<stacks::PlannedStack> all;
  for (int i = 0; i < 100; ++i) all.push_back({"a-long-name-of-a-stack-" + std::to_string(i), {}});
  all.push_back({"last", {all[0].stack}});
  rows.plan(all);
  for (const stacks::PlannedStack& stack : all)
    rows.step(at(stack.stack, StepState::running, "creating \x1b[2J new ünïcödé stack"), 0);
  for (int width : {20, 40, 80})
    for (int height : {3, 10, 24, 100}) {
      auto lines = rows.lines(1'000, {true, width, height}, Style{true, false});
      CHECK(lines.size() < static_cast<size_t>(height));
      CHECK(lines.size() <= 20);
      for (const std::string& line : lines) {
        CHECK(is_utf8(line));
        CHECK_FALSE(line.contains("\x1b[2J"));
        CHECK(cut_to(line, width) == line);
      }
    }
  CHECK(cut_to("\x1b[32mabcdef\x1b[0m", 4) == "\x1b[32mabc\x1b[0m");
}

TEST_CASE("plain lines name what is awaited, and nothing drives the terminal") {
  Written out;
  SimulatedClock clock(Time{});
  SimulatedFiles files;
  ProgressOptions options;
  options.out = out.file;
  options.usual = six_to_nine;
  options.style.ascii = true;
  {
    auto progress = plain_progress(options, clock, files);
    progress->step(at("vpc", StepState::running, "creating new stack"));
    progress->begins({"vpc", "acme-vpc", "us-east-1", Operation::create, 4});
    int64_t begun = clock.monotonic_ms();
    while (clock.monotonic_ms() - begun < 70'000) std::this_thread::yield();
    progress->warning("a \x1b[2J warning");
    progress->step(at("vpc", StepState::done, "creating \x1b]0;title\x07 stack"));
    progress->failure("vpc", Error("Interrupted", "no longer waiting"), std::nullopt);
    progress->finish();
  }
  std::string text = out.text();
  CHECK_FALSE(text.contains("FAILED"));
  CHECK(text.starts_with("vpc: submitted (creating new stack)\nvpc: usual 6-9m (11 runs)\n"));
  CHECK(text.contains("waiting for vpc (creating new stack, 00:3"));
  CHECK(text.contains("warning: a \\x1b[2J warning\n"));
  CHECK(std::ranges::all_of(text, [](unsigned char c) { return c < 0x80 && c != 0x1b; }));
}

TEST_CASE("a live screen shows what has ended, and leaves nothing of its rows") {
  Written out;
  RealClock clock;
  SimulatedFiles files;
  ProgressOptions options;
  options.out = out.file;
  options.terminal = {true, 80, 24};
  {
    auto progress = live_progress(options, clock, files);
    progress->plan({{"vpc", {}}});
    progress->step(at("vpc", StepState::running, "creating new stack"));
    clock.sleep_ms(250);
    progress->step(at("vpc", StepState::done, "creating new stack"));
    progress->finish();
    progress->warning("said later");
  }
  std::string text = out.text();
  CHECK(text.contains("▸ vpc  creating  00:00"));
  CHECK(text.contains("✓ done    vpc  creating new stack  0."));
  CHECK(text.ends_with("warning: said later\n"));
  CHECK(split(text, "\x1b[J").size() <= 5);  // frames
}

TEST_CASE("durations are kept of what ended well, and only of that") {
  Written out;
  SimulatedClock clock(Time{});
  SimulatedFiles files;
  auto kept = std::make_shared<KeptRuns>();
  kept->path = "/durations.json";
  kept->target = "embedded /x";
  auto run = [&](StepState end) {
    clock.sleep_ms(1);
    auto json = std::make_shared<Ndjson>(clock, "run");
    json->add(out.file);
    auto progress = kept_progress(json_progress(json, nullptr), kept, clock, files);
    progress->begins({"vpc", "acme-vpc", "us-east-1", Operation::create, 4});
    clock.sleep_ms(5'000);
    progress->step(at("vpc", end, ""));
    progress->finish();
    kept->history = RunHistory::load(files, kept->path).value();
  };
  run(StepState::failed);
  for (int i = 0; i < 3; ++i) run(StepState::done);
  auto usual = kept->history.usual("embedded /x us-east-1 acme-vpc", Operation::create);
  REQUIRE(usual);
  CHECK(usual_text(*usual) == "usual 5s (3 runs)");
}
