"""What cases share that deploy stacks."""

import json
import time

ALL = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


def settled(run, stack):
    """The stack, once it is at rest."""
    for _ in range(600):
        found = run.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        if not found["StackStatus"].endswith("_IN_PROGRESS"):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{stack} is still {found['StackStatus']}")


def deployed(run, template, stack=None, **more):
    """The id of a stack of the template, or that of the given one, updated."""
    ask = {"TemplateBody": template if isinstance(template, str) else json.dumps(template), "Capabilities": ALL, **more}
    if stack:
        run.cloudformation.update_stack(StackName=stack, **ask)
    else:
        stack = run.cloudformation.create_stack(StackName=run.unique("stack"), **ask)["StackId"]
    found = settled(run, stack)
    assert found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), reasons(run, stack)
    return stack


def reasons(run, stack):
    events = run.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return [e["ResourceStatusReason"] for e in events if "ResourceStatusReason" in e]


def outputs(run, stack):
    return {o["OutputKey"]: o["OutputValue"] for o in settled(run, stack).get("Outputs", [])}
