// The workflows against a CloudFormation that does what a test wants, on one thread and a clock
// that takes no time.
#include <doctest/doctest.h>

#include "cli/client_models.hh"
#include "cli/fake_cloudformation.hh"
#include "host/executor.hh"
#include "stacks/diff.hh"
#include "stacks/run.hh"

using namespace mainstay;
using namespace mainstay::cli;
using stacks::StepState;

namespace {

struct Notes : stacks::Reporter {
  std::map<std::string, std::string> last;  // state and reason by stack
  std::vector<std::string> done;            // in order
  std::vector<stacks::Failure> failures;
  std::vector<std::string> warnings;
  size_t events = 0;
  bool want = false;

  std::vector<stacks::PlannedStack> planned;
  std::vector<stacks::OperationReport> begun;

  void plan(const std::vector<stacks::PlannedStack>& all) override { planned = all; }
  void begins(const stacks::OperationReport& r) override { begun.push_back(r); }
  void step(const stacks::StepReport& r) override {
    last[r.stack] = std::string(stacks::state_name(r.state)) + ": " + r.reason;
    if (r.state == StepState::done) done.push_back(r.stack);
  }
  void event(const std::string&, const stacks::StackEvent&) override { ++events; }
  void failure(const std::string&, const Error&, const std::optional<stacks::Failure>& f) override {
    if (f) failures.push_back(*f);
  }
  void warning(const std::string& text) override { warnings.push_back(text); }
  bool wants_events() const override { return want; }
};

struct Answers : stacks::Approver {
  Result<bool> answer = true;
  int asked = 0;
  Result<bool> approve(const std::string&, const std::string&,
                       const std::vector<stacks::ResourceChange>&) override {
    ++asked;
    return answer;
  }
};

constexpr const char* three = R"(namespace: acme
stacks:
  - name: web
    template_path: web.json
    variables: {Vpc: '${output vpc::Id}'}
  - name: dns
    template_path: dns.json
  - name: vpc
    template_path: vpc.json
)";

struct World {
  std::shared_ptr<FakeCloudFormation> cloud;
  SimulatedEnvironment process;
  SimulatedFiles files{{
      {"vpc.json", R"({"Resources":{"V":{"Type":"A"}},"Outputs":{"Id":{"Value":{"Ref":"V"}}}})"},
      {"web.json", R"({"Parameters":{"Vpc":{"Type":"String"}},"Resources":{"W":{"Type":"A"}}})"},
      {"dns.json", R"({"Resources":{"D":{"Type":"A"}}})"},
  }};
  std::shared_ptr<SimulatedClock> clock = std::make_shared<SimulatedClock>(Time{1'700'000'000'000});
  std::shared_ptr<aws::Client> client;
  Notes notes;
  Answers answers;
  std::stop_source stop;
  stacks::RunOptions options;
  std::string text = three;
  uint64_t seed = 1;

  World() {
    auto models = embedded_models();
    cloud = std::make_shared<FakeCloudFormation>(models("cloudformation").value());
    aws::ClientOptions o;
    o.models = models;
    o.clock = clock;
    o.region = "us-east-1";
    o.credentials = std::make_shared<aws::StaticCredentials>(
        aws::Credentials{"123456789012", "x", "", std::nullopt, "test"});
    o.transport = std::make_shared<aws::InProcessTransport>(
        [this](HttpRequest&& request) { return cloud->handle(std::move(request)); });
    client = std::make_shared<aws::Client>(std::move(o));
  }

