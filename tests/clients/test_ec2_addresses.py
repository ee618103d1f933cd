"""EC2: Elastic IP addresses of instances."""

from helpers import described, fails, names


def addresses_of(ec2, instance):
    return ec2.describe_addresses(
        Filters=[{"Name": "instance-id", "Values": [instance]}])["Addresses"]


def test_address_of_an_instance(ec2, run):
    instance = run()[0]["InstanceId"]
    allocated = ec2.allocate_address(Domain="vpc")
    made = ec2.associate_address(AllocationId=allocated["AllocationId"], InstanceId=instance)
    shown, = described(ec2, instance)
    interface = shown["NetworkInterfaces"][0]
    assert shown["PublicIpAddress"] == allocated["PublicIp"]
    assert shown["PublicDnsName"] == interface["Association"]["PublicDnsName"]
    assert interface["Association"]["PublicIp"] == allocated["PublicIp"]
    address, = addresses_of(ec2, instance)
    assert address["AssociationId"] == made["AssociationId"]
    assert address["NetworkInterfaceId"] == interface["NetworkInterfaceId"]
    assert address["PrivateIpAddress"] == shown["PrivateIpAddress"]
    again = ec2.associate_address(AllocationId=allocated["AllocationId"], InstanceId=instance)
    assert again["AssociationId"] == made["AssociationId"]
    with fails("InvalidIPAddress.InUse"):
        ec2.release_address(AllocationId=allocated["AllocationId"])
    ec2.disassociate_address(AssociationId=made["AssociationId"])
    shown, = described(ec2, instance)
    assert "PublicIpAddress" not in shown and shown["PublicDnsName"] == ""
    assert "Association" not in shown["NetworkInterfaces"][0]
    assert addresses_of(ec2, instance) == []


def test_an_address_stays_while_its_instance_stops(ec2, run):
    instance = run()[0]["InstanceId"]
    allocated = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=allocated["AllocationId"], InstanceId=instance)
    ec2.stop_instances(InstanceIds=[instance])
    assert described(ec2, instance)[0]["PublicIpAddress"] == allocated["PublicIp"]
    ec2.start_instances(InstanceIds=[instance])
    assert described(ec2, instance)[0]["PublicIpAddress"] == allocated["PublicIp"]
    ec2.terminate_instances(InstanceIds=[instance])
    address, = ec2.describe_addresses(AllocationIds=[allocated["AllocationId"]])["Addresses"]
    assert not {"AssociationId", "InstanceId", "NetworkInterfaceId"} & set(address)
    with fails("InvalidInstanceID"):
        ec2.associate_address(AllocationId=allocated["AllocationId"], InstanceId=instance)
    ec2.release_address(AllocationId=allocated["AllocationId"])


def test_addresses_move(ec2, run):
    one, two = (run()[0]["InstanceId"] for _ in range(2))
    first, second = (ec2.allocate_address(Domain="vpc") for _ in range(2))
    ec2.associate_address(AllocationId=first["AllocationId"], InstanceId=one)
    with fails("Resource.AlreadyAssociated"):
        ec2.associate_address(AllocationId=first["AllocationId"], InstanceId=two,
                              AllowReassociation=False)
    ec2.associate_address(AllocationId=first["AllocationId"], InstanceId=two)
    assert "PublicIpAddress" not in described(ec2, one)[0]
    assert described(ec2, two)[0]["PublicIpAddress"] == first["PublicIp"]
    # The instance's new address takes the place of its old one, which stays allocated.
    ec2.associate_address(PublicIp=second["PublicIp"], InstanceId=two)
    assert described(ec2, two)[0]["PublicIpAddress"] == second["PublicIp"]
    assert names(addresses_of(ec2, two), "PublicIp") == [second["PublicIp"]]
    free, = ec2.describe_addresses(AllocationIds=[first["AllocationId"]])["Addresses"]
    assert "AssociationId" not in free


def test_an_address_takes_the_place_of_a_lent_one(ec2, run):
    made, = run(SubnetId=None)
    lent = described(ec2, made["InstanceId"])[0]["PublicIpAddress"]
    allocated = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=allocated["AllocationId"], InstanceId=made["InstanceId"])
    assert described(ec2, made["InstanceId"])[0]["PublicIpAddress"] == allocated["PublicIp"]
    ec2.disassociate_address(PublicIp=allocated["PublicIp"])
    assert described(ec2, made["InstanceId"])[0]["PublicIpAddress"] not in (
        lent, allocated["PublicIp"])


