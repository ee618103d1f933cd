// The operations, by the file that holds them.
#pragma once

#include "services/logs/group.hh"

namespace mainstay::logs {

#define LOGS_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// group.cc
LOGS_HANDLER(create_log_group);
LOGS_HANDLER(delete_log_group);
LOGS_HANDLER(describe_log_groups);
LOGS_HANDLER(list_log_groups);
LOGS_HANDLER(put_retention_policy);
LOGS_HANDLER(delete_retention_policy);
LOGS_HANDLER(associate_kms_key);
LOGS_HANDLER(disassociate_kms_key);
LOGS_HANDLER(put_deletion_protection);
LOGS_HANDLER(tag_log_group);
LOGS_HANDLER(untag_log_group);
LOGS_HANDLER(list_tags_log_group);
LOGS_HANDLER(tag_resource);
LOGS_HANDLER(untag_resource);
LOGS_HANDLER(list_tags_for_resource);
// stream.cc
LOGS_HANDLER(create_log_stream);
LOGS_HANDLER(delete_log_stream);
LOGS_HANDLER(describe_log_streams);
// put.cc
LOGS_HANDLER(put_log_events);
// read_api.cc
LOGS_HANDLER(get_log_events);
LOGS_HANDLER(filter_log_events);
// tail.cc
LOGS_HANDLER(start_live_tail);
// filter.cc
LOGS_HANDLER(put_metric_filter);
LOGS_HANDLER(delete_metric_filter);
LOGS_HANDLER(describe_metric_filters);
LOGS_HANDLER(test_metric_filter);
LOGS_HANDLER(put_subscription_filter);
LOGS_HANDLER(delete_subscription_filter);
LOGS_HANDLER(describe_subscription_filters);
// policy.cc
LOGS_HANDLER(put_resource_policy);
LOGS_HANDLER(delete_resource_policy);
LOGS_HANDLER(describe_resource_policies);

#undef LOGS_HANDLER

// event.cc: the reaction that lets go of what is past a group's retention. name: the group's.
Status expire(Call& call, const Value& name);
// policy.cc: see cloud::Service
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::logs
