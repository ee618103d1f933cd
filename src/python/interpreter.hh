// Which Python runs a configuration's own programs.
#pragma once

#include <string>

#include "base/error.hh"
#include "host/process.hh"
#include "host/surroundings.hh"

namespace mainstay::python {

// MAINSTAY_PYTHON (a path or a name), else that of the active virtual environment (VIRTUAL_ENV),
// else python3 of PATH. Error "PythonMissing".
Result<std::string> find_interpreter(const Environment& environment, const Processes& processes);

}  // namespace mainstay::python
