from .util import load_object_from_string
from .variables import Variable, resolve_variables


class Stack:
    """A stack of the configuration, with its blueprint."""

    def __init__(self, definition, context, mappings=None, force=False, **_):
        self.definition = definition
        self.context = context
        self.mappings = mappings
        self.force = force
        self.name = definition.name
        self.stack_name = definition.stack_name or definition.name
        self.fqn = context.get_fqn(self.stack_name)
        self.region = definition.region
        self.profile = definition.profile
        self.locked = bool(definition.locked)
        self.enabled = definition.enabled is not False
        self.protected = bool(definition.protected)
        self.notification_arns = definition.notification_arns or []
        self.variables = [Variable(name, value) for name, value in (definition.variables or {}).items()]
        self.outputs = None
        self._blueprint = None

    def __repr__(self):
        return self.fqn

    @property
    def requires(self):
        return set(self.definition.requires or [])

    @property
    def required_by(self):
        return set(self.definition.required_by or [])

    @property
    def tags(self):
        return dict(self.context.tags, **(self.definition.tags or {}))

    @property
    def blueprint(self):
        if self._blueprint is None:
            if self.definition.class_path:
                made = load_object_from_string(self.definition.class_path)
                self._blueprint = made(name=self.name, context=self.context, mappings=self.mappings,
                                       description=self.definition.description)
            else:
                from .blueprints.raw import RawTemplateBlueprint
                self._blueprint = RawTemplateBlueprint(self.name, self.context, self.definition.template_path,
                                                       mappings=self.mappings)
        return self._blueprint

    @property
    def parameter_values(self):
        return self.blueprint.get_parameter_values()

    def resolve(self, context, provider):
        resolve_variables(self.variables, context, provider)
        self.blueprint.resolve_variables(self.variables)

    def set_outputs(self, outputs):
        self.outputs = outputs
