// What alarms do: topics are told, functions called, instances stopped. Actions of services that
// are not here fail, and the alarm's history says so.
#include <array>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/cloudwatch/evaluation.hh"
#include "services/cloudwatch/handlers.hh"
#include "services/cloudwatch/history.hh"
#include "wire/arn.hh"

namespace mainstay::cloudwatch {
namespace {

// "AWS Regions" of the regions user guide; others go by their codes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> region_names{
    std::pair{"us-east-1", "US East (N. Virginia)"},
    std::pair{"us-east-2", "US East (Ohio)"},
    std::pair{"us-west-1", "US West (N. California)"},
    std::pair{"us-west-2", "US West (Oregon)"},
    std::pair{"af-south-1", "Africa (Cape Town)"},
    std::pair{"ap-east-1", "Asia Pacific (Hong Kong)"},
    std::pair{"ap-south-1", "Asia Pacific (Mumbai)"},
    std::pair{"ap-northeast-1", "Asia Pacific (Tokyo)"},
    std::pair{"ap-northeast-2", "Asia Pacific (Seoul)"},
    std::pair{"ap-northeast-3", "Asia Pacific (Osaka)"},
    std::pair{"ap-southeast-1", "Asia Pacific (Singapore)"},
    std::pair{"ap-southeast-2", "Asia Pacific (Sydney)"},
    std::pair{"ca-central-1", "Canada (Central)"},
    std::pair{"eu-central-1", "EU (Frankfurt)"},
    std::pair{"eu-west-1", "EU (Ireland)"},
    std::pair{"eu-west-2", "EU (London)"},
    std::pair{"eu-west-3", "EU (Paris)"},
    std::pair{"eu-north-1", "EU (Stockholm)"},
    std::pair{"eu-south-1", "EU (Milan)"},
    std::pair{"sa-east-1", "South America (Sao Paulo)"}};

std::string region_name(const std::string& region) {
  for (const auto& [code, name] : region_names)
    if (code == region) return std::string(name);
  return region;
}

// "SampleCount" as SAMPLE_COUNT.
std::string shouted(const std::string& name) {
  std::string out;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z' && !out.empty()) out += '_';
    out += c;
  }
  return to_upper(out);
}

Value small_dimensions(const Value& dimensions) {
  Value out = Value::list();
  for (const Value& d : dimensions.items())
    out.push_back(Value::map({{"value", d["Value"]}, {"name", d["Name"]}}));
  return out;
}

Value trigger_of(const Value& alarm) {
  Value out = Value::map({});
  if (alarm.has("Metrics")) {
    out.set("Metrics", alarm["Metrics"]);
  } else {
    out.set("MetricName", alarm["MetricName"]).set("Namespace", alarm["Namespace"]);
    bool plain = alarm.has("Statistic");
    out.set("StatisticType", plain ? "Statistic" : "ExtendedStatistic");
    if (plain)
      out.set("Statistic", shouted(alarm["Statistic"].as_string()));
    else
      out.set("ExtendedStatistic", alarm["ExtendedStatistic"]);
    out.set("Unit", alarm["Unit"]);
    out.set("Dimensions", small_dimensions(alarm["Dimensions"]));
  }
  out.set("Period", alarm["Period"]).set("EvaluationPeriods", alarm["EvaluationPeriods"]);
  if (alarm.has("DatapointsToAlarm")) out.set("DatapointsToAlarm", alarm["DatapointsToAlarm"]);
  out.set("ComparisonOperator", alarm["ComparisonOperator"]);
  out.set("Threshold", alarm["Threshold"].as_real());
  out.set("TreatMissingData",
          alarm.has("TreatMissingData") ? alarm["TreatMissingData"] : Value("missing"));
  return out.set("EvaluateLowSampleCountPercentile",
                 alarm["EvaluateLowSampleCountPercentile"].as_string());
}

// As topics get it ("Using Amazon CloudWatch alarms", recorded messages).
Value message_of(Call& call, const Value& alarm, const Value& before) {
  Value out = Value::map({{"AlarmName", alarm["AlarmName"]},
                          {"AlarmDescription", alarm["AlarmDescription"]},
                          {"AWSAccountId", call.account}});
  out.set("AlarmConfigurationUpdatedTimestamp",
          aws_time(alarm["AlarmConfigurationUpdatedTimestamp"].as_time()));
  out.set("NewStateValue", alarm["StateValue"]).set("NewStateReason", alarm["StateReason"]);
  out.set("StateChangeTime", aws_time(call.now)).set("Region", region_name(call.region));
  out.set("AlarmArn", alarm["AlarmArn"]).set("OldStateValue", before["StateValue"]);
  for (const char* member : {"OKActions", "AlarmActions", "InsufficientDataActions"})
    out.set(member, alarm[member]);
  if (!is_composite(alarm)) return out.set("Trigger", trigger_of(alarm));
  auto data = parse_json(alarm["StateReasonData"].as_string());
  out.set("AlarmRule", alarm["AlarmRule"]);
  if (data.has_value()) out.set("TriggeringChildren", Value::list());
  return out;
}

struct Action {
  std::string text;
  wire::Arn arn;
  const Value& alarm;
  const Value& before;
};

using Made = Result<cloud::Delivery>;

Made to_topic(Call& call, const Action& action) {
  std::string subject = action.alarm["StateValue"].as_string() + ": \"" +
                        action.alarm["AlarmName"].as_string() + "\" in " + region_name(call.region);
  constexpr size_t subject_max = 100;
  return cloud::Delivery{
      "sns", "Publish",
      Value::map({{"TopicArn", action.text},
                  {"Subject", subject.substr(0, subject_max)},
                  {"Message", to_json(message_of(call, action.alarm, action.before))}})};
}

