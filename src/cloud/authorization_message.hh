// The encoded message that EC2's refusals carry, which only who may sts:DecodeAuthorizationMessage
// can read ("DecodeAuthorizationMessage", STS API reference). Sealed by a key of this process, so
// that a message is good until it ends. Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "policy/decide.hh"

namespace mainstay::cloud {

std::string encode_authorization(const policy::Request& request, const policy::Decision& decision);
// The JSON document. Error "InvalidAuthorizationMessageException".
Result<std::string> decode_authorization(std::string_view message);

}  // namespace mainstay::cloud
