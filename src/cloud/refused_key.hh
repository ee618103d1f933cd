// How each service refuses the credentials of a request: the same two facts, in its own words.
// Pure.
#pragma once

#include <string_view>

#include "base/error.hh"
#include "wire/model.hh"

namespace mainstay::cloud {

// There is no such key, or it is inactive, or its session token is another's.
Error invalid_key(std::string_view service, wire::Protocol protocol);
// The session was one, and is over.
Error expired_key(std::string_view service, wire::Protocol protocol);

}  // namespace mainstay::cloud
