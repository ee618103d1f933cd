"""CloudFormation: operations and their events, what is kept of resources, and forced deletion."""

import json

from helpers import fails
from test_cloudformation import settle

PARAMETER = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}
BROKEN = {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": "arn:aws:sns:us-east-1:111122223333:none", "Protocol": "sqs", "Endpoint": "x"}}


def body(resources, **more):
    return json.dumps({"Resources": resources, **more})


def test_events_are_told_by_operation(cloudformation):
    made = cloudformation.create_stack(StackName="s", TemplateBody=body({"P": PARAMETER}))
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    updated = cloudformation.update_stack(StackName="s", TemplateBody=body({"P": PARAMETER, "B": BROKEN}))
    assert settle(cloudformation, "s") == "UPDATE_ROLLBACK_COMPLETE"
    assert made["OperationId"] != updated["OperationId"]
    first = cloudformation.describe_events(OperationId=made["OperationId"])["OperationEvents"]
    assert {e["OperationType"] for e in first} == {"CREATE_STACK"} and first[0]["OperationStatus"] == "SUCCEEDED"
    assert {e["EventType"] for e in first} == {"STACK_EVENT", "PROGRESS_EVENT"}
    both = cloudformation.describe_events(StackName="s")["OperationEvents"]
    assert [e["EventId"] for e in both] == [e["EventId"] for e in cloudformation.describe_stack_events(StackName="s")["StackEvents"]]
    failed, = cloudformation.describe_events(StackName="s", Filters={"FailedEvents": True})["OperationEvents"]
    assert (failed["LogicalResourceId"], failed["EventType"], failed["OperationId"]) == ("B", "PROVISIONING_ERROR", updated["OperationId"])
    with fails("ValidationError", "One of StackName, ChangeSetName or OperationId must be specified."):
        cloudformation.describe_events()


def test_what_is_retained_except_on_creation(cloudformation, ssm):
    kept = {**PARAMETER, "DeletionPolicy": "RetainExceptOnCreate", "Properties": {**PARAMETER["Properties"], "Name": "/kept"}}
    cloudformation.create_stack(StackName="s", TemplateBody=body({"P": kept, "B": {**BROKEN, "DependsOn": "P"}}))
    assert settle(cloudformation, "s") == "ROLLBACK_COMPLETE"
    assert not ssm.get_parameters(Names=["/kept"])["Parameters"]
    cloudformation.delete_stack(StackName="s")
    stack = cloudformation.create_stack(StackName="t", TemplateBody=body({"P": kept}))["StackId"]
    assert settle(cloudformation, "t") == "CREATE_COMPLETE"
    cloudformation.delete_stack(StackName="t")
    assert settle(cloudformation, stack) == "DELETE_COMPLETE"
    assert ssm.get_parameter(Name="/kept")


def test_a_request_may_say_so_of_retained_ones(cloudformation, ssm):
    kept = {**PARAMETER, "DeletionPolicy": "Retain", "Properties": {**PARAMETER["Properties"], "Name": "/kept"}}
    broken = body({"P": kept, "B": {**BROKEN, "DependsOn": "P"}})
    cloudformation.create_stack(StackName="s", TemplateBody=broken, RetainExceptOnCreate=True)
    assert settle(cloudformation, "s") == "ROLLBACK_COMPLETE"
    assert not ssm.get_parameters(Names=["/kept"])["Parameters"]
    cloudformation.create_stack(StackName="t", TemplateBody=broken)
    assert settle(cloudformation, "t") == "ROLLBACK_COMPLETE"
    assert ssm.get_parameter(Name="/kept")


def test_a_stack_that_cannot_be_deleted_is_deleted_by_force(cloudformation, ec2):
    network = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    stack = cloudformation.create_stack(StackName="s", TemplateBody=body({"Vpc": network, "P": PARAMETER}))["StackId"]
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    vpc = cloudformation.describe_stack_resource(StackName="s", LogicalResourceId="Vpc")["StackResourceDetail"]["PhysicalResourceId"]
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")
    with fails("ValidationError", f"Invalid operation on stack [{stack}]. FORCE_DELETE_STACK can be specified only if the stack is in the "
                                  "DELETE_FAILED state."):
        cloudformation.delete_stack(StackName="s", DeletionMode="FORCE_DELETE_STACK")
    cloudformation.delete_stack(StackName="s")
    assert settle(cloudformation, "s") == "DELETE_FAILED"
    cloudformation.delete_stack(StackName="s", DeletionMode="FORCE_DELETE_STACK")
    assert settle(cloudformation, stack) == "DELETE_COMPLETE"
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    assert "DELETE_SKIPPED" in [e["ResourceStatus"] for e in events if e["LogicalResourceId"] == "Vpc"]


def test_a_subnet_tells_of_its_own_acl_association(cloudformation, ec2):
    def subnet(number):
        return {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": f"10.0.{number}.0/24"}}
    outputs = {name: {"Value": {"Fn::GetAtt": [name, "NetworkAclAssociationId"]}} for name in ("One", "Two")}
    cloudformation.create_stack(StackName="s", TemplateBody=body({
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}, "One": subnet(1), "Two": subnet(2)}, Outputs=outputs))
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    values = [o["OutputValue"] for o in cloudformation.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]]
    assert len(set(values)) == 2 and all(value.startswith("aclassoc-") for value in values)


