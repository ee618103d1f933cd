#include "host/process.hh"

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <functional>
#include <mutex>
#include <thread>

// glibc 2.36 declares these for C alone.
extern "C" {
#include <sys/pidfd.h>
}

#include "base/text.hh"
#include "host/clock.hh"
#include "host/descriptor.hh"
#include "host/files.hh"
#include "host/process_spawn.hh"

namespace mainstay {
namespace {

using process_detail::Child;

Error failed(const char* what) {
  return Error("ProcessFailed", std::string(what) + ": " + std::strerror(errno));
}

// The time that is left of a time-out, as poll(2) wants it.
class Deadline {
 public:
  explicit Deadline(int64_t timeout_ms)
      : ends_ms_(timeout_ms < 0 ? -1 : RealClock().monotonic_ms() + timeout_ms) {}
  int left_ms() const {
    if (ends_ms_ < 0) return -1;
    return static_cast<int>(
        std::clamp<int64_t>(ends_ms_ - RealClock().monotonic_ms(), 0, 1'000'000'000));
  }

 private:
  int64_t ends_ms_;
};

// Something of these is ready; "ProcessTimeout" where nothing was in time.
Status poll_until(pollfd* watched, size_t count, int64_t timeout_ms) {
  Deadline deadline(timeout_ms);
  while (true) {
    int ready = ::poll(watched, count, deadline.left_ms());
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return failed("poll");
    if (ready == 0 && deadline.left_ms() == 0)
      return Error("ProcessTimeout",
                   "nothing from the process within " + std::to_string(timeout_ms) + " ms");
  }
}

// write(2) without the signal that a closed pipe sends to those who don't ask for it.
ssize_t write_quietly(int fd, std::string_view bytes) {
  sigset_t pipe_signal, before, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  ssize_t n = ::write(fd, bytes.data(), bytes.size());
  int error = errno;
  if (n < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE)) {
    timespec now{};
    while (::sigtimedwait(&pipe_signal, nullptr, &now) < 0 && errno == EINTR) {
    }
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return n;
}

ProcessExit exit_of(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return {info.si_status, 0, true};
  return {128 + info.si_status, info.si_status, true};
}

class RealProcess : public Process {
 public:
  RealProcess(Child child, bool ours) : child_(std::move(child)), ours_(ours) {}

  // Our own stays unreaped until here, so that its number, and its group's, can't be another's.
  ~RealProcess() override {
    if (!ours_) return;
    if (!left_) {
      (void)kill_group(SIGKILL);
      (void)wait(-1);
    }
    siginfo_t info;
    ::waitid(P_PIDFD, static_cast<id_t>(child_.pidfd.get()), &info, WEXITED | WNOHANG);
  }

  ProcessId id() const override { return child_.id; }

  Result<size_t> write(std::string_view bytes, int64_t timeout_ms) override {
    std::scoped_lock lock(writing_);
    if (!child_.input.open()) return Error("ProcessGone", "the process has no open input");
    Deadline deadline(timeout_ms);
    while (true) {
      ssize_t n = write_quietly(child_.input.get(), bytes);
      if (n > 0 || (n == 0 && bytes.empty())) return static_cast<size_t>(n);
      if (n < 0 && errno == EPIPE) return Error("ProcessGone", "nobody reads its input any more");
      if (n < 0 && errno != EAGAIN && errno != EINTR) return failed("write");
      pollfd watched{child_.input.get(), POLLOUT, 0};
      CHECK_OK(poll_until(&watched, 1, deadline.left_ms()));
    }
  }

  void close_input() override {
    std::scoped_lock lock(writing_);
    child_.input.reset();
  }

  Result<Piece> read(size_t bytes_max, int64_t timeout_ms) override {
    Deadline deadline(timeout_ms);
    while (child_.output.open() || child_.errors.open()) {
      // poll(2) passes over negative descriptors.
      pollfd watched[2] = {{child_.output.get(), POLLIN, 0}, {child_.errors.get(), POLLIN, 0}};
      CHECK_OK(poll_until(watched, 2, deadline.left_ms()));
      bool is_output = watched[0].revents != 0;
      Descriptor& stream = is_output ? child_.output : child_.errors;
      std::string bytes(std::min<size_t>(bytes_max, 64 << 10), '\0');
      ssize_t n = ::read(stream.get(), bytes.data(), bytes.size());
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (n <= 0) {
        stream.reset();
        continue;
      }
      bytes.resize(static_cast<size_t>(n));
      return Piece{is_output ? Source::output : Source::errors, std::move(bytes)};
    }
    return Piece{};
  }

  Result<ProcessExit> wait(int64_t timeout_ms) override {
    pollfd watched{child_.pidfd.get(), POLLIN, 0};
    CHECK_OK(poll_until(&watched, 1, timeout_ms));
    if (!ours_) return ProcessExit{0, 0, false};
    siginfo_t info;
    while (::waitid(P_PIDFD, static_cast<id_t>(child_.pidfd.get()), &info, WEXITED | WNOWAIT) != 0)
      if (errno != EINTR) return failed("waitid");
    return exit_of(info);
  }

  Status kill(int signal) override {
    if (::pidfd_send_signal(child_.pidfd.get(), signal, nullptr, 0) != 0 && errno != ESRCH)
      return failed("kill");
    return {};
  }

  Status kill_group(int signal) override {
    pid_t leader = static_cast<pid_t>(child_.id.pid);
    // Of an adopted one only its start tells that the number is still its own.
    if (!ours_ && process_detail::start_of(leader) != child_.id.start) return {};
    if (::kill(-leader, signal) != 0 && errno != ESRCH) return failed("kill");
    return {};
  }

  void leave() override { left_ = true; }

  Result<ProcessUsage> usage() const override {
    TRY(std::string status,
        RealFiles().read("/proc/" + std::to_string(child_.id.pid) + "/status", 64 << 10));
    ProcessUsage usage;
    for (const std::string& line : split(status, "\n")) {
      // "VmHWM:      1234 kB" (proc(5))
      auto kilobytes = [&](std::string_view label) -> uint64_t {
        std::string_view number = trim(std::string_view(line).substr(label.size()));
        return static_cast<uint64_t>(parse_int(number.substr(0, number.find(' '))).value_or(0));
      };
      if (line.starts_with("VmHWM:")) usage.resident_bytes_peak = kilobytes("VmHWM:") << 10;
      if (line.starts_with("VmRSS:")) usage.resident_bytes = kilobytes("VmRSS:") << 10;
    }
    return usage;
  }

 private:
  Child child_;
  const bool ours_;
  std::mutex writing_;
  bool left_ = false;
};

bool is_program(const std::string& path) {
  struct stat facts;
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::string path_of(const ProcessSpec& spec) {
  for (const std::string& variable : spec.environment)
    if (variable.starts_with("PATH=")) return variable.substr(5);
  return "/usr/local/bin:/usr/bin:/bin";
}

}  // namespace

// Runs what it is given on its thread, one thing at a time.
struct RealProcesses::Spawner {
  std::mutex callers, mutex;
  std::condition_variable changed;
  std::function<void()> job;
  bool closing = false;
  std::thread thread{[this] { run(); }};

  void run() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return job || closing; });
      if (!job) return;
      job();
      job = nullptr;
      changed.notify_all();
    }
  }
  void call(std::function<void()> work) {
    std::scoped_lock one_at_a_time(callers);
    std::unique_lock lock(mutex);
    job = std::move(work);
    changed.notify_all();
    changed.wait(lock, [&] { return !job; });
  }
  ~Spawner() {
    {
      std::scoped_lock lock(mutex);
      closing = true;
    }
    changed.notify_all();
    thread.join();
  }
};

