"""LookupHandler, which lookups derive from, and stacker's own lookups, each answered by mainstay:
from stacker.lookups.handlers.ssmstore import SsmstoreLookup, handler."""

import sys
import types


class LookupHandler:
    @classmethod
    def handle(cls, value, context, provider):
        raise NotImplementedError()

    @classmethod
    def dependencies(cls, lookup_data):
        return set()


def _own(name):
    class Lookup(LookupHandler):
        @classmethod
        def handle(cls, value, context=None, provider=None, **_):
            from mainstay_host import parent
            return parent.ask("lookup", name=name, data=value)

    Lookup.__name__ = Lookup.__qualname__ = "".join(part.title() for part in name.split("_")) + "Lookup"
    module = types.ModuleType(__name__ + "." + name)
    Lookup.__module__ = module.__name__
    setattr(module, Lookup.__name__, Lookup)
    module.handler = Lookup.handle
    module.TYPE_NAME = name
    sys.modules[module.__name__] = module
    return module


ami, default, dynamodb, envvar, file, hook_data = map(_own, ("ami", "default", "dynamodb", "envvar", "file", "hook_data"))
kms, output, rxref, split, ssmstore, xref = map(_own, ("kms", "output", "rxref", "split", "ssmstore", "xref"))
