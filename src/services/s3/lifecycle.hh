// Lifecycle rules carried out ("Managing the lifecycle of objects", S3 user guide): at midnight UTC
// by the cloud's clock, as on AWS, objects expire, change their class, noncurrent versions and
// unfinished uploads go. A bucket is gone through in slices, each a change of its own.
#pragma once

#include <optional>
#include <string>

#include "services/s3/bucket.hh"

namespace mainstay::s3 {

// After a bucket's rules have changed.
void watch_lifecycle(Call& call, const Value& bucket);
// The reaction of the timer. what: Bucket, After (the key up to which this night has come).
Status sweep_lifecycle(Call& call, const Value& what);

// "x-amz-expiration" of a current version, "" where nothing expires it.
std::string expiration_of(const Value& bucket, const Value& object);

// lifecycle_rule.cc: a rule that is enabled and whose filter the object passes; `now` counts as its
// age's end. Pure.
bool is_for(const Value& rule, const Value& object);
// The midnight that follows so many days after a time.
Time midnight_after(Time from, int64_t days);
// When the rule's expiration is due, nothing where it has none for current versions.
std::optional<Time> expiry_by(const Value& rule, const Value& object);

}  // namespace mainstay::s3
