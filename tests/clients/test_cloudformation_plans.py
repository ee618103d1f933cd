"""CloudFormation: what a plan says is what the run does; what is refused before anything is made."""

import json

import pytest
from helpers import fails
from test_cloudformation import settle

ALWAYS = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}


def template(resources, outputs=None, **more):
    return json.dumps({"Resources": resources, "Outputs": outputs or {}, **more})


def create(cloudformation, body, **more):
    cloudformation.create_stack(StackName="s", TemplateBody=body, **more)
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"


def plan(cloudformation, body, name="plan", **more):
    made = cloudformation.create_change_set(StackName="s", ChangeSetName=name, TemplateBody=body, **more)
    return cloudformation.describe_change_set(ChangeSetName=made["Id"])


def replacements(changes):
    return {c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"].get("Replacement") for c in changes["Changes"]}


def physical(cloudformation, resource):
    return cloudformation.describe_stack_resource(StackName="s", LogicalResourceId=resource)["StackResourceDetail"]["PhysicalResourceId"]


def server(description):
    zone = {"Fn::Select": [1, {"Fn::GetAZs": ""}]}
    return template({
        "Server": {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro", "AvailabilityZone": zone}},
        "P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Server"}, "Description": description}}})


def test_a_plan_tells_of_zones_that_have_changed(cloudformation, ec2):
    create(cloudformation, server("one"))
    before = physical(cloudformation, "Server")
    assert plan(cloudformation, server("two"), "before")["Changes"][0]["ResourceChange"]["LogicalResourceId"] == "P"
    default = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    first = min(default, key=lambda s: s["AvailabilityZone"])
    ec2.delete_subnet(SubnetId=first["SubnetId"])
    # The same again is no update, on AWS, too; with anything else changed the new zones count.
    with fails("ValidationError", "No updates are to be performed."):
        cloudformation.update_stack(StackName="s", TemplateBody=server("one"))
    said = plan(cloudformation, server("two"))
    assert replacements(said)["Server"] == "True"
    cloudformation.execute_change_set(ChangeSetName=said["ChangeSetId"])
    assert settle(cloudformation, "s") == "UPDATE_COMPLETE"
    assert physical(cloudformation, "Server") != before
    assert list(replacements(plan(cloudformation, server("three"), "after"))) == ["P"]


def table(attributes=None, indexes=(), **more):
    attributes = attributes or {"a": "S"}
    return template({"T": {"Type": "AWS::DynamoDB::Table", "Properties": {
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": t} for n, t in attributes.items()],
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": [
            {"IndexName": n, "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}], "Projection": {"ProjectionType": p}}
            for n, p in indexes]} if indexes else {}), **more}}})


def test_an_attribute_of_another_type_replaces_the_table(cloudformation):
    create(cloudformation, table())
    name = physical(cloudformation, "T")
    said = plan(cloudformation, table({"a": "N"}))
    assert replacements(said) == {"T": "True"}
    cloudformation.execute_change_set(ChangeSetName=said["ChangeSetId"])
    assert settle(cloudformation, "s") == "UPDATE_COMPLETE"
    assert physical(cloudformation, "T") != name
    both = {"a": "N", "b": "S"}
    assert replacements(plan(cloudformation, table(both, [("one", "ALL")]), "more")) == {"T": "False"}


@pytest.mark.parametrize("after, says", [
    ([("one", "ALL"), ("two", "ALL"), ("three", "ALL")], "Cannot perform more than one GSI creation or deletion in a single update"),
    ([("renamed", "ALL")], "Cannot perform more than one GSI creation or deletion in a single update"),
    ([("one", "KEYS_ONLY")], "Cannot update GSI's properties other than")])
def test_what_indexes_do_not_do_is_rolled_back_cleanly(cloudformation, dynamodb, after, says):
    both = {"a": "S", "b": "S"}
    create(cloudformation, table(both, [("one", "ALL")]))
    cloudformation.update_stack(StackName="s", TemplateBody=table(both, after))
    assert settle(cloudformation, "s") == "UPDATE_ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    failed = next(e for e in events if e["ResourceStatus"] == "UPDATE_FAILED")
    assert says in failed["ResourceStatusReason"] and "HandlerErrorCode: InvalidRequest" in failed["ResourceStatusReason"]
    indexes = dynamodb.describe_table(TableName=physical(cloudformation, "T"))["Table"]["GlobalSecondaryIndexes"]
    assert [(i["IndexName"], i["Projection"]["ProjectionType"]) for i in indexes] == [("one", "ALL")]
    cloudformation.update_stack(StackName="s", TemplateBody=table(both, [("one", "ALL")], DeletionProtectionEnabled=False))
    assert settle(cloudformation, "s") == "UPDATE_COMPLETE"


def test_plans_that_others_have_overtaken(cloudformation):
    create(cloudformation, template({"P": ALWAYS}))
    stale = plan(cloudformation, template({"P": ALWAYS, "Q": ALWAYS}))
    cloudformation.update_stack(StackName="s", TemplateBody=template({"P": ALWAYS, "R": ALWAYS}))
    assert settle(cloudformation, "s") == "UPDATE_COMPLETE"
    assert cloudformation.describe_change_set(ChangeSetName=stale["ChangeSetId"])["ExecutionStatus"] == "OBSOLETE"
    with fails("InvalidChangeSetStatus", "...] cannot be executed in its current execution status of [OBSOLETE]"):
        cloudformation.execute_change_set(ChangeSetName=stale["ChangeSetId"])


