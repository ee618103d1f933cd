// What invokes a function ("EventSource", AWS SAM specification). An event's resources are named
// after the function and the event: "FunctionEvent", "FunctionEventPermission".
#include <algorithm>

#include "sam/translation.hh"

namespace mainstay::sam {
namespace {

struct Event {
  const Maker& m;
  const Invoked& function;
  RolePolicies& policies;
  std::string name;
  const Value& properties;

  std::string id() const { return m.id() + name; }
  const Value& operator[](const char* property) const { return properties[property]; }
  void fault(const std::string& what) const {
    m.fault("Event with id [" + name + "] is invalid. " + what);
  }
  bool needs(std::initializer_list<const char*> required) const {
    bool all = true;
    for (const char* property : required)
      if (!properties.has(property)) {
        fault("Missing required property '" + std::string(property) + "'.");
        all = false;
      }
    return all;
  }
  Value copied(std::initializer_list<const char*> names) const {
    Value out = Value::map({});
    for (const char* property : names)
      if (properties.has(property)) out.set(property, properties[property]);
    return out;
  }
  void permit(const char* principal, const Value& source_arn, bool of_this_account = false) const {
    Value p = Value::map({{"Action", "lambda:InvokeFunction"},
                          {"FunctionName", function.name},
                          {"Principal", principal}});
    if (of_this_account) p.set("SourceAccount", reference_to("AWS::AccountId"));
    if (!source_arn.is_null()) p.set("SourceArn", source_arn);
    m.put(id() + "Permission", "AWS::Lambda::Permission", std::move(p));
  }
  void need_managed(const char* policy) const {
    Value arn = "arn:" + m.all().around.partition + ":iam::aws:policy/service-role/" + policy;
    const List& there = policies.managed.items();
    if (std::find(there.begin(), there.end(), arn) == there.end())
      policies.managed.push_back(std::move(arn));
  }
};

// An S3 event becomes a notification of its bucket, which must stand in the same template.
void make_s3(const Event& e) {
  if (!e.needs({"Bucket", "Events"})) return;
  const std::string& bucket = e["Bucket"]["Ref"].as_string();
  Value& resources = e.m.all().resources;
  if (bucket.empty() || resources[bucket]["Type"].as_string() != "AWS::S3::Bucket")
    return e.fault("S3 events must reference an S3 bucket in the same template.");
  e.permit("s3.amazonaws.com", Value(), true);
  Value& made = e.m.made(bucket);
  if (!made["Properties"].is_map()) made.set("Properties", Value::map({}));
  const Value& condition = e.m.declared()["Condition"];
  for (const Value& event : e["Events"].is_list() ? e["Events"].items() : List{e["Events"]}) {
    Value one = Value::map({{"Event", event}, {"Function", e.function.arn}});
    if (e.properties.has("Filter")) one.set("Filter", e["Filter"]);
    if (!condition.is_null())
      one = Value::map({{"Fn::If", Value::list({condition, one, reference_to("AWS::NoValue")})}});
    made.member("Properties")
        .member("NotificationConfiguration")
        .member("LambdaConfigurations")
        .push_back(std::move(one));
  }
  std::string permission = e.id() + "Permission";
  if (!condition.is_null()) {
    // DependsOn takes no function; a tag that refers to the permission orders as well.
    Value depends = Value::map(
        {{"Fn::If", Value::list({condition, reference_to(permission), Value("no dependency")})}});
    made.member("Properties")
        .member("Tags")
        .push_back(
            Value::map({{"Key", "sam:ConditionalDependsOn:" + permission}, {"Value", depends}}));
    return;
  }
  if (made["DependsOn"].is_string()) made.set("DependsOn", Value::list({made["DependsOn"]}));
  made.member("DependsOn").push_back(permission);
}

void make_sns(const Event& e) {
  if (!e.needs({"Topic"})) return;
  if (e.properties.has("SqsSubscription") && e["SqsSubscription"] != Value(false))
    return e.fault("mainstay does not transform SqsSubscription.");
  e.permit("sns.amazonaws.com", e["Topic"]);
  Value p = e.copied({"Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"});
  p.set("Endpoint", e.function.arn).set("Protocol", "lambda").set("TopicArn", e["Topic"]);
  e.m.put(e.id(), "AWS::SNS::Subscription", std::move(p));
}

void make_mapping(const Event& e, const char* source, const char* managed) {
  if (!e.needs({source})) return;
  Value p = e.copied({"BatchSize", "Enabled", "StartingPosition", "StartingPositionTimestamp",
                      "MaximumBatchingWindowInSeconds", "MaximumRecordAgeInSeconds",
                      "MaximumRetryAttempts", "BisectBatchOnFunctionError", "ParallelizationFactor",
                      "TumblingWindowInSeconds", "FilterCriteria", "FunctionResponseTypes",
                      "ScalingConfig", "KmsKeyArn", "MetricsConfig"});
  if (e.properties.has("DestinationConfig"))
    p.set(
        "DestinationConfig",
        Value::map(
            {{"OnFailure",
              Value::map({{"Destination", e["DestinationConfig"]["OnFailure"]["Destination"]}})}}));
  p.set("EventSourceArn", e[source]).set("FunctionName", e.function.name);
  e.m.put(e.id(), "AWS::Lambda::EventSourceMapping", std::move(p));
  e.need_managed(managed);
}

void make_sqs(const Event& e) {
  make_mapping(e, "Queue", "AWSLambdaSQSQueueExecutionRole");
}
void make_dynamodb(const Event& e) {
  if (e.needs({"StartingPosition"})) make_mapping(e, "Stream", "AWSLambdaDynamoDBExecutionRole");
}
void make_kinesis(const Event& e) {
  if (e.needs({"StartingPosition"})) make_mapping(e, "Stream", "AWSLambdaKinesisExecutionRole");
}

// A rule of EventBridge, and the function as its target.
void put_rule(const Event& e, Value rule) {
  const Value& id = e["Target"]["Id"];
  Value target = e.copied({"Input", "InputPath", "InputTransformer", "RetryPolicy"});
  target.set("Arn", e.function.arn).set("Id", id.is_null() ? Value(e.id() + "LambdaTarget") : id);
  if (e.properties.has("DeadLetterConfig")) {
    if (!e["DeadLetterConfig"].has("Arn"))
      return e.fault("mainstay does not make the queue of a DeadLetterConfig: give its Arn.");
    target.set("DeadLetterConfig", Value::map({{"Arn", e["DeadLetterConfig"]["Arn"]}}));
  }
  rule.set("Targets", Value::list({std::move(target)}));
  e.m.put(e.id(), "AWS::Events::Rule", std::move(rule));
  e.permit("events.amazonaws.com", attribute_of(e.id(), "Arn"));
}

void make_schedule(const Event& e) {
  if (!e.needs({"Schedule"})) return;
  Value rule = e.copied({"Name", "Description", "State"});
  rule.set("ScheduleExpression", e["Schedule"]);
  if (e["Enabled"].is_bool()) rule.set("State", e["Enabled"].as_bool() ? "ENABLED" : "DISABLED");
  put_rule(e, std::move(rule));
}

void make_rule(const Event& e) {
  if (!e.needs({"Pattern"})) return;
  Value rule = e.copied({"EventBusName", "State"});
  if (e["Enabled"].is_bool()) rule.set("State", e["Enabled"].as_bool() ? "ENABLED" : "DISABLED");
  if (e.properties.has("RuleName")) rule.set("Name", e["RuleName"]);
  put_rule(e, rule.set("EventPattern", e["Pattern"]));
}

void put_scheduler_role(const Event& e, const std::string& role) {
  Value assume = Value::map(
      {{"Action", Value::list({"sts:AssumeRole"})},
       {"Effect", "Allow"},
       {"Principal", Value::map({{"Service", Value::list({"scheduler.amazonaws.com"})}})}});
  Value may = Value::map(
      {{"Action", "lambda:InvokeFunction"}, {"Effect", "Allow"}, {"Resource", e.function.arn}});
  Value policy = Value::map(
      {{"PolicyName", e.id() + "LambdaPolicy"},
       {"PolicyDocument",
        Value::map({{"Version", "2012-10-17"}, {"Statement", Value::list({std::move(may)})}})}});
  Value p = Value::map(
      {{"AssumeRolePolicyDocument",
        Value::map({{"Version", "2012-10-17"}, {"Statement", Value::list({std::move(assume)})}})},
       {"Policies", Value::list({std::move(policy)})}});
  if (e.properties.has("PermissionsBoundary"))
    p.set("PermissionsBoundary", e["PermissionsBoundary"]);
  e.m.put(role, "AWS::IAM::Role", std::move(p));
}

// EventBridge Scheduler calls the function under a role of its own.
void make_schedule_v2(const Event& e) {
  if (!e.needs({"ScheduleExpression"})) return;
  Value p = e.copied({"ScheduleExpression", "State", "Description", "StartDate", "EndDate",
                      "GroupName", "KmsKeyArn", "ScheduleExpressionTimezone"});
  p.set("FlexibleTimeWindow", e.properties.has("FlexibleTimeWindow")
                                  ? e["FlexibleTimeWindow"]
                                  : Value::map({{"Mode", "OFF"}}));
  if (e.properties.has("Name"))
    p.set("Name", e["Name"]);
  else if (!e["OmitName"].as_bool())
    p.set("Name", e.id());
  Value target = e.copied({"Input", "RetryPolicy"});
  if (e.properties.has("DeadLetterConfig")) {
    if (!e["DeadLetterConfig"].has("Arn"))
      return e.fault("mainstay does not make the queue of a DeadLetterConfig: give its Arn.");
    target.set("DeadLetterConfig", Value::map({{"Arn", e["DeadLetterConfig"]["Arn"]}}));
  }
  const std::string role = e.id() + "Role";
  bool has_role = e.properties.has("RoleArn");
  target.set("Arn", e.function.arn)
      .set("RoleArn", has_role ? e["RoleArn"] : attribute_of(role, "Arn"));
  e.m.put(e.id(), "AWS::Scheduler::Schedule", p.set("Target", std::move(target)));
  if (!has_role) put_scheduler_role(e, role);
}

void make_log_subscription(const Event& e) {
  if (!e.needs({"LogGroupName", "FilterPattern"})) return;
  std::string group = "arn:" + e.m.all().around.partition +
                      ":logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*";
  Value names = Value::map({{"__LogGroupName__", e["LogGroupName"]}});
  e.permit("logs.amazonaws.com",
           Value::map({{"Fn::Sub", Value::list({Value(group), std::move(names)})}}));
  Value p = e.copied({"FilterPattern", "LogGroupName"});
  e.m.put(e.id(), "AWS::Logs::SubscriptionFilter", p.set("DestinationArn", e.function.arn));
  e.m.made(e.id()).set("DependsOn", Value::list({e.id() + "Permission"}));
}

struct EventKind {
  std::string_view type;
  void (*make)(const Event&);
};
constexpr EventKind event_kinds[] = {{"S3", make_s3},
                                     {"SNS", make_sns},
                                     {"SQS", make_sqs},
                                     {"DynamoDB", make_dynamodb},
                                     {"Kinesis", make_kinesis},
                                     {"Schedule", make_schedule},
                                     {"ScheduleV2", make_schedule_v2},
                                     {"CloudWatchEvent", make_rule},
                                     {"EventBridgeRule", make_rule},
                                     {"CloudWatchLogs", make_log_subscription}};
constexpr std::string_view events_elsewhere[] = {
    "Api", "HttpApi",          "AlexaSkill", "Cognito",   "IoTRule",
    "MSK", "SelfManagedKafka", "MQ",         "DocumentDB"};

}  // namespace

void make_events(const Maker& m, const Invoked& function, RolePolicies& policies) {
  for (const auto& [name, event] : m["Events"].members()) {
    const std::string& type = event["Type"].as_string();
    Event e{m, function, policies, name, event["Properties"]};
    const auto* kind = std::find_if(std::begin(event_kinds), std::end(event_kinds),
                                    [&](const EventKind& k) { return k.type == type; });
    if (kind != std::end(event_kinds)) {
      kind->make(e);
      continue;
    }
    bool known = std::find(std::begin(events_elsewhere), std::end(events_elsewhere), type) !=
                 std::end(events_elsewhere);
    e.fault(known ? "mainstay does not transform events of type " + type +
                        ": this cloud does not run what they make."
                  : "Resource dict has missing or invalid value for field Type. Event Type is: " +
                        type + ".");
  }
}

}  // namespace mainstay::sam
