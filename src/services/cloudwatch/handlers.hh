// The operations, by the file that holds them.
#pragma once

#include "services/cloudwatch/metric.hh"

namespace mainstay::cloud {
class Authorization;
}

namespace mainstay::cloudwatch {

#define CLOUDWATCH_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// put_data.cc
CLOUDWATCH_HANDLER(put_metric_data);
// get_statistics.cc
CLOUDWATCH_HANDLER(get_metric_statistics);
CLOUDWATCH_HANDLER(list_metrics);
// get_data.cc
CLOUDWATCH_HANDLER(get_metric_data);
// alarm_api.cc
CLOUDWATCH_HANDLER(put_metric_alarm);
CLOUDWATCH_HANDLER(delete_alarms);
CLOUDWATCH_HANDLER(set_alarm_state);
CLOUDWATCH_HANDLER(enable_alarm_actions);
CLOUDWATCH_HANDLER(disable_alarm_actions);
// alarm_list.cc
CLOUDWATCH_HANDLER(describe_alarms);
CLOUDWATCH_HANDLER(describe_alarms_for_metric);
// composite_api.cc
CLOUDWATCH_HANDLER(put_composite_alarm);
// history.cc
CLOUDWATCH_HANDLER(describe_alarm_history);
// dashboard.cc
CLOUDWATCH_HANDLER(put_dashboard);
CLOUDWATCH_HANDLER(get_dashboard);
CLOUDWATCH_HANDLER(list_dashboards);
CLOUDWATCH_HANDLER(delete_dashboards);
// tag.cc
CLOUDWATCH_HANDLER(tag_resource);
CLOUDWATCH_HANDLER(untag_resource);
CLOUDWATCH_HANDLER(list_tags);

#undef CLOUDWATCH_HANDLER

// Reactions.
Status evaluate_alarm(Call& call, const Value& name);   // watch.cc
Status end_suppression(Call& call, const Value& what);  // composite_api.cc
Status action_answered(Call& call, const Value& how);   // action.cc

// tag.cc: see cloud::Service
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::cloudwatch
