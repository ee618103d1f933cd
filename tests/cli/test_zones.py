"""`mainstay cloud zones`: an account's zones as AWS would come to change them, and what follows from it."""

import pytest
from test_cloud import client, one, served  # noqa: F401


def zones(program, *arguments, **options):
    return one(program.run("cloud", "zones", *arguments, "--json", **options), "zones")


def names(answer):
    return [zone["ZoneName"][-1] for zone in answer["zones"]]


def test_zones_come_and_go_and_stay_in_the_state(program):
    first = zones(program, "list", "us-east-1")
    assert "".join(names(first)) == "abcdef" and [a[-1] for a in first["answered"]] == list("abcdef")
    assert all(zone["Subnets"] == 1 and zone["DefaultSubnet"].startswith("subnet-") for zone in first["zones"])
    assert "".join(names(zones(program, "remove", "us-east-1", "us-east-1b"))) == "acdef"
    added = zones(program, "add", "us-east-1", "us-east-1g")
    assert added["zones"][-1] == {"ZoneName": "us-east-1g", "ZoneId": "use1-az7", "Subnets": 0, "DefaultSubnet": ""}
    assert [a[-1] for a in added["answered"]] == list("acdef")  # it has no default subnet yet
    back = zones(program, "add", "us-east-1", "us-east-1b")
    assert back["zones"][1]["ZoneId"] == "use1-az2"
    given = zones(program, "default", "us-east-1", "us-east-1b")
    assert [a[-1] for a in given["answered"]] == list("abcdef")
    assert [a[-1] for a in zones(program, "no-default", "us-east-1", "us-east-1c")["answered"]] == list("abdef")
    assert "".join(names(zones(program, "list", "us-east-1"))) == "abcdefg"
    # Another account, another region: untouched.
    assert "".join(names(zones(program, "list", "us-east-1", "--of", "210987654321"))) == "abcdef"
    assert "".join(names(zones(program, "list", "us-west-2"))) == "abcd"


def test_all_zones_are_answered_where_none_has_a_default_subnet(program):
    for letter in "abc":
        last = zones(program, "no-default", "us-east-2", f"us-east-2{letter}")
    assert [a[-1] for a in last["answered"]] == list("abc")


@pytest.mark.parametrize("arguments, code, word", [
    (["add", "us-east-1", "us-east-1a"], 3, "ZoneExists"), (["add", "us-east-1", "use1-az1"], 3, "ZoneInvalid"),
    (["add", "us-east-1", "us-west-2a"], 3, "ZoneInvalid"), (["remove", "us-east-1", "us-east-1x"], 3, "ZoneMissing"),
    (["add", "us-east-9", "us-east-9a"], 3, "RegionInvalid"), (["default", "us-east-1", "us-east-1x"], 4, "InvalidParameterValue"),
    (["default", "us-east-1", "us-east-1a"], 4, "DefaultSubnetAlreadyExistsInAvailabilityZone"),
    (["list", "us-east-1", "--of", "12"], 3, "AccountInvalid"), (["list", "us-east-1", "--fork", "x"], 4, "CloudMissing")])
def test_what_is_refused(program, arguments, code, word):
    assert word in program.run("cloud", "zones", *arguments, code=code).stderr


def test_a_zone_with_subnets_stays(program, served):  # noqa: F811
    cloud = served()
    ec2 = client(cloud.endpoint, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="us-east-1c")["Subnet"]["SubnetId"]
    refused = program.run("cloud", "zones", "remove", "us-east-1", "us-east-1c", code=4)
    assert "ZoneInUse" in refused.stderr and subnet in refused.stderr
    # A machine in the default subnet keeps that, and so the zone.
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, Placement={"AvailabilityZone": "us-east-1d"})
    assert "DependencyViolation" in program.run("cloud", "zones", "remove", "us-east-1", "us-east-1d", code=4).stderr
    assert "".join(names(zones(program, "list", "us-east-1"))) == "abcdef"
    ec2.delete_subnet(SubnetId=subnet)
    zones(program, "remove", "us-east-1", "us-east-1c")
    assert [z["ZoneName"][-1] for z in ec2.describe_availability_zones()["AvailabilityZones"]] == list("abdef")


