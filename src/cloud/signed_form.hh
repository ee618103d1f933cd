// A form that its fields sign, as S3 takes uploads from browsers: what is signed is a policy that
// says what the form may have ("Authenticating requests: browser-based uploads using POST", S3 API
// reference).
#pragma once

#include <string>

namespace mainstay::cloud {

struct SignedForm {
  std::string access_key;     // "": nobody in particular
  std::string session_token;  // "" for lasting keys
  std::string date, region;   // of Version 4's scope: "20261123", "us-east-1"
  std::string text;           // what is signed
  std::string signature;      // in hex
  // Signature Version 2, whose signature can't be checked (as with presigned URLs, pipeline.cc).
  bool is_version_2 = false;
};

}  // namespace mainstay::cloud
