"""Several private addresses of one interface, and a public one for each ("IP addresses per network interface", EC2 user guide)."""

import pytest
from helpers import fails


@pytest.fixture
def interface(ec2, subnet):
    return ec2.create_network_interface(SubnetId=subnet, SecondaryPrivateIpAddressCount=2)["NetworkInterface"]


def addresses(ec2, interface):
    [found] = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface["NetworkInterfaceId"]])["NetworkInterfaces"]
    return {a["PrivateIpAddress"]: a.get("Association", {}).get("PublicIp") for a in found["PrivateIpAddresses"]}


def free(ec2, subnet):
    return ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"]


def test_as_many_as_are_wanted(ec2, subnet):
    before = free(ec2, subnet)
    made = ec2.create_network_interface(SubnetId=subnet, SecondaryPrivateIpAddressCount=2)["NetworkInterface"]
    assert [a["Primary"] for a in made["PrivateIpAddresses"]] == [True, False, False]
    assert len({a["PrivateIpAddress"] for a in made["PrivateIpAddresses"]}) == 3 and free(ec2, subnet) == before - 3
    other = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["PrivateIpAddress"]
    assert other not in addresses(ec2, made)
    ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    assert free(ec2, subnet) == before - 1


def test_by_name(ec2, subnet):
    made = ec2.create_network_interface(SubnetId=subnet, PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.9", "Primary": False}, {"PrivateIpAddress": "10.0.1.8", "Primary": True}])["NetworkInterface"]
    assert made["PrivateIpAddress"] == "10.0.1.8" and list(addresses(ec2, made)) == ["10.0.1.8", "10.0.1.9"]
    with fails("InvalidIPAddress.InUse"):
        ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.0.1.9")
    with fails("InvalidParameterCombination"):
        ec2.create_network_interface(SubnetId=subnet, PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.20"}], SecondaryPrivateIpAddressCount=1)


@pytest.mark.parametrize("address", ["10.0.1.0", "10.0.1.1", "10.0.1.3", "10.0.1.255"])
def test_reserved_ones(ec2, subnet, address):
    """"Subnet sizing": the first four addresses and the last can't be used."""
    with fails("InvalidParameterValue"):
        ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress=address)


def test_a_public_address_for_each(ec2, interface):
    public = {}
    for private in addresses(ec2, interface):
        made = ec2.allocate_address(Domain="vpc")
        ec2.associate_address(AllocationId=made["AllocationId"], NetworkInterfaceId=interface["NetworkInterfaceId"], PrivateIpAddress=private)
        public[private] = made["PublicIp"]
    assert addresses(ec2, interface) == public
    first, second, third = public
    with fails("InvalidParameterValue"):
        ec2.associate_address(AllocationId=ec2.allocate_address()["AllocationId"], NetworkInterfaceId=interface["NetworkInterfaceId"], PrivateIpAddress="10.0.1.200")
    ec2.unassign_private_ip_addresses(NetworkInterfaceId=interface["NetworkInterfaceId"], PrivateIpAddresses=[second])
    assert addresses(ec2, interface) == {first: public[first], third: public[third]}
    assert "AssociationId" not in ec2.describe_addresses(PublicIps=[public[second]])["Addresses"][0]
    with fails("InvalidParameterValue"):
        ec2.unassign_private_ip_addresses(NetworkInterfaceId=interface["NetworkInterfaceId"], PrivateIpAddresses=[first])
    [more] = ec2.assign_private_ip_addresses(NetworkInterfaceId=interface["NetworkInterfaceId"], SecondaryPrivateIpAddressCount=1)["AssignedPrivateIpAddresses"]
    assert more["PrivateIpAddress"] in addresses(ec2, interface)
    ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    assert not any("AssociationId" in a for a in ec2.describe_addresses()["Addresses"])
