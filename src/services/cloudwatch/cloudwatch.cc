#include "services/cloudwatch/cloudwatch.hh"

#include "services/cloudwatch/handlers.hh"

namespace mainstay::cloudwatch {

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "cloudwatch";
  service.guard = guard;
  // "Logging Amazon CloudWatch API calls with AWS CloudTrail".
  service.data_events = {"GetMetricData", "GetMetricStatistics", "GetMetricWidgetImage",
                         "ListMetrics", "PutMetricData"};
  service.reactions = {{"evaluate", evaluate_alarm},
                       {"suppression ends", end_suppression},
                       {"action answered", action_answered}};
  service.operations = {writes("PutMetricData", put_metric_data),
                        reads("GetMetricStatistics", get_metric_statistics),
                        reads("GetMetricData", get_metric_data),
                        reads("ListMetrics", list_metrics),
                        writes("PutMetricAlarm", put_metric_alarm),
                        writes("PutCompositeAlarm", put_composite_alarm),
                        writes("DeleteAlarms", delete_alarms),
                        writes("SetAlarmState", set_alarm_state),
                        writes("EnableAlarmActions", enable_alarm_actions),
                        writes("DisableAlarmActions", disable_alarm_actions),
                        reads("DescribeAlarms", describe_alarms),
                        reads("DescribeAlarmsForMetric", describe_alarms_for_metric),
                        reads("DescribeAlarmHistory", describe_alarm_history),
                        writes("PutDashboard", put_dashboard),
                        reads("GetDashboard", get_dashboard),
                        reads("ListDashboards", list_dashboards),
                        writes("DeleteDashboards", delete_dashboards),
                        writes("TagResource", tag_resource),
                        writes("UntagResource", untag_resource),
                        reads("ListTagsForResource", list_tags)};
  return service;
}

}  // namespace mainstay::cloudwatch
