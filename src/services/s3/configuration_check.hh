// What buckets' configurations may say ("PutBucket...", API reference; codes and words recorded).
// Pure.
#pragma once

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::s3 {

Status check_cors(const Value& in);
Status check_ownership(const Value& in);
Status check_accelerate(const Value& in);
Status check_payment(const Value& in);
Status check_website(const Value& in);
Status check_lifecycle(const Value& in);
// Without looking at the buckets that they name.
Status check_logging(const Value& in);
Status check_replication(const Value& in);

}  // namespace mainstay::s3
