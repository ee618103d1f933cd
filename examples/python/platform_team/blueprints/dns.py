from troposphere.route53 import RecordSetType

from stacker.blueprints.base import Blueprint
from stacker.blueprints.variables.types import CFNString
from stacker.util import cf_safe_name


class Records(Blueprint):
    """Aliases (CNAME) in a hosted zone that is there already."""

    VARIABLES = {
        "HostedZoneId": {"type": CFNString},
        "Domain": {"type": str, "description": "of the zone"},
        "Records": {"type": dict, "description": "{name: target}"},
        "Ttl": {"type": int, "default": 300},
    }

    def create_template(self):
        variables = self.get_variables()
        for name, target in variables["Records"].items():
            self.template.add_resource(RecordSetType(
                cf_safe_name(name), HostedZoneId=variables["HostedZoneId"].ref, Name="{}.{}.".format(name, variables["Domain"]),
                Type="CNAME", TTL=str(variables["Ttl"]), ResourceRecords=[target]))
