"""Names that Python has taken away, put back for packages older than this Python. What is there stays."""

import collections
import collections.abc
import importlib.abc
import importlib.util
import inspect
import sys
import types


def _old_names():
    for name in collections.abc.__all__:  # gone since 3.10
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    if not hasattr(inspect, "getargspec"):  # gone since 3.11
        spec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")
        inspect.getargspec = lambda function: spec(*inspect.getfullargspec(function)[:4])


class ImplicitRelative(importlib.abc.MetaPathFinder):
    """`import policies` inside of stacker_blueprints.kinesis, as Python 2 understood it: asked last."""

    PACKAGES = ("stacker_blueprints",)

    def find_spec(self, name, path=None, target=None):
        if "." in name or path is not None:
            return None
        frame = sys._getframe(1)
        while frame and frame.f_globals.get("__name__", "").startswith("importlib"):
            frame = frame.f_back
        package = frame.f_globals.get("__package__") if frame else None
        if not package or package.split(".")[0] not in self.PACKAGES:
            return None
        return importlib.util.find_spec(package + "." + name)


def _future():
    """`from past.builtins import basestring`, where the package "future" is not installed."""
    if importlib.util.find_spec("past") is None:
        past, names = types.ModuleType("past"), types.ModuleType("past.builtins")
        past.__path__ = []
        past.builtins = names
        names.basestring, names.long, names.unicode = str, int, str
        sys.modules.update({"past": past, "past.builtins": names})


def mend_awacs():
    """awacs' objects answer every name, so that copying one never ends: stacker_blueprints.empire does."""
    awacs = sys.modules.get("awacs")
    kind = getattr(awacs, "AWSObject", None) or getattr(awacs, "AWSProperty", None)
    if kind is None or getattr(kind, "mended_for_copies", False):
        return
    look = kind.__getattr__

    def careful(self, name):
        if name.startswith("__") or name == "properties":
            raise AttributeError(name)
        return look(self, name)

    kind.__getattr__ = careful
    kind.mended_for_copies = True


def install():
    _old_names()
    _future()
    sys.meta_path.append(ImplicitRelative())
