// What signing and verifying share.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "wire/form.hh"

namespace mainstay::wire {

// Of a query string: decoded, '+' stays '+', as signers see it.
Pairs parse_plain_pairs(std::string_view query);
std::string scope_of(std::string_view date, std::string_view region, std::string_view service);

Error does_not_match();  // SignatureDoesNotMatch with AWS's words

inline bool is_s3_service(std::string_view service) {
  return service == "s3" || service == "s3express" || service == "s3-outposts" ||
         service == "s3-object-lambda";
}

}  // namespace mainstay::wire
