#include "python/interpreter.hh"

#include "base/text.hh"

namespace mainstay::python {

Result<std::string> find_interpreter(const Environment& environment, const Processes& processes) {
  std::string path = environment.text("PATH");
  std::string wanted = environment.text("MAINSTAY_PYTHON");
  if (!wanted.empty()) {
    if (auto found = processes.find_program(wanted, path)) return *found;
    return Error("PythonMissing",
                 "MAINSTAY_PYTHON is \"" + printable(wanted) + "\", and there is no such program")
        .with_hint("give the path of a Python 3.8 or later");
  }
  if (std::string active = environment.text("VIRTUAL_ENV"); !active.empty())
    if (auto found = processes.find_program(active + "/bin/python3", path)) return *found;
  if (auto found = processes.find_program("python3", path)) return *found;
  return Error("PythonMissing", "there is no python3 on the PATH")
      .with_hint("install Python 3.8 or later, or name one with MAINSTAY_PYTHON");
}

}  // namespace mainstay::python
