"""CloudFormation's types of EventBridge, CloudWatch and Scheduler."""

import json
import time


TEMPLATE = {
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}}]}},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "QueuePolicy": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
                                                    "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["Queue", "Arn"]}}]}}},
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "orders", "Description": "d", "Tags": [{"Key": "a", "Value": "1"}]}},
        "BusPolicy": {"Type": "AWS::Events::EventBusPolicy", "Properties": {
            "EventBusName": {"Ref": "Bus"}, "StatementId": "them", "Statement": {
                "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "events:PutEvents",
                "Resource": {"Fn::GetAtt": ["Bus", "Arn"]}}}},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": {
            "EventBusName": {"Ref": "Bus"}, "EventPattern": {"source": ["shop"]},
            "Targets": [{"Id": "q", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "InputPath": "$.detail"}]}},
        "Clock": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(5 minutes)", "State": "DISABLED"}},
        "Archive": {"Type": "AWS::Events::Archive", "Properties": {"SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]}, "RetentionDays": 3}},
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
            "MetricName": "m", "Namespace": "app", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": "1", "Threshold": "5",
            "ComparisonOperator": "GreaterThanThreshold"}},
        "Both": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": {"Fn::Sub": "ALARM(${Alarm})"}}},
        "Board": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": "{\"widgets\": []}"}},
        "Group": {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": "nightly"}},
        "Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": {
            "GroupName": {"Ref": "Group"}, "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "Input": "tick"}}},
    },
    "Outputs": {
        "Rule": {"Value": {"Ref": "Rule"}}, "RuleArn": {"Value": {"Fn::GetAtt": ["Rule", "Arn"]}}, "Clock": {"Value": {"Ref": "Clock"}},
        "AlarmArn": {"Value": {"Fn::GetAtt": ["Alarm", "Arn"]}}, "Alarm": {"Value": {"Ref": "Alarm"}}, "Both": {"Value": {"Ref": "Both"}},
        "ScheduleArn": {"Value": {"Fn::GetAtt": ["Schedule", "Arn"]}}, "ArchiveArn": {"Value": {"Fn::GetAtt": ["Archive", "Arn"]}},
        "Queue": {"Value": {"Ref": "Queue"}},
    },
}


def settled(cloudformation, name):
    for _ in range(300):
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            return stack
        time.sleep(0.1)
    raise AssertionError(stack["StackStatus"])


def reasons(cloudformation, name):
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [(e["LogicalResourceId"], e.get("ResourceStatusReason")) for e in events if "FAILED" in e["ResourceStatus"]]


def test_a_stack_of_all(cloudformation, events, cloudwatch, scheduler, sqs, account):
    create = dict(StackName="all", Capabilities=["CAPABILITY_IAM"])
    stack_id = cloudformation.create_stack(TemplateBody=json.dumps(TEMPLATE), **create)["StackId"]
    stack = settled(cloudformation, "all")
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons(cloudformation, "all")
    out = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    name = out["Rule"].split("|")[1]
    assert out["Rule"].startswith("orders|all-Rule-")
    assert out["RuleArn"] == f"arn:aws:events:us-east-1:{account}:rule/orders/{name}"
    assert out["AlarmArn"] == f"arn:aws:cloudwatch:us-east-1:{account}:alarm:{out['Alarm']}"
    assert ":schedule/nightly/all-Schedule-" in out["ScheduleArn"] and ":archive/" in out["ArchiveArn"]
    assert json.loads(events.describe_event_bus(Name="orders")["Policy"])["Statement"][0]["Sid"] == "them"
    assert events.describe_rule(Name=out["Clock"])["State"] == "DISABLED"
    events.put_events(Entries=[{"Source": "shop", "DetailType": "t", "Detail": '{"n": 1}', "EventBusName": "orders"}])
    bodies = set()
    for _ in range(20):
        for message in sqs.receive_message(QueueUrl=out["Queue"], MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
            bodies.add(message["Body"])
        if len(bodies) == 2:
            break
    assert bodies == {'{"n":1}', "tick"}

    changed = json.loads(json.dumps(TEMPLATE))
    changed["Resources"]["Rule"]["Properties"]["Targets"] = [{"Id": "p", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}]
    changed["Resources"]["Alarm"]["Properties"]["Threshold"] = 7
    changed["Resources"]["Schedule"]["Properties"]["ScheduleExpression"] = "rate(2 hours)"
    changed["Resources"]["Bus"]["Properties"]["Description"] = "e"
    changed["Resources"]["Clock"]["Properties"]["State"] = "ENABLED"
    cloudformation.update_stack(TemplateBody=json.dumps(changed), **create)
    assert settled(cloudformation, "all")["StackStatus"] == "UPDATE_COMPLETE", reasons(cloudformation, "all")
    assert [t["Id"] for t in events.list_targets_by_rule(Rule=name, EventBusName="orders")["Targets"]] == ["p"]
    assert cloudwatch.describe_alarms(AlarmNames=[out["Alarm"]])["MetricAlarms"][0]["Threshold"] == 7.0
    assert events.describe_rule(Name=out["Clock"])["State"] == "ENABLED"
    assert events.describe_event_bus(Name="orders")["Description"] == "e"

    detection = cloudformation.detect_stack_drift(StackName="all")["StackDriftDetectionId"]
    for _ in range(100):
        status = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if status["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        time.sleep(0.1)
    drifts = cloudformation.describe_stack_resource_drifts(StackName="all")["StackResourceDrifts"]
    assert {d["LogicalResourceId"]: d["PropertyDifferences"] for d in drifts if d["StackResourceDriftStatus"] != "IN_SYNC"} == {}

    cloudformation.delete_stack(StackName="all")
    assert settled(cloudformation, stack_id)["StackStatus"] == "DELETE_COMPLETE"
    assert [b["Name"] for b in events.list_event_buses()["EventBuses"]] == ["default"]
    assert events.list_rules()["Rules"] == [] and scheduler.list_schedules()["Schedules"] == []
    assert cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])["MetricAlarms"] == []


def test_a_target_that_nothing_runs(cloudformation, events, account):
    """A stack may have one, as it may have the resource itself; by hand it is refused (test_events.py)."""
    machine = f"arn:aws:states:us-east-1:{account}:stateMachine:m"
    template = {"Resources": {"R": {"Type": "AWS::Events::Rule", "Properties": {
        "EventPattern": {"source": ["shop"]}, "Targets": [{"Id": "m", "Arn": machine, "RoleArn": f"arn:aws:iam::{account}:role/x"}]}}}}
    cloudformation.create_stack(StackName="states", TemplateBody=json.dumps(template))
    assert settled(cloudformation, "states")["StackStatus"] == "CREATE_COMPLETE", reasons(cloudformation, "states")
    assert len(events.list_rule_names_by_target(TargetArn=machine)["RuleNames"]) == 1


def test_a_template_that_is_wrong(cloudformation):
    template = {"Resources": {"R": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "cron(0 99 * * ? *)"}}}}
    cloudformation.create_stack(StackName="wrong", TemplateBody=json.dumps(template))
    assert settled(cloudformation, "wrong")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("Parameter ScheduleExpression is not valid." in (r or "") for _, r in reasons(cloudformation, "wrong"))
