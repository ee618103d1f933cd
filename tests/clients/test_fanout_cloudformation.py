"""Topics, subscriptions, FIFO queues and log groups by CloudFormation."""

import json
import time

TEMPLATE = """
Parameters: {Kind: {Type: String}, Days: {Type: Number}}
Conditions: {Keeps: !Not [!Equals [!Ref Days, 0]]}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Ref Kind
      Subscription: [{Protocol: sqs, Endpoint: !GetAtt First.Arn}]
      Tags: [{Key: kind, Value: !Ref Kind}]
  First: {Type: AWS::SQS::Queue}
  Second: {Type: AWS::SQS::Queue}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref Topic
      Protocol: sqs
      Endpoint: !GetAtt Second.Arn
      RawMessageDelivery: true
      FilterPolicy: {kind: [!Ref Kind]}
  Policies:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref First, !Ref Second]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: "sqs:SendMessage", Resource: "*",
                     Condition: {ArnEquals: {"aws:SourceArn": !Ref Topic}}}]
  TopicPolicy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Topic]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Sid: events, Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: "sns:Publish", Resource: !Ref Topic}]
  Ordered:
    Type: AWS::SQS::Queue
    Properties: {FifoQueue: true, ContentBasedDeduplication: true}
  OrderedTopic:
    Type: AWS::SNS::Topic
    Properties: {FifoTopic: true, ContentBasedDeduplication: true}
  Group:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: /app/main
      RetentionInDays: !If [Keeps, !Ref Days, !Ref AWS::NoValue]
      Tags: [{Key: kind, Value: !Ref Kind}]
  Stream:
    Type: AWS::Logs::LogStream
    Properties: {LogGroupName: !Ref Group}
  Errors:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Group
      FilterPattern: !Sub "{ $.level = ${Kind} }"
      MetricTransformations: [{MetricName: errors, MetricNamespace: app, MetricValue: "1", Dimensions: [{Key: level, Value: $.level}]}]
  Writers:
    Type: AWS::Logs::ResourcePolicy
    Properties:
      PolicyName: writers
      PolicyDocument: '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "es.amazonaws.com"}, "Action": "logs:PutLogEvents", "Resource": "*"}]}'
Outputs:
  Topic: {Value: !Ref Topic}
  TopicName: {Value: !GetAtt Topic.TopicName}
  OrderedTopic: {Value: !Ref OrderedTopic}
  Ordered: {Value: !GetAtt Ordered.Arn}
  Second: {Value: !Ref Second}
  Subscription: {Value: !Ref Subscription}
  GroupArn: {Value: !GetAtt Group.Arn}
"""


def deploy(cloudformation, action, **parameters):
    getattr(cloudformation, f"{action}_stack")(
        StackName="s", TemplateBody=TEMPLATE,
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()])
    cloudformation.get_waiter(f"stack_{action}_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    stack, = cloudformation.describe_stacks(StackName="s")["Stacks"]
    return {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}


def drifted(cloudformation):
    detection = cloudformation.detect_stack_drift(StackName="s")["StackDriftDetectionId"]
    for _ in range(100):
        status = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if status["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        time.sleep(0.1)
    drifts = cloudformation.describe_stack_resource_drifts(StackName="s")["StackResourceDrifts"]
    return {d["LogicalResourceId"]: d.get("PropertyDifferences") for d in drifts if d["StackResourceDriftStatus"] not in ("IN_SYNC", "NOT_CHECKED")}


def test_a_stack_of_all_of_them(cloudformation, sns, sqs, logs, account):
    out = deploy(cloudformation, "create", Kind="a", Days="7")
    topic = sns.get_topic_attributes(TopicArn=out["Topic"])["Attributes"]
    assert (topic["DisplayName"], topic["SubscriptionsConfirmed"]) == ("a", "2")
    assert out["Topic"].endswith(":" + out["TopicName"])
    assert json.loads(topic["Policy"])["Statement"][0]["Sid"] == "events"
    assert out["OrderedTopic"].endswith(".fifo") and out["Ordered"].endswith(".fifo")
    group, = logs.describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"], group["metricFilterCount"]) == ("/app/main", 7, 1)
    assert out["GroupArn"] == group["arn"] == f"arn:aws:logs:us-east-1:{account}:log-group:/app/main:*"
    assert drifted(cloudformation) == {}
    for kind in ("b", "a"):
        sns.publish(TopicArn=out["Topic"], Message=kind, MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}})
    message, = sqs.receive_message(QueueUrl=out["Second"], WaitTimeSeconds=5)["Messages"]
    assert message["Body"] == "a"

    again = deploy(cloudformation, "update", Kind="b", Days="0")
    assert again == out
    assert sns.list_tags_for_resource(ResourceArn=out["Topic"])["Tags"][-1] == {"Key": "kind", "Value": "b"}
    found = sns.get_subscription_attributes(SubscriptionArn=out["Subscription"])["Attributes"]
    assert json.loads(found["FilterPolicy"]) == {"kind": ["b"]}
    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]
    assert logs.describe_metric_filters()["metricFilters"][0]["filterPattern"] == "{ $.level = b }"
    sns.set_topic_attributes(TopicArn=out["Topic"], AttributeName="DisplayName", AttributeValue="elsewhere")
    assert list(drifted(cloudformation)) == ["Topic"]

    cloudformation.delete_stack(StackName="s")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    assert sns.list_topics()["Topics"] == [] and sns.list_subscriptions()["Subscriptions"] == []
    assert logs.describe_log_groups()["logGroups"] == [] and "QueueUrls" not in sqs.list_queues()
