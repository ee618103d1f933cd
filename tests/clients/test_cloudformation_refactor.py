"""CloudFormation: stack refactoring moves resources between stacks and renames them, and touches none.

Statuses, actions and descriptions: API reference, and the answers shown in "Introducing AWS CloudFormation Stack
Refactoring" (AWS DevOps blog). Refusals: the user guide's "Stack refactoring considerations" and "Resource
limitations"; where the words are AWS's they are those of public reports, named at each."""

import json
import re

import pytest
from helpers import fails
from test_cloudformation import settle

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 3}}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "t"}}
VALUE = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}


def body(resources, **sections):
    return json.dumps({"Resources": resources, **sections})


@pytest.fixture
def make(cloudformation):
    def run(name, resources, parameters=(), capabilities=("CAPABILITY_NAMED_IAM",), **sections):
        cloudformation.create_stack(StackName=name, TemplateBody=body(resources, **sections), Parameters=list(parameters),
                                    Capabilities=list(capabilities))
        assert settle(cloudformation, name) == "CREATE_COMPLETE"
        return physical(cloudformation, name)

    return run


def physical(cloudformation, name):
    found = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found}


def mapping(source, destination):
    sides = zip(("Source", "Destination"), (source, destination))
    return {side: dict(zip(("StackName", "LogicalResourceId"), place.split("."))) for side, place in sides}


def plan(cloudformation, stacks, *mappings, **more):
    """stacks: name to template body. Returns what DescribeStackRefactor says."""
    made = cloudformation.create_stack_refactor(
        StackDefinitions=[{"StackName": name, "TemplateBody": text} for name, text in stacks.items()],
        ResourceMappings=[mapping(*pair) for pair in mappings], **more)
    return cloudformation.describe_stack_refactor(StackRefactorId=made["StackRefactorId"])


def refused(cloudformation, stacks, *mappings, **more):
    said = plan(cloudformation, stacks, *mappings, **more)
    assert (said["Status"], said["ExecutionStatus"]) == ("CREATE_FAILED", "UNAVAILABLE"), said
    return re.sub(r"^arn:\S+: ", "", said["StatusReason"])