RealProcesses::RealProcesses() : spawner_(std::make_unique<Spawner>()) {}
RealProcesses::~RealProcesses() = default;

Result<std::unique_ptr<Process>> RealProcesses::spawn(const ProcessSpec& spec) {
  if (spec.argv.empty()) return Error("ProgramNotFound", "no program is named");
  auto program = find_program(spec.argv[0], path_of(spec));
  if (!program)
    return Error("ProgramNotFound", spec.argv[0] + ": no such program" +
                                        (spec.argv[0].contains('/') ? "" : " on PATH"));
  Result<Child> child = Error("ProcessFailed", "not started");
  spawner_->call([&] { child = process_detail::start_child(spec, *program); });
  if (!child) return std::move(child).error();
  return std::make_unique<RealProcess>(std::move(*child), true);
}

Result<std::unique_ptr<Process>> RealProcesses::adopt(const ProcessId& id) {
  Child child;
  child.id = id;
  child.pidfd = Descriptor(::pidfd_open(static_cast<pid_t>(id.pid), 0));
  // The start is compared after the pidfd was opened: from then on it can't become another's.
  if (!child.pidfd.open() || process_detail::start_of(id.pid) != id.start)
    return Error("ProcessGone", "process " + std::to_string(id.pid) + " has ended");
  return std::make_unique<RealProcess>(std::move(child), false);
}