def test_addresses_of_several_interfaces(ec2, run, subnet):
    instance, = run(SubnetId=None, NetworkInterfaces=[
        {"DeviceIndex": 0, "SubnetId": subnet}, {"DeviceIndex": 1, "SubnetId": subnet}])
    allocated = ec2.allocate_address(Domain="vpc")
    with fails("InvalidInstanceID", "There are multiple interfaces attached to instance "
               f"'{instance['InstanceId']}'. Please specify an interface ID for the operation "
               "instead."):
        ec2.associate_address(AllocationId=allocated["AllocationId"],
                              InstanceId=instance["InstanceId"])
    second = instance["NetworkInterfaces"][1]["NetworkInterfaceId"]
    ec2.associate_address(AllocationId=allocated["AllocationId"], NetworkInterfaceId=second)
    shown, = described(ec2, instance["InstanceId"])
    assert "PublicIpAddress" not in shown
    assert shown["NetworkInterfaces"][1]["Association"]["PublicIp"] == allocated["PublicIp"]
    assert names(addresses_of(ec2, instance["InstanceId"]), "NetworkInterfaceId") == [second]


def test_an_interface_brings_its_address_and_keeps_it(ec2, run, subnet):
    own = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    allocated = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=allocated["AllocationId"], NetworkInterfaceId=own)
    instance, = run(SubnetId=None, NetworkInterfaces=[
        {"DeviceIndex": 0, "NetworkInterfaceId": own}])
    assert instance["PublicIpAddress"] == allocated["PublicIp"]
    assert names(addresses_of(ec2, instance["InstanceId"]), "NetworkInterfaceId") == [own]
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    address, = ec2.describe_addresses(AllocationIds=[allocated["AllocationId"]])["Addresses"]
    assert address["NetworkInterfaceId"] == own and "InstanceId" not in address


def test_associations_are_checked(ec2, run):
    instance, = run()
    interface = instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    with fails("InvalidParameterCombination"):
        ec2.associate_address(AllocationId=allocation, InstanceId=instance["InstanceId"],
                              NetworkInterfaceId=interface)
    with fails("MissingParameter"):
        ec2.associate_address(AllocationId=allocation)
    with fails("InvalidInstanceID.NotFound",
               "The instance ID 'i-0123456789abcdef0' does not exist"):
        ec2.associate_address(AllocationId=allocation, InstanceId="i-0123456789abcdef0")


ADDRESSES = """
Resources:
  Instance:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-0123456789abcdef0, InstanceType: t3.micro}
  Other:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-0123456789abcdef0, InstanceType: t3.micro}
  Own: {Type: AWS::EC2::EIP, Properties: {Domain: vpc%s}}
  Lent: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  Association:
    Type: AWS::EC2::EIPAssociation
    Properties: {AllocationId: !GetAtt Lent.AllocationId, InstanceId: !Ref Other}
Outputs:
  Instance: {Value: !Ref Instance}
  Other: {Value: !Ref Other}
  Own: {Value: !Ref Own}
  Lent: {Value: !Ref Lent}
  Association: {Value: !Ref Association}
"""


def test_addresses_of_instances_by_cloudformation(ec2, cloudformation):
    def wait(state):
        cloudformation.get_waiter(f"stack_{state}_complete").wait(
            StackName="s", WaiterConfig={"Delay": 1})

    def ip(instance):
        return described(ec2, outputs[instance])[0].get("PublicIpAddress")

    cloudformation.create_stack(StackName="s",
                                TemplateBody=ADDRESSES % ", InstanceId: !Ref Instance")
    wait("create")
    stack, = cloudformation.describe_stacks(StackName="s")["Stacks"]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    assert (ip("Instance"), ip("Other")) == (outputs["Own"], outputs["Lent"])
    assert names(addresses_of(ec2, outputs["Other"]), "AssociationId") == [outputs["Association"]]
    drift = cloudformation.detect_stack_resource_drift(
        StackName="s", LogicalResourceId="Association")["StackResourceDrift"]
    assert drift["StackResourceDriftStatus"] == "IN_SYNC"
    cloudformation.update_stack(StackName="s", TemplateBody=ADDRESSES % "")
    wait("update")
    assert ip("Instance") != outputs["Own"]
    assert addresses_of(ec2, outputs["Instance"]) == []
    cloudformation.update_stack(StackName="s",
                                TemplateBody=ADDRESSES % ", InstanceId: !Ref Instance")
    wait("update")
    assert ip("Instance") == outputs["Own"]
    cloudformation.delete_stack(StackName="s")
    wait("delete")
    assert ec2.describe_addresses()["Addresses"] == []
