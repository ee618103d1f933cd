#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include "backings/function.hh"
#include "backings/local_functions.hh"
#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "host/clock.hh"
#include "host/surroundings.hh"
#include "zip/zip.hh"

using namespace mainstay;
using namespace mainstay::backings;

namespace {

using Sources = std::vector<std::pair<std::string, std::string>>;

Package package_of(const Sources& sources) {
  std::string zip = make_zip(sources).value();
  return {hex_encode(sha256(zip)), [zip]() -> Result<std::string> { return zip; }};
}

FunctionSpec function(const std::string& runtime, const Sources& sources,
                      const std::string& handler = "index.handler") {
  FunctionSpec spec;
  spec.owner = "arn:aws:lambda:us-east-1:123456789012:function:f";
  spec.code = package_of(sources);
  spec.identity = spec.owner + spec.code.digest + runtime;
  spec.runtime = runtime;
  spec.handler = handler;
  spec.version = "$LATEST";
  spec.timeout_ms = 20'000;
  spec.variables = []() -> Result<Variables> {
    return Variables{{"AWS_LAMBDA_FUNCTION_NAME", "f"}, {"COLOUR", "blue"}};
  };
  return spec;
}

FunctionSpec python(const std::string& source) {
  return function("python3.12", {{"index.py", source}});
}

FunctionSpec node(const std::string& source, const std::string& file = "index.js") {
  return function("nodejs20.x", {{file, source}});
}

std::future<FunctionOutcome> begin(Functions& functions, const FunctionSpec& spec,
                                   const std::string& payload = "{}") {
  static int number = 0;
  auto promise = std::make_shared<std::promise<FunctionOutcome>>();
  FunctionEvent event;
  event.request_id = "request-" + std::to_string(++number);
  event.payload = payload;
  event.invoked_arn = spec.owner;
  functions.invoke(spec, event,
                   [promise](FunctionOutcome outcome) { promise->set_value(std::move(outcome)); });
  return promise->get_future();
}

FunctionOutcome run(Functions& functions, const FunctionSpec& spec,
                    const std::string& payload = "{}") {
  FunctionOutcome outcome = begin(functions, spec, payload).get();
  if (outcome.not_run) FAIL(outcome.not_run->to_string());
  return outcome;
}

Value error_of(const FunctionOutcome& outcome) {
  CHECK(outcome.failed);
  return parse_json(outcome.payload).value();
}

// Node.js is Debian's nodejs; where a machine has none, what needs it is counted as left out.
bool has_node() {
  RealProcesses processes;
  bool found = processes.find_program("node", RealEnvironment().text("PATH")).has_value();
  if (!found) MESSAGE("left out: this machine has no node");
  return found;
}

}  // namespace

TEST_CASE("a Python function gets its event and context, and is kept warm") {
  LocalFunctions functions;
  FunctionSpec spec = python(R"(
import os
print("loaded")
count = 0
def handler(event, context):
    global count
    count += 1
    print("count", count)
    return {"event": event, "colour": os.environ["COLOUR"], "count": count, "pid": os.getpid(),
            "arn": context.invoked_function_arn, "id": context.aws_request_id,
            "left": context.get_remaining_time_in_millis() > 10000, "é": "ü"}
)");
  FunctionOutcome first = run(functions, spec, R"({"a":[1,2]})");
  FunctionOutcome second = run(functions, spec);
  Value one = parse_json(first.payload).value(), two = parse_json(second.payload).value();
  CHECK_FALSE(first.failed);
  CHECK(to_json(one["event"]) == R"({"a":[1,2]})");
  CHECK(one["colour"].as_string() == "blue");
  CHECK(one["arn"].as_string() == spec.owner);
  CHECK(one["left"].as_bool());
  CHECK(one["é"].as_string() == "ü");
  CHECK(one["pid"] == two["pid"]);
  CHECK(two["count"].as_int() == 2);
  CHECK(first.log.starts_with("loaded\nSTART RequestId: " + one["id"].as_string() +
                              " Version: $LATEST\ncount 1\nEND RequestId: "));
  CHECK(first.log.contains("Init Duration: "));
  CHECK(second.log.starts_with("START RequestId: "));
  CHECK_FALSE(second.log.contains("Init Duration: "));
  CHECK_FALSE(second.log.contains("count 1"));
}

