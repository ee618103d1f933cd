// What the program carries into a Python process.
#pragma once

#include <string>
#include <string_view>

namespace mainstay::python {

std::string_view package_json();  // {"stacker/util.py": text, ...}
std::string boot_program();       // for `python -c`

}  // namespace mainstay::python
