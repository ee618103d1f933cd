"""Errors say where: the file, line and column that a person has to change."""

import pytest

CONFIG = """namespace: places
stacks:
  - name: one
    template_path: t.yml
    variables: {Word: "${file json:file://word.json}"}
"""
TEMPLATE = """Parameters: {Word: {Type: String, Default: a}}
Resources:
  Network:
    Type: %s
    Properties: {CidrBlock: %s}
"""


@pytest.fixture
def places(program, tmp_path):
    """up's output, with this network in the template and this content in the file looked up."""
    def up(kind="AWS::EC2::VPC", cidr="10.0.0.0/16", word='"word"', code=3):
        (tmp_path / "c.yml").write_text(CONFIG)
        (tmp_path / "t.yml").write_text(TEMPLATE % (kind, cidr))
        (tmp_path / "word.json").write_text(word)
        done = program.run("up", "c.yml", folder=tmp_path, code=code)
        return done.stdout + done.stderr
    return up


def test_what_cloudformation_refuses_is_found_in_the_template(places):
    assert "t.yml:4:11" in places(kind="AWS::EC2::Network")
    assert "t.yml:5:29" in places(cidr="!Ref Missing")
    assert "t.yml:5:29" in places(cidr="!GetAtt Missing.Id")


def test_a_fault_in_a_file_that_is_looked_up(places):
    shown = places(word='{\n"a": ')
    assert "word.json:2:" in shown and "c.yml:5:23" in shown


def test_what_only_the_resource_refuses_has_no_place_made_up(places):
    assert "t.yml:3:3" in places(cidr="10.0.0.0/99", code=4), "the resource's own"


@pytest.mark.parametrize("stack,said", [
    ("{name: b, requires: [a], template_path: missing.yml}", "c.yml:4:"),
    ("{name: b, requires: [a], template_path: t.yml, variables: {Word: '${outptu a::X}'}}", 'did you mean "output"?'),
    ("{name: b, requires: [a], template_path: torn.yml}", "torn.yml:2:"),
    ("{name: b, requires: [a], class_path: no.Such}", "c.yml:4:"),
])
def test_what_can_be_known_is_told_before_anything_is_done(program, tmp_path, stack, said):
    (tmp_path / "t.yml").write_text(TEMPLATE % ("AWS::EC2::VPC", "10.0.0.0/16"))
    (tmp_path / "torn.yml").write_text("Resources: {\n")
    (tmp_path / "c.yml").write_text("namespace: places\nstacks:\n  - {name: a, template_path: t.yml}\n  - " + stack + "\n")
    done = program.run("up", "c.yml", folder=tmp_path, code=3)
    assert said in done.stderr and "stack b" in done.stderr
    assert "places-a:  not deployed" in program.run("info", "c.yml", folder=tmp_path, code=None).stdout


def test_down_after_a_creation_that_was_rolled_back_asks_for_no_data(program, tmp_path):
    (tmp_path / "t.yml").write_text("""Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: id, AttributeType: S}], KeySchema: [{AttributeName: id, KeyType: HASH}]}
  Network: {Type: AWS::EC2::VPC, DependsOn: Table, Properties: {CidrBlock: 10.0.0.0/99}}
""")
    (tmp_path / "c.yml").write_text("namespace: places\nstacks:\n  - {name: a, template_path: t.yml}\n")
    program.run("up", "c.yml", folder=tmp_path, code=4)
    program.run("down", "--force", "c.yml", folder=tmp_path)


def test_properties_that_a_type_does_not_take_are_warned_of_before(program, tmp_path):
    template = """Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      DelaySeconds: 5
      VisibiltyTimeout: 1
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !GetAtt Queue.QueueName, FifoTopic: !Ref "AWS::NoValue"}}
"""
    (tmp_path / "t.yml").write_text(template)
    (tmp_path / "c.yml").write_text("namespace: places\nstacks:\n  - {name: a, template_path: t.yml}\n")
    said = "t.yml:6:7: Queue: Encountered unsupported property VisibiltyTimeout"
    assert said in program.run("diff", "c.yml", folder=tmp_path).stderr
    assert said in program.run("up", "c.yml", folder=tmp_path, code=4).stderr
    program.run("down", "--force", "c.yml", folder=tmp_path)
    (tmp_path / "t.yml").write_text(template.replace("VisibiltyTimeout", "VisibilityTimeout"))
    assert "warning" not in program.run("up", "c.yml", folder=tmp_path).stderr
    (tmp_path / "t.yml").write_text(template)
    refused = program.run("diff", "c.yml", folder=tmp_path, code=4).stderr
    # Ours, and what CloudFormation's own validation of the change set says.
    assert said in refused and "Queue /Resources/Queue/Properties: Encountered unsupported property" in refused