TEST_CASE("what a Python function raises is told as Lambda tells it") {
  LocalFunctions functions;
  Value error =
      error_of(run(functions, python("def handler(e, c):\n    raise ValueError('bad')\n")));
  CHECK(error["errorType"].as_string() == "ValueError");
  CHECK(error["errorMessage"].as_string() == "bad");
  CHECK(error["stackTrace"].size() == 1);
  CHECK(error["stackTrace"].at(0).as_string().contains("line 2, in handler"));
  error = error_of(run(functions, python("def handler(e, c):\n    return {1, 2}\n")));
  CHECK(error["errorType"].as_string() == "Runtime.MarshalError");
  CHECK(error["errorMessage"].as_string() ==
        "Unable to marshal response: Object of type set is not JSON serializable");
}

TEST_CASE("code that can't be loaded") {
  LocalFunctions functions;
  struct Row {
    const char* source;
    const char* handler;
    const char* type;
    const char* message;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"import nowhere_at_all", "index.handler", "Runtime.ImportModuleError",
            "Unable to import module 'index': No module named 'nowhere_at_all'"},
           {"x = 1", "index.handler", "Runtime.HandlerNotFound",
            "Handler 'handler' missing on module 'index'"},
           {"x = 1", "index", "Runtime.MalformedHandlerName",
            "Bad handler 'index': not enough values to unpack (expected 2, got 1)"},
           {"def handler(:", "index.handler", "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'index': invalid syntax (index.py, line 1)"},
           {"raise KeyError('k')", "index.handler", "KeyError", "'k'"}}) {
    FunctionSpec spec = function("python3.12", {{"index.py", row.source}}, row.handler);
    Value error = error_of(run(functions, spec));
    CHECK(error["errorType"].as_string() == row.type);
    CHECK(error["errorMessage"].as_string() == row.message);
  }
}

TEST_CASE("a function beyond its time, one that exits, and one that is killed") {
  LocalFunctions functions;
  FunctionSpec slow =
      python("import time\ndef handler(e, c):\n    print('begun')\n    time.sleep(60)\n");
  slow.timeout_ms = 1000;
  FunctionOutcome late = run(functions, slow);
  Value error = error_of(late);
  CHECK(error["errorType"].as_string() == "Sandbox.Timedout");
  CHECK(error["errorMessage"].as_string().ends_with(" Error: Task timed out after 1.00 seconds"));
  CHECK(late.log.contains("\nbegun\n"));
  CHECK(late.log.contains(" Task timed out after 1.00 seconds\n"));
  CHECK(late.log.contains("Duration: 1000.00 ms"));
  auto exit_of = [&](const std::string& statement) {
    return error_of(run(functions, python("import os, sys, signal\ndef handler(e, c):\n    " +
                                          statement + "\n")))["errorMessage"]
        .as_string();
  };
  CHECK(exit_of("sys.exit(0)").ends_with(" Error: Runtime exited without providing a reason"));
  CHECK(exit_of("os._exit(7)").ends_with(" Error: Runtime exited with error: exit status 7"));
  CHECK(exit_of("os.kill(os.getpid(), signal.SIGKILL)")
            .ends_with(" Error: Runtime exited with error: signal: killed"));
  // And the next event gets a new environment.
  CHECK_FALSE(run(functions, python("def handler(e, c):\n    return 1\n")).failed);
}

TEST_CASE("a function beyond its memory is killed") {
  LocalFunctions functions;
  FunctionSpec spec = python(
      "import time\ndef handler(e, c):\n    x = bytearray(400 << 20)\n"
      "    time.sleep(30)\n    return len(x)\n");
  spec.memory_mb = 128;
  CHECK(error_of(run(functions, spec))["errorMessage"].as_string().ends_with(
      "Runtime exited with error: signal: killed"));
}