def execute(cloudformation, said):
    assert (said["Status"], said["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE"), said
    refactor = said["StackRefactorId"]
    cloudformation.execute_stack_refactor(StackRefactorId=refactor)
    cloudformation.get_waiter("stack_refactor_execute_complete").wait(StackRefactorId=refactor, WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def story(cloudformation, stack, logical):
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return [e["ResourceStatus"] for e in reversed(events) if e["LogicalResourceId"] == logical]


def actions(cloudformation, said):
    return cloudformation.list_stack_refactor_actions(StackRefactorId=said["StackRefactorId"])["StackRefactorActions"]


def test_a_resource_moves_to_another_stack(cloudformation, sqs, make):
    before = make("a", {"Q": QUEUE, "P": VALUE})
    make("b", {"T": TOPIC})
    said = plan(cloudformation, {"a": body({"P": VALUE}), "b": body({"T": TOPIC, "Q": QUEUE})}, Description="why")
    assert said["Description"] == "why"
    ids = [cloudformation.describe_stacks(StackName=n)["Stacks"][0]["StackId"] for n in "ab"]
    assert said["StackIds"] == ids
    assert actions(cloudformation, said) == [{
        "Action": "MOVE", "Entity": "RESOURCE", "PhysicalResourceId": before["Q"], "Description": "No configuration changes detected.",
        "Detection": "AUTO", "TagResources": [], "UntagResources": [],
        "ResourceMapping": {"Source": {"StackName": ids[0], "LogicalResourceId": "Q"},
                            "Destination": {"StackName": ids[1], "LogicalResourceId": "Q"}}}]
    execute(cloudformation, said)
    assert list(physical(cloudformation, "a")) == ["P"]
    assert physical(cloudformation, "b")["Q"] == before["Q"]
    assert story(cloudformation, "a", "Q")[-2:] == ["EXPORT_IN_PROGRESS", "EXPORT_COMPLETE"]
    assert story(cloudformation, "b", "Q") == ["IMPORT_IN_PROGRESS", "IMPORT_COMPLETE"]
    assert story(cloudformation, "b", "b")[-2:] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    # It is the other stack's from here on, under the name that it was made with.
    cloudformation.delete_stack(StackName="a")
    assert settle(cloudformation, ids[0]) == "DELETE_COMPLETE"
    sqs.get_queue_attributes(QueueUrl=before["Q"])
    slower = {**QUEUE, "Properties": {"DelaySeconds": 9}}
    cloudformation.update_stack(StackName="b", TemplateBody=body({"T": TOPIC, "Q": slower}))
    assert settle(cloudformation, "b") == "UPDATE_COMPLETE"
    assert sqs.get_queue_attributes(QueueUrl=before["Q"], AttributeNames=["DelaySeconds"])["Attributes"] == {"DelaySeconds": "9"}
    cloudformation.delete_stack(StackName="b")
    assert settle(cloudformation, ids[1]) == "DELETE_COMPLETE"
    assert not sqs.list_queues().get("QueueUrls")


def test_names_that_were_made_up_stay(cloudformation, iam, ssm, make):
    """A role's name is made of its stack's and its logical id; an update after the move must still find it."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Description": "one", "AssumeRolePolicyDocument": trust}}
    before = make("a", {"R": role, "V": VALUE, "P": VALUE})
    make("b", {"T": TOPIC})
    execute(cloudformation, plan(cloudformation, {"a": body({"P": VALUE}), "b": body({"T": TOPIC, "Role": role, "Value": VALUE})},
                                 ("a.R", "b.Role"), ("a.V", "b.Value")))
    changed = {**role, "Properties": {**role["Properties"], "Description": "two"}}
    other = {**VALUE, "Properties": {"Type": "String", "Value": "w"}}
    cloudformation.update_stack(StackName="b", TemplateBody=body({"T": TOPIC, "Role": changed, "Value": other}), Capabilities=["CAPABILITY_IAM"])
    assert settle(cloudformation, "b") == "UPDATE_COMPLETE"
    assert physical(cloudformation, "b")["Role"] == before["R"]
    assert iam.get_role(RoleName=before["R"])["Role"]["Description"] == "two"
    assert ssm.get_parameter(Name=before["V"])["Parameter"]["Value"] == "w"
    assert len(ssm.describe_parameters()["Parameters"]) == 2


def test_a_rename_in_place_takes_references_along(cloudformation, make):
    """cloudformation-coverage-roadmap issue 2322 asks for it."""
    policy = {"Type": "AWS::SQS::QueuePolicy", "DependsOn": "P", "Properties": {"Queues": [{"Ref": "Q"}], "PolicyDocument": {
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["Q", "Arn"]}}]}}}
    renamed = json.loads(json.dumps(policy).replace('"Q"', '"Orders"').replace('"P"', '"Value"'))
    outputs = {"Arn": {"Value": {"Fn::Sub": "${Q.Arn}/${P}"}}}
    before = make("a", {"Q": QUEUE, "Policy": policy, "P": VALUE}, Outputs=outputs)
    told = cloudformation.describe_stacks(StackName="a")["Stacks"][0]["Outputs"]
    now = body({"Orders": QUEUE, "Policy": renamed, "Value": VALUE}, Outputs={"Arn": {"Value": {"Fn::Sub": "${Orders.Arn}/${Value}"}}})
    said = plan(cloudformation, {"a": now}, ("a.Q", "a.Orders"), ("a.P", "a.Value"))
    assert {a["Detection"] for a in actions(cloudformation, said)} == {"MANUAL"}
    execute(cloudformation, said)
    assert physical(cloudformation, "a") == {"Orders": before["Q"], "Policy": before["Policy"], "Value": before["P"]}
    assert cloudformation.describe_stacks(StackName="a")["Stacks"][0]["Outputs"] == told
    with fails("ValidationError", "No updates are to be performed."):
        cloudformation.update_stack(StackName="a", TemplateBody=now)
    assert json.loads(json.dumps(cloudformation.get_template(StackName="a")["TemplateBody"])) == json.loads(now)


def test_two_change_places(cloudformation, make):
    before = make("a", {"One": VALUE, "Two": VALUE})
    execute(cloudformation, plan(cloudformation, {"a": body({"One": VALUE, "Two": VALUE})}, ("a.One", "a.Two"), ("a.Two", "a.One")))
    assert physical(cloudformation, "a") == {"One": before["Two"], "Two": before["One"]}


def test_a_stack_is_made_for_them(cloudformation, make):
    before = make("a", {"Q": QUEUE, "P": VALUE})
    stacks = {"a": body({"P": VALUE}), "new": body({"Orders": QUEUE})}
    assert refused(cloudformation, stacks, ("a.Q", "new.Orders")) == "Stack [new] does not exist"
    said = plan(cloudformation, stacks, ("a.Q", "new.Orders"), EnableStackCreation=True)
    new = said["StackIds"][1]
    assert ":stack/new/" in new
    with fails("ValidationError"):
        cloudformation.describe_stacks(StackName="new")
    assert {"Action": "CREATE", "Entity": "STACK", "Description": f"Stack {new} created.", "Detection": "MANUAL",
            "TagResources": [], "UntagResources": []} in actions(cloudformation, said)
    execute(cloudformation, said)
    made = cloudformation.describe_stacks(StackName="new")["Stacks"][0]
    assert (made["StackId"], made["StackStatus"]) == (new, "CREATE_COMPLETE")
    assert physical(cloudformation, "new") == {"Orders": before["Q"]}
    assert story(cloudformation, "new", "new") == ["REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    # "Following template sections ...": D. Wittman, "Moving Resources Between CDK Stacks".
    sections = {"Conditions": {"C": {"Fn::Equals": ["a", "a"]}}, "Rules": {"R": {"Assertions": [{"Assert": {"Fn::Equals": ["a", "a"]}}]}}}
    assert refused(cloudformation, {"a": body({"T": TOPIC}), "b": body({"P": VALUE}, **sections)}, EnableStackCreation=True) == (
        "Following template sections are not allowed when creating a stack while refactoring: Conditions, Rules")


def test_exports_and_imports_take_the_place_of_references(cloudformation, make):
    """As in AWS's own example: what was a reference within the stack becomes an import."""
    reader = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::GetAtt": ["Q", "Arn"]}}}
    importer = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::ImportValue": "queue"}}}
    exported = {"Arn": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}, "Export": {"Name": "queue"}}}
    before = make("a", {"Q": QUEUE, "Reader": reader})
    make("b", {"T": TOPIC})
    execute(cloudformation, plan(cloudformation, {"a": body({"Q": QUEUE}, Outputs=exported), "b": body({"T": TOPIC, "Reader": importer})}))
    assert physical(cloudformation, "b")["Reader"] == before["Reader"]
    assert cloudformation.list_imports(ExportName="queue")["Imports"] == ["b"]
    # The export moves with what it exports; whoever imports it does not notice.
    make("c", {"P": VALUE})
    make("d", {"P": VALUE, "Z": importer})
    stacks = {"a": body({"Pc": VALUE}), "c": body({"Q": QUEUE}, Outputs=exported)}
    execute(cloudformation, plan(cloudformation, stacks, ("c.P", "a.Pc"), ("a.Q", "c.Q")))
    assert [e["ExportingStackId"].split("/")[1] for e in cloudformation.list_exports()["Exports"]] == ["c"]
    assert sorted(cloudformation.list_imports(ExportName="queue")["Imports"]) == ["b", "d"]
    # Without it, they would.
    said = plan(cloudformation, {"c": body({"Renamed": QUEUE})}, ("c.Q", "c.Renamed"))
    cloudformation.execute_stack_refactor(StackRefactorId=said["StackRefactorId"])
    done = cloudformation.describe_stack_refactor(StackRefactorId=said["StackRefactorId"])
    while done["ExecutionStatus"] == "EXECUTE_IN_PROGRESS":
        done = cloudformation.describe_stack_refactor(StackRefactorId=said["StackRefactorId"])
    assert done["ExecutionStatus"] == "EXECUTE_FAILED"
    assert re.fullmatch(r"Export queue cannot be deleted as it is in use by [bd]", done["ExecutionStatusReason"])
    assert list(physical(cloudformation, "c")) == ["Q"]


