"""What mainstay asks for: blueprints rendered, Jinja filled in, lookups answered, hooks run."""

import importlib
import inspect
import sys

from . import failures, settings, shims
from .values import given_to, helper


def begin(config, environment, hook_data):
    from stacker import context
    try:
        from stacker.config import Config
        made = Config(config)
    except Exception:  # the real one refuses what it does not know
        made = _own_config(config)
    settings.context = context.Context(environment=environment, config=made)
    learn_hook_data(hook_data)


def _own_config(config):
    class Plain(dict):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            value = self.get(name)
            return [Plain(item) if isinstance(item, dict) else item for item in value] if isinstance(value, list) else value
    return Plain(config)


def learn_hook_data(data):
    """What hooks of mainstay's own gave; what Python's gave is here already."""
    for key, value in data.items():
        if key not in settings.context.hook_data:
            settings.context.hook_data[key] = {name: helper(part) for name, part in value.items()}
    return None


class NotThere(ImportError):
    """Nothing has the dotted path that the configuration gives."""


def load(path):
    """The object that a dotted path names."""
    module_name, _, name = path.rpartition(".")
    if not module_name:
        raise NotThere('"{}" is no path of the form MODULE.NAME'.format(path))
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        own = error.name and (module_name + ".").startswith(error.name + ".")
        if not own or error.name.split(".")[0] in failures.COMPANIONS:
            raise
        raise NotThere("Python has no module {}; it was looked for in {}".format(error.name, ", ".join(settings.paths)))
    shims.mend_awacs()
    try:
        return getattr(module, name)
    except AttributeError:
        near = ", ".join(n for n, value in vars(module).items()
                         if callable(value) and getattr(value, "__module__", "") == module.__name__)
        raise NotThere("{} has no {}{}".format(getattr(module, "__file__", module_name), name,
                                               "; it has " + near if near else ""))


class Given:
    """A variable whose lookups mainstay has resolved, as Blueprint.resolve_variables wants them."""

    resolved = True

    def __init__(self, name, value):
        self.name, self.value = name, value


def _blueprint(stack):
    made = load(stack["class_path"])
    if not callable(made):
        raise TypeError("{} is no class".format(stack["class_path"]))
    arguments = {"name": stack["name"], "context": settings.context, "mappings": settings.context.mappings}
    if stack.get("description"):
        arguments["description"] = stack["description"]
    return made(**arguments)


def render(stack, variables, hook_data):
    learn_hook_data(hook_data)
    blueprint = _blueprint(stack)
    declared = blueprint.defined_variables()
    given = [Given(name, given_to(declared.get(name), value)) for name, value in variables.items()]
    blueprint.resolve_variables(given)
    version, text = blueprint.render_template()
    return {"template": text, "version": version, "parameters": blueprint.get_parameter_values(),
            "unknown": [name for name in variables if name not in declared]}


def _type_name(declared):
    kind = declared.get("type")
    if hasattr(kind, "parameter_type"):
        return kind.parameter_type
    if hasattr(kind, "resource_name"):
        return kind.resource_name
    if isinstance(kind, tuple):
        return " or ".join(k.__name__ for k in kind)
    return getattr(kind, "__name__", str(kind))


def describe(class_path):
    made = load(class_path)
    variables = {}
    if inspect.isclass(made) and hasattr(made, "defined_variables"):
        try:
            variables = made(name="described", context=settings.context, mappings={}).defined_variables()
        except Exception:
            variables = getattr(made, "VARIABLES", {})
    elif not callable(made):
        raise TypeError("{} is no blueprint".format(class_path))
    listed = []
    for name, declared in variables.items():
        one = {"name": name, "type": _type_name(declared), "description": declared.get("description", ""),
               "required": "default" not in declared}
        if "default" in declared:
            one["default"] = declared["default"]
        listed.append(one)
    return {"description": (inspect.getdoc(made) or "").strip().split("\n")[0], "variables": listed,
            "file": getattr(sys.modules.get(made.__module__), "__file__", "") or ""}


def jinja(path, text, name, variables, hook_data):
    import jinja2
    learn_hook_data(hook_data)
    template = jinja2.Environment().from_string(text)
    template.filename = path
    try:
        return template.render(context=settings.context, mappings=settings.context.mappings, name=name,
                               variables=variables)
    except jinja2.TemplateSyntaxError as error:
        error.filename = error.filename or path
        raise


def compile_jinja(path, text):
    """Whether the template can be read, before anything is done."""
    import jinja2
    try:
        jinja2.Environment().parse(text, filename=path)
    except jinja2.TemplateSyntaxError as error:
        error.filename = error.filename or path
        raise
    return None


def _provider(region, profile=None):
    from stacker.providers.aws import default
    if getattr(sys.modules["stacker"], "__file__", None):  # the real one
        from stacker.session_cache import get_session
        return default.Provider(get_session(region, profile), region=region)
    return default.Provider(region=region, profile=profile)


def _handler(path):
    handler = load(path)
    return handler.handle if inspect.isclass(handler) else handler


def check_lookup(path):
    handler = _handler(path)
    if not callable(handler):
        raise TypeError("{} is no lookup".format(path))
    return None


def lookup(path, data, region, profile, hook_data):
    learn_hook_data(hook_data)
    return _handler(path)(value=data, context=settings.context, provider=_provider(region, profile))


def check_hook(path):
    if not callable(load(path)):
        raise TypeError("{} is no function".format(path))
    return None


def hook(path, args, data_key, region, profile, hook_data):
    learn_hook_data(hook_data)
    result = load(path)(provider=_provider(region, profile), context=settings.context, **args)
    keeps = bool(result) and hasattr(result, "keys")
    if keeps and data_key:
        settings.context.set_hook_data(data_key, result)
    return {"held": bool(result), "data": result if keeps else None}


OPERATIONS = {"render": render, "describe": describe, "jinja": jinja, "compile_jinja": compile_jinja,
              "lookup": lookup, "check_lookup": check_lookup, "hook": hook, "check_hook": check_hook}
