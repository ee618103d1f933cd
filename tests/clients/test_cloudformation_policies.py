"""CloudFormation: stack policies. The words are AWS's as recorded in events and answers: those of denials in
users' logs ("Statement [#1] does not allow [Update:*] for resource [*];"), those of malformed policies in the
snapshots of LocalStack's tests, which were validated against AWS."""

import json

import pytest
from helpers import fails
from test_cloudformation import physical, settle, stack

ALLOW_ALL = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


def deny(action="Update:*", resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Principal": "*", "Resource": resource, **more}


def of_type(*types, operator="StringEquals"):
    return {"Condition": {operator: {"ResourceType": list(types)}}}


def policy(*statements):
    return json.dumps({"Statement": list(statements)})


def template(**resources):
    return json.dumps({"Resources": resources})


def queue(name=None, delay=0):
    properties = {"DelaySeconds": delay}
    if name:
        properties["QueueName"] = name
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def parameter(value):
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/p", "Type": "String", "Value": value}}


BEFORE = template(Queue=queue("one"), Parameter=parameter("a"))
CHANGES = {"modify": template(Queue=queue("one", delay=5), Parameter=parameter("a")),
           "replace": template(Queue=queue("two"), Parameter=parameter("a")),
           "remove": template(Parameter=parameter("a")),
           "other": template(Queue=queue("one"), Parameter=parameter("b"))}


@pytest.fixture
def made(cloudformation):
    def run(stack_policy=None, body=BEFORE):
        more = {"StackPolicyBody": stack_policy} if stack_policy else {}
        cloudformation.create_stack(StackName="s", TemplateBody=body, **more)
        assert settle(cloudformation) == "CREATE_COMPLETE"

    return run


def update(cloudformation, change, **more):
    cloudformation.update_stack(StackName="s", TemplateBody=CHANGES[change], **more)
    return settle(cloudformation)


def refusals(cloudformation, name="s"):
    """Oldest first: what stack policies kept from being done."""
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [(e["LogicalResourceId"], e["ResourceStatusReason"]) for e in reversed(events)
            if e["ResourceStatus"] == "UPDATE_FAILED" and "stack policy" in e.get("ResourceStatusReason", "")]


def test_a_denied_change_rolls_the_update_back(cloudformation, made, sqs):
    made(policy(ALLOW_ALL, deny(resource="LogicalResourceId/Queue")))
    before = physical(cloudformation, "Queue")
    assert update(cloudformation, "modify") == "UPDATE_ROLLBACK_COMPLETE"
    assert refusals(cloudformation) == [
        ("Queue", "Action denied by stack policy: Statement [#2] does not allow [Update:*] for resource "
                  "[LogicalResourceId/Queue];")]
    attributes = sqs.get_queue_attributes(QueueUrl=before, AttributeNames=["DelaySeconds"])["Attributes"]
    assert attributes == {"DelaySeconds": "0"}
    statuses = {r["LogicalResourceId"]: r["ResourceStatus"]
                for r in cloudformation.list_stack_resources(StackName="s")["StackResourceSummaries"]}
    assert statuses["Queue"] == "UPDATE_COMPLETE"
    assert update(cloudformation, "other") == "UPDATE_COMPLETE"


@pytest.mark.parametrize("action, refused", [("Update:Modify", "modify"), ("Update:Replace", "replace"),
                                             ("Update:Delete", "remove")])
def test_each_action_alone(cloudformation, made, action, refused):
    made(policy(deny(action, **of_type("AWS::SQS::Queue")), ALLOW_ALL))
    assert update(cloudformation, refused) == "UPDATE_ROLLBACK_COMPLETE"
    assert refusals(cloudformation) == [
        ("Queue", f"Action denied by stack policy: Statement [#1] does not allow [{action}] for resource [*];")]
    for change in [c for c in ("modify", "replace", "remove") if c != refused]:
        assert update(cloudformation, change) == "UPDATE_COMPLETE"


def test_what_no_statement_allows_is_refused(cloudformation, made):
    made(policy({"Effect": "Allow", "NotAction": "Update:Replace", "Principal": "*", "NotResource": "LogicalResourceId/Par*"}))
    assert update(cloudformation, "other") == "UPDATE_ROLLBACK_COMPLETE"
    assert refusals(cloudformation) == [("Parameter", "Action not allowed by stack policy")]
    assert update(cloudformation, "modify") == "UPDATE_COMPLETE"
    assert update(cloudformation, "replace") == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.parametrize("pattern, refused", [("AWS::SQS::*", True), ("AWS::SSM::*", False), ("*Queue", True)])
def test_types_by_pattern(cloudformation, made, pattern, refused):
    made(policy(ALLOW_ALL, deny(**of_type(pattern, operator="StringLike"))))
    assert (update(cloudformation, "modify") == "UPDATE_ROLLBACK_COMPLETE") == refused


def test_new_resources_need_no_permission(cloudformation, made):
    made(policy(deny()), body=template(Parameter=parameter("a")))
    cloudformation.update_stack(StackName="s", TemplateBody=BEFORE)
    assert settle(cloudformation) == "UPDATE_COMPLETE"


def test_a_policy_for_one_update(cloudformation, made):
    made(policy(deny()))
    assert update(cloudformation, "modify", StackPolicyDuringUpdateBody=policy(ALLOW_ALL)) == "UPDATE_COMPLETE"
    assert cloudformation.get_stack_policy(StackName="s")["StackPolicyBody"] == policy(deny())
    assert update(cloudformation, "other") == "UPDATE_ROLLBACK_COMPLETE"


def test_a_policy_for_one_update_from_s3(cloudformation, made, s3, bucket):
    made()
    s3.put_object(Bucket=bucket, Key="no.json", Body=policy(deny()))
    url = f"https://{bucket}.s3.amazonaws.com/no.json"
    assert update(cloudformation, "modify", StackPolicyDuringUpdateURL=url) == "UPDATE_ROLLBACK_COMPLETE"
    assert "StackPolicyBody" not in cloudformation.get_stack_policy(StackName="s")
    assert update(cloudformation, "modify") == "UPDATE_COMPLETE"


def test_a_new_policy_counts_from_the_next_update_on(cloudformation, made):
    made()
    assert update(cloudformation, "modify", StackPolicyBody=policy(deny())) == "UPDATE_COMPLETE"
    assert cloudformation.get_stack_policy(StackName="s")["StackPolicyBody"] == policy(deny())
    assert update(cloudformation, "other", StackPolicyBody=policy(ALLOW_ALL)) == "UPDATE_ROLLBACK_COMPLETE"
    assert cloudformation.get_stack_policy(StackName="s")["StackPolicyBody"] == policy(deny())


def test_set_and_get(cloudformation, made, s3, bucket):
    made()
    assert "StackPolicyBody" not in cloudformation.get_stack_policy(StackName="s")
    s3.put_object(Bucket=bucket, Key="p.json", Body=policy(deny()))
    cloudformation.set_stack_policy(StackName="s", StackPolicyURL=f"https://s3.amazonaws.com/{bucket}/p.json")
    assert cloudformation.get_stack_policy(StackName="s")["StackPolicyBody"] == policy(deny())
    assert update(cloudformation, "modify") == "UPDATE_ROLLBACK_COMPLETE"
    cloudformation.set_stack_policy(StackName="s", StackPolicyBody="{}")
    assert cloudformation.get_stack_policy(StackName="s")["StackPolicyBody"] == "{}"
    assert update(cloudformation, "modify") == "UPDATE_COMPLETE"


@pytest.mark.parametrize("body", [
    "no JSON", policy({**deny(), "Principal": "somebody"}), policy(deny("Delete:*")), policy(deny("Update:Create")),
    policy(deny(resource="arn:aws:sqs:us-east-1:123456789012:one")),
    policy(deny(**{"Condition": {"StringEquals": {"aws:username": "me"}}})),
    policy({k: v for k, v in deny().items() if k != "Principal"}), policy({**deny(), "Effect": "Never"})],
    ids=["text", "principal", "service", "action", "arn", "key", "no-principal", "effect"])
def test_malformed_policies_are_refused(cloudformation, made, body):
    made()
    with fails("ValidationError", "Error validating stack policy: Invalid stack policy"):
        cloudformation.set_stack_policy(StackName="s", StackPolicyBody=body)
    with fails("ValidationError", "Error validating stack policy: Invalid stack policy"):
        cloudformation.create_stack(StackName="t", TemplateBody=BEFORE, StackPolicyBody=body)
    for member in ("StackPolicyBody", "StackPolicyDuringUpdateBody"):
        with fails("ValidationError", "Error validating stack policy: Invalid stack policy"):
            cloudformation.update_stack(StackName="s", TemplateBody=CHANGES["modify"], **{member: body})
    assert stack(cloudformation)["StackStatus"] == "CREATE_COMPLETE"


def test_policies_name_what_the_template_has(cloudformation, made):
    made()
    unknown = ("Unknown logical id 'LogicalResourceId/{}' in statement {{}} - stack policies can only be applied to "
               "logical ids referenced in the template")
    with fails("ValidationError", "Error validating stack policy: " + unknown.format("Other")):
        cloudformation.set_stack_policy(StackName="s", StackPolicyBody=policy(deny(resource="LogicalResourceId/Other")))
    cloudformation.set_stack_policy(StackName="s", StackPolicyBody=policy(deny(resource="LogicalResourceId/Queue")))
    with fails("ValidationError", "Error validating existing stack policy: " + unknown.format("Queue")):
        cloudformation.update_stack(StackName="s", TemplateBody=CHANGES["remove"])
    with fails("ValidationError", "You cannot specify both StackPolicyURL and StackPolicyBody"):
        cloudformation.set_stack_policy(StackName="s", StackPolicyBody="{}", StackPolicyURL="https://b.s3.amazonaws.com/k")


def test_change_sets_obey_policies(cloudformation, made):
    made(policy(deny()))
    cloudformation.create_change_set(StackName="s", ChangeSetName="c", TemplateBody=CHANGES["modify"])
    cloudformation.get_waiter("change_set_create_complete").wait(StackName="s", ChangeSetName="c")
    cloudformation.execute_change_set(StackName="s", ChangeSetName="c")
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    assert [id for id, _ in refusals(cloudformation)] == ["Queue"]


@pytest.fixture
def nested(cloudformation, s3, bucket):
    """Makes a stack with a nested one, and tells the parent's templates for two states of the child."""

    def child(delay):
        s3.put_object(Bucket=bucket, Key=f"{delay}.json", Body=template(Queue=queue(delay=delay)))
        inner = {"Type": "AWS::CloudFormation::Stack",
                 "Properties": {"TemplateURL": f"https://{bucket}.s3.amazonaws.com/{delay}.json"}}
        return template(Child=inner, Parameter=parameter("a"))

    cloudformation.create_stack(StackName="s", TemplateBody=child(0))
    assert settle(cloudformation) == "CREATE_COMPLETE"
    return child


def test_a_nested_stack_is_protected_by_its_parents_policy(cloudformation, nested, s3, bucket):
    cloudformation.set_stack_policy(StackName="s", StackPolicyBody=policy(ALLOW_ALL, deny(resource="LogicalResourceId/Child")))
    cloudformation.update_stack(StackName="s", TemplateBody=nested(5))
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    assert [id for id, _ in refusals(cloudformation)] == ["Child"]
    # Other changes leave the child alone, so they need no permission for it, unless its template has changed.
    other = nested(0).replace('"a"', '"b"')
    cloudformation.update_stack(StackName="s", TemplateBody=other)
    assert settle(cloudformation) == "UPDATE_COMPLETE"
    s3.put_object(Bucket=bucket, Key="0.json", Body=template(Queue=queue(delay=7)))
    cloudformation.update_stack(StackName="s", TemplateBody=other.replace('"b"', '"c"'))
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    assert [id for id, _ in refusals(cloudformation)] == ["Child", "Child"]


def test_a_nested_stacks_own_policy_counts(cloudformation, nested):
    child = physical(cloudformation, "Child")
    cloudformation.set_stack_policy(StackName=child, StackPolicyBody=policy(deny()))
    cloudformation.update_stack(StackName="s", TemplateBody=nested(5))
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    assert [id for id, _ in refusals(cloudformation, child)] == ["Queue"]