MODIFY = "Found an action type that is not permitted during refactor operations: Modify "
REMOVE = "Found an action type that is not permitted during refactor operations: Remove "


@pytest.mark.parametrize("changed, where", [
    ({**QUEUE, "Properties": {"DelaySeconds": 4}}, "Properties/DelaySeconds"),
    ({**QUEUE, "Properties": {"DelaySeconds": 3, "MaximumMessageSize": 2048}}, "Properties/MaximumMessageSize"),
    ({**QUEUE, "Properties": {}}, "Properties/DelaySeconds"),
    ({**QUEUE, "Metadata": {"aws:cdk:path": "b/Q"}}, "Metadata"),
    ({**QUEUE, "DeletionPolicy": "Retain"}, "DeletionPolicy"),
    ({**QUEUE, "UpdateReplacePolicy": "Retain"}, "UpdateReplacePolicy"),
    ({**QUEUE, "DependsOn": "T"}, "DependsOn"),
])
def test_what_would_change_a_resource_is_refused(cloudformation, make, changed, where):
    make("a", {"Q": QUEUE, "P": VALUE})
    make("b", {"T": TOPIC})
    assert refused(cloudformation, {"a": body({"P": VALUE}), "b": body({"T": TOPIC, "Q": changed})}) == f"{MODIFY}(b.Q: {where})"
    assert refused(cloudformation, {"a": body({"Moved": QUEUE, "P": {**VALUE, "Properties": {"Type": "String", "Value": "w"}}})},
                   ("a.Q", "a.Moved")) == f"{MODIFY}(a.P: Properties/Value)"


