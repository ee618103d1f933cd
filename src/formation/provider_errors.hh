// What services' errors mean for a resource, beside those that provider.hh names.
#pragma once

#include "base/error.hh"

namespace mainstay::formation {

bool is_gone(const Error& error);
bool is_there_already(const Error& error);

}  // namespace mainstay::formation
