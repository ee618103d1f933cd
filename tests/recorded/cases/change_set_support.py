"""The twelve steps of the tests that capture an update: a stack is made by a change set, changed by another, deleted."""

import json
import time

from stacks_support import ALL, settled


def topic(**properties):
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def parameter(value, **more):
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value, **more}}


def made(run, stack, name):
    for _ in range(400):
        found = run.cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if not found["Status"].endswith("_IN_PROGRESS") and found["Status"] != "CREATE_PENDING":
            return found["Status"]
        time.sleep(0.02)
    raise AssertionError(found["Status"])


def change(run, number, stack, name, template, parameters):
    cloudformation = run.cloudformation
    answer = run.step(f"create-change-set-{number}", cloudformation.create_change_set, StackName=stack, ChangeSetName=name,
                      TemplateBody=json.dumps(template), ChangeSetType="CREATE" if number == 1 else "UPDATE", Capabilities=ALL,
                      Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in (parameters or {}).items()])
    id = answer["Id"]
    assert made(run, stack, id) == "CREATE_COMPLETE", cloudformation.describe_change_set(ChangeSetName=id)["StatusReason"]
    run.step(f"describe-change-set-{number}-prop-values", cloudformation.describe_change_set, ChangeSetName=id, IncludePropertyValues=True)
    run.step(f"describe-change-set-{number}", cloudformation.describe_change_set, ChangeSetName=id)
    run.step(f"execute-change-set-{number}", cloudformation.execute_change_set, ChangeSetName=id)
    found = settled(run, answer["StackId"])
    run.step(f"post-create-{number}-describe", found)
    return answer["StackId"]


def captured(run, first, second, parameters=None, then=None):
    """first and second: the resources of a template, or a whole one."""
    whole = lambda t: t if "Resources" in t else {"Resources": t}
    run.constants(**{"CFN-Parameter-tSeCu89dWGbq": "CFN-Parameter-<suffix>", "CFN-Parameter-gE4nEU6CQEj9": "CFN-Parameter-<suffix>",
                     "CFN-Parameter2-DAxvYPlPS8Me": "CFN-Parameter2-<suffix>"})
    run.any_order("Changes", "Details", "Scope", "Parameters")
    # Those of the tests' roles, which are made under CAPABILITY_IAM and more; the change sets' own vary by their day.
    run.ignore("Capabilities")
    stack, name = run.unique("stack"), run.unique("cs")
    run.comparison.bound.update({"<stack-name:1>": stack, "<change-set-id:1>": name})
    change(run, 1, stack, name, whole(first), parameters)
    id = change(run, 2, stack, name, whole(second), then or parameters)
    events = {}
    for event in all_events(run, id):
        events.setdefault(event["LogicalResourceId"], []).append(event)
    run.cloudformation.delete_stack(StackName=id)
    for _ in range(400):
        found = run.cloudformation.describe_stacks(StackName=id)["Stacks"][0]
        if found["StackStatus"] == "DELETE_COMPLETE":
            break
        time.sleep(0.02)
    run.step("delete-describe", found)
    if "EventId" in str(run.recorded["per-resource-events"]):  # those of August 2025 were thinned out before
        run.step("per-resource-events", events)


def all_events(run, id):
    pages = run.cloudformation.get_paginator("describe_stack_events").paginate(StackName=id)
    return [event for page in pages for event in page["StackEvents"]]