  template <class Work>
  auto with_session(Work work) {
    notes.last.clear();
    notes.done.clear();
    auto config = stacks::parse_config(text, "stacker.yaml", {});
    REQUIRE_MESSAGE(config, config.error().to_string());
    SimulatedExecutor executor(seed);
    stacks::EnvironmentFile environment;
    stacks::Surroundings around{
        process,
        files,
        clock,
        executor,
        [this](const std::string&) -> Result<std::shared_ptr<aws::Client>> { return client; },
        notes,
        answers,
        {},
        stop.get_token(),
        "run"};
    stacks::Session session(*config, environment, options, around);
    return work(session);
  }
  stacks::RunResult up() {
    auto result = with_session([](stacks::Session& s) { return stacks::bring_up(s); });
    REQUIRE_MESSAGE(result, result.error().to_string());
    return *result;
  }
  stacks::RunResult down() {
    auto result = with_session([](stacks::Session& s) { return stacks::take_down(s); });
    REQUIRE_MESSAGE(result, result.error().to_string());
    return *result;
  }
  std::vector<stacks::StackDiff> diff() {
    std::vector<stacks::StackDiff> all;
    Status walked = with_session([&](stacks::Session& s) {
      return stacks::diff_all(s, [&](const stacks::StackDiff& d) { all.push_back(d); });
    });
    REQUIRE_MESSAGE(walked, walked.error().to_string());
    return all;
  }
  // Adds a line to a stack of `three`.
  void add(const std::string& stack, const std::string& line) {
    std::string name = "- name: " + stack + "\n";
    size_t at = text.find(name) + name.size();
    text.insert(at, "    " + line + "\n");
  }
  void edit(const std::string& file, const std::string& body) { files.write(file, body).value(); }
};

}  // namespace

TEST_CASE("up makes what is missing in order, and nothing the second time") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    World w;
    w.seed = seed;
    CHECK(w.up().changed == 3);
    auto place = [&](const char* name) { return std::ranges::find(w.notes.done, name); };
    CHECK(place("vpc") < place("web"));
    CHECK(w.cloud->stacks["acme-web"].parameters.at(0)["ParameterValue"].as_string().ends_with(
        "stack/acme-vpc/1.Id"));
    size_t calls = w.cloud->log.size();
    stacks::RunResult again = w.up();
    CHECK(again.changed == 0);
    CHECK(again.skipped == 3);
    CHECK(w.cloud->log.size() == calls);
  }
}

TEST_CASE("a run tells its plan, and of each operation how many resources it works on") {
  World w;
  w.edit("dns.json", R"({"Conditions":{"No":{"Fn::Equals":["a","b"]}},
      "Resources":{"D":{"Type":"A"},"E":{"Type":"A"},"F":{"Type":"A","Condition":"No"}}})");
  w.text += "targets: [{name: all, requires: [vpc]}]\n";
  w.add("dns", "requires: [all]");
  w.up();
  auto plan = std::ranges::find(w.notes.planned, "dns", &stacks::PlannedStack::stack);
  REQUIRE(plan != w.notes.planned.end());
  CHECK(plan->waits_for == std::vector<std::string>{"vpc"});
  auto begun = std::ranges::find(w.notes.begun, "dns", &stacks::OperationReport::stack);
  REQUIRE(begun != w.notes.begun.end());
  CHECK(begun->operation == stacks::Operation::create);
  CHECK(begun->resources == 2);
  CHECK(begun->region == "us-east-1");
  w.down();
  CHECK(w.notes.begun.back().operation == stacks::Operation::remove);
}

TEST_CASE("a changed template, parameter or tag is an update") {
  World w;
  w.up();
  w.edit("dns.json", R"({"Resources":{"D":{"Type":"B"}}})");
  CHECK(w.up().changed == 1);
  CHECK(w.notes.last["dns"] == "complete: updating existing stack");
  // The same template, written differently, is the same.
  w.edit("dns.json", "{ \"Resources\" : {\"D\":{\"Type\":\"B\"}}}\n");
  CHECK(w.up().changed == 0);
  w.add("web", "tags: {a: b}");
  CHECK(w.up().changed == 1);
}

