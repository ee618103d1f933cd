from awacs.aws import Allow, PolicyDocument, Statement
from awacs.helpers.trust import make_simple_assume_policy
from awacs import dynamodb, sqs
from troposphere import GetAtt, Ref, iam

from stacker.blueprints.base import Blueprint
from stacker.blueprints.variables.types import CFNCommaDelimitedList, CFNString


class ServiceRole(Blueprint):
    """A role of a service, for some queues and a table."""

    VARIABLES = {
        "Service": {"type": str, "description": "ec2, lambda, ..."},
        "QueueArns": {"type": CFNCommaDelimitedList},
        "TableArn": {"type": CFNString},
    }

    def create_template(self):
        variables = self.get_variables()
        allowed = [
            Statement(Effect=Allow, Action=[sqs.SendMessage, sqs.ReceiveMessage], Resource=variables["QueueArns"].ref),
            Statement(Effect=Allow, Action=[dynamodb.GetItem, dynamodb.PutItem], Resource=[variables["TableArn"].ref]),
        ]
        policy = iam.Policy(PolicyName="data", PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=allowed))
        self.template.add_resource(iam.Role(
            "Role", AssumeRolePolicyDocument=make_simple_assume_policy(variables["Service"] + ".amazonaws.com"),
            Policies=[policy]))
        self.add_output("RoleArn", GetAtt("Role", "Arn"))
        self.add_output("RoleName", Ref("Role"))
