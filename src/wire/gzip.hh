// Bodies with Content-Encoding: gzip.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::wire {

std::string gzip(std::string_view data);
// Error "SerializationException" where the data is not gzip or unpacks to more than bytes_max.
Result<std::string> gunzip(std::string_view data, size_t bytes_max);

}  // namespace mainstay::wire
