"""The configuration as blueprints and hooks see it: its keys as attributes."""

from .util import merge_map, yaml_to_ordered_dict  # noqa: F401

LISTS = ("stacks", "targets", "pre_build", "post_build", "pre_destroy", "post_destroy")


class Section(dict):
    """A map whose keys are attributes as well; those that are not there are None."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(name)

    def __setattr__(self, name, value):
        self[name] = value


class Config(Section):
    def __init__(self, raw=None, **keys):
        Section.__init__(self, raw or {}, **keys)
        for name in LISTS:
            items = self.get(name) or []
            if isinstance(items, dict):
                items = [dict(item or {}, name=key) for key, item in items.items()]
            self[name] = [Section(item) for item in items]

    def validate(self):
        return None


Stack = Target = Hook = Section


def parse(raw_config):
    return Config(yaml_to_ordered_dict(raw_config))
