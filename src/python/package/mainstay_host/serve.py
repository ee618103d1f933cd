"""The loop: a request, its answer; whatever goes wrong in the user's code is an answer too."""

import importlib
import importlib.util
import logging
import os
import sys

from . import failures, parent, settings, shims


def _installed(package, *modules):
    """Whether the package itself is installed and its modules can be imported; else nothing of it stays."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return False
    if spec is None or spec.origin is None or not spec.submodule_search_locations:
        return False  # none, or just a folder of that name
    try:
        for module in modules:
            importlib.import_module(module)
        return True
    except Exception as error:
        logging.getLogger("mainstay").info("%s is installed but can't be used here (%s: %s)", package,
                                           type(error).__name__, error)
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            del sys.modules[name]
        return False


def _choose_stacker(wanted):
    """stacker and runway as they are installed, else the carried ones; says which."""
    own = wanted == "own"
    stacker = not own and _installed("stacker", "stacker.blueprints.base", "stacker.lookups.registry", "stacker.context")
    runway = not own and _installed("runway", "runway.cfngin.blueprints.base")
    names = [name for name, there in (("stacker", stacker), ("runway", runway)) if not there]
    ours = next(finder for finder in sys.meta_path if "mainstay_host" in getattr(finder, "names", ()))
    also = {"runway.cfngin": "stacker"} if "runway" in names else {}
    sys.meta_path.insert(0, type(ours)(ours.files, names, also))
    version = getattr(sys.modules.get("stacker"), "__version__", "") if stacker else ""
    return "stacker " + version if stacker else "own"


def _hello(directory, region, paths, config, environment, hook_data, stacker):
    settings.directory, settings.region, settings.paths = directory, region, paths
    for path in paths:
        if path not in sys.path:
            sys.path.append(path)
    shims.install()
    from . import aws
    aws.install()
    which = _choose_stacker(stacker)
    from . import run
    run.begin(config, environment, hook_data)
    return {"python": "%d.%d.%d" % sys.version_info[:3], "executable": sys.executable, "stacker": which}


def served(request):
    """The text of the message that answers a request."""
    try:
        if request["do"] == "hello":
            answer = {"ok": _hello(**request["with"])}
        else:
            from . import run
            answer = {"ok": run.OPERATIONS[request["do"]](**request["with"])}
        text = parent.text_of(answer)  # while it can still be told what is wrong with it
    except BaseException as error:  # sys.exit() in a hook must not end the run
        text = parent.text_of({"error": failures.described(error)})
    sys.stdout.flush()
    return text


def main(requests, answers):
    parent.open_pipes(requests, answers, served)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("botocore", "boto3", "urllib3", "s3transfer"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    while True:
        request = parent.read()
        if request is None:
            return
        parent.write_text(served(request))