def test_resources_neither_come_nor_go(cloudformation, make):
    make("a", {"Q": QUEUE, "P": VALUE})
    make("b", {"T": TOPIC})
    assert refused(cloudformation, {"a": body({"P": VALUE}), "b": body({"T": TOPIC})}) == f"{REMOVE}(a.Q)"
    # "Could not find ...": a workshop's troubleshooting guide.
    assert refused(cloudformation, {"a": body({"Q": QUEUE, "P": VALUE}), "b": body({"T": TOPIC, "New": VALUE})}) == (
        "Could not find any source stacks for Logical ID and Stack ID pairs: New -> b")
    # A rename is not guessed.
    assert refused(cloudformation, {"a": body({"Q2": QUEUE, "P": VALUE})}) == (
        "Could not find any source stacks for Logical ID and Stack ID pairs: Q2 -> a")
    # Nor is the same id of another type the same resource.
    assert "Could not find any source stacks" in refused(cloudformation, {"a": body({"Q": TOPIC, "P": VALUE})})
    assert "move no resource" in refused(cloudformation, {"a": body({"Q": QUEUE, "P": VALUE})})
    said = refused(cloudformation, {"a": json.dumps({"Resources": {}}), "b": body({"T": TOPIC, "Q": QUEUE, "P": VALUE})})
    assert "At least one Resources member must be defined" in said


