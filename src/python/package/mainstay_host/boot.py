# The program that `python -c` is given: takes the pipes away from whoever prints, gets the carried
# modules through them, and goes on in there. Runs on any Python 3; says so itself where it is too old.
import os
import sys

requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
os.set_inheritable(requests.fileno(), False)
os.set_inheritable(answers.fileno(), False)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)  # prints, of this process and of those it starts, go to the log
if sys.version_info < (3, 8):
    sys.exit("mainstay: %s is Python %d.%d, and 3.8 is the oldest that works" % ((sys.executable,) + sys.version_info[:2]))

import importlib.abc
import importlib.machinery
import json


class Carried(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports what mainstay carries: {"stacker/util.py": text}. Another name for a package is in `also`."""

    def __init__(self, files, names, also=()):
        self.files, self.names, self.also = files, names, dict(also)

    def _path(self, name):
        for stem in (name.replace(".", "/"), self._renamed(name)):
            for path in (stem + "/__init__.py", stem + ".py"):
                if path in self.files:
                    return path
        return None

    def _renamed(self, name):
        for new, old in self.also.items():
            if name.startswith(new + "."):
                return (old + name[len(new):]).replace(".", "/")
        return name

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in self.names:
            return None
        found = self._path(name)
        if not found:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin="<mainstay>/" + found, is_package=found.endswith("__init__.py"))

    def is_package(self, name):
        return self._path(name).endswith("__init__.py")

    def get_source(self, name):
        return self.files[self._path(name)]

    def get_code(self, name):
        return compile(self.get_source(name), "<mainstay>/" + self._path(name), "exec", dont_inherit=True)

    def create_module(self, spec):
        # Under its other name it is the same module, or its classes would be told apart.
        other = self._renamed(spec.name).replace("/", ".")
        if other == spec.name or self._path(spec.name).startswith(spec.name.replace(".", "/")):
            return None
        module = importlib.import_module(other)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module):
        first = module.__spec__.loader_state
        if first is not None:
            module.__spec__ = first
        else:
            exec(self.get_code(module.__spec__.name), module.__dict__)


length = requests.readline()
files = json.loads(requests.read(int(length)).decode()) if length.strip().isdigit() else None
if files is None:
    sys.exit("mainstay: the modules did not come through")
if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]  # as with an installed program, the current folder is not looked through first
sys.meta_path.insert(0, Carried(files, ("mainstay_host",)))
from mainstay_host import serve

serve.main(requests, answers)
