"""EC2: a network from VPC to NAT gateway, and what may not be."""

import subprocess

import pytest
from helpers import fails, names, tags


def subnet_of(ec2, vpc, cidr="10.0.0.0/24", **more):
    return ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, **more)["Subnet"]["SubnetId"]


def filtered(name, *values):
    return [{"Name": name, "Values": list(values)}]


def tables_of(ec2, vpc):
    return ec2.describe_route_tables(Filters=filtered("vpc-id", vpc))["RouteTables"]


def test_vpc_comes_with_its_defaults(ec2, vpc):
    assert len(tables_of(ec2, vpc)) == 1
    groups = ec2.describe_security_groups(Filters=filtered("vpc-id", vpc))["SecurityGroups"]
    assert names(groups, "GroupName") == ["default"]
    acls = ec2.describe_network_acls(Filters=filtered("vpc-id", vpc))["NetworkAcls"]
    assert names(acls, "IsDefault") == [True]


def test_vpc_attributes(ec2, vpc):
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    assert answer["EnableDnsHostnames"] == {"Value": True}


def test_vpc_that_is_not_there(ec2):
    with fails("InvalidVpcID.NotFound", "The vpc ID 'vpc-12345678' does not exist"):
        ec2.describe_vpcs(VpcIds=["vpc-12345678"])


@pytest.mark.parametrize("cidr, code", [("10.0.0.0/8", "InvalidVpc.Range"),
                                        ("10.0.0.0/29", "InvalidVpc.Range"),
                                        ("nonsense", "InvalidParameterValue")])
def test_sizes_of_a_vpc(ec2, cidr, code):
    with fails(code):
        ec2.create_vpc(CidrBlock=cidr)


def test_vpc_in_use_stays(ec2, vpc):
    subnet_of(ec2, vpc)
    with fails("DependencyViolation",
               f"The vpc '{vpc}' has dependencies and cannot be deleted."):
        ec2.delete_vpc(VpcId=vpc)


def test_subnets(ec2, vpc):
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24",
                               AvailabilityZone="us-east-1b")["Subnet"]
    assert (subnet["AvailableIpAddressCount"], subnet["AvailabilityZone"]) == (251, "us-east-1b")
    with fails("InvalidSubnet.Conflict",
               "The CIDR '10.0.1.128/25' conflicts with another subnet"):
        subnet_of(ec2, vpc, "10.0.1.128/25")
    with fails("InvalidSubnet.Range", "The CIDR '10.9.0.0/24' is invalid."):
        subnet_of(ec2, vpc, "10.9.0.0/24")


def test_public_addresses_of_a_subnet(ec2, vpc):
    subnet = subnet_of(ec2, vpc)
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    found = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]
    assert found["MapPublicIpOnLaunch"] is True


def test_from_vpc_to_nat(ec2, vpc):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    public, private = subnet_of(ec2, vpc), subnet_of(ec2, vpc, "10.0.1.0/24")
    out = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=out, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=out, SubnetId=public)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]
    ec2.get_waiter("nat_gateway_available").wait(
        NatGatewayIds=[nat["NatGatewayId"]], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    inner = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=inner, DestinationCidrBlock="0.0.0.0/0",
                     NatGatewayId=nat["NatGatewayId"])
    ec2.associate_route_table(RouteTableId=inner, SubnetId=private)
    table = ec2.describe_route_tables(
        Filters=filtered("association.subnet-id", private))["RouteTables"][0]
    routes = {r["DestinationCidrBlock"]: r for r in table["Routes"]}
    assert routes["0.0.0.0/0"]["NatGatewayId"] == nat["NatGatewayId"]
    assert routes["10.0.0.0/16"]["GatewayId"] == "local"


def test_one_internet_gateway_a_vpc(ec2, vpc):
    first, second = (ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
                     for _ in range(2))
    ec2.attach_internet_gateway(InternetGatewayId=first, VpcId=vpc)
    with fails("InvalidParameterValue"):
        ec2.attach_internet_gateway(InternetGatewayId=second, VpcId=vpc)
    with fails("Resource.AlreadyAssociated"):
        ec2.attach_internet_gateway(InternetGatewayId=first, VpcId=vpc)


