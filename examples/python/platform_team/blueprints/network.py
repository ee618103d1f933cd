from troposphere import GetAtt, Output, Ref, Tags, ec2

from naming import tags
from stacker.blueprints.base import Blueprint
from stacker.blueprints.variables.types import CFNString, EC2VPCId
from stacker.util import cf_safe_name


class Vpc(Blueprint):
    """A VPC with a subnet for each block."""

    VARIABLES = {
        "CidrBlock": {"type": CFNString, "description": "of the VPC"},
        "SubnetBlocks": {"type": list, "description": "one for each subnet", "default": []},
    }

    def create_template(self):
        variables = self.get_variables()
        vpc = self.template.add_resource(ec2.VPC(
            "Vpc", CidrBlock=variables["CidrBlock"].ref, EnableDnsSupport=True,
            Tags=Tags(**tags(self.context, self.name))))
        for number, block in enumerate(variables["SubnetBlocks"]):
            subnet = self.template.add_resource(ec2.Subnet(
                "Subnet{}".format(number), VpcId=Ref(vpc), CidrBlock=block))
            self.add_output("Subnet{}".format(number), Ref(subnet))
        self.add_output("VpcId", Ref(vpc))
        self.template.add_output(Output("CidrBlock", Value=GetAtt(vpc, "CidrBlock")))


def validate_groups(groups):
    for name, group in groups.items():
        if not all(0 < port < 65536 for port in group["Ports"]):
            raise ValueError("{}: a port is between 1 and 65535".format(name))
    return groups


class SecurityGroups(Blueprint):
    """Security groups by name, each open on some ports."""

    VARIABLES = {
        "VpcId": {"type": EC2VPCId, "description": "where they are"},
        "Groups": {"type": dict, "description": "{name: {Ports, From}}", "validator": validate_groups},
    }

    def create_template(self):
        variables = self.get_variables()
        for name, group in variables["Groups"].items():
            rules = [ec2.SecurityGroupRule(IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp=group["From"])
                     for port in group["Ports"]]
            title = cf_safe_name(name)
            self.template.add_resource(ec2.SecurityGroup(
                title, GroupDescription=name, VpcId=variables["VpcId"].ref, SecurityGroupIngress=rules))
            self.add_output(title + "Id", GetAtt(title, "GroupId"))
