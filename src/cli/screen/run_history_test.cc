#include "cli/screen/run_history.hh"

#include <doctest/doctest.h>

using namespace mainstay;
using namespace mainstay::cli;
using stacks::Operation;

namespace {

constexpr const char* path = "/state/mainstay/durations.json";

RunHistory again(SimulatedFiles& files, RunHistory& history) {
  REQUIRE(history.save(files, path));
  return RunHistory::load(files, path).value();
}

}  // namespace

TEST_CASE("what is usual is told from three runs on, with how many there were") {
  SimulatedFiles files;
  RunHistory history = RunHistory::load(files, path).value();
  CHECK_FALSE(history.has_news());
  for (int minutes : {6, 9}) history.add("a", Operation::create, minutes * 60'000, Time{1});
  history = again(files, history);
  CHECK_FALSE(history.usual("a", Operation::create));
  history.add("a", Operation::create, 7 * 60'000, Time{2});
  history = again(files, history);
  CHECK(usual_text(*history.usual("a", Operation::create)) == "usual 6-9m (3 runs)");
  CHECK_FALSE(history.usual("a", Operation::update));
  CHECK_FALSE(history.usual("b", Operation::create));
}

TEST_CASE("one odd run in twenty doesn't count, and the oldest are forgotten") {
  SimulatedFiles files;
  RunHistory history;
  history.add("a", Operation::update, 1, Time{1});
  for (size_t i = 0; i < RunHistory::runs_max; ++i)
    history.add("a", Operation::update, i == 7 ? 3'600'000 : 5'000, Time{2});
  history = again(files, history);
  CHECK(usual_text(*history.usual("a", Operation::update)) == "usual 5s (20 runs)");
}

TEST_CASE("runs side by side keep each other's; the longest unused stacks are forgotten") {
  SimulatedFiles files;
  RunHistory one, other;
  for (int i = 0; i < 3; ++i) one.add("a", Operation::remove, 1'000, Time{1});
  for (int i = 0; i < 3; ++i) other.add("b", Operation::remove, 1'000, Time{2});
  again(files, one);
  RunHistory both = again(files, other);
  CHECK(both.usual("a", Operation::remove));
  CHECK(both.usual("b", Operation::remove));
  RunHistory many;
  for (size_t i = 0; i + 1 < RunHistory::stacks_max; ++i)
    many.add("s" + std::to_string(i), Operation::create, 1, Time{3});
  both = again(files, many);
  CHECK_FALSE(both.usual("a", Operation::remove));
  CHECK(both.usual("b", Operation::remove));
}

TEST_CASE("a file that is none is an error when read, and begun anew when written") {
  SimulatedFiles files(std::map<std::string, std::string>{{path, "{\"stacks\": [1"}});
  CHECK(RunHistory::load(files, path).error().code == "JsonInvalid");
  RunHistory history;
  history.add("a", Operation::create, 1, Time{1});
  again(files, history);
  SimulatedFiles odd(std::map<std::string, std::string>{
      {path, R"({"stacks":{"a":{"took_ms":{"create":["x",-5,{}],"z":7}},"b":3}})"}});
  RunHistory read = RunHistory::load(odd, path).value();
  CHECK_FALSE(read.usual("a", Operation::create));
}

TEST_CASE("spans are told in the unit that fits") {
  auto text = [](int64_t low, int64_t high) { return usual_text({low, high, 4}); };
  CHECK(text(100, 400) == "usual under 1s (4 runs)");
  CHECK(text(2'000, 3'400) == "usual 2-3s (4 runs)");
  CHECK(text(55'000, 150'000) == "usual 1-3m (4 runs)");
  CHECK(text(7'000'000, 8'000'000) == "usual 2h (4 runs)");
}

TEST_CASE("the history is kept where XDG says") {
  auto at = [](std::map<std::string, std::string> variables) {
    return history_path(SimulatedEnvironment(std::move(variables))).value_or("");
  };
  CHECK(at({{"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}) == "/x/mainstay/durations.json");
  CHECK(at({{"XDG_STATE_HOME", "x"}, {"HOME", "/h"}}) == "/h/.local/state/mainstay/durations.json");
  CHECK(at({}) == "");
}
