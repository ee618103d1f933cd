from troposphere import GetAtt, If, Equals, Ref, dynamodb, s3

from naming import dashed
from stacker.blueprints.base import Blueprint
from stacker.blueprints.variables.types import CFNString, TroposphereType


class Buckets(Blueprint):
    """Buckets by title, each with what it keeps and for how long."""

    VARIABLES = {"Buckets": {"type": dict, "description": "{title: {ExpireDays, Versioned}}"}}

    def create_template(self):
        for title, wanted in self.get_variables()["Buckets"].items():
            more = {}
            if "ExpireDays" in wanted:
                rule = s3.LifecycleRule(Id="expire", Status="Enabled", ExpirationInDays=wanted["ExpireDays"])
                more["LifecycleConfiguration"] = s3.LifecycleConfiguration(Rules=[rule])
            if wanted.get("Versioned"):
                more["VersioningConfiguration"] = s3.VersioningConfiguration(Status="Enabled")
            self.template.add_resource(s3.Bucket(
                title, BucketName=dashed(self.context.get_fqn(self.name), title), **more))
            self.add_output(title + "Bucket", Ref(title))


class Table(Blueprint):
    """A table with one key."""

    VARIABLES = {
        "HashKey": {"type": str},
        "Billing": {"type": CFNString, "default": "PROVISIONED", "allowed_values": ["PROVISIONED", "PAY_PER_REQUEST"]},
        "Throughput": {"type": TroposphereType(dynamodb.ProvisionedThroughput),
                       "default": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}},
    }

    def create_template(self):
        variables = self.get_variables()
        self.template.add_condition("Provisioned", Equals(variables["Billing"].ref, "PROVISIONED"))
        self.template.add_resource(dynamodb.Table(
            "Table",
            BillingMode=variables["Billing"].ref,
            AttributeDefinitions=[dynamodb.AttributeDefinition(AttributeName=variables["HashKey"], AttributeType="S")],
            KeySchema=[dynamodb.KeySchema(AttributeName=variables["HashKey"], KeyType="HASH")],
            ProvisionedThroughput=If("Provisioned", variables["Throughput"], Ref("AWS::NoValue"))))
        self.add_output("Arn", GetAtt("Table", "Arn"))
        self.add_output("Name", Ref("Table"))
