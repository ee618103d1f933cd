"""EC2: filters, pages, tags, dry runs, and the rules of security groups."""

import pytest
from helpers import fails, names, tags


@pytest.fixture
def group(ec2, vpc):
    return ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]


def rule(port, *cidrs, protocol="tcp"):
    return [{"IpProtocol": protocol, "FromPort": port, "ToPort": port,
             "IpRanges": [{"CidrIp": c} for c in cidrs]}]


def ingress(ec2, group):
    return ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]


def test_dry_run_changes_nothing(ec2):
    before = len(ec2.describe_vpcs()["Vpcs"])
    with fails("DryRunOperation",
               "Request would have succeeded, but DryRun flag is set.", 412):
        ec2.create_vpc(CidrBlock="10.0.0.0/16", DryRun=True)
    assert len(ec2.describe_vpcs()["Vpcs"]) == before


def test_filters_by_tag(ec2):
    for stage in ("prod", "test"):
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[
            {"ResourceType": "vpc", "Tags": tags(stage=stage)}])["Vpc"]["VpcId"]

    def found(name, *values):
        return names(ec2.describe_vpcs(Filters=[{"Name": name, "Values": values}])["Vpcs"], "VpcId")

    assert found("tag:stage", "test") == [vpc]
    assert len(found("tag:stage", "prod", "test")) == 2
    assert len(found("tag:stage", "*")) == 2
    assert found("tag:stage", "t?st") == [vpc]
    assert len(found("tag-key", "stage")) == 2


def test_unknown_filter(ec2):
    with fails("InvalidParameterValue", "The filter 'nonsense' is invalid"):
        ec2.describe_vpcs(Filters=[{"Name": "nonsense", "Values": ["x"]}])


def test_pages(ec2, vpc):
    made = {ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24")["Subnet"]["SubnetId"]
            for i in range(12)}
    pages = list(ec2.get_paginator("describe_subnets").paginate(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}], PaginationConfig={"PageSize": 5}))
    assert [len(p["Subnets"]) for p in pages] == [5, 5, 2]
    assert {s["SubnetId"] for p in pages for s in p["Subnets"]} == made


def test_tags_come_and_go(ec2, vpc):
    ec2.create_tags(Resources=[vpc], Tags=tags(a="1", b="2"))
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "a"}])
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"] == tags(b="2")
    listed = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [vpc]}])["Tags"]
    assert listed == [{"Key": "b", "Value": "2", "ResourceId": vpc, "ResourceType": "vpc"}]


def test_tags_of_nothing(ec2):
    with fails("InvalidVpcID.NotFound"):
        ec2.create_tags(Resources=["vpc-12345678"], Tags=tags(a="1"))


def test_ids_that_are_none(ec2):
    with fails("InvalidSubnetID.NotFound", "The subnet ID 'subnet-12345678' does not exist"):
        ec2.describe_subnets(SubnetIds=["subnet-12345678"])


def test_group_lets_everything_out(ec2, group):
    found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert found["IpPermissions"] == []
    assert found["IpPermissionsEgress"][0]["IpProtocol"] == "-1"


def test_group_names_are_unique_in_a_vpc(ec2, group, vpc):
    with fails("InvalidGroup.Duplicate",
               f"The security group 'web' already exists for VPC '{vpc}'"):
        ec2.create_security_group(GroupName="web", Description="x", VpcId=vpc)


def test_ingress_rules(ec2, group):
    answer = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=rule(443, "10.0.0.0/8", "192.168.0.0/16"))
    assert len(answer["SecurityGroupRules"]) == 2
    assert len(ingress(ec2, group)[0]["IpRanges"]) == 2
    with fails("InvalidPermission.Duplicate"):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rule(443, "10.0.0.0/8"))
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=rule(443, "10.0.0.0/8"))
    assert ingress(ec2, group)[0]["IpRanges"] == [{"CidrIp": "192.168.0.0/16"}]


