"""A variable as blueprints are given it. Lookups in it are resolved by mainstay; where a program makes
one itself, with "${...}" in it, mainstay is asked when it is resolved."""

from .exceptions import UnresolvedVariable


def _has_lookup(value):
    if isinstance(value, str):
        return "${" in value
    if isinstance(value, dict):
        return any(_has_lookup(part) for part in value.values())
    return isinstance(value, (list, tuple)) and any(_has_lookup(part) for part in value)


class Variable:
    def __init__(self, name, value, resolved=None):
        self.name = name
        self._value = value
        self.resolved = not _has_lookup(value) if resolved is None else resolved

    @property
    def value(self):
        if not self.resolved:
            raise UnresolvedVariable("<unknown>", self.name)
        return self._value

    def resolve(self, context, provider):
        if not self.resolved:
            from mainstay_host import parent
            self._value = parent.ask("resolve", value=self._value)
            self.resolved = True

    def dependencies(self):
        return set()

    def __repr__(self):
        return "Variable({!r})".format(self.name)


def resolve_variables(variables, context, provider):
    for variable in variables:
        variable.resolve(context, provider)