def test_an_output_that_fails_is_told_by_an_event(cloudformation):
    late = {"Fn::Select": ["5", {"Fn::Split": [",", {"Ref": "P"}]}]}
    cloudformation.create_stack(StackName="s", TemplateBody=body({"P": PARAMETER}, Outputs={"O": {"Value": late}}))
    assert settle(cloudformation, "s") == "ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    failed = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert failed == ["Template error: Fn::Select cannot select nonexistent value at index 5"]


def global_table(*regions, **more):
    return {"Type": "AWS::DynamoDB::GlobalTable", "Properties": {
        "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST", "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        "Replicas": [{"Region": region, **more} for region in regions]}}


def test_a_global_table_is_a_table_here(cloudformation, dynamodb):
    outputs = {"Arn": {"Value": {"Fn::GetAtt": ["T", "Arn"]}}}
    cloudformation.create_stack(StackName="s", TemplateBody=body({"T": global_table("us-east-1")}, Outputs=outputs))
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    name = cloudformation.describe_stack_resource(StackName="s", LogicalResourceId="T")["StackResourceDetail"]["PhysicalResourceId"]
    dynamodb.put_item(TableName=name, Item={"a": {"S": "x"}})
    table = dynamodb.describe_table(TableName=name)["Table"]
    assert table["TableArn"] == cloudformation.describe_stacks(StackName="s")["Stacks"][0]["Outputs"][0]["OutputValue"]
    cloudformation.update_stack(StackName="s", TemplateBody=body({"T": global_table("us-east-1", DeletionProtectionEnabled=True)}))
    assert settle(cloudformation, "s") == "UPDATE_COMPLETE"
    assert dynamodb.describe_table(TableName=name)["Table"]["DeletionProtectionEnabled"] is True
    cloudformation.create_stack(StackName="t", TemplateBody=body({"T": global_table("us-east-1", "eu-west-1")}))
    assert settle(cloudformation, "t") == "ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="t")["StackEvents"]
    assert any("no replicas of tables in other regions" in e.get("ResourceStatusReason", "") for e in events)


def test_a_record_names_its_zone_with_or_without_its_prefix(cloudformation, route53):
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="r")["HostedZone"]["Id"]
    assert zone.startswith("/hostedzone/")
    records = {name: {"Type": "AWS::Route53::RecordSet", "Properties": {
        "HostedZoneId": id_, "Name": name.lower() + ".example.com", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]}}
        for name, id_ in (("With", zone), ("Without", zone.removeprefix("/hostedzone/")))}
    cloudformation.create_stack(StackName="s", TemplateBody=body(records))
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    stack = cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName="s")
    assert settle(cloudformation, stack) == "DELETE_COMPLETE"
    assert len(route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]) == 2
