"""CloudFormation: types that nothing here runs have AWS's ids and attributes, and are told apart elsewhere than in events."""

import json
import re

import pytest
from test_cloudformation import settle

# Pattern of Ref, then of attributes, as the types' pages show them ("Return values").
FORMS = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        {"Name": "web", "Subnets": ["subnet-1", "subnet-2"]}, r"arn:aws:elasticloadbalancing:us-east-1:ACCOUNT:loadbalancer/app/web/[0-9a-f]{16}",
        {"DNSName": r"web-\d{10}\.us-east-1\.elb\.amazonaws\.com", "LoadBalancerFullName": r"app/web/[0-9a-f]{16}"}),
    "AWS::StepFunctions::StateMachine": (
        {"RoleArn": "arn:aws:iam::111122223333:role/r", "DefinitionString": "{}"}, r"arn:aws:states:us-east-1:ACCOUNT:stateMachine:X-[0-9A-Z]{12}",
        {"Name": r"X-[0-9A-Z]{12}"}),
    "AWS::ECS::Cluster": ({"ClusterName": "c"}, r"c", {"Arn": r"arn:aws:ecs:us-east-1:ACCOUNT:cluster/c"}),
    "AWS::ECR::Repository": ({"RepositoryName": "app"}, r"app", {"RepositoryUri": r"ACCOUNT\.dkr\.ecr\.us-east-1\.amazonaws\.com/app"}),
    "AWS::Redshift::Cluster": (
        {"ClusterIdentifier": "Main", "ClusterType": "single-node", "NodeType": "ra3.large", "DBName": "d", "MasterUsername": "a"}, r"main",
        {"Endpoint.Port": "5439", "Endpoint.Address": r"main\.[a-z0-9]{12}\.us-east-1\.redshift\.amazonaws\.com"}),
    "AWS::Cognito::UserPool": ({}, r"us-east-1_[A-Za-z0-9]{9}", {"Arn": r"arn:aws:cognito-idp:us-east-1:ACCOUNT:userpool/us-east-1_\w{9}"}),
    "AWS::CertificateManager::Certificate": ({"DomainName": "example.com"}, r"arn:aws:acm:us-east-1:ACCOUNT:certificate/[0-9a-f-]{36}", {}),
    "AWS::ApiGateway::RestApi": ({"Name": "a"}, r"[a-z0-9]{10}", {"RootResourceId": r"[a-z0-9]{10}"}),
    "AWS::WAFv2::WebACL": (
        {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": {
            "CloudWatchMetricsEnabled": False, "SampledRequestsEnabled": False, "MetricName": "m"}, "Name": "acl"},
        r"acl\|[0-9a-f-]{36}\|REGIONAL", {"Arn": r"arn:aws:wafv2:us-east-1:ACCOUNT:regional/webacl/acl/[0-9a-f-]{36}"}),
    "AWS::EC2::TransitGateway": ({}, r"tgw-0[0-9a-f]{16}", {"TransitGatewayArn": r"arn:aws:ec2:us-east-1:ACCOUNT:transit-gateway/tgw-0[0-9a-f]{16}"})}


@pytest.mark.parametrize("kind", FORMS)
def test_forms_are_those_of_aws(cloudformation, account, kind):
    properties, ref, attributes = FORMS[kind]
    outputs = {"Ref": {"Value": {"Ref": "X"}}, **{
        "A" + name.replace(".", ""): {"Value": {"Fn::GetAtt": ["X", name]}} for name in attributes}}
    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps({
        "Resources": {"X": {"Type": kind, "Properties": properties}}, "Outputs": outputs}))
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    found = {o["OutputKey"]: o["OutputValue"] for o in cloudformation.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]}
    for key, pattern in {"Ref": ref, **{"A" + n.replace(".", ""): p for n, p in attributes.items()}}.items():
        pattern = pattern.replace("ACCOUNT", account).replace("X-", "s-X-")
        assert re.fullmatch(pattern, found[key]), (key, found[key])
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    assert not [e for e in events if "mainstay" in e.get("ResourceStatusReason", "")]


@pytest.mark.parametrize("kind, before, after", [
    ("AWS::Redshift::Cluster",
     {"ClusterIdentifier": "fixed", "ClusterType": "single-node", "NodeType": "ra3.large", "DBName": "d", "MasterUsername": "a"},
     {"ClusterIdentifier": "fixed", "ClusterType": "single-node", "NodeType": "ra3.large", "DBName": "d", "MasterUsername": "b"}),
    ("AWS::DynamoDB::Table",
     {"TableName": "fixed", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
      "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}]},
     {"TableName": "fixed", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
      "AttributeDefinitions": [{"AttributeName": "b", "AttributeType": "S"}]})])
def test_a_name_of_ones_own_is_not_replaced(cloudformation, kind, before, after):
    body = json.dumps({"Resources": {"X": {"Type": kind, "Properties": before}}})
    cloudformation.create_stack(StackName="s", TemplateBody=body)
    assert settle(cloudformation, "s") == "CREATE_COMPLETE"
    cloudformation.update_stack(StackName="s", TemplateBody=json.dumps({"Resources": {"X": {"Type": kind, "Properties": after}}}))
    assert settle(cloudformation, "s") == "UPDATE_ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    reasons = [e.get("ResourceStatusReason") for e in events if e["ResourceStatus"] == "UPDATE_FAILED"]
    assert reasons == ["CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                       "Rename fixed and update the stack again."]
