// The policy of a form: until when it is good, and what its fields must be ("Creating a POST
// policy", S3 API reference). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/time.hh"
#include "services/s3/post_form.hh"

namespace mainstay::s3 {

// Whether a form with this policy (JSON in base64) is good for that bucket. Errors:
// InvalidPolicyDocument, AccessDenied where a condition fails or a field is not named by any,
// EntityTooLarge, EntityTooSmall.
Status check_post_policy(const std::string& policy, const PostForm& form, const std::string& bucket,
                         Time now);

}  // namespace mainstay::s3
