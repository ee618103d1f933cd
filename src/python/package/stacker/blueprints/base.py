"""Blueprint: a class with VARIABLES and create_template(), which fills self.template.

Behaviour: https://stacker.readthedocs.io/en/latest/blueprints.html
"""

import copy
import hashlib
import logging
import string

from troposphere import Output, Parameter, Ref, Template

from ..exceptions import (InvalidUserdataPlaceholder, MissingVariable, UnresolvedVariable, UnresolvedVariables,
                          ValidatorError, VariableTypeRequired)
from ..util import read_value_from_path
from ..variables import Variable
from .variables.types import CFNType, TroposphereType

logger = logging.getLogger(__name__)

# What a variable's declaration says of its parameter, and as what.
PARAMETER_PROPERTIES = {
    "default": "Default",
    "description": "Description",
    "no_echo": "NoEcho",
    "allowed_values": "AllowedValues",
    "allowed_pattern": "AllowedPattern",
    "max_length": "MaxLength",
    "min_length": "MinLength",
    "max_value": "MaxValue",
    "min_value": "MinValue",
    "constraint_description": "ConstraintDescription",
}


class CFNParameter:
    """What get_variables() has for a variable that is a parameter: its value, and a reference."""

    def __init__(self, name, value):
        if isinstance(value, bool):
            value = str(value).lower()
        elif isinstance(value, int):
            value = str(value)
        elif not isinstance(value, (str, list)):
            raise ValueError("CFNParameter ({}) value must be one of str, int, bool, or list got: {}".format(name, value))
        self.name = name
        self.value = value

    def __repr__(self):
        return "CFNParameter({}: {})".format(self.name, self.value)

    def to_parameter_value(self):
        return self.value

    @property
    def ref(self):
        return Ref(self.name)


def build_parameter(name, properties):
    """A parameter of the template, from a variable's declaration."""
    parameter = Parameter(name, Type=properties.get("type"))
    for key, attribute in PARAMETER_PROPERTIES.items():
        if key in properties:
            setattr(parameter, attribute, properties[key])
    return parameter


def validate_variable_type(var_name, var_type, value):
    if isinstance(var_type, CFNType):
        return CFNParameter(name=var_name, value=value)
    if isinstance(var_type, TroposphereType):
        try:
            return var_type.create(value)
        except Exception as error:
            raise ValidatorError(var_name, "{}.create".format(var_type.resource_name), value, error)
    if not isinstance(value, var_type):
        raise ValueError("Value for variable {} must be of type {}. Actual type: {}.".format(
            var_name, var_type, type(value)))
    return value


def validate_allowed_values(allowed_values, value):
    # CloudFormation checks those of parameters.
    return not allowed_values or isinstance(value, CFNParameter) or value in allowed_values


def resolve_variable(var_name, var_def, provided_variable, blueprint_name):
    """What get_variables() will have for a variable: given or defaulted, validated, of its type."""
    if "type" not in var_def:
        raise VariableTypeRequired(blueprint_name, var_name)
    if provided_variable:
        if not provided_variable.resolved:
            raise UnresolvedVariable(blueprint_name, provided_variable)
        value = provided_variable.value
    elif "default" in var_def:
        value = var_def["default"]
    else:
        raise MissingVariable(blueprint_name, var_name)
    validator = var_def.get("validator")
    if validator:
        try:
            value = validator(value)
        except Exception as error:
            raise ValidatorError(var_name, getattr(validator, "__name__", repr(validator)), value, error)
    value = validate_variable_type(var_name, var_def["type"], value)
    allowed_values = var_def.get("allowed_values")
    if not validate_allowed_values(allowed_values, value):
        raise ValueError("Invalid value passed to '{}' in blueprint: {}. Got: '{}', expected one of {}".format(
            var_name, blueprint_name, value, allowed_values))
    return value


