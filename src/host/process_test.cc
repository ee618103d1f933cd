#include "host/process.hh"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "base/text.hh"
#include "host/files.hh"
#include "host/simulated_process.hh"

using namespace mainstay;

namespace {

using Stream = ProcessSpec::Stream;

ProcessSpec shell(const std::string& script) {
  ProcessSpec spec;
  spec.argv = {"sh", "-c", script};
  spec.environment = {"PATH=/usr/bin:/bin", "GREETING=good day"};
  return spec;
}

}  // namespace

TEST_CASE("a program gets its arguments, environment, directory and input, and nothing else") {
  RealProcesses processes;
  int leak = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC, on purpose
  REQUIRE(leak >= 3);
  ProcessSpec spec = shell(
      "pwd; env | sort | grep -v -e ^PWD -e ^_ -e SHLVL -e OLDPWD; ls /proc/self/fd; cat; "
      "echo oops >&2; exit 3");
  spec.directory = "/usr";
  auto result = run_process(processes, spec, "input\n");
  REQUIRE(result);
  CHECK(result->exit.code == 3);
  CHECK(result->exit.text() == "exit status 3");
  // 3 is ls's own, of the directory that it lists.
  CHECK(result->output == "/usr\nGREETING=good day\nPATH=/usr/bin:/bin\n0\n1\n2\n3\ninput\n");
  CHECK(result->errors == "oops\n");
  ::close(leak);
}

