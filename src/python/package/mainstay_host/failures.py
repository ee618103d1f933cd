"""Exceptions as mainstay tells them: what, and where in the user's code."""

import importlib.util
import linecache
import os
import sys
import sysconfig

from .parent import Refused

# Modules whose name is not that of the package to install.
DISTRIBUTIONS = {"yaml": "PyYAML", "jinja2": "Jinja2", "past": "future", "builtins": "future",
                 "dateutil": "python-dateutil"}
# Nothing else is suggested: whoever installs a module of their own by its name gets a stranger's package.
KNOWN = ("troposphere", "awacs", "boto3", "botocore", "stacker_blueprints") + tuple(DISTRIBUTIONS)
# Packages that configurations take classes from, and what goes with them.
COMPANIONS = {"stacker_blueprints": ("troposphere", "awacs"), "troposphere": (), "awacs": ()}
FRAMEWORKS = ("stacker", "troposphere", "awacs", "jinja2")

_PATHS = [os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")]
_SITE = [os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")]


def _rank(path):
    """2: the user's own, 1: an installed package's, 0: Python's or mainstay's."""
    if not os.path.isfile(path):
        return 0
    real = os.path.realpath(path)
    if "site-packages" in real or any(real.startswith(folder + os.sep) for folder in _SITE):
        return 0 if any("/site-packages/{}/".format(name) in real for name in FRAMEWORKS) else 1
    return 0 if any(real.startswith(folder + os.sep) for folder in _PATHS) else 2


def _place(error):
    """(file, line, source) of the innermost frame of the user's own code, else of a package's."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno or 0, (error.text or "").strip()
    if type(error).__module__.startswith("jinja2") and getattr(error, "filename", None):
        return error.filename, getattr(error, "lineno", 0) or 0, ""
    found, best, trace = ("", 0, ""), 0, error.__traceback__
    while trace:
        path, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        rank = _rank(path)
        if rank and rank >= best:
            found, best = (path, line, linecache.getline(path, line).strip()), rank
        trace = trace.tb_next
    return found


def _is_there(module):
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def install_command(module):
    """The one command that makes a module and what goes with it importable."""
    wanted = [DISTRIBUTIONS.get(module, module)]
    wanted += [other for other in COMPANIONS.get(module, ()) if other not in wanted and not _is_there(other)]
    return "{} -m pip install {}".format(sys.executable, " ".join(wanted))


def described(error):
    if isinstance(error, Refused):
        return {"type": "Refused", "refused": error.error, "message": str(error)}
    text = str(error)
    cause = getattr(error, "exception", None) or getattr(error, "error", None)
    if isinstance(cause, Refused):
        return {"type": "Refused", "refused": cause.error, "message": text}
    file, line, source = _place(error)
    told = {"type": type(error).__name__, "message": text or type(error).__name__, "file": file, "line": line,
            "source": source[:200]}
    if isinstance(error, ModuleNotFoundError) and error.name:
        top = error.name.split(".")[0]
        told["missing"] = error.name
        if top in KNOWN and not _is_there(top):
            told["command"] = install_command(top)
    return told
