from troposphere import GetAtt, Ref, Sub, kms, secretsmanager

from naming import dashed
from stacker.blueprints.base import Blueprint
from stacker.blueprints.variables.types import CFNString
from stacker.util import cf_safe_name


class Key(Blueprint):
    """A KMS key that the account's named principals administer."""

    VARIABLES = {"Administrators": {"type": list, "description": "names below the account, such as role/admin"}}

    def create_template(self):
        principals = [Sub("arn:aws:iam::${AWS::AccountId}:" + name)
                      for name in self.get_variables()["Administrators"]]
        self.template.add_resource(kms.Key("Key", KeyPolicy={
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "kms:*", "Resource": "*"}]}))
        self.add_output("KeyArn", GetAtt("Key", "Arn"))


class Secrets(Blueprint):
    """Secrets with generated values."""

    VARIABLES = {
        "KeyArn": {"type": CFNString, "no_echo": False},
        "Names": {"type": list},
        "Length": {"type": int, "default": 32, "allowed_values": [16, 32, 64]},
    }

    def create_template(self):
        variables = self.get_variables()
        for name in variables["Names"]:
            title = cf_safe_name(name)
            self.template.add_resource(secretsmanager.Secret(
                title, Name=dashed(self.context.namespace, name), KmsKeyId=variables["KeyArn"].ref,
                GenerateSecretString=secretsmanager.GenerateSecretString(PasswordLength=variables["Length"])))
            self.add_output(title + "Arn", Ref(title))