def test_mappings_that_make_no_sense(cloudformation, make):
    make("a", {"Q": QUEUE, "P": VALUE})
    make("b", {"T": TOPIC})
    both = {"a": body({"P": VALUE}), "b": body({"T": TOPIC, "Q": QUEUE, "R": QUEUE})}
    # "did no move": D. Wittman, "Moving Resources Between CDK Stacks".
    assert refused(cloudformation, {"a": body({"Q": QUEUE, "P": VALUE}), "b": body({"T": TOPIC, "Q": QUEUE})}, ("a.Q", "b.Q")) == (
        "The resource Q defined in the resources mapping did no move from its original stack a. Review your stack template desired state.")
    assert refused(cloudformation, both, ("a.Missing", "b.Q")) == "Resource with LogicalResourceId 'Missing' not found in stack a"
    assert "can't be refactored into both b.Q and b.R" in refused(cloudformation, both, ("a.Q", "b.Q"), ("a.Q", "b.R"))
    assert "is of type AWS::SSM::Parameter" in refused(cloudformation, both, ("a.P", "b.Q"))
    assert "stack c is not among the stack definitions" in refused(cloudformation, both, ("a.Q", "c.Q"))
    twice = {"a": body({"T": TOPIC}), "b": body({"T": TOPIC, "Q": QUEUE})}
    make("d", {"Q": QUEUE, "P": VALUE})
    assert "more than one resource would become b.Q" in refused(
        cloudformation, {**twice, "d": body({"P": VALUE})}, ("a.Q", "b.Q"), ("d.Q", "b.Q"))
    with fails("ValidationError", "Stack refactoring takes 1 to 5 stack definitions, not 6"):
        plan(cloudformation, {f"s{i}": body({"Q": QUEUE}) for i in range(6)})
    with fails("ValidationError", "Stack a has more than one stack definition"):
        cloudformation.create_stack_refactor(StackDefinitions=[{"StackName": "a", "TemplateBody": body({"P": VALUE})}] * 2)


def test_the_same_id_in_two_stacks_must_be_told_apart(cloudformation, make):
    before = make("a", {"Q": QUEUE, "P": VALUE})
    make("b", {"Q": QUEUE, "P": VALUE})
    make("c", {"T": TOPIC})
    stacks = {"a": body({"P": VALUE}), "b": body({"P": VALUE}), "c": body({"T": TOPIC, "Q": QUEUE, "Q2": QUEUE})}
    assert refused(cloudformation, stacks) == "Resource c.Q could come from a.Q or b.Q: provide a resource mapping"
    execute(cloudformation, plan(cloudformation, stacks, ("b.Q", "c.Q2")))
    assert physical(cloudformation, "c")["Q"] == before["Q"]


def test_types_that_cannot_be_moved(cloudformation, make):
    """User guide, "Resource limitations": types that are FULLY_MUTABLE. AWS::CDK::Metadata and AWS::EC2::KeyPair are in
    public reports with these words. What stays where it is may be of any type."""
    key = {"Type": "AWS::EC2::KeyPair", "Properties": {"KeyName": "k"}}
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    make("a", {"K": key, "H": handle, "P": VALUE, "Q": QUEUE})
    make("b", {"T": TOPIC})
    rest = {"K": key, "H": handle, "P": VALUE, "Q": QUEUE}

    def moved(logical):
        return {"a": body({k: v for k, v in rest.items() if k != logical}), "b": body({"T": TOPIC, logical: rest[logical]})}

    assert refused(cloudformation, moved("K")) == (
        "Stack Refactor does not support AWS::EC2::KeyPair because the resource type does not allow tag updates after creation.")
    assert refused(cloudformation, moved("H")) == "Stack Refactor does not support AWS::CloudFormation::WaitConditionHandle."
    execute(cloudformation, plan(cloudformation, moved("Q")))


def test_what_belongs_to_the_stack_may_not_change(cloudformation, make):
    named = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "AWS::StackName"}}}
    given = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "In"}}}
    make("a", {"N": named, "P": VALUE, "G": given}, Parameters={"In": {"Type": "String"}}, parameters=[{"ParameterKey": "In", "ParameterValue": "x"}])
    make("b", {"T": TOPIC})
    same = {"Parameters": {"In": {"Type": "String"}}}
    assert refused(cloudformation, {"a": body({"P": VALUE, "G": given}, **same), "b": body({"T": TOPIC, "N": named})}) == f"{MODIFY}(b.N: Properties/Value)"
    more = {"Parameters": {"In": {"Type": "String"}, "Other": {"Type": "String", "Default": "y"}}}
    assert refused(cloudformation, {"a": body({"P2": VALUE, "N": named, "G": given}, **more)}, ("a.P", "a.P2")) == (
        "Stack Refactor does not allow Parameters to be added: Other. Update the stack before refactoring.")
    mapped = {**same, "Mappings": {"M": {"a": {"b": "c"}}}}
    assert "Mappings to be added: M" in refused(cloudformation, {"a": body({"P2": VALUE, "N": named, "G": given}, **mapped)}, ("a.P", "a.P2"))
    execute(cloudformation, plan(cloudformation, {"a": body({"P2": VALUE, "N": named, "G": given}, **same)}, ("a.P", "a.P2")))
    assert cloudformation.describe_stacks(StackName="a")["Stacks"][0]["Parameters"] == [{"ParameterKey": "In", "ParameterValue": "x"}]
    cloudformation.set_stack_policy(StackName="b", StackPolicyBody=json.dumps(
        {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}))
    assert "stack policy" in refused(cloudformation, {"a": body({"N": named, "G": given}, **same), "b": body({"T": TOPIC, "P2": VALUE})})


