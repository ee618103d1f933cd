"""The run that a blueprint, a lookup or a hook is part of."""

from .config import Config
from .stack import Stack
from .target import Target

DEFAULT_NAMESPACE_DELIMITER = "-"
DEFAULT_TEMPLATE_INDENT = 4


def get_fqn(base_fqn, delimiter, name=None):
    """The full name of a stack; one that has the namespace already stays."""
    if name and name.startswith(base_fqn + delimiter):
        return name
    return delimiter.join(part for part in (base_fqn, name) if part)


class Context:
    def __init__(self, environment=None, stack_names=None, config=None, force_stacks=None):
        self.environment = environment if environment is not None else {}
        self.stack_names = stack_names or []
        self.config = config if config is not None else Config()
        self.force_stacks = force_stacks or []
        self.hook_data = {}
        self._stacks = None

    @property
    def namespace(self):
        return self.config.namespace

    @property
    def namespace_delimiter(self):
        delimiter = self.config.namespace_delimiter
        return DEFAULT_NAMESPACE_DELIMITER if delimiter is None else delimiter

    @property
    def template_indent(self):
        indent = self.config.template_indent
        return DEFAULT_TEMPLATE_INDENT if indent is None else int(indent)

    @property
    def mappings(self):
        return self.config.mappings or {}

    @property
    def tags(self):
        if self.config.tags is not None:
            return self.config.tags
        return {"stacker_namespace": self.namespace} if self.namespace else {}

    @property
    def upload_templates_to_s3(self):
        bucket = self.config.stacker_bucket
        return bucket != "" and bool(bucket or self.namespace)

    @property
    def bucket_name(self):
        if not self.upload_templates_to_s3:
            return None
        return self.config.stacker_bucket or "stacker-" + self.get_fqn()

    @property
    def _base_fqn(self):
        return (self.namespace or "").replace(".", "-").lower()

    def get_fqn(self, name=None):
        return get_fqn(self._base_fqn, self.namespace_delimiter, name)

    def get_targets(self):
        return [Target(definition) for definition in self.config.targets]

    def get_stacks(self):
        if self._stacks is None:
            self._stacks = [Stack(definition, self, mappings=self.mappings, force=definition.name in self.force_stacks)
                            for definition in self.config.stacks]
        return self._stacks

    def get_stack(self, name):
        return next((stack for stack in self.get_stacks() if stack.name == name), None)

    def get_stacks_dict(self):
        return {stack.fqn: stack for stack in self.get_stacks()}

    def set_hook_data(self, key, data):
        if not hasattr(data, "keys"):
            raise ValueError("Hook (key: {}) data must be a mapping (a dictionary for example).".format(key))
        if key in self.hook_data:
            raise KeyError("Hook data for key {} already exists, each hook must have a unique data_key.".format(key))
        self.hook_data[key] = data
