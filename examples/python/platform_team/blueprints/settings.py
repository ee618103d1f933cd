from troposphere import ssm

from stacker.blueprints.base import Blueprint
from stacker.blueprints.variables.types import CFNString
from stacker.util import cf_safe_name


class Parameters(Blueprint):
    """Settings of a namespace, where programs find them."""

    VARIABLES = {
        "BuildId": {"type": CFNString, "description": "of the run that wrote them"},
        "Values": {"type": dict},
    }

    def create_template(self):
        variables = self.get_variables()
        values = dict(variables["Values"], build=variables["BuildId"].ref)
        for name, value in values.items():
            self.template.add_resource(ssm.Parameter(
                cf_safe_name(name), Name="/{}/settings/{}".format(self.context.namespace, name), Type="String", Value=value))