Value state_for_function(const Value& alarm, const char* value_of, Time at) {
  Value out = Value::map({{"value", alarm[value_of]}});
  if (alarm.has("StateReason")) out.set("reason", alarm["StateReason"]);
  if (alarm.has("StateReasonData")) out.set("reasonData", alarm["StateReasonData"]);
  return out.set("timestamp", aws_time(at));
}

Made to_function(Call& call, const Action& action) {
  Value data = Value::map({{"alarmName", action.alarm["AlarmName"]}});
  data.set("state", state_for_function(action.alarm, "StateValue", call.now));
  data.set("previousState",
           state_for_function(action.before, "StateValue",
                              action.before["StateUpdatedTimestamp"].as_time(call.now)));
  data.set("configuration", event_configuration(action.alarm));
  Value event = Value::map({{"source", "aws.cloudwatch"},
                            {"alarmArn", action.alarm["AlarmArn"]},
                            {"accountId", call.account},
                            {"time", aws_time(call.now)},
                            {"region", call.region},
                            {"alarmData", std::move(data)}});
  return cloud::Delivery{"lambda", "Invoke",
                         Value::map({{"FunctionName", action.text},
                                     {"InvocationType", "Event"},
                                     {"Payload", Bytes{to_json(event)}}})};
}

// "arn:aws:automate:us-east-1:ec2:stop", of the instance in the metric's dimensions.
Made to_instance(Call&, const Action& action) {
  std::string verb = action.arn.resource.substr(action.arn.resource.rfind(':') + 1);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> verbs{
      std::pair{"stop", "StopInstances"}, std::pair{"terminate", "TerminateInstances"},
      std::pair{"reboot", "RebootInstances"}};
  for (const auto& [name, operation] : verbs) {
    if (name != verb) continue;
    for (const Value& d : action.alarm["Dimensions"].items())
      if (d["Name"].as_string() == "InstanceId")
        return cloud::Delivery{"ec2", std::string(operation),
                               Value::map({{"InstanceIds", Value::list({d["Value"]})}})};
    return Error("InvalidParameter", "the alarm's metric names no InstanceId");
  }
  return Error("NotImplemented", "mainstay's embedded cloud does not implement the action " + verb);
}

struct ActionKind {
  std::string_view service, principal;
  Made (*delivery)(Call&, const Action&);
};
constexpr std::array<ActionKind, 3> kinds{
    ActionKind{"sns", "cloudwatch.amazonaws.com", to_topic},
    ActionKind{"lambda", "lambda.alarms.cloudwatch.amazonaws.com", to_function},
    ActionKind{"automate", "events.amazonaws.com", to_instance}};

void say_how(Call& call, const Value& alarm, const std::string& action, const Error* error) {
  std::string summary = error ? "Failed to execute action " + action + ". Received error: \"" +
                                    (error->message.empty() ? error->code : error->message) + "\""
                              : "Successfully executed action " + action;
  Value data = Value::map({{"actionState", error ? "Failed" : "Succeeded"},
                           {"notificationResource", action},
                           {"stateUpdateTimestamp", alarm["StateUpdatedTimestamp"].as_time().ms}});
  if (error) data.set("error", error->message.empty() ? error->code : error->message);
  add_history(call, alarm, "Action", summary, data);
  if (error)
    call.cloud.warn(
        Error(*error).because("alarm " + alarm["AlarmName"].as_string() + ", action " + action));
}

void take_action(Call& call, const Value& alarm, const Value& before, const std::string& text) {
  auto arn = wire::parse_arn(text);
  const ActionKind* kind = nullptr;
  for (const ActionKind& row : kinds)
    if (arn.has_value() && row.service == arn->service) kind = &row;
  Made made = kind ? kind->delivery(call, {text, *arn, alarm, before})
                   : Made(Error("NotImplemented",
                                "mainstay's embedded cloud does not implement alarm actions of "
                                "this kind"));
  if (!made.has_value()) return say_how(call, alarm, text, &made.error());
  std::string account = is_account_id(arn->account) ? arn->account : call.account;
  made->account = account;
  made->region = arn->region.empty() ? call.region : arn->region;
  // Instances are stopped by a role that is linked to the service, the rest by what lets it in.
  made->caller =
      kind->delivery == to_instance
          ? cloud::Caller::service_principal(account, kind->principal)
          : cloud::Caller::service_for(account, kind->principal, alarm["AlarmArn"].as_string());
  made->then = "action answered";
  made->argument = Value::map({{"Alarm", alarm["AlarmName"]}, {"Action", text}});
  call.later(std::move(*made));
}

}  // namespace

void act(Call& call, const Value& alarm, const Value& before) {
  if (!alarm["ActionsEnabled"].as_bool(true)) return;
  const std::string& state = alarm["StateValue"].as_string();
  const char* member = state == "ALARM" ? "AlarmActions"
                       : state == "OK"  ? "OKActions"
                                        : "InsufficientDataActions";
  for (const Value& action : alarm[member].items())
    take_action(call, alarm, before, action.as_string());
}

Status action_answered(Call& call, const Value& how) {
  const Value& argument = how["Argument"];
  auto alarm = find_alarm(call, argument["Alarm"].as_string());
  if (!alarm.has_value()) return {};
  const std::string& action = argument["Action"].as_string();
  if (!how.has("Error")) {
    say_how(call, *alarm, action, nullptr);
    return {};
  }
  Error error(how["Error"]["Code"].as_string(), how["Error"]["Message"].as_string());
  say_how(call, *alarm, action, &error);
  return {};
}

}  // namespace mainstay::cloudwatch
