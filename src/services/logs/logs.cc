#include "services/logs/logs.hh"

#include "services/logs/handlers.hh"
#include "services/logs/tail.hh"

namespace mainstay::logs {
namespace {

using cloud::reads, cloud::writes;

constexpr cloud::Operation operations[] = {
    writes("CreateLogGroup", create_log_group),
    writes("DeleteLogGroup", delete_log_group),
    reads("DescribeLogGroups", describe_log_groups),
    reads("ListLogGroups", list_log_groups),
    writes("PutRetentionPolicy", put_retention_policy),
    writes("DeleteRetentionPolicy", delete_retention_policy),
    writes("AssociateKmsKey", associate_kms_key),
    writes("DisassociateKmsKey", disassociate_kms_key),
    writes("PutLogGroupDeletionProtection", put_deletion_protection),
    writes("TagLogGroup", tag_log_group),
    writes("UntagLogGroup", untag_log_group),
    reads("ListTagsLogGroup", list_tags_log_group),
    writes("TagResource", tag_resource),
    writes("UntagResource", untag_resource),
    reads("ListTagsForResource", list_tags_for_resource),
    writes("CreateLogStream", create_log_stream),
    writes("DeleteLogStream", delete_log_stream),
    reads("DescribeLogStreams", describe_log_streams),
    writes("PutLogEvents", put_log_events),
    reads("GetLogEvents", get_log_events),
    reads("FilterLogEvents", filter_log_events),
    reads("StartLiveTail", start_live_tail),
    writes("PutMetricFilter", put_metric_filter),
    writes("DeleteMetricFilter", delete_metric_filter),
    reads("DescribeMetricFilters", describe_metric_filters),
    reads("TestMetricFilter", test_metric_filter),
    writes("PutSubscriptionFilter", put_subscription_filter),
    writes("DeleteSubscriptionFilter", delete_subscription_filter),
    reads("DescribeSubscriptionFilters", describe_subscription_filters),
    writes("PutResourcePolicy", put_resource_policy),
    writes("DeleteResourcePolicy", delete_resource_policy),
    reads("DescribeResourcePolicies", describe_resource_policies)};

}  // namespace

cloud::Service make_service() {
  cloud::Service service;
  service.name = "logs";
  service.operations.assign(std::begin(operations), std::end(operations));
  service.guard = guard;
  // "CloudWatch Logs information in CloudTrail": events written and read are not management events.
  service.data_events = {"PutLogEvents", "GetLogEvents", "FilterLogEvents", "StartLiveTail"};
  service.background = std::make_shared<Tails>();
  service.reactions = {{.name = "expire", .react = expire}};
  return service;
}

}  // namespace mainstay::logs
