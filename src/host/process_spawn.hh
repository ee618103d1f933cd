// From a ProcessSpec to a running child: what RealProcesses is made of, and nothing else.
#pragma once

#include "host/descriptor.hh"
#include "host/process.hh"

namespace mainstay::process_detail {

struct Child {
  ProcessId id;
  Descriptor pidfd, input, output, errors;  // our ends, not blocking; -1 where not piped
};

// Returns once the program runs in the child. Must be called from a thread that lives on.
Result<Child> start_child(const ProcessSpec& spec, const std::string& program);

// Field 22 of /proc/PID/stat; nothing for a process that is gone.
std::optional<uint64_t> start_of(int64_t pid);

}  // namespace mainstay::process_detail
