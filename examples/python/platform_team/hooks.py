"""What a run does before and after the stacks."""

import hashlib
import logging

from stacker.session_cache import get_session

logger = logging.getLogger(__name__)


def write_build_record(provider, context, parameter, commit, **kwargs):
    """Keeps which commit a namespace was built from; gives the build's id to the stacks."""
    ssm = get_session(provider.region).client("ssm")
    ssm.put_parameter(Name=parameter, Value=commit, Type="String", Overwrite=True)
    logger.info("%s is built from %s", context.namespace, commit)
    return {"id": hashlib.sha256(commit.encode()).hexdigest()[:12], "commit": commit}


def check_outputs(provider, context, stack, outputs, **kwargs):
    """Whether a stack has the outputs that others count on."""
    there = provider.get_outputs(context.get_fqn(stack))
    missing = [name for name in outputs if name not in there]
    for name in missing:
        logger.error("%s has no output %s", stack, name)
    return not missing