def test_a_stack_that_was_updated_makes_it_obsolete(cloudformation, make):
    make("a", {"Q": QUEUE, "P": VALUE})
    make("b", {"T": TOPIC})
    said = plan(cloudformation, {"a": body({"P": VALUE}), "b": body({"T": TOPIC, "Q": QUEUE})})
    cloudformation.update_stack(StackName="b", TemplateBody=body({"T": TOPIC, "P": VALUE}))
    settle(cloudformation, "b")
    now = cloudformation.describe_stack_refactor(StackRefactorId=said["StackRefactorId"])
    assert (now["ExecutionStatus"], now["ExecutionStatusReason"]) == ("OBSOLETE", said["StackIds"][1] + ": Stack was updated.")
    with fails("ValidationError", f"Stack refactor [{said['StackRefactorId']}] cannot be executed in its current execution status of [OBSOLETE]"):
        cloudformation.execute_stack_refactor(StackRefactorId=said["StackRefactorId"])


def test_refactors_are_listed(cloudformation, make):
    make("a", {"Q": QUEUE, "P": VALUE})
    first = plan(cloudformation, {"a": body({"R": QUEUE, "P": VALUE})}, ("a.Q", "a.R"))
    failed = plan(cloudformation, {"a": body({"R": QUEUE, "P": VALUE})})
    execute(cloudformation, first)
    listed = cloudformation.list_stack_refactors()["StackRefactorSummaries"]
    assert {r["StackRefactorId"]: r["ExecutionStatus"] for r in listed} == {
        first["StackRefactorId"]: "EXECUTE_COMPLETE", failed["StackRefactorId"]: "UNAVAILABLE"}
    only = cloudformation.list_stack_refactors(ExecutionStatusFilter=["EXECUTE_COMPLETE"])["StackRefactorSummaries"]
    assert [r["StackRefactorId"] for r in only] == [first["StackRefactorId"]]
    pages = cloudformation.get_paginator("list_stack_refactors").paginate(PaginationConfig={"PageSize": 1})
    assert sum(len(p["StackRefactorSummaries"]) for p in pages) == 2
    assert len(actions(cloudformation, first)) == 1
    with fails("StackRefactorNotFoundException", status=404):
        cloudformation.describe_stack_refactor(StackRefactorId="x")


def test_no_service_is_called(cloudformation, cloudtrail, sqs, make):
    before = make("a", {"Q": QUEUE, "P": VALUE})
    make("b", {"T": TOPIC})
    known = told(cloudtrail)
    assert any(source == "sqs.amazonaws.com" for source, _ in known)
    execute(cloudformation, plan(cloudformation, {"a": body({"P": VALUE}), "b": body({"T": TOPIC, "Q": QUEUE})}))
    new = told(cloudtrail)[: -len(known)]
    assert {source for source, _ in new} <= {"cloudformation.amazonaws.com", "cloudtrail.amazonaws.com"}, new
    assert sqs.get_queue_attributes(QueueUrl=before["Q"], AttributeNames=["All"])["Attributes"]["DelaySeconds"] == "3"


def told(cloudtrail):
    pages = cloudtrail.get_paginator("lookup_events").paginate()
    return [(e["EventSource"], e["EventName"]) for page in pages for e in page["Events"]]
