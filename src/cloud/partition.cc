#include "cloud/partition.hh"

namespace mainstay::cloud {
namespace {

struct PartitionRow {
  std::string_view region_prefix, partition;
};

constexpr PartitionRow partitions[] = {{"cn-", "aws-cn"},         {"us-gov-", "aws-us-gov"},
                                       {"us-iso-", "aws-iso"},    {"us-isob-", "aws-iso-b"},
                                       {"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"},
                                       {"eusc-", "aws-eusc"}};

}  // namespace

std::string_view partition_of(std::string_view region) {
  for (const PartitionRow& row : partitions)
    if (region.starts_with(row.region_prefix)) return row.partition;
  return "aws";
}

}  // namespace mainstay::cloud