def test_routes_are_unique(ec2, vpc):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = tables_of(ec2, vpc)[0]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
    ec2.create_route(**route)
    ec2.create_route(**route)  # the same again is no error
    del route["GatewayId"]
    interface = ec2.create_network_interface(SubnetId=subnet_of(ec2, vpc))["NetworkInterface"]
    with fails("RouteAlreadyExists", "The route identified by 0.0.0.0/0 already exists."):
        ec2.create_route(**route, NetworkInterfaceId=interface["NetworkInterfaceId"])


def test_main_route_table_stays(ec2, vpc):
    table = tables_of(ec2, vpc)[0]["RouteTableId"]
    with fails("DependencyViolation"):
        ec2.delete_route_table(RouteTableId=table)


def test_gateway_endpoint_adds_its_route(ec2, vpc):
    table = tables_of(ec2, vpc)[0]["RouteTableId"]
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3",
                                       RouteTableIds=[table])["VpcEndpoint"]
    assert endpoint["VpcEndpointType"] == "Gateway"
    routes = tables_of(ec2, vpc)[0]["Routes"]
    assert endpoint["VpcEndpointId"] in [r.get("GatewayId") for r in routes]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    assert len(tables_of(ec2, vpc)[0]["Routes"]) == 1


def test_unknown_endpoint_service(ec2, vpc):
    name = "com.amazonaws.us-east-1.nothing"
    with fails("InvalidServiceName",
               f"The Vpc Endpoint Service '{name}' does not exist"):
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name)


def test_network_acl_entries(ec2, vpc):
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 100, "Protocol": "6", "RuleAction": "allow",
             "Egress": False, "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 443, "To": 443}}
    ec2.create_network_acl_entry(**entry)
    with fails("NetworkAclEntryAlreadyExists"):
        ec2.create_network_acl_entry(**entry)
    found = ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]["Entries"]
    assert 100 in names(found, "RuleNumber")


def test_dhcp_options(ec2, vpc):
    options = ec2.create_dhcp_options(DhcpConfigurations=[
        {"Key": "domain-name", "Values": ["corp.internal"]}])["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["DhcpOptionsId"] == options
    with fails("DependencyViolation"):
        ec2.delete_dhcp_options(DhcpOptionsId=options)


def test_addresses(ec2):
    allocation = ec2.allocate_address(Domain="vpc", TagSpecifications=[
        {"ResourceType": "elastic-ip", "Tags": tags(Name="nat")}])["AllocationId"]
    found = ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0]
    assert found["Tags"] == tags(Name="nat")
    ec2.release_address(AllocationId=allocation)
    with fails("InvalidAllocationID.NotFound"):
        ec2.describe_addresses(AllocationIds=[allocation])


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_made_keys_are_what_ssh_reads(ec2, tmp_path, kind):
    """The private key that ssh-keygen reads is that of the public key which EC2 answers."""
    made = ec2.create_key_pair(KeyName="me", KeyType=kind)
    private = tmp_path / "key"
    private.write_text(made["KeyMaterial"])
    private.chmod(0o600)
    derived = subprocess.run(["ssh-keygen", "-y", "-f", private], capture_output=True, text=True, check=True).stdout
    [told] = ec2.describe_key_pairs(KeyNames=["me"], IncludePublicKey=True)["KeyPairs"]
    assert told["KeyType"] == kind and told["KeyFingerprint"] == made["KeyFingerprint"]
    assert derived.split()[:2] == told["PublicKey"].split()[:2]
    if kind == "ed25519":
        shown = subprocess.run(["ssh-keygen", "-l", "-f", private], capture_output=True, text=True, check=True).stdout
        assert shown.split()[1] == "SHA256:" + made["KeyFingerprint"].rstrip("=")
    with fails("Unsupported"):
        ec2.create_key_pair(KeyName="putty", KeyFormat="ppk")


def test_key_pairs(ec2):
    made = ec2.create_key_pair(KeyName="k")
    assert made["KeyMaterial"].startswith("-----BEGIN")
    with fails("InvalidKeyPair.Duplicate"):
        ec2.create_key_pair(KeyName="k")
    assert names(ec2.describe_key_pairs()["KeyPairs"], "KeyName") == ["k"]


def test_default_vpc(ec2):
    default = ec2.describe_vpcs(Filters=filtered("is-default", "true"))["Vpcs"]
    assert names(default, "CidrBlock") == ["172.31.0.0/16"]
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    subnets = ec2.describe_subnets(Filters=filtered("vpc-id", default[0]["VpcId"]))["Subnets"]
    assert sorted(names(subnets, "AvailabilityZone")) == sorted(names(zones, "ZoneName"))