TEST_CASE("as many environments as events at once, and no more than there may be") {
  FunctionLimits limits;
  limits.environments_max = 2;
  LocalFunctions functions(limits);
  FunctionSpec spec =
      python("import os, time\ndef handler(e, c):\n    time.sleep(e)\n    return os.getpid()\n");
  auto one = begin(functions, spec, "1"), two = begin(functions, spec, "1");
  FunctionOutcome third = begin(functions, spec, "0").get();
  REQUIRE(third.not_run);
  CHECK(third.not_run->code == "FunctionsBusy");
  CHECK(one.get().payload != two.get().payload);
  // Another function takes the place of one that waits.
  CHECK_FALSE(run(functions, python("def handler(e, c):\n    return 2\n")).failed);
}

TEST_CASE("a retired owner's environments end, and another takes the next event") {
  LocalFunctions functions;
  FunctionSpec spec = python("import os\ndef handler(e, c):\n    return os.getpid()\n");
  std::string before = run(functions, spec).payload;
  functions.retire(spec.owner);
  CHECK(run(functions, spec).payload != before);
  functions.stop();
  CHECK(begin(functions, spec).get().not_run->code == "FunctionsStopped");
}

TEST_CASE("layers, and a wrapper in one") {
  LocalFunctions functions;
  FunctionSpec spec = python("import shared\ndef handler(e, c):\n    return shared.word\n");
  spec.layers = {package_of({{"python/shared.py", "word = 'first'\n"}}),
                 package_of({{"python/shared.py", "word = 'second'\n"}})};
  CHECK(run(functions, spec).payload == "\"second\"");
  spec.variables = []() -> Result<Variables> {
    return Variables{{"AWS_LAMBDA_EXEC_WRAPPER", "/opt/nowhere"}};
  };
  spec.identity += "wrapped";
  Value error = error_of(run(functions, spec));
  CHECK(error["errorType"].as_string() == "Runtime.ExitError");
  CHECK(error["errorMessage"].as_string().ends_with("Runtime exited with error: exit status 127"));
}

TEST_CASE("a custom runtime speaks the runtime API") {
  LocalFunctions functions;
  // With nothing but python3's standard library, as any program might.
  std::string bootstrap = R"(#!/usr/bin/env python3
import os, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/"
def post(path, body):
    try:
        return urllib.request.urlopen(api + path, body).status
    except urllib.error.HTTPError as error:
        return error.code
while True:
    event = urllib.request.urlopen(api + "invocation/next")
    request = event.headers["Lambda-Runtime-Aws-Request-Id"]
    wrong = post("invocation/another/response", b"{}")
    post("invocation/" + request + "/response", b'{"echo": ' + event.read() + b', "wrong": %d}' % wrong)
)";
  FunctionSpec spec = function("provided.al2023", {{"bootstrap", bootstrap}});
  Value missing = error_of(run(functions, function("provided.al2", {{"other", "x"}})));
  CHECK(missing["errorType"].as_string() == "Runtime.InvalidEntrypoint");
  // As a ZIP file made on Unix has it: executable.
  std::string zip = make_zip({{"bootstrap", bootstrap}}).value();
  size_t entry = zip.find("PK\x01\x02");
  zip[entry + 40] = static_cast<char>(0755 & 0xff);
  zip[entry + 41] = static_cast<char>(0100755 >> 8);
  spec.code = {hex_encode(sha256(zip)), [zip]() -> Result<std::string> { return zip; }};
  CHECK(run(functions, spec, "[3]").payload == R"({"echo": [3], "wrong": 400})");
}