def test_rules_by_id(ec2, group):
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rule(22, "10.0.0.0/8"))
    filters = [{"Name": "group-id", "Values": [group]}]
    rules = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    [inward] = [r for r in rules if not r["IsEgress"]]
    assert (inward["FromPort"], inward["CidrIpv4"]) == (22, "10.0.0.0/8")
    ec2.revoke_security_group_ingress(GroupId=group,
                                      SecurityGroupRuleIds=[inward["SecurityGroupRuleId"]])
    assert ingress(ec2, group) == []


def test_rules_are_modified_in_place(ec2, group):
    made = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=rule(22, "10.0.0.0/8") + rule(443, "0.0.0.0/0"))["SecurityGroupRules"]
    ssh = made[0]["SecurityGroupRuleId"]

    def modify(**wanted):
        ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[
            {"SecurityGroupRuleId": ssh, "SecurityGroupRule": wanted}])

    modify(IpProtocol="tcp", FromPort=22, ToPort=22, CidrIpv4="10.1.2.3/16", Description="office")
    [now] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[ssh])["SecurityGroupRules"]
    assert (now["CidrIpv4"], now["Description"]) == ("10.1.0.0/16", "office")
    ranges = [r for permission in ingress(ec2, group) for r in permission["IpRanges"]]
    assert {"CidrIp": "10.1.0.0/16", "Description": "office"} in ranges and len(ranges) == 2
    with fails("InvalidPermission.Duplicate"):
        modify(IpProtocol="tcp", FromPort=443, ToPort=443, CidrIpv4="0.0.0.0/0")
    with fails("InvalidParameterValue", f"You cannot change the type of the rule '{ssh}'."):
        modify(IpProtocol="tcp", FromPort=22, ToPort=22, CidrIpv6="::/0")
    with fails("InvalidParameterCombination"):
        modify(IpProtocol="tcp", FromPort=22, ToPort=22)
    assert len(ingress(ec2, group)) == 2


def test_a_peering_is_rejected_once(ec2, vpc):
    other = ec2.create_vpc(CidrBlock="172.20.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
    connection = peering["VpcPeeringConnectionId"]
    assert ec2.reject_vpc_peering_connection(VpcPeeringConnectionId=connection)["Return"]
    [now] = ec2.describe_vpc_peering_connections(
        VpcPeeringConnectionIds=[connection])["VpcPeeringConnections"]
    assert now["Status"]["Code"] == "rejected"
    with fails("InvalidStateTransition"):
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=connection)


def test_groups_that_name_each_other(ec2, group, vpc):
    other = ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
    pair = [{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
             "UserIdGroupPairs": [{"GroupId": group}]}]
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=pair)
    with fails("DependencyViolation", f"resource {group} has a dependent object"):
        ec2.delete_security_group(GroupId=group)
    ec2.delete_security_group(GroupId=other)
    ec2.delete_security_group(GroupId=group)


def test_rule_that_was_never_there(ec2, group):
    with fails("InvalidPermission.NotFound"):
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=rule(80, "10.0.0.0/8"))


def test_zones_of_the_region(ec2, clients):
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert names(zones, "ZoneName")[:3] == ["us-east-1a", "us-east-1b", "us-east-1c"]
    west = clients("ec2", region="us-west-2").describe_availability_zones()["AvailabilityZones"]
    assert {z["RegionName"] for z in west} == {"us-west-2"}


def test_regions_are_apart(ec2, clients, vpc):
    west = clients("ec2", region="us-west-2")
    with fails("InvalidVpcID.NotFound"):
        west.describe_vpcs(VpcIds=[vpc])


def test_accounts_are_apart(clients, vpc):
    with fails("InvalidVpcID.NotFound"):
        clients("ec2", access_key="444444444444").describe_vpcs(VpcIds=[vpc])


def test_filter_values_of_a_call(ec2, vpc):
    """EC2 user guide, "List and filter your resources": 200 in all."""
    def found(*counts):
        filters = [{"Name": "vpc-id", "Values": [vpc] * count} for count in counts]
        return names(ec2.describe_vpcs(Filters=filters)["Vpcs"], "VpcId")

    assert found(200) == found(100, 100) == [vpc]
    for counts in ((201,), (100, 101)):
        with fails("FilterLimitExceeded",
                   "The maximum number of filter values specified on a single call is 200", 400):
            found(*counts)