def test_a_stack_that_plans_have_asked_for_can_be_created_without_them(cloudformation):
    body = template({"P": ALWAYS})
    made = cloudformation.create_change_set(StackName="s", ChangeSetName="plan", ChangeSetType="CREATE", TemplateBody=body)
    assert cloudformation.create_stack(StackName="s", TemplateBody=body)["StackId"] == made["StackId"]
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    assert cloudformation.describe_change_set(ChangeSetName=made["Id"])["ExecutionStatus"] == "OBSOLETE"
    with fails("AlreadyExistsException"):
        cloudformation.create_stack(StackName="s", TemplateBody=body)


def test_plans_of_nested_stacks_are_refused_and_of_nothing_complete(cloudformation):
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://b.s3.amazonaws.com/k"}}
    create(cloudformation, template({"P": ALWAYS}))
    with fails("NotImplemented", "...leave out IncludeNestedStacks, or look at N by itself"):
        plan(cloudformation, template({"P": ALWAYS, "N": nested}), IncludeNestedStacks=True)
    assert plan(cloudformation, template({"P": ALWAYS, "Q": ALWAYS}), IncludeNestedStacks=True)["IncludeNestedStacks"] is True
    body = template({"P": {**ALWAYS, "Condition": "No"}}, Conditions={"No": {"Fn::Equals": ["a", "b"]}})
    made = cloudformation.create_change_set(StackName="none", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body)
    said = cloudformation.describe_change_set(ChangeSetName=made["Id"])
    assert (said["Status"], said["ExecutionStatus"], said["Changes"]) == ("CREATE_COMPLETE", "AVAILABLE", [])
    cloudformation.execute_change_set(ChangeSetName=made["Id"])
    assert settle(cloudformation, "none") == "CREATE_COMPLETE"


@pytest.mark.parametrize("properties, says", [
    ({"Value": {"Fn::GetAtt": ["Q", "Nope"]}}, "Template error: resource Q does not support attribute type Nope in Fn::GetAtt"),
    ({"Value": {"Fn::Sub": "x ${Q.Nope}"}}, "Template error: resource Q does not support attribute type Nope in Fn::GetAtt"),
    ({"Value": {"Fn::FindInMap": ["M", "a", "nope"]}}, "Template error: Unable to get mapping for M::a::nope"),
    ({"Value": {"Fn::Select": [3, ["a"]]}}, "Template error: Fn::Select cannot select nonexistent value at index 3")])
def test_what_a_template_cannot_mean_is_refused_at_once(cloudformation, properties, says):
    body = template({"Q": {"Type": "AWS::SQS::Queue"}, "P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", **properties}}},
                    Mappings={"M": {"a": {"b": "c"}}})
    with fails("ValidationError", says):
        cloudformation.create_stack(StackName="s", TemplateBody=body)
    with fails("ValidationError", says):
        cloudformation.create_change_set(StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body)
    outputs = {"O": {"Value": properties["Value"]}}
    with fails("ValidationError", says):
        cloudformation.create_stack(StackName="s", TemplateBody=template({"Q": {"Type": "AWS::SQS::Queue"}}, outputs, Mappings={"M": {"a": {"b": "c"}}}))


def test_secure_strings_are_no_parameters(cloudformation, ssm):
    ssm.put_parameter(Name="/secret", Value="hidden", Type="SecureString")
    body = template({"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "V"}}}},
                    Parameters={"V": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/secret"}})
    with fails("ValidationError", "Parameters [/secret] referenced by template have types not supported by CloudFormation."):
        cloudformation.create_stack(StackName="s", TemplateBody=body)
    cloudformation.create_stack(StackName="s", TemplateBody=template({"P": {"Type": "AWS::SSM::Parameter", "Properties": {
        "Type": "String", "Value": "{{resolve:ssm:/secret}}"}}}))
    assert settle(cloudformation, "s") == "ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    assert any("Non-secure ssm prefix was used for secure parameter: /secret" in e.get("ResourceStatusReason", "") for e in events)


def test_a_plan_that_must_fail_is_told_so(cloudformation, sqs, bucket):
    sqs.create_queue(QueueName="there")
    body = template({"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "there"}},
                     "B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}},
                     "P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "Strin", "Value": "v"}},
                     "New": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "new"}}})
    made = cloudformation.create_change_set(StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body)
    said = cloudformation.describe_change_set(ChangeSetName=made["Id"])
    assert (said["Status"], said["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert said["StatusReason"] == (
        "The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation, AWS::EarlyValidation::ResourceExistenceCheck]. "
        "To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.")
    events = cloudformation.describe_events(ChangeSetName=made["Id"])["OperationEvents"]
    found = {e["LogicalResourceId"]: e for e in events}
    assert set(found) == {"Q", "B", "P"} and {e["EventType"] for e in events} == {"VALIDATION_ERROR"}
    assert found["Q"]["ValidationStatusReason"] == "Resource of type 'AWS::SQS::Queue' with identifier 'there' already exists."
    assert (found["Q"]["ValidationName"], found["Q"]["ValidationPath"], found["Q"]["OperationType"]) == (
        "NAME_CONFLICT_VALIDATION", "/Resources/Q", "CREATE_CHANGESET")
    assert "Strin" in found["P"]["ValidationStatusReason"] and found["P"]["ValidationPath"] == "/Resources/P/Properties"
    with fails("InvalidChangeSetStatus"):
        cloudformation.execute_change_set(ChangeSetName=made["Id"])


def test_a_name_that_this_stack_has_under_another_id(cloudformation):
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "mine"}}
    create(cloudformation, template({"A": queue}))
    assert plan(cloudformation, template({"B": queue}), "renamed")["Status"] == "FAILED"
    assert plan(cloudformation, template({"A": queue, "P": ALWAYS}), "kept")["Status"] == "CREATE_COMPLETE"
