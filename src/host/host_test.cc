#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <thread>

#include "base/text.hh"
#include "host/clock.hh"
#include "host/executor.hh"
#include "host/files.hh"
#include "host/signals.hh"
#include "host/surroundings.hh"

using namespace mainstay;

namespace {
class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mainstay-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Scratch() { std::filesystem::remove_all(path); }
  std::string path;
};
}  // namespace

TEST_CASE("a simulated clock moves by sleeping only") {
  SimulatedClock clock(Time{1000});
  CHECK(clock.sleep_ms(60'000));
  CHECK(clock.now() == Time{61'000});
  CHECK(clock.monotonic_ms() == 60'000);
  std::stop_source stop;
  stop.request_stop();
  CHECK_FALSE(clock.sleep_ms(5, stop.get_token()));
  CHECK(clock.now() == Time{61'000});
}

TEST_CASE("a real sleep is ended by a stop") {
  RealClock clock;
  std::stop_source stop;
  std::jthread other([&] { stop.request_stop(); });
  CHECK_FALSE(clock.sleep_ms(3'600'000, stop.get_token()));
}

TEST_CASE("files are written whole, read within a limit, and listed in order") {
  Scratch scratch;
  RealFiles real;
  SimulatedFiles simulated;
  for (Files* files : {static_cast<Files*>(&real), static_cast<Files*>(&simulated)}) {
    std::string b = join_path(scratch.path, "deep/b"), a = join_path(scratch.path, "deep/a");
    REQUIRE(files->write(b, "one"));
    REQUIRE(files->write(b, "three"));
    REQUIRE(files->write(a, ""));
    CHECK(files->read(b, 5).value() == "three");
    CHECK(files->read(b, 4).error().code == "FileTooLarge");
    CHECK(files->read(b + "x", 4).error().code == "FileNotFound");
    CHECK(files->list(directory_of(b)).value() == std::vector<std::string>{"a", "b"});
    CHECK(files->list(b + "x").error().code == "FileNotFound");
  }
  CHECK(real.read(scratch.path, 5).error().code == "FileUnreadable");
  CHECK(real.write("/dev/null/x", "").error().message.contains("/dev/null/x"));
}

TEST_CASE("a pipe is read to its end, and not waited for where nobody writes") {
  Scratch scratch;
  std::string pipe = join_path(scratch.path, "pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  RealFiles files;
  auto nobody = files.read(pipe, 100);
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error().message == pipe + " is a pipe that nobody writes to");
  int end = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
  std::jthread writer([&] {
    for (const char* part : {"one ", "two ", "three"}) {
      CHECK(::write(end, part, std::strlen(part)) > 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ::close(end);
  });
  CHECK(files.read(pipe, 100).value() == "one two three");
}

TEST_CASE("paths are joined and taken apart") {
  CHECK(join_path("a/", "b") == "a/b");
  CHECK(join_path("a", "/b") == "/b");
  CHECK(join_path("", "b") == "b");
  CHECK(directory_of("a/b") == "a");
  CHECK(directory_of("/a") == "/");
  CHECK(directory_of("a") == ".");
}

TEST_CASE("a variable that is empty is told from one that is not set") {
  SimulatedEnvironment environment(std::map<std::string, std::string>{{"EMPTY", ""}});
  CHECK(environment.get("EMPTY") == std::optional<std::string>(""));
  CHECK(environment.get("OTHER") == std::nullopt);
  CHECK_FALSE(terminal_of(-1, environment).interactive);
}

TEST_CASE("a signal is seen, and does not end the process") {
  std::atomic<int> seen = 0;
  {
    SignalWatch watch([&](int number, int count) { seen = number * 100 + count; });
    CHECK(watch.count() == 0);
    ::kill(::getpid(), SIGTERM);
    CHECK(watch.wait() == SIGTERM);
    CHECK(watch.count() == 1);
  }
  CHECK(seen == SIGTERM * 100 + 1);
}

TEST_CASE("a pool runs everything, each task once") {
  std::atomic<int> done = 0;
  ThreadPool pool(4);
  for (int i = 0; i < 1000; ++i) pool.submit([&] { ++done; });
  pool.wait_until([&] { return done == 1000; });
  CHECK(done == 1000);
}

TEST_CASE("a simulated executor's order comes from the seed") {
  auto order = [](uint64_t seed) {
    std::string text;
    SimulatedExecutor executor(seed);
    for (char c = 'a'; c < 'k'; ++c) executor.submit([&text, c] { text += c; });
    executor.wait_until([] { return false; });
    return text;
  };
  CHECK(order(1) == order(1));
  CHECK(order(1) != order(2));
  CHECK(order(1).size() == 10);
}
