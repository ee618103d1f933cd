#include "journal/journal.hh"

#include <doctest/doctest.h>

#include <thread>

#include "base/text.hh"
#include "journal/runs.hh"

using namespace mainstay;
using namespace mainstay::journal;

namespace {

const Time at = *parse_time("2026-11-29T21:14:02Z");
const std::string first_file = "j/runs-000001.journal";

Entry begun(const std::string& run, Time when = at) {
  return {when, run, RunBegun{"up", "mainstay up a.yml", "eve", "box", "here", "a.yml", "ns", "1"}};
}
Entry worked(const std::string& run, const std::string& stack, const std::string& outcome) {
  return {at, run, StackWorked{stack, "ns-" + stack, "r", "create", outcome, "why|not", 61'000}};
}
Entry ended(const std::string& run, int exit) {
  return {at, run, RunEnded{1, 2, 3, 4, exit, 5, {Error("Code", "message")}}};
}

Contents read(const Journal& journal) {
  auto contents = journal.read();
  REQUIRE(contents);
  return *contents;
}

}  // namespace

TEST_CASE("what is appended is read again, in order") {
  SimulatedFiles files;
  Journal journal(files, "j");
  CHECK(read(journal).entries.empty());
  CHECK(journal.append(begun("1"), true));
  CHECK(journal.append(worked("1", "vpc", "complete"), false));
  CHECK(journal.append(ended("1", 4), true));
  Contents contents = read(journal);
  CHECK(contents.damaged.empty());
  REQUIRE(contents.entries.size() == 3);
  CHECK(entry_value(contents.entries[0]) == entry_value(begun("1")));
  CHECK(entry_value(contents.entries[1]) == entry_value(worked("1", "vpc", "complete")));
  CHECK(entry_value(contents.entries[2]) == entry_value(ended("1", 4)));
}

TEST_CASE("a line that is changed, cut or taken out is found, and no other is lost") {
  SimulatedFiles files;
  Journal journal(files, "j");
  for (const char* run : {"1", "2", "3", "4"}) CHECK(journal.append(begun(run), false));
  const std::string whole = *files.read(first_file, 100'000);
  auto after = [&](const std::string& text) {
    CHECK(files.write(first_file, text));
    return read(journal);
  };
  std::string changed = whole;
  changed.replace(changed.find("eve"), 3, "bob");
  Contents contents = after(changed);
  CHECK(contents.entries.size() == 3);
  REQUIRE(contents.damaged.size() == 1);
  CHECK(contents.damaged[0].starts_with(first_file + ":1: "));

  size_t second = whole.find('\n') + 1, third = whole.find('\n', second) + 1;
  contents = after(whole.substr(0, second) + whole.substr(third));
  CHECK(contents.entries.size() == 2);
  CHECK(contents.damaged.size() == 1);

  contents = after(whole.substr(second));  // the first file's first line is known to be its first
  CHECK(contents.damaged.size() == 1);

  contents = after(std::string("\0\xff{", 3) + "\n" + whole);
  CHECK(contents.entries.size() == 3);
}

TEST_CASE("a torn line costs itself only, wherever it is torn") {
  SimulatedFiles files;
  Journal journal(files, "j");
  CHECK(journal.append(begun("1"), false));
  CHECK(journal.append(begun("2"), false));
  const std::string whole = *files.read(first_file, 100'000);
  size_t second = whole.find('\n') + 1;
  for (size_t size = second; size <= whole.size(); ++size) {
    CHECK(files.write(first_file, whole.substr(0, size)));
    CHECK(journal.append(begun("3"), false));
    Contents contents = read(journal);
    bool lost = size > second && size + 1 < whole.size();
    INFO("torn after " << size << " of " << whole.size());
    CHECK(contents.damaged.size() == (lost ? 1 : 0));
    CHECK(contents.entries.size() == (size + 1 < whole.size() ? 2 : 3));
    CHECK(contents.entries.back().run == "3");
  }
}

TEST_CASE("it is bounded: the oldest files go, and what stays still follows each other") {
  SimulatedFiles files;
  constexpr size_t segment = 2'000;
  Journal journal(files, "j", segment);
  for (int i = 0; i < 200; ++i) CHECK(journal.append(begun(std::to_string(i)), false));
  CHECK(files.list("j")->size() == Journal::segments_max);
  Contents contents = read(journal);
  CHECK(contents.damaged.empty());
  CHECK(contents.entries.back().run == "199");
  CHECK(contents.entries.size() > 30);
  auto names = *files.list("j");
  CHECK(files.remove("j/" + names[3]));
  contents = read(journal);
  CHECK(contents.damaged.size() == 2);  // the file, and that the next does not follow
}

TEST_CASE("texts are bounded, between characters") {
  Entry long_one = worked("1", "vpc", "failed");
  std::get<StackWorked>(long_one.what).reason = std::string(999, 'x') + "\xc3\xa4" + "tail";
  std::string kept = entry_value(long_one)["reason"].as_string();
  CHECK(kept == std::string(999, 'x') + "...");
}

TEST_CASE("writers at the same time take turns on a real disk") {
  RealFiles files;
  std::string folder = "/tmp/mainstay-journal-test-" + std::to_string(process_id());
  constexpr int writers = 4, each = 50;
  {
    std::vector<std::jthread> threads;
    for (int w = 0; w < writers; ++w)
      threads.emplace_back([&files, &folder, w] {
        Journal journal(files, folder, 8'000);
        for (int i = 0; i < each; ++i)
          (void)journal.append(begun(std::to_string(w * each + i)), false);
      });
  }
  Contents contents = read(Journal(files, folder, 8'000));
  CHECK(contents.damaged.empty());
  CHECK(contents.entries.size() == writers * each);
  std::vector<std::string> names = *files.list(folder);
  for (const std::string& name : names) CHECK(files.remove(folder + "/" + name));
}

TEST_CASE("entries make runs, and a month's runs a review") {
  std::vector<Entry> entries{begun("1"),
                             begun("2"),
                             worked("1", "vpc", "complete"),
                             worked("2", "db", "failed"),
                             ended("2", 4),
                             ended("1", 0),
                             begun("3"),
                             begun("4", *parse_time("2026-12-01T00:00:00Z"))};
  auto runs = runs_of(entries);
  REQUIRE(runs.size() == 4);
  CHECK(result_of(runs[0]) == "complete");
  CHECK(result_of(runs[1]) == "failed");
  CHECK(result_of(runs[2]) == "not ended");
  auto review = review_of(runs, {}, "2026-11");
  REQUIRE(review);
  CHECK(review->starts_with("# Review of 2026-11\n\n3 runs, 1 of them complete; 2 stacks changed"));
  CHECK(review->contains("| up | failed | 1 |"));
  CHECK(review->contains("| eve on box | 3 |"));
  CHECK(review->contains("| ns-db | 0 | 1 | 1 min |"));
  CHECK(review->contains("| 2026-11-29T21:14:02Z | 2 | ns-db | why\\|not |"));
  CHECK(review->contains("## Runs without an end"));
  CHECK(review->contains("All of its checksums hold"));
  CHECK(review_of(runs, {"file:1: x"}, "2026-11")->contains("**1 line of it can't be trusted"));
  CHECK(review_of(runs, {}, "2026-10")->contains("No run of this month"));
  for (const char* wrong : {"2026-13", "2026", "2026-11-29", "", "../../x"})
    CHECK(review_of(runs, {}, wrong).error().code == "UsageInvalid");
}