def test_a_fork_has_its_own(program, served):  # noqa: F811
    served()
    program.run("cloud", "fork", "rehearsal")
    assert "".join(names(zones(program, "add", "us-east-1", "us-east-1g", "--fork", "rehearsal"))) == "abcdefg"
    assert "".join(names(zones(program, "list", "us-east-1", "--fork", "rehearsal"))) == "abcdefg"
    assert "".join(names(zones(program, "list", "us-east-1"))) == "abcdef"


ENVIRONMENT = "namespace: staging\ns3_endpoint: {s3}\n"
CONFIG = """namespace: ${namespace}
stacker_bucket: ""
stacks:
  - name: vpc
    class_path: stacker_blueprints.vpc.VPC
    variables:
      AZCount: 3
      UseNatGateway: true
      PrivateSubnets: [10.128.8.0/22, 10.128.12.0/22, 10.128.16.0/22]
      PublicSubnets: [10.128.0.0/24, 10.128.1.0/24, 10.128.2.0/24]
      CreateS3Endpoint: ${s3_endpoint}
"""


@pytest.fixture
def staging(program, tmp_path):
    """The seed's: a VPC over three zones, made before the account was given a fourth."""
    (tmp_path / "stacker.yml").write_text(CONFIG)
    (tmp_path / "staging.env").write_text(ENVIRONMENT.format(s3="false"))
    for letter in "bde":
        zones(program, "remove", "us-east-1", f"us-east-1{letter}")
    program.run("up", "staging.env", "stacker.yml", folder=tmp_path)
    zones(program, "add", "us-east-1", "us-east-1b")
    zones(program, "default", "us-east-1", "us-east-1b")
    return tmp_path


def diff_of(program, folder):
    return one(program.run("diff", "--json", "staging.env", "stacker.yml", folder=folder), "diff")


def test_a_new_zone_is_foreseen_to_move_subnets_and_does(program, staging):
    quiet = diff_of(program, staging)
    assert quiet["kind"] == "unchanged"
    (staging / "staging.env").write_text(ENVIRONMENT.format(s3="true"))
    seen = diff_of(program, staging)
    assert quiet["zones"] == seen["zones"]
    assert seen["zones"]["answers"] == [{"region": "us-east-1", "gave": [f"us-east-1{z}" for z in "acf"],
                                         "gives": [f"us-east-1{z}" for z in "abcf"]}]
    moves = {m["logical_id"]: m for m in seen["zones"]["moves"]}
    assert {(name, m["before"][-1], m["after"][-1], m["index"]) for name, m in moves.items()} == {
        (f"{kind}Subnet{i}", *zone, i) for kind in ("Private", "Public") for i, zone in ((1, "cb"), (2, "fc"))}
    assert moves["PublicSubnet1"]["refusal"] == "The CIDR '10.128.1.0/24' conflicts with another subnet"
    assert moves["PublicSubnet1"]["dependents"] == ["NatGateway1", "PrivateRoute1", "PublicRouteTableAssociation1"]
    details = {c["logical_id"]: c for c in seen["changes"]}
    assert details["PublicSubnet2"]["action"] == "replace"
    assert [(d["before"], d["after"]) for d in details["PublicSubnet2"]["details"]] == [("us-east-1f", "us-east-1c")]
    assert "PublicSubnet0" not in details
    failed = program.run("up", "--approve=access", "staging.env", "stacker.yml", folder=staging, code=4)
    assert moves["PublicSubnet1"]["refusal"].split("'")[1] in failed.stderr or "conflicts with\n  another subnet" in failed.stderr
    assert "rolled back cleanly" in failed.stderr and "EFFECT 0 left behind" in failed.stderr
    assert diff_of(program, staging)["zones"] == seen["zones"]  # the subnets are where they were


