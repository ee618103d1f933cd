"""EC2: instances, their volumes and interfaces, and images."""

import json

import pytest
from helpers import described, fails, names, tags

IMAGE = "ami-0123456789abcdef0"  # what run() runs


def found(ec2, **filters):
    filters = [{"Name": name.replace("_", "-"), "Values": [value]}
               for name, value in filters.items()]
    return names(described(ec2, Filters=filters), "InstanceId")


def test_run(ec2, run, subnet, vpc):
    made, = run(PrivateIpAddress="10.0.1.20")
    assert made["State"] == {"Code": 0, "Name": "pending"}
    instance, = described(ec2, made["InstanceId"])
    assert instance["State"] == {"Code": 16, "Name": "running"}
    assert (instance["ImageId"], instance["InstanceType"]) == (IMAGE, "t3.micro")
    assert (instance["SubnetId"], instance["VpcId"]) == (subnet, vpc)
    assert instance["PrivateIpAddress"] == "10.0.1.20"
    assert instance["PrivateDnsName"] == "ip-10-0-1-20.ec2.internal"
    assert names(instance["SecurityGroups"], "GroupName") == ["default"]
    assert "PublicIpAddress" not in instance
    ec2.get_waiter("instance_running").wait(InstanceIds=[made["InstanceId"]],
                                            WaiterConfig={"Delay": 1})


def test_its_interface_and_volume(ec2, run):
    instance, = described(ec2, run()[0]["InstanceId"])
    interface = instance["NetworkInterfaces"][0]
    shown = ec2.describe_network_interfaces(
        NetworkInterfaceIds=[interface["NetworkInterfaceId"]])["NetworkInterfaces"][0]
    assert shown["Attachment"]["InstanceId"] == instance["InstanceId"]
    assert shown["Status"] == "in-use"
    volume = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    shown = ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]
    assert shown["Attachments"][0]["InstanceId"] == instance["InstanceId"]
    by_instance = ec2.describe_volumes(Filters=[
        {"Name": "attachment.instance-id", "Values": [instance["InstanceId"]]}])["Volumes"]
    assert names(by_instance, "VolumeId") == [volume]


def test_tags_by_type(ec2, run):
    instance, = run(TagSpecifications=[{"ResourceType": t, "Tags": tags(kind=t)}
                                       for t in ("instance", "volume", "network-interface")])
    shown, = described(ec2, instance["InstanceId"])
    assert shown["Tags"] == tags(kind="instance")
    volume = shown["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Tags"] == tags(kind="volume")
    interface = shown["NetworkInterfaces"][0]["NetworkInterfaceId"]
    found_tags = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [interface]}])["Tags"]
    assert names(found_tags, "Value") == ["network-interface"]
    with fails("InvalidParameterValue",
               "'vpc' is not a valid taggable resource type for this operation."):
        run(TagSpecifications=[{"ResourceType": "vpc", "Tags": tags(a="1")}])


def test_several_in_one_reservation(ec2, run):
    made = run(3)
    assert [i["AmiLaunchIndex"] for i in made] == [0, 1, 2]
    assert len({i["PrivateIpAddress"] for i in described(ec2)}) == 3
    assert len(ec2.describe_instances()["Reservations"]) == 1
    run()
    assert len(ec2.describe_instances()["Reservations"]) == 2
    assert len(described(ec2, PaginationConfig={"PageSize": 5})) == 4


def test_filters(ec2, run, vpc):
    a = run(TagSpecifications=[{"ResourceType": "instance", "Tags": tags(Name="a")}])[0]
    b = run(InstanceType="m5.large")[0]
    ec2.stop_instances(InstanceIds=[b["InstanceId"]])
    assert found(ec2, **{"tag:Name": "a"}) == [a["InstanceId"]]
    assert found(ec2, instance_type="m5.*") == [b["InstanceId"]]
    assert found(ec2, instance_state_name="stopped") == [b["InstanceId"]]
    assert sorted(found(ec2, vpc_id=vpc)) == sorted([a["InstanceId"], b["InstanceId"]])
    assert found(ec2, image_id="ami-0123456789abcdef1") == []
    with fails("InvalidParameterValue", "The filter 'color' is invalid"):
        found(ec2, color="red")


def test_stop_start_terminate(ec2, run):
    instance = run()[0]["InstanceId"]

    def state():
        return described(ec2, instance)[0]["State"]["Name"]

    change, = ec2.stop_instances(InstanceIds=[instance])["StoppingInstances"]
    assert (change["PreviousState"]["Name"], change["CurrentState"]["Name"]) == (
        "running", "stopping")
    assert state() == "stopped"
    change, = ec2.start_instances(InstanceIds=[instance])["StartingInstances"]
    assert change["CurrentState"]["Name"] == "pending"
    assert state() == "running"
    change, = ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"]
    assert change["CurrentState"] == {"Code": 32, "Name": "shutting-down"}
    assert state() == "terminated"
    assert ec2.describe_volumes()["Volumes"] == []
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    with fails("IncorrectInstanceState", f"The instance '{instance}' is not in a state from which "
               "it can be started."):
        ec2.start_instances(InstanceIds=[instance])


