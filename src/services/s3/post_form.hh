// The form that a browser sends to put an object ("POST Object", S3 API reference): its fields in
// order up to the file, and the file. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hh"

namespace mainstay::s3 {

struct PostForm {
  std::vector<std::pair<std::string, std::string>> fields;  // before the file, as they are named
  std::string file_name;                                    // "" where the form gives none
  std::string file_type;                                    // its own Content-Type, "" for none
  std::string file;

  // The first field of that name in any case, or null.
  const std::string* find(std::string_view name) const;
  std::string get(std::string_view name) const;  // "" where there is none
};

// Of a multipart/form-data body (RFC 7578). What comes after the file is not looked at. Limit: 20
// KiB before the file. Errors as S3's: MalformedPOSTRequest, MaxPostPreDataLengthExceeded,
// InvalidArgument without a file.
Result<PostForm> parse_post_form(std::string_view content_type, std::string_view body);

}  // namespace mainstay::s3