Result<ProcessId> RealProcesses::self() const {
  auto start = process_detail::start_of(::getpid());
  if (!start) return Error("ProcessFailed", "/proc/PID/stat of this process can't be read");
  return ProcessId{::getpid(), *start};
}

std::vector<Processes::Found> RealProcesses::find_marked(const std::string& variable) const {
  std::vector<Found> found;
  auto names = RealFiles().list("/proc");
  if (!names) return found;
  for (const std::string& name : *names) {
    auto pid = parse_int(name);
    if (!pid) continue;
    // Unreadable are those of other users and those that have just ended.
    auto environment = RealFiles().read("/proc/" + name + "/environ", 4 << 20);
    auto start = process_detail::start_of(*pid);
    if (!environment || !start) continue;
    for (const std::string& entry : split(*environment, std::string_view("\0", 1)))
      if (entry.starts_with(variable + "="))
        found.push_back({{*pid, *start}, entry.substr(variable.size() + 1)});
  }
  return found;
}

std::optional<std::string> RealProcesses::find_program(const std::string& name,
                                                       std::string_view path) const {
  if (name.contains('/')) return is_program(name) ? std::optional(name) : std::nullopt;
  for (const std::string& directory : split(path, ":"))
    if (std::string at = join_path(directory, name); !directory.empty() && is_program(at))
      return at;
  return std::nullopt;
}

std::string ProcessExit::text() const {
  if (!known) return "an unknown exit status";
  if (signal == 0) return "exit status " + std::to_string(code);
  // As Go's syscall.Signal writes them, in which Lambda reports them.
  switch (signal) {
    case SIGKILL:
      return "signal: killed";
    case SIGTERM:
      return "signal: terminated";
    case SIGSEGV:
      return "signal: segmentation fault";
    case SIGABRT:
      return "signal: aborted";
    default:
      return "signal: " + to_lower(::strsignal(signal));
  }
}

Result<ProcessResult> run_process(Processes& processes, ProcessSpec spec, std::string_view input,
                                  const ProcessLimits& limits) {
  spec.input = spec.output = ProcessSpec::Stream::piped();
  if (!spec.errors_to_output) spec.errors = ProcessSpec::Stream::piped();
  TRY(std::unique_ptr<Process> process, processes.spawn(spec));
  // It may write before it has read all: both ways at once.
  std::jthread writer([&process, input](std::stop_token stop) mutable {
    while (!input.empty() && !stop.stop_requested()) {
      auto taken = process->write(input, 100);
      if (taken) input.remove_prefix(*taken);
      // One that reads no further may still end well: its exit says.
      if (!taken && taken.error().code != "ProcessTimeout") break;
    }
    process->close_input();
  });
  ProcessResult result;
  auto end = [&](Error error) -> Error {
    (void)process->kill_group(SIGKILL);
    return Error(std::move(error).because(spec.argv[0]));
  };
  Deadline deadline(limits.timeout_ms);
  while (true) {
    auto piece = process->read(limits.bytes_max, deadline.left_ms());
    if (!piece) return end(std::move(piece).error());
    if (piece->from == Process::Source::end) break;
    std::string& to = piece->from == Process::Source::output ? result.output : result.errors;
    to += piece->bytes;
    if (to.size() > limits.bytes_max)
      return end(Error("ProcessOutputTooLarge",
                       "more than " + std::to_string(limits.bytes_max) + " bytes"));
  }
  auto exit = process->wait(deadline.left_ms());
  if (!exit) return end(std::move(exit).error());
  result.exit = *exit;
  return result;
}

}  // namespace mainstay
