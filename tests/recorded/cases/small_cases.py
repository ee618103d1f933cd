"""Services of which little is recorded: SSM, STS, Scheduler, Route 53, EC2, Resource Groups."""

import json

from run import cases

ssm = cases("ssm/test_ssm.py::TestSSM::")
tagging = cases("sts/test_sts.py::TestSTSAssumeRoleTagging::")
sts = cases("sts/test_sts.py::TestSTSIntegrations::")
scheduler = cases("scheduler/test_scheduler.py::")


@ssm
def get_parameter_by_arn(run):
    run.ssm.put_parameter(Name="name", Value="test", Type="String")
    arn = f"arn:aws:ssm:us-east-1:{run.account}:parameter/name"
    run.step("Parameter", run.ssm.get_parameter(Name=arn)["Parameter"])


def trusted(run, *actions):
    action = list(actions) if len(actions) > 1 else actions[0]
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": run.account}, "Action": action}]})


@sts
def assume_role(run):
    role = run.unique("role")
    arn = run.step("create-role", run.iam.create_role, RoleName=role, AssumeRolePolicyDocument=trusted(run, "sts:AssumeRole"))["Role"]["Arn"]
    session = run.unique("session")
    run.step("role-session-name", {"RoleSessionName": session})
    run.step("assume-role", caller(run).assume_role, RoleArn=arn, RoleSessionName=session)


def caller(run, *policy):
    """STS as a user that may assume any role: root may not."""
    user = run.unique("user")
    run.iam.create_user(UserName=user)
    run.iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}))
    key = run.iam.create_access_key(UserName=user)["AccessKey"]
    return run.as_who("sts", key["AccessKeyId"], key["SecretAccessKey"])


@tagging
def iam_role_chaining_override_transitive_tags(run):
    arns = []
    for i in (1, 2):
        made = run.step(f"role-{i}", run.iam.create_role, RoleName=run.unique("role"),
                        AssumeRolePolicyDocument=trusted(run, "sts:AssumeRole", "sts:TagSession"))
        arns.append(made["Role"]["Arn"])
        run.iam.put_role_policy(RoleName=made["Role"]["RoleName"], PolicyName="p", PolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}))
    given = caller(run).assume_role(RoleArn=arns[0], RoleSessionName="session", Tags=[{"Key": "SessionTag1", "Value": "v"}],
                                    TransitiveTagKeys=["SessionTag1"])["Credentials"]
    chained = run.as_who("sts", given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    for step, key in (("override-transitive-tag-error", "SessionTag1"), ("override-transitive-tag-case-ignore-error", "sessiontag1")):
        run.step(step, chained.assume_role, RoleArn=arns[1], RoleSessionName="session", Tags=[{"Key": key, "Value": "w"}])


def schedule(run, expression):
    return {"Name": run.unique("schedule"), "ScheduleExpression": expression, "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": f"arn:aws:lambda:us-east-1:{run.account}:function:f", "RoleArn": f"arn:aws:iam::{run.account}:role/r"}}


@scheduler
def create_schedule_with_valid_cron_expressions(run):
    run.iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}]}))
    run.step("create-schedule", run.scheduler.create_schedule, **schedule(run, run.param))


@scheduler
def tests_create_schedule_with_invalid_schedule_expression(run):
    run.step("invalid-schedule-expression", run.scheduler.create_schedule, **schedule(run, run.param))
