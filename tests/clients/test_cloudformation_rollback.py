"""CloudFormation: rollback triggers, the time in which they are watched, and timeouts. Here is what can be seen
without waiting minutes; that times end is tested on a clock moved by hand (src/embedded/formation_time_test.cc)."""

import json
import time

from helpers import fails
from test_cloudformation import settle, stack

ALARM_TYPE = "AWS::CloudWatch::Alarm"


def template(value):
    properties = {"Name": "/p", "Type": "String", "Value": value}
    return json.dumps({"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": properties}}})


def trigger(arn):
    return {"RollbackTriggers": [{"Arn": arn, "Type": ALARM_TYPE}]}


def reasons(cloudformation, status):
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    return [e.get("ResourceStatusReason") for e in events if e["ResourceStatus"] == status]


def create(cloudformation, **more):
    cloudformation.create_stack(StackName="s", TemplateBody=template("a"), **more)
    return settle(cloudformation)


def wait_for_value(ssm, value):
    for _ in range(100):
        found = ssm.get_parameters(Names=["/p"])["Parameters"]
        if found and found[0]["Value"] == value:
            return
        time.sleep(0.05)
    raise AssertionError(f"/p never became {value}")


def test_a_missing_trigger_fails_the_operation(cloudformation, ssm, account):
    missing = f"arn:aws:cloudwatch:us-east-1:{account}:alarm:none"
    assert create(cloudformation, RollbackConfiguration=trigger(missing)) == "ROLLBACK_COMPLETE"
    [reason] = reasons(cloudformation, "ROLLBACK_IN_PROGRESS")
    assert missing in reason
    with fails("ParameterNotFound"):
        ssm.get_parameter(Name="/p")


def test_a_missing_trigger_rolls_an_update_back(cloudformation, ssm, account):
    assert create(cloudformation) == "CREATE_COMPLETE"
    missing = trigger(f"arn:aws:cloudwatch:us-east-1:{account}:alarm:none")
    cloudformation.update_stack(StackName="s", TemplateBody=template("b"), RollbackConfiguration=missing)
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    assert ssm.get_parameter(Name="/p")["Parameter"]["Value"] == "a"
    assert stack(cloudformation)["RollbackConfiguration"] == missing
    cloudformation.update_stack(StackName="s", TemplateBody=template("b"))
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    cloudformation.update_stack(StackName="s", TemplateBody=template("b"), RollbackConfiguration={"RollbackTriggers": []})
    assert settle(cloudformation) == "UPDATE_COMPLETE"


def alarm_stack(cloudformation):
    alarm = {"Type": ALARM_TYPE, "Properties": {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Period": 60,
                                                "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Threshold": 1}}
    body = json.dumps({"Resources": {"Alarm": alarm}, "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Alarm", "Arn"]}}}})
    cloudformation.create_stack(StackName="alarms", TemplateBody=body)
    assert settle(cloudformation, "alarms") == "CREATE_COMPLETE"
    return stack(cloudformation, "alarms")["Outputs"][0]["OutputValue"]


def test_an_alarm_of_a_stack_is_there_until_it_is_deleted(cloudformation):
    arn = alarm_stack(cloudformation)
    assert create(cloudformation, RollbackConfiguration=trigger(arn)) == "CREATE_COMPLETE"
    cloudformation.delete_stack(StackName="alarms")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="alarms", WaiterConfig={"Delay": 1})
    cloudformation.update_stack(StackName="s", TemplateBody=template("b"))
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"


def test_an_alarm_that_has_gone_off_rolls_the_update_back(cloudformation, cloudwatch, ssm):
    arn = alarm_stack(cloudformation)
    assert create(cloudformation, RollbackConfiguration=trigger(arn)) == "CREATE_COMPLETE"
    cloudwatch.set_alarm_state(AlarmName=arn.split(":")[-1], StateValue="ALARM", StateReason="a test")
    cloudformation.update_stack(StackName="s", TemplateBody=template("b"))
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    assert ssm.get_parameter(Name="/p")["Parameter"]["Value"] == "a"


def test_a_watched_update_can_be_cancelled(cloudformation, ssm):
    assert create(cloudformation) == "CREATE_COMPLETE"
    cloudformation.create_change_set(StackName="s", ChangeSetName="c", TemplateBody=template("b"),
                                     RollbackConfiguration={"MonitoringTimeInMinutes": 30})
    described = cloudformation.describe_change_set(StackName="s", ChangeSetName="c")
    assert described["RollbackConfiguration"] == {"MonitoringTimeInMinutes": 30}
    cloudformation.execute_change_set(StackName="s", ChangeSetName="c")
    wait_for_value(ssm, "b")
    time.sleep(0.5)
    assert stack(cloudformation)["StackStatus"] == "UPDATE_IN_PROGRESS"
    cloudformation.cancel_update_stack(StackName="s")
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    assert ssm.get_parameter(Name="/p")["Parameter"]["Value"] == "a"


def test_a_watched_creation_can_be_deleted(cloudformation, ssm):
    cloudformation.create_stack(StackName="s", TemplateBody=template("a"), TimeoutInMinutes=60,
                                RollbackConfiguration={"MonitoringTimeInMinutes": 30})
    wait_for_value(ssm, "a")
    time.sleep(0.5)
    described = stack(cloudformation)
    assert described["StackStatus"] == "CREATE_IN_PROGRESS" and described["TimeoutInMinutes"] == 60
    cloudformation.delete_stack(StackName="s")
    assert settle(cloudformation, described["StackId"]) == "DELETE_COMPLETE"
