// Which program runs a runtime on this machine, and with which environment.
//
// Python and Node.js run as what the machine has, whatever version the function names: python3 and
// node on PATH, or what MAINSTAY_PYTHON and MAINSTAY_NODE name. A custom runtime is the function's
// own "bootstrap". Others are refused.
#pragma once

#include <string>
#include <string_view>

#include "backings/function.hh"
#include "host/process.hh"
#include "host/surroundings.hh"

namespace mainstay::backings {

// Our own bootstraps, as files.
std::string_view python_bootstrap();
std::string_view node_bootstrap();

// Where an environment's files are.
struct Places {
  std::string task_root;  // what AWS has at /var/task
  std::string layers;     // at /opt; "" for none
  std::string runtime;    // at /var/runtime
};

// Program, arguments and environment; the streams are the caller's matter.
// Errors: "RuntimeMissing", with what would help.
Result<ProcessSpec> program_of(const FunctionSpec& spec, const Places& places,
                               const Variables& variables, Processes& processes,
                               const Environment& surroundings);

}  // namespace mainstay::backings
