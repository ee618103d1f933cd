#include "host/process_spawn.hh"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

// glibc 2.36 declares these for C alone.
extern "C" {
#include <sys/pidfd.h>
}

#include "base/text.hh"
#include "host/files.hh"

namespace mainstay::process_detail {
namespace {

constexpr int first_free_fd = 3;

// What the child says through a pipe where it can't become the program.
struct Failure {
  int error;
  int step;  // of steps
};
constexpr const char* steps[] = {"its group", "its limits", "its directory", "its streams",
                                 "its user",  "its parent", "its program"};
enum Step { own_group, limits, directory, streams, user, parent, program_start };

// All that the child needs, made before the fork: after it nothing may allocate.
struct Prepared {
  std::vector<char*> argv, environment;
  std::string program;
  Descriptor input, output, errors, failures;  // the child's ends
  pid_t parent = 0;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

Error not_started(const std::string& program, const char* step, int error) {
  return Error("ProcessNotStarted", program + ": " + step + ": " + std::strerror(error));
}

// Above the three that the child's streams will be, whatever is closed here.
Descriptor above_streams(int fd) {
  if (fd < 0 || fd >= first_free_fd) return Descriptor(fd);
  Descriptor low(fd);
  return Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, first_free_fd));
}

Status make_pipe(Descriptor& read_end, Descriptor& write_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return Error("ProcessFailed", std::string("pipe: ") + std::strerror(errno));
  read_end = above_streams(ends[0]);
  write_end = above_streams(ends[1]);
  return {};
}

void never_block(const Descriptor& fd) {
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

// The child's end of one stream; ours too where it is a pipe.
Status open_stream(const ProcessSpec::Stream& stream, int number, Descriptor& theirs,
                   Descriptor& ours) {
  using Kind = ProcessSpec::Stream::Kind;
  if (stream.kind == Kind::pipe) {
    CHECK_OK(number == 0 ? make_pipe(theirs, ours) : make_pipe(ours, theirs));
    never_block(ours);
    return {};
  }
  int fd = stream.kind == Kind::inherit ? ::fcntl(number, F_DUPFD_CLOEXEC, first_free_fd)
           : stream.kind == Kind::append
               ? ::open(stream.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)
               : ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return Error("ProcessFailed",
                 (stream.path.empty() ? "a stream" : stream.path) + ": " + std::strerror(errno));
  theirs = above_streams(fd);
  return {};
}

[[noreturn]] void give_up(const Prepared& p, Step step) {
  Failure failure{errno, step};
  [[maybe_unused]] ssize_t n = ::write(p.failures.get(), &failure, sizeof failure);
  ::_exit(127);
}

void restore_signals() {
  struct sigaction normal = {};
  normal.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &normal, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

// In the child: only what may be called after the fork of a program with threads.
[[noreturn]] void become(const ProcessSpec& spec, const Prepared& p) {
  if (::setpgid(0, 0) != 0) give_up(p, own_group);
  if (spec.data_bytes_max) {
    rlimit most{*spec.data_bytes_max, *spec.data_bytes_max};
    if (::setrlimit(RLIMIT_DATA, &most) != 0) give_up(p, limits);
  }
  rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (!spec.directory.empty() && ::chdir(spec.directory.c_str()) != 0) give_up(p, directory);
  const Descriptor& errors = spec.errors_to_output ? p.output : p.errors;
  if (::dup2(p.input.get(), 0) < 0 || ::dup2(p.output.get(), 1) < 0 || ::dup2(errors.get(), 2) < 0)
    give_up(p, streams);
  if (::close_range(first_free_fd, ~0U, CLOSE_RANGE_CLOEXEC) != 0) give_up(p, streams);
  if (spec.group && (::setgroups(0, nullptr) != 0 || ::setgid(*spec.group) != 0)) give_up(p, user);
  if (spec.user && ::setuid(*spec.user) != 0) give_up(p, user);
  // After the change of user, which takes it away. Our parent may have ended before it was set.
  if (spec.ends_with_us) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(p, parent);
    if (::getppid() != p.parent) ::_exit(127);
  }
  restore_signals();
  ::execve(p.program.c_str(), p.argv.data(), p.environment.data());
  give_up(p, program_start);
}

Status wait_for_program(const std::string& program, pid_t pid, const Descriptor& failures) {
  Failure failure;
  ssize_t n;
  while ((n = ::read(failures.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  if (n == 0) return {};  // closed by a successful exec
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (n != sizeof failure) return not_started(program, "its start", EIO);
  return not_started(program, steps[failure.step], failure.error);
}

}  // namespace

std::optional<uint64_t> start_of(int64_t pid) {
  auto stat = RealFiles().read("/proc/" + std::to_string(pid) + "/stat", 64 << 10);
  if (!stat) return std::nullopt;
  // "PID (NAME) STATE PPID ...": the name may hold anything, also parentheses.
  std::vector<std::string> fields = split(stat->substr(stat->rfind(')') + 1), " ");
  constexpr size_t state = 1, start = 20;
  if (fields.size() <= start || fields[state] == "Z" || fields[state] == "X") return std::nullopt;
  auto ticks = parse_int(fields[start]);
  return ticks ? std::optional<uint64_t>(*ticks) : std::nullopt;
}

Result<Child> start_child(const ProcessSpec& spec, const std::string& program) {
  Child child;
  Prepared p;
  p.program = program;
  p.argv = pointers(spec.argv);
  p.environment = pointers(spec.environment);
  p.parent = ::getpid();
  CHECK_OK(open_stream(spec.input, 0, p.input, child.input));
  CHECK_OK(open_stream(spec.output, 1, p.output, child.output));
  if (!spec.errors_to_output) CHECK_OK(open_stream(spec.errors, 2, p.errors, child.errors));
  Descriptor failures;
  CHECK_OK(make_pipe(failures, p.failures));
  // No handler of ours may run in the child.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = ::fork();
  if (pid == 0) become(spec, p);
  int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return not_started(program, "fork", error);
  p.failures.reset();
  CHECK_OK(wait_for_program(program, pid, failures));
  // It is not reaped yet, so the number is still its own.
  child.pidfd = Descriptor(::pidfd_open(pid, 0));
  child.id = {pid, start_of(pid).value_or(0)};
  if (!child.pidfd.open()) {
    error = errno;
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return not_started(program, "pidfd_open", error);
  }
  return child;
}

}  // namespace mainstay::process_detail
