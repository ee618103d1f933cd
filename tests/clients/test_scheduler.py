"""EventBridge Scheduler: schedules and groups, and what they do on a clock that stands until it is moved."""

import datetime
import json

import pytest
from helpers import fails, names
from stepped import ACCOUNT, stepped  # noqa: F401 (a fixture)

OFF = {"Mode": "OFF"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def role_in(iam, *actions, name="runner"):
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}))
    return arn


class Setting:
    def __init__(self, cloud):
        self.cloud = cloud
        self.sqs, self.scheduler = cloud.client("sqs"), cloud.client("scheduler")
        self.role = role_in(cloud.client("iam"), "sqs:*", "sns:*", "events:PutEvents", "ssm:PutParameter")
        self.url = self.sqs.create_queue(QueueName="q")["QueueUrl"]
        self.queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"

    def create(self, expression, name="s", target=None, window=OFF, **more):
        self.scheduler.create_schedule(Name=name, ScheduleExpression=expression, FlexibleTimeWindow=window,
                                       Target={"Arn": self.queue, "RoleArn": self.role, **(target or {})}, **more)

    def bodies(self, url=None):
        out = []
        while True:
            messages = self.sqs.receive_message(QueueUrl=url or self.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get("Messages", [])
            if not messages:
                return out
            for message in messages:
                self.sqs.delete_message(QueueUrl=url or self.url, ReceiptHandle=message["ReceiptHandle"])
                out.append(message)

    def run(self, seconds, step=60):
        """How many messages came in each step of so many seconds."""
        counts = []
        for _ in range(int(seconds / step)):
            self.cloud.advance(step)
            counts.append(len(self.bodies()))
        return counts


@pytest.fixture
def setting(stepped):  # noqa: F811
    return Setting(stepped)


def in_minutes(setting, minutes):
    now = datetime.datetime.fromisoformat(setting.cloud.now().replace("Z", "+00:00"))
    return (now + datetime.timedelta(minutes=minutes)).replace(microsecond=0, tzinfo=None)


def test_a_rate(setting):
    setting.create("rate(5 minutes)", target={"Input": "tick"})
    assert setting.run(11 * 60) in ([1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
    setting.scheduler.delete_schedule(Name="s")
    assert sum(setting.run(10 * 60)) == 0


def test_once_and_gone(setting):
    when = in_minutes(setting, 3)
    setting.create(f"at({when.isoformat()})", ActionAfterCompletion="DELETE", target={"Input": "<aws.scheduler.scheduled-time>"})
    assert setting.scheduler.get_schedule(Name="s")["ActionAfterCompletion"] == "DELETE"
    setting.cloud.advance(170)
    assert setting.bodies() == []
    setting.cloud.advance(10)
    message, = setting.bodies()
    assert message["Body"] == when.isoformat() + "Z"
    with fails("ResourceNotFoundException", "Schedule s does not exist.", 404):
        setting.scheduler.get_schedule(Name="s")


def test_a_time_zone(setting):
    local = in_minutes(setting, 2) + datetime.timedelta(hours=5, minutes=30)  # India has no summer time
    setting.create(f"cron({local.minute} {local.hour} * * ? *)", ScheduleExpressionTimezone="Asia/Kolkata")
    assert sum(setting.run(180)) == 1
    assert sum(setting.run(23 * 3600, 3600)) == 0
    assert sum(setting.run(3600)) == 1
    with fails("ValidationException"):
        setting.create("rate(1 hour)", "z", ScheduleExpressionTimezone="Mars/Olympus")


def test_start_and_end(setting):
    utc = datetime.timezone.utc
    setting.create("rate(1 minute)", StartDate=in_minutes(setting, 5).replace(tzinfo=utc),
                   EndDate=in_minutes(setting, 8).replace(tzinfo=utc), ActionAfterCompletion="DELETE")
    counts = setting.run(12 * 60)
    assert sum(counts) in (3, 4) and sum(counts[:4]) == 0 and sum(counts[9:]) == 0
    assert setting.scheduler.list_schedules()["Schedules"] == []


def test_a_flexible_window(setting):
    when = in_minutes(setting, 1)
    setting.create(f"at({when.isoformat()})", window={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15})
    setting.cloud.advance(50)
    assert setting.bodies() == []
    setting.cloud.advance(16 * 60)
    assert len(setting.bodies()) == 1


def test_default_input(setting):
    setting.create("rate(1 hour)")
    setting.cloud.advance(1)
    message, = setting.bodies()
    body = json.loads(message["Body"])
    assert (body["source"], body["detail-type"], body["detail"]) == ("aws.scheduler", "Scheduled Event", "{}")
    assert body["resources"] == [f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/s"]


def test_universal_targets(setting):
    setting.create("rate(1 hour)", target={"Arn": "arn:aws:scheduler:::aws-sdk:ssm:putParameter", "Input": json.dumps(
        {"Name": "made", "Value": "by <aws.scheduler.schedule-arn>", "Type": "String", "Overwrite": True})})
    setting.cloud.advance(1)
    value = setting.cloud.client("ssm").get_parameter(Name="made")["Parameter"]["Value"]
    assert value == f"by arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/s"
    with fails("ValidationException"):
        setting.create("rate(1 hour)", "reads", target={"Arn": "arn:aws:scheduler:::aws-sdk:ssm:getParameter"})


def test_event_bus_targets(setting):
    events = setting.cloud.client("events")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]}
    setting.sqs.set_queue_attributes(QueueUrl=setting.url, Attributes={"Policy": json.dumps(policy)})
    events.put_rule(Name="r", EventPattern='{"source": ["my.app"]}')
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": setting.queue, "InputPath": "$.detail"}])
    setting.create("rate(1 hour)", target={"Arn": f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default", "Input": '{"n": 1}',
                                           "EventBridgeParameters": {"Source": "my.app", "DetailType": "t"}})
    setting.cloud.advance(1)
    setting.cloud.advance(1)
    assert [json.loads(m["Body"]) for m in setting.bodies()] == [{"n": 1}]


def test_what_fails_is_buried(setting):
    dead = setting.sqs.create_queue(QueueName="dead")["QueueUrl"]
    setting.create("rate(1 hour)", target={"Arn": setting.queue + "-gone", "Input": "x",
                                           "DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"}})
    setting.cloud.advance(1)
    setting.cloud.advance(1)
    message, = setting.bodies(dead)
    said = {k: v["StringValue"] for k, v in message["MessageAttributes"].items()}
    assert (message["Body"], said["ERROR_CODE"], said["TARGET_ARN"]) == ("x", "NO_RESOURCE", setting.queue + "-gone")


def test_a_role_decides(setting):
    poor = role_in(setting.cloud.client("iam"), "s3:GetObject", name="poor")
    setting.create("rate(1 minute)", target={"RoleArn": poor})
    assert sum(setting.run(180)) == 0


def test_schedules_survive_a_kill(setting):
    setting.create("rate(1 minute)")
    setting.run(120)
    setting.cloud.kill()
    setting.cloud.start()
    setting.sqs = setting.cloud.client("sqs")
    setting.url = setting.sqs.get_queue_url(QueueName="q")["QueueUrl"]
    assert setting.run(300) == [1, 1, 1, 1, 1]


def test_schedules_as_documents(setting):
    scheduler = setting.scheduler
    setting.create("rate(5 minutes)", State="DISABLED", Description="d")
    found = scheduler.get_schedule(Name="s")
    assert (found["GroupName"], found["State"], found["ScheduleExpressionTimezone"], found["ActionAfterCompletion"]) == ("default", "DISABLED", "UTC", "NONE")
    with fails("ConflictException", "Schedule s already exists.", 409):
        setting.create("rate(5 minutes)")
    scheduler.update_schedule(Name="s", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow=OFF, Target=found["Target"])
    assert "Description" not in scheduler.get_schedule(Name="s")
    setting.create("rate(1 hour)", "t")
    page = scheduler.list_schedules(MaxResults=1)
    assert names(page["Schedules"], "Name") == ["s"]
    assert names(scheduler.list_schedules(NextToken=page["NextToken"])["Schedules"], "Name") == ["t"]
    for bad in ["cron(0 1 * * * *)", " rate(10 minutes)", "rate(10)", "at(2021-12-31)", "cron(INVALID)"]:
        with fails("ValidationException", f"Invalid Schedule Expression {bad}.", 400):
            setting.create(bad, "bad")
    with fails("NotImplemented"):
        setting.create("rate(1 hour)", "bad", target={"Arn": f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:m"})


def test_groups(setting):
    scheduler = setting.scheduler
    arn = scheduler.create_schedule_group(Name="g", Tags=[{"Key": "a", "Value": "1"}])["ScheduleGroupArn"]
    assert arn == f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule-group/g"
    assert names(scheduler.list_schedule_groups()["ScheduleGroups"], "Name") == ["default", "g"]
    setting.create("rate(1 minute)", GroupName="g")
    with fails("ResourceNotFoundException", "Schedule group none does not exist.", 404):
        setting.create("rate(1 minute)", GroupName="none")
    scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    scheduler.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    setting.run(60)
    scheduler.delete_schedule_group(Name="g")
    assert scheduler.list_schedules()["Schedules"] == []
    assert sum(setting.run(180)) == 0
