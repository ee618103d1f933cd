"""What the templates don't show of a change (parameters from SSM, hidden ones, what is inside nested
stacks) is taken at its worst: nothing is lost or opened without a yes."""

import json
import os
import subprocess

import pytest

from test_main_job import MAINSTAY, REGION, Served

TABLE = """
  {name}:
    Type: AWS::DynamoDB::Table
    {more}
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{{AttributeName: {key}, AttributeType: S}}]
      KeySchema: [{{AttributeName: {key}, KeyType: HASH}}]
"""
ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
      Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ACTIONS, Resource: RESOURCE}]}}]
"""


class Team:
    """A configuration of one stack "a", its cloud, and the program."""

    def __init__(self, folder):
        self.folder = folder
        self.served = Served(folder / "state")
        self.ssm, self.s3, self.dynamodb = (self.served.client(s) for s in ("ssm", "s3", "dynamodb"))
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.environment.update(MAINSTAY_STATE=str(folder / "state"), XDG_STATE_HOME=str(folder), AWS_REGION=REGION)

    def write(self, template, **variables):
        (self.folder / "a.yaml").write_text(template)
        (self.folder / "c.yml").write_text(json.dumps(
            {"namespace": "team", "stacks": [{"name": "a", "template_path": "a.yaml", "variables": variables}]}))
        return self

    def run(self, *arguments, code=0):
        done = subprocess.run([MAINSTAY, *arguments, "c.yml"], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def needs(self, approval):
        """A yes is needed, said by diff and up, and nothing is done without it."""
        tables = self.dynamodb.list_tables()["TableNames"]
        assert f"--approve={approval}" in self.run("diff")
        assert f"--approve={approval}" in self.run("up", code=5)
        assert self.dynamodb.list_tables()["TableNames"] == tables
        self.run("up", f"--approve={approval}")

    def parameter(self, name, value):
        self.ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


@pytest.fixture
def team(tmp_path):
    made = Team(tmp_path)
    with made.served:
        yield made


FROM_SSM = """
Parameters:
  Key: {Type: "AWS::SSM::Parameter::Value<String>", Default: /key}
  On: {Type: "AWS::SSM::Parameter::Value<String>", Default: /on}
Conditions: {Is: !Equals [!Ref On, "yes"]}
Resources:""" + TABLE.format(name="Keyed", key="!Ref Key", more="") + TABLE.format(
    name="Switched", key="id", more="Condition: Is")


def test_a_parameter_from_ssm_replaces_a_table(team):
    team.parameter("/key", "id")
    team.parameter("/on", "yes")
    team.write(FROM_SSM).run("up")
    assert "no changes" in team.run("up")
    team.parameter("/key", "other")
    team.needs("data:a")


def test_a_parameter_from_ssm_switches_a_table_off(team):
    team.parameter("/key", "id")
    team.parameter("/on", "yes")
    team.write(FROM_SSM).run("up")
    team.parameter("/on", "no")
    team.needs("data:a")
    assert len(team.dynamodb.list_tables()["TableNames"]) == 1


def role(actions, resource):
    return ROLE.replace("ACTIONS", actions).replace("RESOURCE", resource)


def test_a_parameter_from_ssm_widens_a_policy(team):
    team.parameter("/arn", "arn:aws:s3:::one/*")
    team.write('Parameters: {Arn: {Type: "AWS::SSM::Parameter::Value<String>", Default: /arn}}\nResources:'
               + role("s3:GetObject", "!Ref Arn")).run("up")
    team.parameter("/arn", "*")
    team.needs("access")


def test_a_hidden_parameter_widens_a_policy(team):
    template = "Parameters: {Arn: {Type: String, NoEcho: true, MinLength: 8}}\nResources:" + role("s3:GetObject", "!Ref Arn")
    team.write(template, Arn="arn:aws:s3:::one/*").run("up")
    assert "no changes" in team.run("up")
    team.write(template, Arn="arn:aws:s3:::*")
    team.needs("access")


def test_constraints_of_hidden_parameters_are_no_alarm(team):
    template = ("Parameters: {Pass: {Type: String, NoEcho: true, MinLength: 8, AllowedPattern: '[a-z]+'}}\nResources:"
                "\n  P: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Pass, Description: OLD}}"
                + role("s3:GetObject", '"arn:aws:s3:::one/*"'))
    team.write(template, Pass="abcdefgh").run("up")
    team.write(template.replace("OLD", "new"), Pass="abcdefgh")
    shown = team.run("diff")
    assert "not checked" not in shown and "--approve" not in shown
    team.run("up")


def test_fewer_actions_on_what_is_imported_are_no_gain(team):
    team.served.client("cloudformation").create_stack(StackName="exports", TemplateBody=json.dumps({
        "Resources": {"Q": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": "Q.Arn"}, "Export": {"Name": "arn"}}}}))
    team.write("Resources:" + role("[sqs:SendMessage, sqs:ReceiveMessage]", "!ImportValue arn")).run("up")
    team.write("Resources:" + role("[sqs:SendMessage]", "!ImportValue arn"))
    assert "ACCESS" not in team.run("diff")
    team.run("up")
    team.write("Resources:" + role("[sqs:SendMessage, sqs:PurgeQueue]", "!ImportValue arn"))
    team.needs("access")


def test_a_nested_stack_may_lose_data_and_open_access(team):
    team.s3.create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": REGION})
    team.s3.put_object(Bucket="templates", Key="t", Body="Parameters: {Key: {Type: String}}\nResources:"
                       + TABLE.format(name="T", key="!Ref Key", more=""))
    nested = """
Resources:
  Plain: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: PLAIN}}
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: "https://templates.s3.amazonaws.com/t", Parameters: {Key: KEY}}
"""
    team.write(nested.replace("KEY", "id")).run("up")
    team.write(nested.replace("KEY", "id").replace("PLAIN", "other")).run("up")
    team.write(nested.replace("KEY", "other").replace("PLAIN", "other"))
    team.needs("access,data:a")


@pytest.mark.parametrize("before,after", [("", "UpdateReplacePolicy: Retain"), ("UpdateReplacePolicy: Retain", "")])
def test_kept_is_what_both_templates_keep(team, before, after):
    team.write("Resources:" + TABLE.format(name="T", key="id", more=before)).run("up")
    team.write("Resources:" + TABLE.format(name="T", key="other", more=after))
    team.needs("data:a")
