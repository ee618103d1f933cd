// IP addresses and blocks as filter policies have them ("cidr"). Pure.
#pragma once

#include <string>

namespace mainstay::sns {

// What is wrong with a block, in AWS's words, or "".
std::string explain_bad_cidr(const std::string& block);
// False for what is no address. The block must be a good one.
bool is_in_cidr(const std::string& address, const std::string& block);

}  // namespace mainstay::sns