TEST_CASE("a failure stops its dependents, not its neighbours, and names its cause") {
  World w;
  w.edit("vpc.json", R"({"Resources":{"Bad":{"Type":"FAIL"}},"Outputs":{"Id":{"Value":"x"}}})");
  stacks::RunResult result = w.up();
  CHECK(result.failed == 2);
  CHECK(result.done == 1);
  CHECK(w.notes.last["web"] == "failed: dependency has failed");
  CHECK(w.notes.last["dns"] == "complete: creating new stack");
  REQUIRE(w.notes.failures.size() == 1);
  const stacks::Failure& failure = w.notes.failures[0];
  CHECK(failure.rolled_back);
  CHECK(failure.cause->logical_id == "Bad");
  CHECK(failure.cancelled == 1);
  CHECK(failure.at.to_string() == "vpc.json:1:15");
  CHECK(result.errors[0].code == "StackFailed");
}

TEST_CASE("what never came up is only recreated when asked") {
  World w;
  w.edit("dns.json", R"({"Resources":{"Bad":{"Type":"FAIL"}}})");
  w.up();
  w.edit("dns.json", R"({"Resources":{"D":{"Type":"A"}}})");
  CHECK(w.up().errors[0].hint.contains("--recreate-failed"));
  CHECK(w.cloud->count("DeleteStack") == 0);
  w.options.recreate_failed = true;
  CHECK(w.up().changed == 1);
  CHECK(w.cloud->count("DeleteStack") == 1);
  CHECK(w.cloud->stacks["acme-dns"].status == "CREATE_COMPLETE");
}

TEST_CASE("a failed update is rolled back, and the stack can be updated again") {
  World w;
  w.up();
  w.edit("dns.json", R"({"Resources":{"Bad":{"Type":"FAIL"}}})");
  CHECK(w.up().errors[0].code == "StackFailed");
  CHECK(w.cloud->stacks["acme-dns"].status == "UPDATE_ROLLBACK_COMPLETE");
  w.edit("dns.json", R"({"Resources":{"D":{"Type":"C"}}})");
  CHECK(w.up().changed == 1);
}

TEST_CASE("locked stacks are left alone unless forced, and still give their outputs") {
  World w;
  w.up();
  w.add("vpc", "locked: true");
  w.edit("vpc.json", R"({"Resources":{"V":{"Type":"B"}},"Outputs":{"Id":{"Value":{"Ref":"V"}}}})");
  CHECK(w.up().changed == 0);
  CHECK(w.notes.last["vpc"] == "skipped: locked");
  CHECK(w.notes.last["web"] == "skipped: no changes");
  w.options.force = {"vpc"};
  CHECK(w.up().changed == 1);
}

TEST_CASE("protected stacks are changed only after a yes; what is declined leaves nothing") {
  World w;
  w.up();
  w.add("dns", "protected: true");
  w.edit("dns.json", R"({"Resources":{"D":{"Type":"B"}}})");
  w.answers.answer = false;
  CHECK(w.up().changed == 0);
  CHECK(w.notes.last["dns"] == "skipped: not approved");
  w.answers.answer = Error("ApprovalNeeded", "nobody to ask");
  CHECK(w.up().errors[0].code == "ApprovalNeeded");
  CHECK(w.cloud->count("CreateChangeSet") == w.cloud->count("DeleteChangeSet"));
  w.answers.answer = true;
  CHECK(w.up().changed == 1);
  CHECK(w.answers.asked == 3);
}

TEST_CASE("a stack that something else works on is waited for only if so configured") {
  World w;
  w.up();
  auto busy = [&] {
    w.cloud->stacks["acme-dns"].status = "UPDATE_IN_PROGRESS";
    w.cloud->stacks["acme-dns"].final_status = "UPDATE_COMPLETE";
    w.cloud->stacks["acme-dns"].polls_left = 4;
  };
  busy();
  CHECK(w.up().errors[0].code == "StackBusy");
  busy();
  w.add("dns", "in_progress_behavior: wait");
  CHECK(w.up().failed == 0);
  CHECK(w.notes.last["dns"] == "skipped: no changes");
}

TEST_CASE("an empty stack left in review is cleared away first") {
  World w;
  w.cloud->stacks["acme-dns"].id = "arn:aws:cloudformation:us-east-1:123456789012:stack/acme-dns/0";
  w.cloud->stacks["acme-dns"].status = "REVIEW_IN_PROGRESS";
  CHECK(w.up().changed == 3);
}

