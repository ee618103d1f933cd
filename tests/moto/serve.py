#!/usr/bin/env python3
"""moto's server with the gaps filled that keep stacker's public example from running on it.

usage: serve.py PORT

Everything else is moto as released. GAPS is the list of what it lacks, measured with moto 5.2: each
is a documented attribute of a CloudFormation resource type that moto refuses in Fn::GetAtt, and with
it the whole stack's DescribeStacks.

What stays different: moto leaves out resources of types that it does not know, and outputs that refer
to them: AWS::EC2::DHCPOptions and AWS::EC2::VPCDHCPOptionsAssociation. Stacks are made at once, so
that nothing is ever in progress.
"""

import sys

from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPC


def associations(vpc):
    return [association["association_id"] for association in vpc.cidr_block_association_set]


def default_network_acl(vpc):
    acls = vpc.ec2_backend.describe_network_acls(filters={"vpc-id": [vpc.id], "default": ["true"]})
    return acls[0].id


def acl_association(subnet):
    for acl in subnet.ec2_backend.network_acls.values():
        for association in acl.associations:
            if association.subnet_id == subnet.id:
                return association.id
    return "aclassoc-00000000"


GAPS = [
    (VPC, "CidrBlockAssociations", associations),  # a map where CloudFormation has a list
    (VPC, "DefaultNetworkAcl", default_network_acl),
    (VPC, "Ipv6CidrBlocks", lambda vpc: []),
    (Subnet, "AvailabilityZone", lambda subnet: subnet.availability_zone),
    (Subnet, "Ipv6CidrBlocks", lambda subnet: []),
    (Subnet, "NetworkAclAssociationId", acl_association),
    (Subnet, "VpcId", lambda subnet: subnet.vpc_id),
]


def fill(cls, attribute, value):
    has, get = getattr(cls, "has_cfn_attr"), cls.get_cfn_attribute
    cls.has_cfn_attr = classmethod(lambda _, name: name == attribute or has(name))
    cls.get_cfn_attribute = lambda self, name: value(self) if name == attribute else get(self, name)


def main():
    for gap in GAPS:
        fill(*gap)
    from moto.server import main as serve
    serve(["-p", sys.argv[1]])


if __name__ == "__main__":
    main()
