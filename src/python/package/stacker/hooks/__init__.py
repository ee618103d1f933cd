"""stacker's hooks, for programs that call them themselves; mainstay does the work."""

import sys
import types


def _own(module_name, *names):
    module = types.ModuleType("{}.{}".format(__name__, module_name))

    def made(name):
        def hook(provider=None, context=None, **kwargs):
            from mainstay_host import parent
            return parent.ask("hook", path="stacker.hooks.{}.{}".format(module_name, name), args=kwargs)
        hook.__name__ = hook.__qualname__ = name
        return hook

    for name in names:
        setattr(module, name, made(name))
    sys.modules[module.__name__] = module
    return module


aws_lambda = _own("aws_lambda", "upload_lambda_functions")
command = _own("command", "run_command")
ecs = _own("ecs", "create_clusters")
iam = _own("iam", "create_ecs_service_role", "ensure_server_cert_exists")
keypair = _own("keypair", "ensure_keypair_exists")
route53 = _own("route53", "create_domain")