def test_a_subnet_in_use_stays(ec2, run, subnet):
    instance = run()[0]["InstanceId"]
    with fails("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.delete_subnet(SubnetId=subnet)


def test_protected_instances(ec2, run):
    instance = run(DisableApiTermination=True)[0]["InstanceId"]
    with fails("OperationNotPermitted", f"The instance '{instance}' may not be terminated. Modify "
               "its 'disableApiTermination' instance attribute and try again."):
        ec2.terminate_instances(InstanceIds=[instance])


def test_status(ec2, run):
    a, b = names(run(2), "InstanceId")
    ec2.stop_instances(InstanceIds=[b])
    status, = ec2.describe_instance_status()["InstanceStatuses"]
    assert (status["InstanceId"], status["InstanceStatus"]["Status"]) == (a, "ok")
    assert len(ec2.describe_instance_status(IncludeAllInstances=True)["InstanceStatuses"]) == 2


def test_instance_profile(ec2, iam, run):
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
         "Action": "sts:AssumeRole"}]}
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))
    profile = iam.create_instance_profile(InstanceProfileName="p")["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="r")
    instance = run(IamInstanceProfile={"Name": "p"})[0]
    assert instance["IamInstanceProfile"] == {"Arn": profile["Arn"],
                                              "Id": profile["InstanceProfileId"]}
    with fails("InvalidParameterValue", "Value (none) for parameter iamInstanceProfile.name is "
               "invalid. Invalid IAM Instance Profile name"):
        run(IamInstanceProfile={"Name": "none"})


def test_security_groups(ec2, run, vpc):
    group = ec2.create_security_group(VpcId=vpc, GroupName="web", Description="d")["GroupId"]
    instance, = run(SecurityGroupIds=[group])
    assert names(instance["SecurityGroups"], "GroupId") == [group]
    assert found(ec2, **{"instance.group-name": "web"}) == [instance["InstanceId"]]


def test_interfaces_by_specification(ec2, run, subnet):
    instance, = run(SubnetId=None, NetworkInterfaces=[
        {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": True}])
    assert instance["PublicIpAddress"].startswith("198.1")
    assert instance["PublicDnsName"].endswith(".compute-1.amazonaws.com")
    with fails("InvalidParameterCombination"):
        run(NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet}])
    own = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    instance, = run(SubnetId=None, NetworkInterfaces=[
        {"DeviceIndex": 0, "NetworkInterfaceId": own}])
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    kept = ec2.describe_network_interfaces(NetworkInterfaceIds=[own])["NetworkInterfaces"][0]
    assert kept["Status"] == "available"


def test_the_default_subnet(ec2, run):
    instance, = run(SubnetId=None, Placement={"AvailabilityZone": "us-east-1b"})
    assert instance["Placement"]["AvailabilityZone"] == "us-east-1b"
    assert instance["PublicIpAddress"]


def test_the_same_token_is_the_same_instance(ec2, run):
    first, second = run(ClientToken="t")[0], run(ClientToken="t")[0]
    assert first["InstanceId"] == second["InstanceId"]
    assert len(described(ec2)) == 1


@pytest.mark.parametrize("change, code", [
    ({"ImageId": "ami-x"}, "InvalidAMIID.Malformed"),
    ({"ImageId": None}, "MissingParameter"),
    ({"SubnetId": "subnet-0123456789abcdef0"}, "InvalidSubnetID.NotFound"),
    ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound"),
    ({"KeyName": "none"}, "InvalidKeyPair.NotFound"),
    ({"count": 0}, "InvalidParameterValue"), ({"count": 1001}, "InstanceLimitExceeded"),
    ({"LaunchTemplate": {"LaunchTemplateName": "t"}}, "NotImplemented")],
    ids=["image", "no image", "subnet", "group", "key", "none", "many", "template"])
def test_launches_are_checked(run, change, code):
    with fails(code):
        run(**change)


def test_dry_run(ec2, run):
    with fails("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412):
        run(DryRun=True)
    assert described(ec2) == []


def test_unknown_instances(ec2):
    with fails("InvalidInstanceID.NotFound",
               "The instance ID 'i-0123456789abcdef0' does not exist"):
        ec2.describe_instances(InstanceIds=["i-0123456789abcdef0"])
    with fails("InvalidInstanceID.NotFound", "The instance IDs 'i-0123456789abcdef0, "
               "i-0123456789abcdef1' do not exist"):
        ec2.terminate_instances(InstanceIds=["i-0123456789abcdef0", "i-0123456789abcdef1"])


def test_images_are_those_of_parameter_store(ec2, ssm, run):
    name = "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2"
    image = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    shown, = ec2.describe_images(ImageIds=[image])["Images"]
    assert (shown["Name"], shown["State"]) == ("amzn2-ami-hvm-x86_64-gp2", "available")
    arm = ec2.describe_images(Owners=["amazon"],
                              Filters=[{"Name": "architecture", "Values": ["arm64"]}])["Images"]
    assert {"al2023-ami-kernel-default-arm64", "amzn2-ami-hvm-arm64-gp2"} <= set(names(arm, "Name"))
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    assert run(ImageId=image)[0]["ImageId"] == image


def test_an_instance_by_cloudformation(ec2, cloudformation):
    template = """
Resources:
  Instance:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: "{{resolve:ssm:/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2}}"
      InstanceType: t3.micro
      Tags: [{Key: Name, Value: web}]
Outputs: {Id: {Value: !Ref Instance}, Ip: {Value: !GetAtt Instance.PrivateIp}}
"""
    cloudformation.create_stack(StackName="s", TemplateBody=template)
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="s", WaiterConfig={"Delay": 1})
    stack, = cloudformation.describe_stacks(StackName="s")["Stacks"]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    instance, = described(ec2, outputs["Id"])
    assert instance["PrivateIpAddress"] == outputs["Ip"]
    assert {"Key": "Name", "Value": "web"} in instance["Tags"]
    cloudformation.delete_stack(StackName="s")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="s", WaiterConfig={"Delay": 1})
    assert described(ec2, outputs["Id"])[0]["State"]["Name"] == "terminated"
