// The folder in which one run of this program keeps what its functions need, removed with it. What
// a killed run has left, folder and processes, goes when the next one starts.
//
// Threads: any, after it was made.
#pragma once

#include <string>

#include "base/error.hh"
#include "host/process.hh"

namespace mainstay::backings {

// In the environment of every process that a function starts: "PID:START:OWNER" of this program.
inline constexpr const char* mark_variable = "MAINSTAY_FUNCTION";

class Scratch {
 public:
  // In the system's folder for temporary files, readable by its owner alone.
  static Result<std::unique_ptr<Scratch>> make(Processes& processes);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& folder() const { return folder_; }
  // What mark_variable says of a process that works for `owner`.
  std::string mark(const std::string& owner) const;

 private:
  explicit Scratch(std::string folder, ProcessId self) : folder_(std::move(folder)), self_(self) {}
  std::string folder_;
  ProcessId self_;
};

// Ends the processes and removes the folders of runs that are over. Returns how many processes.
size_t sweep(Processes& processes);

}  // namespace mainstay::backings
