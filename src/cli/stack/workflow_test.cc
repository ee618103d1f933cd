// The workflows up, diff and down, stack by stack.
#include "cli/stack/workflow_test_support.hh"
#include "host/simulated_process.hh"

using namespace mainstay;
using namespace mainstay::cli;

TEST_CASE("up makes what is missing in order, and nothing the second time") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    World w;
    w.seed = seed;
    CHECK(w.up().changed == 3);
    auto place = [&](const char* name) { return std::ranges::find(w.notes.done, name); };
    CHECK(place("vpc") < place("web"));
    CHECK(w.cloud->stacks["acme-web"].parameters.at(0)["ParameterValue"].as_string().contains(
        "stack/acme-vpc/"));
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

TEST_CASE("looks that lag behind a request are not taken for its end") {
  for (bool deletes : {false, true}) {
    World w;
    w.up();
    int left = 3;
    w.cloud->is_stale_by_id = [&] { return left-- > 0; };
    if (deletes) {
      CHECK(w.down().failed == 0);
      CHECK(w.cloud->stacks.empty());
      continue;
    }
    w.edit("dns.json", R"({"Resources":{"Bad":{"Type":"FAIL"}}})");
    CHECK(w.up().failed == 1);
    CHECK(left < 0);
  }
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

TEST_CASE("a run attaches to what is under way already, and says how that ended") {
  World w;
  w.up();
  auto busy = [&](const char* ends_as) {
    w.cloud->stacks["acme-dns"].status = "UPDATE_IN_PROGRESS";
    w.cloud->stacks["acme-dns"].final_status = ends_as;
    w.cloud->stacks["acme-dns"].polls_left = 4;
  };
  busy("UPDATE_COMPLETE");
  CHECK(w.up().failed == 0);
  CHECK(w.notes.last["dns"] == "skipped: no changes");
  busy("UPDATE_ROLLBACK_COMPLETE");
  CHECK(w.up().errors.at(0).code == "StackFailed");
  CHECK(w.cloud->count("UpdateStack") == 0);
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

TEST_CASE("down refuses protected stacks, and leaves what they need alone") {
  World w;
  w.up();
  w.add("web", "protected: true");
  stacks::RunResult result = w.down();
  CHECK(result.errors[0].code == "Protected");
  CHECK(w.notes.last["vpc"] == "failed: dependency has failed");
  CHECK(w.cloud->stacks.contains("acme-vpc"));
  CHECK_FALSE(w.cloud->stacks.contains("acme-dns"));
}

TEST_CASE("down leaves locked stacks and what they need alone, and says so") {
  World w;
  w.up();
  w.add("web", "locked: true");
  stacks::RunResult result = w.down();
  CHECK(result.errors.empty());
  CHECK(result.skipped == 2);
  CHECK(w.notes.last["web"] == "skipped: locked");
  CHECK(w.notes.last["vpc"] == "skipped: needed by web, which is locked");
  CHECK(w.cloud->stacks.contains("acme-vpc"));
  CHECK_FALSE(w.cloud->stacks.contains("acme-dns"));
  // One that is not there keeps nothing.
  World none;
  none.add("web", "locked: true");
  CHECK(none.down().skipped == 3);
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

TEST_CASE("what is taken back: updates are rolled back and waited for, the rest goes on") {
  World w;
  w.up();
  w.edit("vpc.json", R"({"Resources":{"V":{"Type":"B"}},"Outputs":{"Id":{"Value":{"Ref":"V"}}}})");
  w.notes.on_step = [&](const stacks::StepReport& step) {
    if (step.reason == "updating existing stack") w.take_back.request_stop();
  };
  stacks::RunResult result = w.up();
  CHECK(w.cloud->count("CancelUpdateStack") == 1);
  CHECK(w.cloud->stacks["acme-vpc"].status == "UPDATE_ROLLBACK_COMPLETE");
  CHECK(result.errors.at(0).code == "StackFailed");

  World creating;
  creating.take_back.request_stop();
  CHECK(creating.up().errors.at(0).code == "Interrupted");
  CHECK(creating.cloud->count("CancelUpdateStack") == 0);
}

TEST_CASE("events are asked for only where somebody wants them") {
  World w;
  w.notes.want = true;
  w.up();
  CHECK(w.notes.events > 0);
}

TEST_CASE("a hook that says what it requires runs between the stacks") {
  World w;
  w.text +=
      "pre_build:\n  - {path: command.run_command, args: {command: ok}, requires: [vpc], "
      "required_by: [web]}\n";
  SimulatedProcesses processes(*w.clock);
  size_t made_before_hook = 0;
  processes.add("ok", {[&](SimulatedChild& child) {
                         made_before_hook = w.cloud->stacks.contains("acme-vpc") &&
                                            !w.cloud->stacks.contains("acme-web");
                         child.exit(0);
                       },
                       {},
                       {},
                       {}});
  w.processes = &processes;
  CHECK(w.up().failed == 0);
  CHECK(made_before_hook == 1);
  CHECK(w.cloud->stacks.contains("acme-web"));
  // One that fails takes along what needs it, and nothing else.
  World failing;
  failing.text = w.text;
  SimulatedProcesses others(*failing.clock);
  others.add("ok", {[](SimulatedChild& child) { child.exit(3); }, {}, {}, {}});
  failing.processes = &others;
  stacks::RunResult result = failing.up();
  CHECK(result.errors[0].code == "HookFailed");
  CHECK(failing.notes.last["web"] == "failed: dependency has failed");
  CHECK(failing.cloud->stacks.contains("acme-dns"));
  CHECK_FALSE(failing.cloud->stacks.contains("acme-web"));
}

TEST_CASE("hooks before and after all stacks") {
  World w;
  w.text +=
      "pre_build: [{path: command.run_command, data_key: x, args: {command: say, capture: true}}]\n"
      "post_build: [{path: command.run_command, args: {command: after}}]\n";
  SimulatedProcesses processes(*w.clock);
  bool after = false;
  processes.add("say", {[](SimulatedChild& child) {
                          child.print("told");
                          child.exit(0);
                        },
                        {},
                        {},
                        {}});
  processes.add("after", {[&](SimulatedChild& child) {
                            after = w.cloud->stacks.size() == 3;
                            child.exit(0);
                          },
                          {},
                          {},
                          {}});
  w.processes = &processes;
  w.add("dns", "tags: {a: b}");
  CHECK(w.up().failed == 0);
  CHECK(after);
  // Where a stack fails, the later hooks are not run.
  World broken;
  broken.text = w.text;
  broken.edit("dns.json",
              R"({"Parameters":{"P":{"Type":"String"}},"Resources":{"D":{"Type":"A"}}})");
  SimulatedProcesses others(*broken.clock);
  bool ran = false;
  others.add("say", {[](SimulatedChild& child) { child.exit(0); }, {}, {}, {}});
  others.add("after", {[&](SimulatedChild&) { ran = true; }, {}, {}, {}});
  broken.processes = &others;
  CHECK(broken.up().failed == 1);
  CHECK_FALSE(ran);
}

TEST_CASE("what CloudFormation's own validation says against a change set is told") {
  World w;
  CHECK(w.up().changed == 3);
  w.edit("vpc.json", R"({"Resources":{"V":{"Type":"A"},"X":{"Type":"A"}},"Outputs":{}})");
  w.options.targets = {"vpc"};
  w.options.interactive = true;
  w.knowledge.validates = true;
  auto finding = [](const char* mode) {
    return Value::list({Value::map({{"EventType", "VALIDATION_ERROR"},
                                    {"LogicalResourceId", "V"},
                                    {"ValidationPath", "/Resources/V"},
                                    {"ValidationName", "NAME_CONFLICT_VALIDATION"},
                                    {"ValidationFailureMode", mode},
                                    {"ValidationStatusReason", "it is there already"}}),
                        Value::map({{"EventType", "STACK_EVENT"}})});
  };
  w.cloud->validation = finding("WARN");
  std::vector<stacks::StackDiff> diffs = w.diff();
  const std::string said = "V /Resources/V: it is there already (NAME_CONFLICT_VALIDATION, WARN)";
  CHECK(diffs.at(0).notes == std::vector<std::string>{"CloudFormation: " + said});
  w.cloud->validation = finding("FAIL");
  w.cloud->refuses_change_sets = true;
  stacks::RunResult refused = w.up();
  REQUIRE(refused.errors.size() == 1);
  CHECK(
      refused.errors[0].message.contains("Validation failed; V /Resources/V: it is there already"));
  w.cloud->refuses_change_sets = false;
  w.cloud->validation = finding("WARN");
  CHECK(w.up().changed == 1);
  CHECK(w.notes.warnings == std::vector<std::string>{"stack vpc: " + said});
}