TEST_CASE("a Node.js function: async, callback, module, errors") {
  if (!has_node()) return;
  LocalFunctions functions;
  CHECK(run(functions,
            node("exports.handler = async (e, c) => { console.log('hi'); return "
                 "[e.a, process.env.COLOUR, c.functionName]; };"),
            R"({"a":1})")
            .payload == R"([1,"blue","f"])");
  CHECK(run(functions, node("exports.handler = (e, c, done) => { setTimeout(() => done(null, 5), "
                            "50); };"))
            .payload == "5");
  CHECK(run(functions, node("export const handler = async () => 'module';", "index.mjs")).payload ==
        "\"module\"");
  CHECK(run(functions, node("exports.handler = () => {};")).payload == "null");
  FunctionOutcome thrown =
      run(functions, node("exports.handler = async () => { throw new TypeError('no'); };"));
  CHECK(error_of(thrown)["errorType"].as_string() == "TypeError");
  CHECK(error_of(thrown)["errorMessage"].as_string() == "no");
  CHECK(thrown.log.contains("\tERROR\tInvoke Error"));
  CHECK(error_of(run(functions, node("exports.other = 1;")))["errorType"].as_string() ==
        "Runtime.HandlerNotFound");
  CHECK(error_of(run(functions, node("require('nowhere');")))["errorType"].as_string() ==
        "Runtime.ImportModuleError");
  CHECK(error_of(run(functions,
                     node("exports.handler = async () => { process.exit(3); };")))["errorMessage"]
            .as_string()
            .ends_with("exit status 3"));
  CHECK(run(functions, node("exports.handler = async () => { console.log('a\\nb'); };"))
            .log.contains("\tINFO\ta\rb\n"));
}

TEST_CASE("answers that are too large, and logs that are") {
  FunctionLimits limits;
  limits.log_bytes_max = 1000;
  LocalFunctions functions(limits);
  Value error = error_of(run(functions, python("def handler(e, c):\n    return 'x' * 6291556\n")));
  CHECK(error["errorType"].as_string() == "Function.ResponseSizeTooLarge");
  CHECK_FALSE(run(functions, python("def handler(e, c):\n    return 'x' * 6291554\n")).failed);
  FunctionOutcome loud = run(functions, python("def handler(e, c):\n    print('y' * 5000)\n"));
  CHECK(loud.log.contains("[4001 more bytes are not kept]"));
}

TEST_CASE("runtimes that are not here are refused") {
  LocalFunctions functions;
  FunctionOutcome outcome = begin(functions, function("java21", {{"x", "y"}})).get();
  REQUIRE(outcome.not_run);
  CHECK(outcome.not_run->code == "RuntimeMissing");
  CHECK(outcome.not_run->message.contains("java21"));
}

TEST_CASE("what a killed program has left, processes and folders, is swept away") {
  RealProcesses processes;
  ProcessSpec spec;
  spec.argv = {"sh", "-c", "exec sleep 600"};
  // A process that is over: of a number that is another's by now, by its start.
  std::string gone = std::to_string(::getpid()) + ":1";
  spec.environment = {"PATH=/usr/bin:/bin", std::string(mark_variable) + "=" + gone + ":arn"};
  spec.ends_with_us = false;
  auto left = processes.spawn(spec);
  REQUIRE(left);
  auto folder = std::filesystem::temp_directory_path() /
                ("mainstay-functions-" + replace_all(gone, ":", "-") + "-abc");
  std::filesystem::create_directories(folder / "deep");
  auto scratch = Scratch::make(processes);
  REQUIRE(scratch);
  CHECK(sweep(processes) >= 1);
  CHECK((*left)->wait(60'000)->signal == SIGKILL);
  CHECK_FALSE(std::filesystem::exists(folder));
  CHECK(std::filesystem::exists((*scratch)->folder()));
}

TEST_CASE("functions that are scripts") {
  SimulatedFunctions functions([](const FunctionSpec& spec, const FunctionEvent& event) {
    FunctionOutcome outcome;
    outcome.payload = spec.handler + event.payload;
    return outcome;
  });
  CHECK(run(functions, python("")).payload == "index.handler{}");
  functions.stop();
  CHECK(begin(functions, python("")).get().not_run->code == "FunctionsStopped");
}
