#include "python/worker.hh"

#include <doctest/doctest.h>

#include "base/json.hh"
#include "host/simulated_process.hh"
#include "python/interpreter.hh"
#include "python/package.hh"

using namespace mainstay;
using namespace mainstay::python;

namespace {

std::string framed(const std::string& text) {
  return std::to_string(text.size()) + "\n" + text;
}

// A Python that answers each message with what `answers` says, after the modules.
struct Fake {
  std::shared_ptr<SimulatedClock> clock = std::make_shared<SimulatedClock>(Time{1'700'000'000'000});
  SimulatedProcesses processes{*clock};
  std::vector<std::string> lines, got;
  std::stop_source stop;
  std::string unread;
  size_t messages = 0;

  explicit Fake(std::function<void(SimulatedChild&, const Value&, size_t)> answers) {
    SimulatedProgram program;
    program.input = [this, answers](SimulatedChild& child, std::string_view bytes) {
      unread += bytes;
      for (size_t end = unread.find('\n'); end != std::string::npos; end = unread.find('\n')) {
        size_t size = std::stoul(unread.substr(0, end));
        if (unread.size() < end + 1 + size) return;
        Value message = parse_json(unread.substr(end + 1, size)).value();
        unread.erase(0, end + 1 + size);
        if (messages++ > 0) answers(child, message, messages);  // the first are the modules
      }
    };
    program.end_of_input = [](SimulatedChild& child) { child.exit(0); };
    processes.add("python3", program);
  }
  Worker worker() {
    return Worker({processes,
                   clock,
                   "/usr/bin/python3",
                   {},
                   Value::map({{"hello", true}}),
                   [this](const std::string& line) { lines.push_back(line); },
                   stop.get_token()});
  }
};

Result<Value> answer_nothing(const std::string&, const Value&) {
  return Error("NotSupported", "nothing");
}

constexpr int64_t second_ms = 1'000;

}  // namespace

TEST_CASE("an operation's result, with what is asked for on the way") {
  Fake fake([](SimulatedChild& child, const Value& message, size_t) {
    if (message["do"] == Value("hello")) child.print(framed(R"({"ok":{"python":"3.11"}})"));
    if (message["do"] == Value("add")) child.print(framed(R"({"ask":"number","with":{"of":"b"}})"));
    if (message.has("answer"))
      child.print(framed(R"({"ok":)" + std::to_string(1 + message["answer"].as_int()) + "}"));
    if (message["do"] == Value("hello")) child.complain("a line\nhalf ");
    if (message["do"] == Value("add")) child.complain("a line\n");
  });
  Worker worker = fake.worker();
  auto asked = [](const std::string& what, const Value& with) -> Result<Value> {
    CHECK(what == "number");
    CHECK(with["of"] == Value("b"));
    return Value(41);
  };
  CHECK(worker.greeting().is_null());
  CHECK(worker.call("add", Value::map(), asked, second_ms).value() == Value(42));
  CHECK(worker.greeting()["python"] == Value("3.11"));
  CHECK(worker.call("add", Value::map(), asked, second_ms));  // the log is read along the way
  REQUIRE(fake.lines.size() >= 2);
  CHECK(fake.lines[0] == "a line");
  CHECK(fake.lines[1] == "half a line");
}

TEST_CASE("what Python raises is an error with its place, and the process goes on") {
  Fake fake([](SimulatedChild& child, const Value& message, size_t) {
    if (message["do"] == Value("hello")) child.print(framed(R"({"ok":{}})"));
    if (message["do"] == Value("raise"))
      child.print(
          framed(R"({"error":{"type":"KeyError","message":"'x'","file":"/a/b.py","line":7}})"));
    if (message["do"] == Value("import"))
      child.print(framed(
          R"({"error":{"type":"ModuleNotFoundError","message":"m","missing":"troposphere","command":"pip install troposphere"}})"));
    if (message["do"] == Value("works")) child.print(framed(R"({"ok":null})"));
  });
  Worker worker = fake.worker();
  auto raised = worker.call("raise", {}, answer_nothing, second_ms);
  CHECK(raised.error().to_string() == "/a/b.py:7: KeyError: 'x'");
  CHECK(raised.error().code == "PythonRaised");
  auto missing = worker.call("import", {}, answer_nothing, second_ms);
  CHECK(missing.error().code == "PythonPackageMissing");
  CHECK(missing.error().hint == "pip install troposphere");
  CHECK(worker.call("works", {}, answer_nothing, second_ms));
}

