"""https://runway.readthedocs.io: as stacker's, with newer names for a few methods."""

from stacker.blueprints import base
from stacker.blueprints.base import CFNParameter, build_parameter, resolve_variable  # noqa: F401


class Blueprint(base.Blueprint):
    @property
    def variables(self):
        return self.get_variables()

    @property
    def cfn_parameters(self):
        return self.get_cfn_parameters()

    @property
    def parameter_values(self):
        return self.get_parameter_values()

    @property
    def parameter_definitions(self):
        return self.get_parameter_definitions()

    @property
    def output_definitions(self):
        return self.get_output_definitions()
