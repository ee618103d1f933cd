// Other programs, run as processes of our own: started, spoken to over pipes, waited for, ended.
//
// Every process leads a group of its own, so that what it starts ends with it. Nothing of ours
// leaks into it: no descriptor but its three streams, no environment but the one given, no blocked
// or ignored signal. Signals go by pidfd, never to a number that may be somebody else's by now.
// Time-outs are in milliseconds of the monotonic clock; a negative one waits for ever.
//
// Errors: "ProgramNotFound", "ProcessNotStarted" (why, and at which step), "ProcessTimeout"
// (nothing was lost: ask again), "ProcessGone" (nobody reads its input any more), "ProcessFailed"
// (the system). Threads: a Processes may be used by any number of threads; of one Process, one may
// read, one write, and any number wait and kill, at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay {

struct ProcessSpec {
  struct Stream {
    enum class Kind {
      null,
      pipe,
      inherit,
      append
    } kind = Kind::null;  // append: to the file `path`
    std::string path;
    static Stream piped() { return {Kind::pipe, {}}; }
    static Stream inherited() { return {Kind::inherit, {}}; }
    static Stream to_file(std::string p) { return {Kind::append, std::move(p)}; }
  };

  std::vector<std::string> argv;         // argv[0] with a '/', or looked up on the spec's PATH
  std::vector<std::string> environment;  // "NAME=value", all of it
  std::string directory;                 // "" for ours
  Stream input, output, errors;
  bool errors_to_output = false;           // 2>&1; `errors` is not looked at then
  std::optional<uint32_t> user, group;     // needs privileges; supplementary groups are dropped
  std::optional<uint64_t> data_bytes_max;  // RLIMIT_DATA
  // Killed by the system when this program ends, however it ends. Without it the process outlives
  // a crash, to be found again by its environment and adopted.
  bool ends_with_us = true;
};

// A process for as long as the machine runs: numbers are used again, but not with the same start.
struct ProcessId {
  int64_t pid = 0;
  uint64_t start = 0;  // ticks since the machine started: field 22 of /proc/PID/stat (proc(5))
  bool operator==(const ProcessId&) const = default;
};

struct ProcessExit {
  int code = 0;    // as exit(3) was given; 128 + signal as shells count it where a signal ended it
  int signal = 0;  // which ended it, 0 for none
  bool known = true;         // false for an adopted process: only its parent is told
  std::string text() const;  // "exit status 1", "signal: killed", as AWS Lambda and Go write it
};

struct ProcessUsage {
  uint64_t resident_bytes = 0;       // now
  uint64_t resident_bytes_peak = 0;  // since it started
};

class Process {
 public:
  // Kills the group and forgets it, unless it was left or adopted.
  virtual ~Process() = default;
  virtual ProcessId id() const = 0;

  // Bytes of its input that were taken, at least one.
  virtual Result<size_t> write(std::string_view bytes, int64_t timeout_ms) = 0;
  virtual void close_input() = 0;

  enum class Source { output, errors, end };
  struct Piece {
    Source from = Source::end;  // end: both streams are closed (by all who had them)
    std::string bytes;
  };
  // What it has written next to a piped stream, at most bytes_max of it.
  virtual Result<Piece> read(size_t bytes_max, int64_t timeout_ms) = 0;

  virtual Result<ProcessExit> wait(int64_t timeout_ms) = 0;
  // To it, or to its whole group. One that has ended already is no error.
  virtual Status kill(int signal) = 0;
  virtual Status kill_group(int signal) = 0;
  // Lets it live on when this object goes.
  virtual void leave() = 0;
  virtual Result<ProcessUsage> usage() const = 0;
};

class Processes {
 public:
  virtual ~Processes() = default;
  virtual Result<std::unique_ptr<Process>> spawn(const ProcessSpec& spec) = 0;
  // One that somebody else started; no streams. "ProcessGone" where it has ended.
  virtual Result<std::unique_ptr<Process>> adopt(const ProcessId& id) = 0;
  // This program.
  virtual Result<ProcessId> self() const = 0;
  struct Found {
    ProcessId id;
    std::string value;
  };
  // The living processes whose environment has this variable: how a crashed program's are found.
  virtual std::vector<Found> find_marked(const std::string& variable) const = 0;
  // Where the system would find the program, nothing if nowhere. path: as PATH.
  virtual std::optional<std::string> find_program(const std::string& name,
                                                  std::string_view path) const = 0;
};

// The operating system's. Owns one thread, which starts all of them: a process that ends with its
// parent ends with the thread that started it (prctl(2), PR_SET_PDEATHSIG).
class RealProcesses : public Processes {
 public:
  RealProcesses();
  ~RealProcesses() override;
  RealProcesses(const RealProcesses&) = delete;
  RealProcesses& operator=(const RealProcesses&) = delete;
  Result<std::unique_ptr<Process>> spawn(const ProcessSpec& spec) override;
  Result<std::unique_ptr<Process>> adopt(const ProcessId& id) override;
  Result<ProcessId> self() const override;
  std::vector<Found> find_marked(const std::string& variable) const override;
  std::optional<std::string> find_program(const std::string& name,
                                          std::string_view path) const override;

 private:
  struct Spawner;
  std::unique_ptr<Spawner> spawner_;
};

// Runs to the end with this input. Output or errors beyond bytes_max, or a run beyond the time, end
// it: "ProcessOutputTooLarge", "ProcessTimeout".
struct ProcessResult {
  ProcessExit exit;
  std::string output, errors;
};
struct ProcessLimits {
  int64_t timeout_ms = 60'000;
  size_t bytes_max = 16 << 20;  // of each stream
};
Result<ProcessResult> run_process(Processes& processes, ProcessSpec spec, std::string_view input,
                                  const ProcessLimits& limits = {});

}  // namespace mainstay