TEST_CASE("a refusal that nobody catches comes back as it was") {
  Fake fake([](SimulatedChild& child, const Value& message, size_t) {
    if (message["do"] == Value("hello")) child.print(framed(R"({"ok":{}})"));
    if (message["do"] == Value("ask")) child.print(framed(R"({"ask":"x","with":{}})"));
    if (message.has("refused"))
      child.print(framed(to_json(Value::map(
          {{"error", Value::map({{"message", ""}, {"refused", message["refused"]}})}}))));
  });
  Worker worker = fake.worker();
  auto refuse = [](const std::string&, const Value&) -> Result<Value> {
    return Error("LookupFailed", "no output").where({"c.yml", 3, 4}).with_hint("try x");
  };
  Error error = worker.call("ask", {}, refuse, second_ms).error();
  CHECK(error.code == "LookupFailed");
  CHECK(error.to_string() == "c.yml:3:4: no output (try x)");
}

TEST_CASE(
    "a process that dies, hangs or prints garbage is an error, now and for every later call") {
  struct Case {
    const char* what;
    std::function<void(SimulatedChild&)> does;
    const char* said;
  };
  const Case cases[] = {
      {"dies",
       [](SimulatedChild& child) {
         child.complain("Segmentation fault\n");
         child.exit(139);
       },
       "ended: exit status 139; it said last: Segmentation fault"},
      {"hangs", [](SimulatedChild&) {}, "did not answer in time"},
      {"garbage", [](SimulatedChild& child) { child.print("hello, I am no message\n"); },
       "wrote something that is no message"},
      {"no JSON", [](SimulatedChild& child) { child.print(framed("{")); },
       "wrote a message that can't be read"},
      {"another kind", [](SimulatedChild& child) { child.print(framed("{}")); },
       "wrote a message of no known kind"},
      {"huge", [](SimulatedChild& child) { child.print("99999999999\n"); },
       "wrote a message of more than 64 MB"},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    Fake fake([&](SimulatedChild& child, const Value& message, size_t) {
      if (message["do"] == Value("hello"))
        child.print(framed(R"({"ok":{}})"));
      else
        c.does(child);
    });
    Worker worker = fake.worker();
    Error error = worker.call("render", {}, answer_nothing, second_ms).error();
    CHECK(error.code == "PythonFailed");
    CHECK(error.message.contains(c.said));
    CHECK(worker.call("render", {}, answer_nothing, second_ms).error().message == error.message);
  }
}

TEST_CASE("an interruption ends what is under way") {
  Fake* running = nullptr;
  Fake fake([&](SimulatedChild& child, const Value& message, size_t) {
    if (message["do"] == Value("hello")) child.print(framed(R"({"ok":{}})"));
    if (message["do"] == Value("render")) running->stop.request_stop();
  });
  running = &fake;
  Worker worker = fake.worker();
  CHECK(worker.call("render", {}, answer_nothing, second_ms).error().code == "Interrupted");
}

TEST_CASE("which Python runs") {
  SimulatedClock clock(Time{0});
  SimulatedProcesses processes(clock);
  CHECK(find_interpreter(SimulatedEnvironment(), processes).error().code == "PythonMissing");
  processes.add("python3", {});
  SimulatedEnvironment plain(std::map<std::string, std::string>{{"PATH", "/usr/bin"}});
  CHECK(find_interpreter(plain, processes));
  SimulatedEnvironment wanted(
      std::map<std::string, std::string>{{"PATH", "/usr/bin"}, {"MAINSTAY_PYTHON", "/opt/py"}});
  CHECK(find_interpreter(wanted, processes).error().message.contains("/opt/py"));
}

TEST_CASE("the modules that are carried are whole") {
  Value files = parse_json(package_json()).value();
  for (const char* name :
       {"stacker/blueprints/base.py", "stacker/util.py", "mainstay_host/serve.py"})
    CHECK_FALSE(files[name].as_string().empty());
  CHECK(boot_program().contains("def find_spec"));
}
