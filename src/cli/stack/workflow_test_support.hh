// Three stacks on a CloudFormation that does what a test wants, on one thread and a clock that
// takes no time.
#pragma once

#include <doctest/doctest.h>

#include "cli/stack/fake_cloudformation.hh"
#include "cli/target/client_models.hh"
#include "host/executor.hh"
#include "stacks/diff.hh"
#include "stacks/run.hh"

namespace mainstay::cli {

using stacks::StepState;

struct Notes : stacks::Reporter {
  std::map<std::string, std::string> last;  // state and reason by stack
  std::vector<std::string> done;            // in order
  std::vector<stacks::Failure> failures;
  std::vector<std::string> warnings, lines;
  size_t events = 0;
  bool want = false;
  std::function<void(const stacks::StepReport&)> on_step = [](const stacks::StepReport&) {};

  std::vector<stacks::PlannedStack> planned;
  std::vector<stacks::OperationReport> begun;

  void plan(const std::vector<stacks::PlannedStack>& all) override { planned = all; }
  void begins(const stacks::OperationReport& r) override { begun.push_back(r); }
  void step(const stacks::StepReport& r) override {
    last[r.stack] = std::string(stacks::state_name(r.state)) + ": " + r.reason;
    if (r.state == StepState::done) done.push_back(r.stack);
    on_step(r);
  }
  void event(const std::string&, const stacks::StackEvent&) override { ++events; }
  void failure(const std::string&, const Error&, const std::optional<stacks::Failure>& f) override {
    if (f) failures.push_back(*f);
  }
  void warning(const std::string& text) override { warnings.push_back(text); }
  void hook(const stacks::HookReport& r) override {
    lines.push_back("hook " + r.hook + ": " + std::string(stacks::state_name(r.state)));
  }
  void said(const std::string& program, const std::string& line) override {
    lines.push_back(program + ": " + line);
  }
  bool wants_events() const override { return want; }
};

struct Answers : stacks::Approver {
  Result<bool> answer = true;
  int asked = 0;
  stacks::ApprovalRequest last;
  Result<bool> approve(const stacks::ApprovalRequest& request) override {
    ++asked;
    last = request;
    return answer;
  }
};

inline constexpr const char* three = R"(namespace: acme
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
  std::stop_source stop, take_back;
  stacks::RunOptions options;
  stacks::Knowledge knowledge;
  std::string text = three;
  uint64_t seed = 1;
  Processes* processes = nullptr;
  stacks::GraphKeeper* graph = nullptr;
  std::string run_id = "run";

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
        {stop.get_token(), stop.get_token(), take_back.get_token()},
        run_id,
        knowledge};
    around.processes = processes;
    around.graph = graph;
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

}  // namespace mainstay::cli
