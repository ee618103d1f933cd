"""stacker 1.7.2 under a Python newer than it knows: names that it imports from where they no longer
are get put back, and nothing else is changed."""

import collections
import collections.abc
import inspect
import sys

for name in collections.abc.__all__:
    setattr(collections, name, getattr(collections.abc, name))

ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")
if not hasattr(inspect, "getargspec"):
    def getargspec(function):
        spec = inspect.getfullargspec(function)
        return ArgSpec(spec.args, spec.varargs, spec.varkw, spec.defaults)
    inspect.getargspec = getargspec

from stacker.commands import Stacker  # noqa: E402
from stacker.logger import setup_logging  # noqa: E402

stacker = Stacker(setup_logging=setup_logging)
arguments = stacker.parse_args(sys.argv[1:])
stacker.configure(arguments)
arguments.run(arguments)