def test_fewer_zones_than_the_template_asks_for(program, staging):
    for letter in "abf":  # only c keeps a default subnet
        zones(program, "no-default", "us-east-1", f"us-east-1{letter}")
    moves = {m["logical_id"]: m for m in diff_of(program, staging)["zones"]["moves"]}
    assert moves["PublicSubnet1"]["after"] == "" and "nonexistent value at index 1" in moves["PublicSubnet1"]["refusal"]
    assert moves["PublicSubnet0"]["after"] == "us-east-1c"
    (staging / "staging.env").write_text(ENVIRONMENT.format(s3="true"))
    failed = program.run("up", "--approve=access", "staging.env", "stacker.yml", folder=staging, code=None)
    assert failed.returncode != 0 and "nonexistent value at index" in failed.stderr.replace("\n  ", " ")


def test_zones_that_only_come_at_the_end_move_nothing(program, staging):
    zones(program, "remove", "us-east-1", "us-east-1b")
    zones(program, "add", "us-east-1", "us-east-1g")
    zones(program, "default", "us-east-1", "us-east-1g")
    assert diff_of(program, staging)["zones"]["moves"] == []
    assert program.run("diff", "staging.env", "stacker.yml", folder=staging).stdout == "no changes in 1 stack\n"


def test_pinned_zones_keep_everything_where_it_is(program, staging):
    program.run("pin-zones", "staging.env", "stacker.yml", folder=staging)
    assert "# vpc stands in use1-az1, use1-az3, use1-az6\nvpc_zones: us-east-1a,us-east-1c,us-east-1f\n" in \
        (staging / "staging.env").read_text()
    assert "  - name: vpc\n    zones: ${vpc_zones}\n    class_path" in (staging / "stacker.yml").read_text()
    assert program.run("diff", "staging.env", "stacker.yml", folder=staging).stdout.endswith("no changes in 1 stack\n")
    again = program.run("pin-zones", "staging.env", "stacker.yml", folder=staging)
    assert "nothing to pin" in again.stdout
    text = (staging / "staging.env").read_text().replace("s3_endpoint: false", "s3_endpoint: true")
    (staging / "staging.env").write_text(text)
    seen = diff_of(program, staging)
    assert [c["logical_id"] for c in seen["changes"]] == ["S3Endpoint"] and seen["zones"]["moves"] == []
    program.run("up", "--approve=access", "staging.env", "stacker.yml", folder=staging)
    assert "no changes" in program.run("diff", "staging.env", "stacker.yml", folder=staging).stdout


TEMPLATE = """Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  One:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: !Select [1, !GetAZs us-east-1]}
  Two:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: !Select [!Ref Which, !GetAZs {Ref: "AWS::Region"}]}
Parameters: {Which: {Type: Number, Default: 2}}
"""


@pytest.mark.parametrize("config, fine", [
    ("stacks:\n  net:\n    template_path: net.yaml\n    tags: {a: b}\n  other:\n    template_path: queue.yaml\n", True),
    ("stacks:\n- template_path: net.yaml\n  name: net\n- name: other\n  template_path: queue.yaml\n", True),
    ("stacks: [{name: net, template_path: net.yaml}, {name: other, template_path: queue.yaml}]\n", False)])
def test_pins_of_a_template_in_a_configuration_alone(program, tmp_path, config, fine):
    config = "namespace: p\nstacker_bucket: ''\n" + config
    (tmp_path / "c.yml").write_text(config)
    (tmp_path / "net.yaml").write_text(TEMPLATE)
    (tmp_path / "queue.yaml").write_text("Resources: {Q: {Type: AWS::SQS::Queue}}\n")
    program.run("up", "c.yml", folder=tmp_path)
    zones(program, "no-default", "us-east-1", "us-east-1b")
    assert "us-east-1b -> us-east-1c" in program.run("diff", "c.yml", folder=tmp_path).stdout
    done = program.run("pin-zones", "c.yml", folder=tmp_path, code=0 if fine else 3)
    if not fine:
        assert "PinRefused" in done.stderr and "net: zones: us-east-1a,us-east-1b,us-east-1c" in done.stderr
        assert (tmp_path / "c.yml").read_text() == config
        return
    # Item 0 is used by nothing: any zone that is not among the others.
    assert "us-east-1a,us-east-1b,us-east-1c" in (tmp_path / "c.yml").read_text()
    assert program.run("diff", "c.yml", folder=tmp_path).stdout == "no changes in 2 stacks\n"


