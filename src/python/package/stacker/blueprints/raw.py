"""Templates that are files: JSON, YAML, or either of them made by Jinja (.j2)."""

import hashlib
import json
import os
import sys

from ..exceptions import InvalidConfig, UnresolvedVariable
from ..util import parse_cloudformation_template
from .base import Blueprint


def get_template_path(filename):
    """Where the file is: as given, else in a folder of sys.path; None if nowhere."""
    for candidate in [filename] + [os.path.join(folder, filename) for folder in sys.path]:
        if os.path.isfile(candidate):
            return os.path.abspath(candidate)
    return None


def get_template_params(template):
    return template.get("Parameters", {})


def resolve_variable(provided_variable, blueprint_name):
    if not provided_variable:
        return None
    if not provided_variable.resolved:
        raise UnresolvedVariable(blueprint_name, provided_variable)
    return provided_variable.value


class RawTemplateBlueprint(Blueprint):
    def __init__(self, name, context, raw_template_path, mappings=None, description=None):
        self.name = name
        self.context = context
        self.mappings = mappings
        self.description = description
        self.raw_template_path = raw_template_path
        self.resolved_variables = None
        self._rendered = None
        self._version = None

    def _text(self):
        path = get_template_path(self.raw_template_path)
        if not path:
            raise InvalidConfig("Could not find template {}".format(self.raw_template_path))
        with open(path) as file:
            text = file.read()
        if not path.endswith(".j2"):
            return text
        from jinja2 import Template
        return Template(text).render(context=self.context, mappings=self.mappings, name=self.name,
                                     variables=self.resolved_variables)

    def render_template(self):
        text = self._text()
        return hashlib.md5(text.encode()).hexdigest()[:8], text

    def to_dict(self):
        return parse_cloudformation_template(self.rendered)

    def to_json(self, variables=None):
        return json.dumps(self.to_dict(), sort_keys=True, indent=4)

    def get_parameter_definitions(self):
        return get_template_params(self.to_dict())

    def get_output_definitions(self):
        return self.to_dict().get("Outputs", {})

    def resolve_variables(self, provided_variables):
        # Jinja sees all of them, and what it makes says which are parameters.
        given = {v.name: resolve_variable(v, self.name) for v in provided_variables}
        self.resolved_variables = {name: value for name, value in given.items() if value is not None}
        parameters = self.get_parameter_definitions()
        self.resolved_variables = {name: value for name, value in self.resolved_variables.items() if name in parameters}

    def get_parameter_values(self):
        return self.get_variables()

    @property
    def requires_change_set(self):
        return "Transform" in self.to_dict()
