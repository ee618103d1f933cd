// A bucket's CORS rules against what a browser asks (S3 user guide, "Using cross-origin resource
// sharing": a rule matches if its origins, its methods and, for what is asked for beforehand, its
// headers do; the first rule that matches counts). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/http_message.hh"
#include "base/value.hh"

namespace mainstay::cloud {

struct CorsQuestion {
  std::string_view origin;
  std::string_view method;   // of the request, or Access-Control-Request-Method
  std::string_view headers;  // Access-Control-Request-Headers
};

// What goes with the answer; nothing where no rule matches. rules: GetBucketCors's CORSRules.
std::optional<Headers> cors_answer(const Value& rules, const CorsQuestion& question);

}  // namespace mainstay::cloud