@pytest.mark.parametrize("key, word", [("us-east-1a,us-west-2a", "not of one region"), ("use1-az1", "no availability zone")])
def test_zones_that_are_none(program, tmp_path, key, word):
    (tmp_path / "c.yml").write_text(f"namespace: p\nstacks:\n- name: net\n  template_path: net.yaml\n  zones: {key}\n")
    (tmp_path / "net.yaml").write_text(TEMPLATE)
    refused = program.run("diff", "c.yml", folder=tmp_path, code=3)
    assert word in refused.stderr and "c.yml:5" in refused.stderr


def rehearsed(program, folder, code):
    done = program.run("rehearse", "--json", "staging.env", "stacker.yml", folder=folder, code=code)
    return one(done, "rehearsal")


def test_a_rehearsal_says_what_the_run_then_does(program, staging):
    text = (staging / "staging.env").read_text().replace("false", "true")
    (staging / "staging.env").write_text(text)
    said = rehearsed(program, staging, 4)
    assert said == said | {"refused": True, "unproven": [], "approve": "--approve=access"}
    [vpc] = said["stacks"]
    assert vpc == vpc | {"stack": "vpc", "outcome": "failed", "status": "UPDATE_ROLLBACK_COMPLETE", "rolled_back": True}
    assert "conflicts with another subnet" in vpc["message"]
    assert rehearsed(program, staging, 4)["stacks"][0]["resource"] == vpc["resource"]  # nothing was done
    failed = program.run("up", "--approve=access", "staging.env", "stacker.yml", folder=staging, code=4)
    assert f"CAUSE  {vpc['resource']} " in failed.stderr
    held = program.run("up", "--rehearse", "--approve=access", "staging.env", "stacker.yml", folder=staging, code=5)
    assert "RehearsalRefused" in held.stderr
    program.run("pin-zones", "staging.env", "stacker.yml", folder=staging)
    fine = rehearsed(program, staging, 0)
    assert fine["refused"] is False and [(s["outcome"], s["changed"]) for s in fine["stacks"]] == [("complete", True)]
    assert program.run("diff", "--exit-code", "staging.env", "stacker.yml", folder=staging, code=2)  # still to be done
    program.run("up", "--rehearse", "--approve=access", "staging.env", "stacker.yml", folder=staging)
    assert "no changes" in program.run("diff", "staging.env", "stacker.yml", folder=staging).stdout


def test_a_rehearsal_beside_a_served_cloud_changes_nothing_there(program, staging, served):  # noqa: F811
    cloud = served()
    text = (staging / "staging.env").read_text().replace("false", "true")
    (staging / "staging.env").write_text(text)
    assert rehearsed(program, staging, 4)["refused"]
    stacks = client(cloud.endpoint, "cloudformation").describe_stacks()["Stacks"]
    assert [s["StackStatus"] for s in stacks] == ["CREATE_COMPLETE"]


def test_what_a_rehearsal_leaves_out_is_unproven(program, tmp_path):
    (tmp_path / "q.yaml").write_text("Resources: {Q: {Type: AWS::SQS::Queue}}\n")
    (tmp_path / "c.yml").write_text("namespace: p\nstacker_bucket: ''\npre_build:\n- path: stacker.hooks.command.run_command\n"
                                    "  args: {command: [touch, was-run]}\nstacks:\n- name: q\n  template_path: q.yaml\n")
    done = program.run("rehearse", "c.yml", folder=tmp_path, code=5)
    assert "UNPROVEN  the hook stacker.hooks.command.run_command" in done.stdout and "RehearsalUnproven" in done.stderr
    assert not (tmp_path / "was-run").exists()
    assert "RehearsalRefused" in program.run("up", "--rehearse", "c.yml", folder=tmp_path, code=5).stderr
    assert not (tmp_path / "was-run").exists()
    refused = program.run("rehearse", "--endpoint", "http://127.0.0.1:1", "c.yml", folder=tmp_path, code=4)
    assert "RehearsalUnsupported" in refused.stderr