TEST_CASE("disabled stacks are skipped, and missing parameters named") {
  World w;
  w.add("dns", "enabled: false");
  CHECK(w.up().changed == 2);
  CHECK(w.notes.last["dns"] == "skipped: disabled");
  World missing;
  missing.edit("dns.json", R"({"Parameters":{"A":{"Type":"String"}},"Resources":{"D":{}}})");
  stacks::RunResult result = missing.up();
  CHECK(result.errors[0].code == "ParameterMissing");
  CHECK(result.errors[0].message.contains("A"));
}

TEST_CASE("targets bring what they depend on, down what depends on them") {
  World w;
  w.options.targets = {"web"};
  CHECK(w.up().changed == 2);
  CHECK_FALSE(w.cloud->stacks.contains("acme-dns"));
  w.options.targets = {"vpc"};
  CHECK(w.down().changed == 2);
  w.options.targets = {"vcp"};
  auto result = w.with_session([](stacks::Session& s) { return stacks::bring_up(s); });
  CHECK(result.error().hint == "did you mean \"vpc\"?");
}

TEST_CASE("down goes the other way round, and leaves nothing") {
  World w;
  w.up();
  CHECK(w.down().changed == 3);
  CHECK(w.cloud->stacks.empty());
  auto at = [&](const char* line) { return std::ranges::find(w.cloud->log, line); };
  CHECK(at("DeleteStack acme-web") < at("DeleteStack acme-vpc"));
  CHECK(w.down().skipped == 3);
}

TEST_CASE("down leaves protected and locked stacks, and what they need, alone") {
  for (const char* line : {"protected: true", "locked: true"}) {
    World w;
    w.up();
    w.add("web", line);
    stacks::RunResult result = w.down();
    CHECK(result.errors[0].code == "Protected");
    CHECK(w.notes.last["vpc"] == "failed: dependency has failed");
    CHECK(w.cloud->stacks.contains("acme-vpc"));
    CHECK_FALSE(w.cloud->stacks.contains("acme-dns"));
  }
}

TEST_CASE("a deletion that fails is tried once") {
  World w;
  w.up();
  w.cloud->failed_delete = "acme-web";
  CHECK(w.down().errors[0].code == "DeleteFailed");
  CHECK(w.cloud->count("DeleteStack") == 2);
  CHECK(w.cloud->stacks.contains("acme-vpc"));
}

TEST_CASE("diff tells what would change and leaves nothing behind") {
  World w;
  auto before = w.diff();
  CHECK(before.size() == 3);
  CHECK(w.cloud->log.empty());
  for (const auto& d : before) CHECK(d.kind == stacks::StackDiff::Kind::created);
  w.up();
  size_t calls = w.cloud->log.size();
  for (const auto& d : w.diff()) CHECK(d.kind == stacks::StackDiff::Kind::unchanged);
  CHECK(w.cloud->log.size() == calls);
  w.edit("vpc.json",
         R"({"Resources":{"Topic":{"Type":"B"}},"Outputs":{"Id":{"Value":{"Ref":"Topic"}}}})");
  auto after = w.diff();
  for (const auto& d : after) {
    if (d.stack == "dns") continue;
    CHECK(d.kind == stacks::StackDiff::Kind::updated);
    if (d.stack == "web") CHECK(d.parameters[0].after == "<vpc.Id: not known yet>");
  }
  CHECK(w.cloud->count("CreateChangeSet") == w.cloud->count("DeleteChangeSet"));
  CHECK(w.cloud->count("UpdateStack") == 0);
}

TEST_CASE("an interrupted run starts nothing more") {
  World w;
  w.stop.request_stop();
  stacks::RunResult result = w.up();
  CHECK(result.cancelled == 3);
  CHECK(w.cloud->log.empty());
}

TEST_CASE("events are asked for only where somebody wants them") {
  World w;
  w.notes.want = true;
  w.up();
  CHECK(w.notes.events > 0);
}
