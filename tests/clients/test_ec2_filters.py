"""Every filter that the models document for a Describe operation that is here is taken, and finds what has its value.

The names are read from botocore's documentation of each operation; data/ec2_filters.json says where each looks.
"""

import json
import pathlib
import re

import pytest
from botocore import xform_name
from helpers import fails

DATA = json.loads((pathlib.Path(__file__).parents[2] / "data/ec2_filters.json").read_text())["filters"]
# Operation, where its answer has what is described, and the table of the data.
OPERATIONS = {
    "DescribeVpcs": ("Vpcs", "vpc"), "DescribeSubnets": ("Subnets", "subnet"), "DescribeInternetGateways": ("InternetGateways", "internet-gateway"),
    "DescribeEgressOnlyInternetGateways": ("EgressOnlyInternetGateways", "egress-only-internet-gateway"), "DescribeNatGateways": ("NatGateways", "natgateway"),
    "DescribeAddresses": ("Addresses", "elastic-ip"), "DescribeRouteTables": ("RouteTables", "route-table"), "DescribeNetworkAcls": ("NetworkAcls", "network-acl"),
    "DescribeSecurityGroups": ("SecurityGroups", "security-group"), "DescribeSecurityGroupRules": ("SecurityGroupRules", "security-group-rule"),
    "DescribeDhcpOptions": ("DhcpOptions", "dhcp-options"), "DescribeVpcEndpoints": ("VpcEndpoints", "vpc-endpoint"), "DescribeNetworkInterfaces": ("NetworkInterfaces", "network-interface"),
    "DescribeVpcPeeringConnections": ("VpcPeeringConnections", "vpc-peering-connection"), "DescribeKeyPairs": ("KeyPairs", "key-pair"), "DescribeInstances": ("Reservations", "instance"),
    "DescribeInstanceStatus": ("InstanceStatuses", "instance-status"), "DescribeVolumes": ("Volumes", "volume"), "DescribeImages": ("Images", "image"),
    "DescribeAvailabilityZones": ("AvailabilityZones", "zone"), "DescribeRegions": ("Regions", "region"), "DescribeVpcEndpointServices": ("ServiceDetails", "vpc-endpoint-service"),
    "DescribePrefixLists": ("PrefixLists", "prefix-list")}


def is_here(ec2, operation):
    shape = ec2.meta.service_model.operation_model(operation).input_shape
    if not operation.startswith("Describe") or shape is None or not {"Filters", "Filter"} & set(shape.members) or shape.required_members:
        return False
    try:
        getattr(ec2, xform_name(operation))()
    except ec2.exceptions.ClientError as error:
        return error.response["Error"]["Code"] not in ("NotImplemented", "InvalidAction")
    return True


def filter_member(ec2, operation):
    return "Filters" if "Filters" in ec2.meta.service_model.operation_model(operation).input_shape.members else "Filter"


def documented(ec2, operation):
    """"tag" is followed by ":<key>", which markup hides."""
    text = ec2.meta.service_model.operation_model(operation).input_shape.members[filter_member(ec2, operation)].documentation
    return re.findall(r"<li> ?<p> ?<code>([a-z][\w.:-]*)</code>", text)


def describe(ec2, operation, name, value):
    return getattr(ec2, xform_name(operation))(**{filter_member(ec2, operation): [{"Name": name, "Values": [value]}]})


def test_every_documented_filter_is_taken(ec2):
    asked = 0
    for operation in ec2.meta.service_model.operation_names:
        if not is_here(ec2, operation):
            continue
        for name in documented(ec2, operation):
            describe(ec2, operation, name, "x")
            asked += 1
        with fails("InvalidParameterValue"):
            describe(ec2, operation, "no-such-filter", "x")
    assert asked > 430


@pytest.fixture
def network(ec2, vpc, subnet):
    """One of each."""
    tags = [{"Key": "team", "Value": "red"}]
    ec2.create_tags(Resources=[vpc, subnet], Tags=tags)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_egress_only_internet_gateway(VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
                                                                        "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "UserIdGroupPairs": [{"GroupId": group}]}])
    ec2.create_network_acl(VpcId=vpc)
    ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["example.com"]}])
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[table])
    ec2.create_key_pair(KeyName="k")
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)
    address = ec2.allocate_address()["AllocationId"]
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
    instance = ec2.run_instances(ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group], InstanceType="t3.micro",
                                 TagSpecifications=[{"ResourceType": "instance", "Tags": tags}], BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 9}}])["Instances"][0]
    second = ec2.allocate_address()["AllocationId"]
    ec2.associate_address(AllocationId=second, InstanceId=instance["InstanceId"])


def values_at(node, path):
    if isinstance(node, list):
        return [v for item in node for v in values_at(item, path)]
    if not path:
        return [] if node is None or isinstance(node, dict) else [node]
    return values_at(node.get(path[0]), path[1:]) if isinstance(node, dict) else []


def text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return value.strftime("%Y-%m-%dT%H:%M:%S*") if hasattr(value, "strftime") else str(value)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_filter_finds_what_has_its_value(ec2, network, operation):
    member, table = OPERATIONS[operation]
    everything = getattr(ec2, xform_name(operation))()[member]
    everything = [i for r in everything for i in r["Instances"]] if member == "Reservations" else everything
    found = 0
    for name, path in DATA[table].items():
        values = values_at(everything, path.split("."))
        if not values:
            continue
        having = [one for one in everything if values[0] in values_at(one, path.split("."))]
        answer = describe(ec2, operation, name, text(values[0]))[member]
        answer = [i for r in answer for i in r["Instances"]] if member == "Reservations" else answer
        assert answer == having, (name, values[0])
        assert describe(ec2, operation, name, "nothing-has-this")[member] == []
        found += 1
    assert found or not DATA[table]


def test_the_combination_of_a_tag(ec2, network, vpc):
    assert [v["VpcId"] for v in describe(ec2, "DescribeVpcs", "tag:team", "r*")["Vpcs"]] == [vpc]
    assert [v["VpcId"] for v in describe(ec2, "DescribeVpcs", "tag", "team=red")["Vpcs"]] == [vpc]
    assert describe(ec2, "DescribeVpcs", "tag", "team=blue")["Vpcs"] == []