def parse_user_data(variables, raw_user_data, blueprint_name):
    """The text with ${Name} filled in from the variables."""
    values = {key: value.to_parameter_value() if isinstance(value, CFNParameter) else value
              for key, value in variables.items()}
    try:
        return string.Template(raw_user_data).substitute(values)
    except ValueError as error:
        raise InvalidUserdataPlaceholder(blueprint_name, error.args[0])
    except KeyError as key:
        raise MissingVariable(blueprint_name, key)


class Blueprint:
    def __init__(self, name, context, mappings=None, description=None):
        self.name = name
        self.context = context
        self.mappings = mappings
        self.description = description
        self.outputs = {}
        self.resolved_variables = None
        self.reset_template()
        for old in ("PARAMETERS", "LOCAL_PARAMETERS"):
            if hasattr(self, old):
                raise AttributeError("Blueprint {} has {}, which stacker 1.0 gave up; declare VARIABLES: {}".format(
                    name, old, "https://stacker.readthedocs.io/en/latest/blueprints.html#variables"))

    # What is declared.

    def defined_variables(self):
        return copy.deepcopy(getattr(self, "VARIABLES", {}))

    def get_parameter_definitions(self):
        definitions = {}
        for name, declaration in self.defined_variables().items():
            if isinstance(declaration.get("type"), CFNType):
                definitions[name] = dict(declaration, type=declaration["type"].parameter_type)
        return definitions

    def get_required_parameter_definitions(self):
        return {name: declaration for name, declaration in self.get_parameter_definitions().items()
                if "Default" not in declaration}

    def get_output_definitions(self):
        return {name: output.to_dict() for name, output in self.template.outputs.items()}

    # What is given.

    def resolve_variables(self, provided_variables):
        given = {variable.name: variable for variable in provided_variables}
        self.resolved_variables = {}
        for name, declaration in self.defined_variables().items():
            self.resolved_variables[name] = resolve_variable(name, declaration, given.get(name), self.name)

    def get_variables(self):
        if self.resolved_variables is None:
            raise UnresolvedVariables(self.name)
        return self.resolved_variables

    def get_cfn_parameters(self):
        return {name: value.to_parameter_value() for name, value in self.get_variables().items()
                if hasattr(value, "to_parameter_value")}

    def get_parameter_values(self):
        return self.get_cfn_parameters()

    # The template.

    def reset_template(self):
        self.template = Template()
        self._rendered = None
        self._version = None

    def create_template(self):
        raise NotImplementedError

    def import_mappings(self):
        for name, mapping in (self.mappings or {}).items():
            self.template.add_mapping(name, mapping)

    def setup_parameters(self):
        for name, declaration in self.get_parameter_definitions().items():
            self.template.add_parameter(build_parameter(name, declaration))

    def set_template_description(self, description):
        # troposphere 3 renamed it.
        setter = getattr(self.template, "set_description", None) or self.template.add_description
        setter(description)

    def add_output(self, name, value):
        self.template.add_output(Output(name, Value=value))

    def render_template(self):
        self.import_mappings()
        self.create_template()
        if self.description:
            self.set_template_description(self.description)
        self.setup_parameters()
        rendered = self.template.to_json(indent=self.context.template_indent)
        return hashlib.md5(rendered.encode()).hexdigest()[:8], rendered

    def to_json(self, variables=None):
        given = dict(variables or {})
        for name in self.get_parameter_definitions():
            given.setdefault(name, "unused_value")  # of parameters the template has no value
        self.resolve_variables([Variable(name, value) for name, value in given.items()])
        return self.render_template()[1]

    def read_user_data(self, user_data_path):
        return parse_user_data(self.get_variables(), read_value_from_path(user_data_path), self.name)

    def _render_once(self):
        if self._rendered is None:
            self._version, self._rendered = self.render_template()

    @property
    def rendered(self):
        self._render_once()
        return self._rendered

    @property
    def version(self):
        self._render_once()
        return self._version

    @property
    def requires_change_set(self):
        return self.template.transform is not None
