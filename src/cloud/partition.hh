// The partition of a region, the second part of an ARN: "aws", "aws-cn" in China, "aws-us-gov" in
// GovCloud, and so on. Source: botocore's partitions.json, "regionRegex" of each partition. Pure.
#pragma once

#include <string_view>

namespace mainstay::cloud {

std::string_view partition_of(std::string_view region);

}  // namespace mainstay::cloud
