// Small paths into a request's input, as the operation data writes them: where the parts of a
// resource's ARN stand.
//
//   Bucket                     a member
//   Placement.GroupName        a member of a member
//   Delete.Objects[].Key       of each item; [?X] of those that have member X, [!X] of the others
//   RequestItems{}             the keys of a map
//   'x/'+Path+RoleName         text in quotes and single values, joined
//   HostedZoneId|last          changed by a transform (input_path.cc lists them); one that doesn't
//                              fit the value drops it
//
// Cost: linear in the input. Values that are no scalars are left out. Pure; threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.hh"

namespace mainstay::actions {

std::vector<std::string> values_at(const Value& in, std::string_view path);

// Whether a test holds: "X" has any value, "X=v" one that is v, "X^=v" one that begins with v;
// "A,B" whether A or B does.
bool holds(const Value& in, std::string_view test);

// A copy's source: "/bucket/key?versionId=1", percent-encoded, with or without a slash before (S3
// API reference, CopyObject). Whoever decides about it and whoever copies must read it alike.
struct CopySource {
  std::string bucket, key;
  std::optional<std::string> version;
};
std::optional<CopySource> parse_copy_source(std::string_view text);

// The transforms that data may name, for checks of the data.
bool is_transform(std::string_view name);

}  // namespace mainstay::actions