TEST_CASE("signals that we block are not blocked in what we start") {
  sigset_t mask, before;
  sigemptyset(&mask);
  sigaddset(&mask, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &mask, &before);
  RealProcesses processes;
  auto process = processes.spawn(shell("exec sleep 600"));
  REQUIRE(process);
  REQUIRE((*process)->kill(SIGTERM));
  auto exit = (*process)->wait(60'000);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  REQUIRE(exit);
  CHECK(exit->signal == SIGTERM);
  CHECK(exit->code == 128 + SIGTERM);
  CHECK(exit->text() == "signal: terminated");
}

TEST_CASE("what can't be started says why, and which step it was") {
  RealProcesses processes;
  ProcessSpec spec = shell("true");
  spec.argv[0] = "no-such-program";
  CHECK(processes.spawn(spec).error().code == "ProgramNotFound");
  spec = shell("true");
  spec.directory = "/no/such/directory";
  auto refused = processes.spawn(spec);
  CHECK(refused.error().code == "ProcessNotStarted");
  CHECK(refused.error().message.contains("its directory: No such file"));
  spec = shell("true");
  spec.output = Stream::to_file("/no/such/directory/log");
  CHECK(processes.spawn(spec).error().message.contains("/no/such/directory/log"));
}

TEST_CASE("more than a pipe holds goes both ways at once") {
  RealProcesses processes;
  std::string much(3 << 20, 'x');
  auto result = run_process(processes, shell("cat"), much);
  REQUIRE(result);
  CHECK(result->output == much);
  CHECK(result->exit.code == 0);
  ProcessLimits limits;
  limits.bytes_max = 1 << 20;
  CHECK(run_process(processes, shell("cat"), much, limits).error().code == "ProcessOutputTooLarge");
}

TEST_CASE("a run beyond its time is ended with all it started") {
  RealProcesses processes;
  ProcessLimits limits;
  limits.timeout_ms = 200;
  std::string marker = "MAINSTAY_TEST_MARK";
  ProcessSpec spec = shell("sleep 600 & sleep 600");
  spec.environment.push_back(marker + "=late" + std::to_string(::getpid()));
  CHECK(run_process(processes, spec, "", limits).error().code == "ProcessTimeout");
  // The grandchild is init's to reap, which may take a moment.
  auto left = [&] {
    size_t count = 0;
    for (const auto& found : processes.find_marked(marker))
      count += found.value == "late" + std::to_string(::getpid());
    return count;
  };
  for (int i = 0; i < 1000 && left() > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(left() == 0);
}

TEST_CASE("a time-out of a read loses nothing, and a closed input is no signal to us") {
  RealProcesses processes;
  ProcessSpec spec = shell("read line; echo got $line; exec <&-; sleep 600");
  spec.input = spec.output = Stream::piped();
  spec.errors_to_output = true;
  auto process = processes.spawn(spec);
  REQUIRE(process);
  CHECK((*process)->read(100, 20).error().code == "ProcessTimeout");
  CHECK((*process)->wait(0).error().code == "ProcessTimeout");
  REQUIRE((*process)->write("it\n", 1000));
  CHECK((*process)->read(100, 60'000)->bytes == "got it\n");
  Result<size_t> written = size_t{0};
  for (int i = 0; i < 1000 && written; ++i) {
    written = (*process)->write("more\n", 1000);
    if (written) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(written.error().code == "ProcessGone");
}

TEST_CASE("output of two streams is told apart, and appended to files") {
  RealProcesses processes;
  std::string path =
      (std::filesystem::temp_directory_path() / ("mainstay-out-" + std::to_string(::getpid())))
          .string();
  for (int i = 0; i < 2; ++i) {
    ProcessSpec spec = shell("echo out; echo err >&2");
    spec.output = Stream::to_file(path);
    spec.errors = Stream::piped();
    auto process = processes.spawn(spec);
    REQUIRE(process);
    auto piece = (*process)->read(100, 60'000);
    REQUIRE(piece);
    CHECK(piece->from == Process::Source::errors);
    CHECK(piece->bytes == "err\n");
    CHECK((*process)->wait(60'000)->code == 0);
  }
  CHECK(RealFiles().read(path, 100).value() == "out\nout\n");
  std::filesystem::remove(path);
}

TEST_CASE("one that was left lives on, is found by its mark, adopted and ended") {
  std::string mark = "left" + std::to_string(::getpid());
  ProcessId id;
  {
    RealProcesses processes;
    ProcessSpec spec = shell("exec sleep 600");
    spec.environment.push_back("MAINSTAY_TEST_MARK=" + mark);
    spec.ends_with_us = false;
    auto process = processes.spawn(spec);
    REQUIRE(process);
    id = (*process)->id();
    (*process)->leave();
  }
  RealProcesses processes;
  std::optional<ProcessId> found;
  for (const auto& f : processes.find_marked("MAINSTAY_TEST_MARK"))
    if (f.value == mark) found = f.id;
  REQUIRE(found);
  CHECK(*found == id);
  ProcessId other = id;
  other.start += 1;
  CHECK(processes.adopt(other).error().code == "ProcessGone");
  auto adopted = processes.adopt(id);
  REQUIRE(adopted);
  CHECK((*adopted)->usage()->resident_bytes > 0);
  CHECK((*adopted)->wait(0).error().code == "ProcessTimeout");
  REQUIRE((*adopted)->kill_group(SIGKILL));
  auto exit = (*adopted)->wait(60'000);
  REQUIRE(exit);
  CHECK_FALSE(exit->known);
  CHECK(processes.adopt(id).error().code == "ProcessGone");
}

TEST_CASE("one that ends with us ends with the thread that starts them, and no earlier") {
  std::unique_ptr<Process> process;
  auto processes = std::make_unique<RealProcesses>();
  std::thread([&] { process = processes->spawn(shell("exec sleep 600")).value(); }).join();
  CHECK(process->wait(100).error().code == "ProcessTimeout");
  processes.reset();
  CHECK(process->wait(60'000)->signal == SIGKILL);
}

TEST_CASE("memory is limited where asked") {
  RealProcesses processes;
  ProcessSpec spec = shell("ulimit -d");
  spec.data_bytes_max = 64 << 20;
  CHECK(run_process(processes, spec, "")->output == "65536\n");
}

TEST_CASE("scripted children do as real ones do") {
  SimulatedClock clock(Time{0});
  SimulatedProcesses processes(clock);
  SimulatedProgram echo;
  echo.input = [](SimulatedChild& self, std::string_view bytes) {
    self.print(self.variable("PREFIX") + std::string(bytes));
  };
  echo.end_of_input = [](SimulatedChild& self) { self.exit(4); };
  processes.add("echo", echo);
  ProcessSpec spec;
  spec.argv = {"/usr/bin/echo"};
  spec.environment = {"PREFIX=> ", "MARK=m"};
  spec.input = spec.output = Stream::piped();
  auto process = processes.spawn(spec);
  REQUIRE(process);
  CHECK((*process)->read(10, 500).error().code == "ProcessTimeout");
  CHECK(clock.monotonic_ms() == 500);
  REQUIRE((*process)->write("a", 0));
  CHECK((*process)->read(10, 0)->bytes == "> a");
  CHECK(processes.find_marked("MARK").size() == 1);
  (*process)->close_input();
  CHECK((*process)->wait(0)->code == 4);
  CHECK(processes.find_marked("MARK").empty());
  CHECK((*process)->write("b", 0).error().code == "ProcessGone");

  spec.ends_with_us = false;
  auto stays = processes.spawn(spec).value();
  spec.ends_with_us = true;
  auto goes = processes.spawn(spec).value();
  processes.crash();
  CHECK(goes->wait(0)->signal == SIGKILL);
  stays->leave();
  ProcessId id = stays->id();
  stays.reset();
  auto adopted = processes.adopt(id);
  REQUIRE(adopted);
  REQUIRE((*adopted)->kill_group(SIGTERM));
  CHECK(processes.adopt(id).error().code == "ProcessGone");
  spec.argv = {"unknown"};
  CHECK(processes.spawn(spec).error().code == "ProgramNotFound");
}
