// Errors on their way between the program and Python.
#pragma once

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::python {

// Of what Python's side tells as {"error": ...}.
Error raised_error(const Value& told);
// An error of ours, for Python to raise; raised_error gives it back unchanged if nobody catches it.
Value refusal_value(const Error& error);

}  // namespace mainstay::python
