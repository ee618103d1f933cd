"""Drift, first configurations, several accounts, what diff refuses, what is asked beforehand, templates of other tools."""

import json
import os
import re
import signal
import subprocess

import pytest

from conftest import MAINSTAY
from test_ndjson import lines_of

QUEUE = """Parameters: {Delay: {Type: Number}}
Resources: {Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Delay}}}
Outputs: {Url: {Value: !Ref Q, Export: {Name: !Sub '${AWS::StackName}-url'}}}
"""


class Work:
    def __init__(self, program):
        self.program = program
        self.folder = program.home / "work"
        self.folder.mkdir()

    def write(self, **files):
        for name, text in files.items():
            (self.folder / name.replace("__", ".")).write_text(text)
        return self

    def run(self, *arguments, code=0, **variables):
        return self.program.run(*arguments, folder=self.folder, code=code, **variables)


@pytest.fixture
def work(program):
    return Work(program)


@pytest.fixture
def served(work):
    environment = {"HOME": str(work.program.home), "XDG_STATE_HOME": str(work.program.home / "state")}
    server = subprocess.Popen([MAINSTAY, "cloud", "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
    while not (found := re.search(r"http://\S+:\d+", server.stdout.readline())):
        pass
    yield found.group()
    os.kill(server.pid, signal.SIGTERM)
    server.wait()


def client(url, service, account="123456789012"):
    import boto3
    return boto3.client(service, endpoint_url=url, aws_access_key_id=account, aws_secret_access_key="x",
                        region_name="us-east-1")


def test_drift(work, served):
    work.write(c__yml="namespace: n\nstacks:\n- {name: a, template_path: q.yml, variables: {Delay: 5}}\n"
                      "- {name: b, template_path: q.yml, variables: {Delay: 5}}\n", q__yml=QUEUE)
    assert "n-a  not deployed" in work.run("drift", "c.yml").stdout
    work.run("up", "c.yml")
    assert work.run("drift", "--exit-code", "c.yml").stdout == "n-a  IN_SYNC\nn-b  IN_SYNC\n0 of 2 stacks drifted\n"
    sqs = client(served, "sqs")
    url = sqs.get_queue_url(QueueName=[u.rsplit("/", 1)[1] for u in sqs.list_queues()["QueueUrls"] if "/n-a-" in u][0])
    sqs.set_queue_attributes(QueueUrl=url["QueueUrl"], Attributes={"DelaySeconds": "60"})
    done = work.run("drift", "--exit-code", "c.yml", code=2)
    assert re.search(r"^n-a  DRIFTED\n  ~ Q  SQS::Queue  \S+\n      /DelaySeconds  5 -> 60\nn-b  IN_SYNC\n"
                     "1 of 2 stacks drifted", done.stdout)
    lines = [line for line in lines_of(work.run("drift", "--json", "c.yml").stdout) if line["type"] == "drift"]
    assert [(line["stack"], line["status"]) for line in lines] == [("a", "DRIFTED"), ("b", "IN_SYNC")]
    assert lines[0]["resources"][0]["differences"] == [
        {"path": "/DelaySeconds", "expected": "5", "actual": "60", "kind": "NOT_EQUAL"}]
    assert work.run("drift", "c.yml").returncode == 0


def test_a_first_configuration_changes_nothing(work):
    work.write(c__yml="namespace: shop\nstacks:\n"
                      "- {name: web, template_path: q.yml, variables: {Delay: 5}, tags: {team: 'a $5'}}\n"
                      "- {name: jobs, template_path: user.yml, variables: {Word: hidden-word, Odd: \"${envvar ODD}\"},\n"
                      "   termination_protection: true, requires: [web]}\n"
                      "- {name: json, template_path: t.json}\n",
               q__yml=QUEUE, t__json='{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}',
               user__yml="Parameters: {Word: {Type: String, NoEcho: true}, Odd: {Type: String}}\nResources:\n"
                         "  Q: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !ImportValue shop-web-url}}\n")
    work.run("up", "c.yml", ODD="${AWS}")
    done = work.run("init", "mine")
    assert done.stdout.startswith("3 stacks written to mine/stacker.yml\nNext: mainstay diff mine/stacker.yml\n")
    assert "note: stack shop-jobs: its parameter Word stays as it is, as its value is not told" in done.stderr
    assert "its parameter Odd stays as it is, as its value would be taken for a lookup" in done.stderr
    written = (work.folder / "mine/stacker.yml").read_text()
    assert "hidden-word" not in written and 'requires:\n      - "shop-web"' in written
    assert "team" in written and "termination_protection: true" in written
    assert work.run("diff", "--exit-code", "mine/stacker.yml").stdout == "no changes in 3 stacks\n"
    assert "no changes" in work.run("up", "mine/stacker.yml").stdout
    assert "error[FileUnwritable]" in work.run("init", "mine", code=3).stderr
    assert (work.folder / "mine/stacker.yml").read_text() == written
    work.run("init", "--namespace", "shop", "short")
    assert work.run("diff", "--exit-code", "short/stacker.yml").stdout == "no changes in 3 stacks\n"
    work.run("init", "--namespace", "other", "none")
    assert "stacks: []" in (work.folder / "none/stacker.yml").read_text()


def test_profiles_are_accounts_of_the_embedded_cloud(work, served):
    (work.program.home / ".aws").mkdir()
    (work.program.home / ".aws/config").write_text(
        "[profile prod]\nrole_arn = arn:aws:iam::222222222222:role/deploy\nsource_profile = default\n")
    work.write(c__yml="namespace: n\nstacks:\n- {name: a, template_path: q.yml, variables: {Delay: 5}}\n"
                      "- {name: b, template_path: q.yml, variables: {Delay: 5}, profile: prod, requires: [a]}\n"
                      "- {name: c, template_path: q.yml, variables: {Delay: 5}, profile: made-up}\n", q__yml=QUEUE)
    done = work.run("up", "c.yml")
    assert "profile prod is account 222222222222 here" in done.stderr
    made_up = re.search(r"profile made-up is account (9\d{11}) here", done.stderr).group(1)
    for account, names in {"123456789012": ["n-a"], "222222222222": ["n-b"], made_up: ["n-c"]}.items():
        stacks = client(served, "cloudformation", account).describe_stacks()["Stacks"]
        assert [stack["StackName"] for stack in stacks] == names
        assert f":{account}:" in stacks[0]["StackId"]
    assert work.run("info", "c.yml").stdout.count("CREATE_COMPLETE") == 3
    assert "3 deleted" in work.run("down", "-f", "--approve=data:a,data:b,data:c", "c.yml").stdout


@pytest.mark.parametrize("template, said", [
    ("Resources: {Q: {Type: AWS::SQS::Queu}}", "t.yml:1:23: Template format error: Unrecognized resource types"),
    ("Resources: {Q: {Type: AWS::SQS::Queue, DependsOn: P}, P: {Type: AWS::SQS::Queue, DependsOn: Q}}",
     "Circular dependency between resources"),
    ("Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref No}}}", "Unresolved resource dependencies [No]"),
    ("Parameters: {Size: {Type: String, AllowedValues: [small]}}\nResources: {Q: {Type: AWS::SQS::Queue}}",
     "Parameter 'Size' must be one of AllowedValues"),
    ("Parameters: {Size: {Type: String, MaxLength: 2}}\nResources: {Q: {Type: AWS::SQS::Queue}}", "Parameter 'Size'"),
    ("Mappings: {M: {a: {b: c}}}\nResources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !FindInMap [M, a, z]}}}",
     "Unable to get mapping for M::a::z"),
])
def test_diff_of_a_new_stack_refuses_what_up_refuses(work, template, said):
    work.write(c__yml="namespace: n\nstacks:\n- {name: s, template_path: t.yml, variables: {Size: huge}}\n", t__yml=template)
    assert said in work.run("diff", "--memory", "c.yml", code=3).stderr
    assert work.run("up", "--memory", "c.yml", code=None).returncode != 0


def test_values_that_are_not_known_yet_are_not_judged(work):
    work.write(c__yml="namespace: n\nstacks:\n- {name: s, template_path: t.yml, variables: {Size: '${output o::X}'}}\n"
                      "- {name: o, template_path: o.yml}\n",
               o__yml="Resources: {Q: {Type: AWS::SQS::Queue}}\nOutputs: {X: {Value: small}}",
               t__yml="Parameters: {Size: {Type: String, AllowedValues: [small]}}\nMappings: {M: {small: {b: c}}}\n"
                      "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !FindInMap [M, !Ref Size, b]}}}")
    assert "2 of 2 stacks would change" in work.run("diff", "--memory", "c.yml").stdout
    work.run("up", "--memory", "c.yml")


def test_every_yes_is_asked_for_before_the_first_write(work):
    """The first stack's change is harmless, the second's loses data, the third is protected."""
    table = """Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: NAME, BillingMode: PAY_PER_REQUEST, KeySchema: [{AttributeName: id, KeyType: HASH}],
                 AttributeDefinitions: [{AttributeName: id, AttributeType: S}]}
"""
    config = ("namespace: n\nstacks:\n- {name: first, template_path: q.yml, variables: {Delay: DELAY}}\n"
              "- {name: table, template_path: t.yml, requires: [first]}\n"
              "- {name: kept, template_path: k.yml, requires: [table], protected: true}\n")
    topic = "Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: NAME}}}\n"
    work.write(c__yml=config.replace("DELAY", "5"), q__yml=QUEUE, t__yml=table.replace("NAME", "one"),
               k__yml=topic.replace("NAME", "one"))
    work.run("up", "--approve", "c.yml")
    work.write(c__yml=config.replace("DELAY", "6"), t__yml=table.replace("NAME", "two"), k__yml=topic.replace("NAME", "two"))
    done = work.run("up", "c.yml", code=5)
    assert "0 changed" in done.stdout
    assert "--approve=data:table" in done.stderr and "--approve=protected" in done.stderr
    assert work.run("diff", "--json", "c.yml").stdout.count('"kind":"updated"') == 3
    assert "0 changed" in work.run("up", "--approve=protected", "c.yml", code=5).stdout
    assert "3 changed" in work.run("up", "--approve=protected", "--approve=data:table", "c.yml").stdout


def test_templates_of_sam_and_cdk_are_members(work):
    (work.folder / "cdk.out").mkdir()
    (work.folder / "cdk.out/App.template.json").write_text(
        '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Metadata": {"aws:cdk:path": "App/Topic/Resource"}}},'
        ' "Outputs": {"Arn": {"Value": {"Ref": "Topic"}}}}')
    work.write(c__yml="namespace: n\nstacks:\n- {name: app, template_path: cdk.out/App.template.json}\n"
                      "- {name: sam, template_path: sam.yml, variables: {Topic: '${output app::Arn}'}}\n",
               sam__yml="Transform: AWS::Serverless-2016-10-31\nParameters: {Topic: {Type: String}}\nResources:\n"
                        "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n"
                        "      {Runtime: python3.11, Handler: index.f, InlineCode: 'def f(e, c): pass',\n"
                        "       Environment: {Variables: {TOPIC: !Ref Topic}}}\n")
    assert "2 changed" in work.run("up", "c.yml").stdout
    assert "no changes" in work.run("up", "c.yml").stdout
    assert work.run("graph", "c.yml").stdout.count('"sam" -> "app"') == 1
    assert "no changes in 2 stacks" in work.run("diff", "c.yml").stdout
    assert "2 deleted" in work.run("down", "-f", "c.yml").stdout


def test_watch_shows_again_what_changes(work):
    work.write(c__yml="namespace: n\nstacks:\n- {name: s, template_path: q.yml, variables: {Delay: 5}}\n", q__yml=QUEUE)
    work.run("up", "c.yml")
    environment = {"HOME": str(work.program.home), "XDG_STATE_HOME": str(work.program.home / "state")}
    process = subprocess.Popen([MAINSTAY, "watch", "--runs", "2", "c.yml"], cwd=work.folder, env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "watching ." not in process.stderr.readline():
        pass
    work.write(q__yml=QUEUE.replace("!Ref Delay", "7"))
    seen, _ = process.communicate(timeout=30)
    assert seen.startswith("no changes in 1 stack\n") and "1 of 1 stacks would change" in seen
    assert process.returncode == 0


def test_answers_to_i_come_through_a_pipe(work):
    work.write(c__yml="namespace: n\nstacks:\n- {name: s, template_path: q.yml, variables: {Delay: 5}}\n", q__yml=QUEUE)
    work.run("up", "c.yml")
    work.write(q__yml=QUEUE.replace("!Ref Delay", "7"))
    environment = {"HOME": str(work.program.home), "XDG_STATE_HOME": str(work.program.home / "state")}

    def answered(text):
        return subprocess.run([MAINSTAY, "up", "-i", "c.yml"], cwd=work.folder, env=environment, input=text,
                              capture_output=True, text=True, timeout=60)
    assert (answered("n\n").returncode, answered("").returncode) == (5, 5)
    assert "no terminal to ask at" in answered("").stderr
    done = answered("y\n")
    assert done.returncode == 0 and done.stdout.startswith("1 changed"), done.stderr


def test_what_has_nothing_to_be_made_from(work):
    work.write(c__yml="namespace: n\nstacks:\n- {name: a, locked: true}\n", none__yml="namespace: n\n",
               made__yml="namespace: n\nstacks:\n- {name: a, template_path: q.yml, variables: {Delay: 5}}\n", q__yml=QUEUE)
    assert "c.yml:3:3: stack a is not deployed, and has nothing to be made from" in work.run("up", "c.yml", code=3).stderr
    work.run("up", "made.yml")
    assert "a: skipped (locked)" in work.run("up", "c.yml").stderr
    assert "warning: the configuration has no stacks" in work.run("up", "none.yml").stderr


def test_every_unknown_class_is_named(work):
    work.write(c__yml="namespace: n\nstacks:\n- {name: a, class_path: s3.Buckets}\n- {name: b, class_path: nowhere.Class}\n")
    said = work.run("up", "--memory", "c.yml", code=3, PATH="/usr/bin:/bin").stderr
    assert 'no blueprint "s3.Buckets"' in said and "stack b: " in said and 'no blueprint "nowhere.Class"' in said
    assert 'did you mean "stacker_blueprints.s3.Buckets"?' in said


def test_ipv6_stands_in_brackets(work):
    server = subprocess.Popen([MAINSTAY, "cloud", "serve", "--memory", "--host", "::1", "--port", "0"],
                              env={"HOME": str(work.program.home)}, stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://\[::1\]:\d+", server.stdout.readline()).group()
        assert client(url, "sts").get_caller_identity()["Account"] == "123456789012"
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.wait()


def test_a_role_for_a_stack(work, served):
    """On the embedded cloud its account is rehearsed; on an account the role is taken on."""
    role = "arn:aws:iam::222222222222:role/deploy"
    config = "namespace: n\nstacks:\n- {name: a, template_path: q.yml, variables: {Delay: 5}, assume_role: 'ROLE'}\n"
    work.write(c__yml=config.replace("ROLE", role), q__yml=QUEUE)
    assert f"role {role} is account 222222222222 here" in work.run("up", "c.yml").stderr
    assert len(client(served, "cloudformation", "222222222222").describe_stacks()["Stacks"]) == 1
    assert not client(served, "cloudformation").describe_stacks()["Stacks"]
    work.run("down", "-f", "--approve=data:a", "c.yml")

    def trusting(principal):
        return ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
                '"Principal": {"AWS": "%s"}}]}' % principal)
    iam = client(served, "iam", "222222222222")
    keys = {"AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL": served,
            "AWS_REGION": "us-east-1"}
    account = ["--account", "123456789012", "c.yml"]
    refused = work.run("up", *account, code=None, **keys)
    assert refused.returncode != 0 and "AccessDenied" in refused.stderr
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=trusting("arn:aws:iam::123456789012:root"))
    iam.attach_role_policy(RoleName="deploy", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert "1 changed" in work.run("up", *account, **keys).stdout
    assert len(client(served, "cloudformation", "222222222222").describe_stacks()["Stacks"]) == 1
    for wrong in ("deploy", "arn:aws:iam::222222222222:user/deploy", "arn:aws:iam::x:role/deploy"):
        work.write(c__yml=config.replace("ROLE", wrong))
        assert "c.yml:3:" in work.run("up", "c.yml", code=3).stderr


KEPT = """Resources:
  Jobs: {Type: AWS::SQS::Queue, DeletionPolicy: Retain, Properties: {QueueName: jobs, DelaySeconds: 7}}
"""


def test_import_brings_under_a_stack_what_exists(work, served):
    sqs = client(served, "sqs")
    url = sqs.create_queue(QueueName="jobs", Attributes={"DelaySeconds": "7"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="still here")
    work.write(c__yml="namespace: n\nstacks:\n- {name: s, template_path: q.yml}\n", q__yml=KEPT)
    asked = ["import", "--stack", "s", "--resource", f"Jobs={url}", "c.yml"]
    refused = work.run(*asked, code=5)
    assert "  import  Jobs  AWS::SQS::Queue  " in refused.stdout and "--force" in refused.stderr
    assert "n-s:  not deployed" in work.run("info", "c.yml").stdout
    for resource, said in {"Jbs=x": 'did you mean "Jobs"?', "Jobs": "does not say which resource is what",
                           "Jobs.Arn=x": "identified by QueueUrl"}.items():
        assert said in work.run("import", "--stack", "s", "--resource", resource, "c.yml", code=3).stderr
    assert 'no stack "t"' in work.run("import", "--stack", "t", "--resource", "Jobs=x", "c.yml", code=3).stderr
    assert "1 changed" in work.run(*asked[:-1], "--force", "c.yml").stdout
    assert "n-s:  IMPORT_COMPLETE" in work.run("info", "c.yml").stdout
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesDelayed"] == "1"
    assert "no changes" in work.run("up", "c.yml").stdout
    # One more, into the stack that is there.
    more = sqs.create_queue(QueueName="mails")["QueueUrl"]
    work.write(q__yml=KEPT + "  Mails: {Type: AWS::SQS::Queue, DeletionPolicy: Retain, Properties: {QueueName: mails}}\n")
    work.run("import", "--stack", "s", "--resource", f"Mails={more}", "--force", "c.yml")
    assert "no changes" in work.run("up", "c.yml").stdout
    missing = work.run("import", "--stack", "s", "--resource", "Mails=https://sqs.us-east-1.amazonaws.com/1/none", "--force",
                       "c.yml", code=None)
    assert missing.returncode not in (0, 1)
    assert [run["command"] for run in map(json.loads, work.run("history", "--json").stdout.splitlines())
            if run.get("command") == "import"].count("import") >= 2
