#include "python/package.hh"

#include <cstddef>

#include "base/json.hh"

extern "C" const char mainstay_python_begin[], mainstay_python_end[];

// Taken in by the assembler as it is.
__asm__(
    ".section .rodata\n"
    ".global mainstay_python_begin\n.global mainstay_python_end\n"
    "mainstay_python_begin:\n.incbin \"" MAINSTAY_PYTHON_PACKAGE
    "\"\n"
    "mainstay_python_end:\n.byte 0\n.previous\n");

namespace mainstay::python {

std::string_view package_json() {
  return {mainstay_python_begin, static_cast<size_t>(mainstay_python_end - mainstay_python_begin)};
}

std::string boot_program() {
  auto files = parse_json(package_json());
  return files ? (*files)["mainstay_host/boot.py"].as_string() : std::string();
}

}  // namespace mainstay::python
