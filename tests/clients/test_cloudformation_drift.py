"""CloudFormation: drift detection. A stack of many types is in sync as it was made; then things are changed
behind its back."""

import json
import time

import pytest
from helpers import fails, tags
from test_cloudformation import physical, settle, stack

TRUST = {"Version": "2012-10-17",
         "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}]}
OTHER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def resource(kind, **properties):
    return {"Type": f"AWS::{kind}", "Properties": properties}


def ref(name):
    return {"Ref": name}


def rule(port, **more):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **({"CidrIp": "10.0.0.0/8"} if not more else more)}


RESOURCES = {
    "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True, Tags=tags(Name="net")),
    "Subnet": resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/24", MapPublicIpOnLaunch=True, Tags=tags(Name="one")),
    "Gateway": resource("EC2::InternetGateway", Tags=tags(Name="out")),
    "Attachment": resource("EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Gateway")),
    "Table": resource("EC2::RouteTable", VpcId=ref("Vpc"), Tags=tags(Name="routes")),
    "Route": {**resource("EC2::Route", RouteTableId=ref("Table"), DestinationCidrBlock="0.0.0.0/0", GatewayId=ref("Gateway")),
              "DependsOn": "Attachment"},
    "Association": resource("EC2::SubnetRouteTableAssociation", SubnetId=ref("Subnet"), RouteTableId=ref("Table")),
    "Group": resource("EC2::SecurityGroup", GroupDescription="web", VpcId=ref("Vpc"), Tags=tags(Name="web"),
                      SecurityGroupIngress=[rule(443), {**rule(80), "Description": "plain"}, rule(22, CidrIpv6="fd00::/8")],
                      SecurityGroupEgress=[rule(443, CidrIp="0.0.0.0/0")]),
    "Open": resource("EC2::SecurityGroup", GroupDescription="rules apart", VpcId=ref("Vpc")),
    "Rule": resource("EC2::SecurityGroupIngress", GroupId=ref("Open"), SourceSecurityGroupId=ref("Group"), IpProtocol="tcp",
                     FromPort="8080", ToPort=8080),
    "Acl": resource("EC2::NetworkAcl", VpcId=ref("Vpc")),
    "Entry": resource("EC2::NetworkAclEntry", NetworkAclId=ref("Acl"), RuleNumber="100", Protocol=6, RuleAction="allow",
                      CidrBlock="0.0.0.0/0", PortRange={"From": 80, "To": 80}),
    "Address": resource("EC2::EIP", Domain="vpc"),
    "Nat": resource("EC2::NatGateway", SubnetId=ref("Subnet"), AllocationId={"Fn::GetAtt": ["Address", "AllocationId"]}),
    "Interface": resource("EC2::NetworkInterface", SubnetId=ref("Subnet"), GroupSet=[ref("Group")], Description="spare"),
    "Machine": resource("EC2::Instance", ImageId="ami-12345678", InstanceType="t3.micro", SubnetId=ref("Subnet"),
                        SecurityGroupIds=[ref("Group")], Tags=tags(Name="box")),
    "Role": resource("IAM::Role", AssumeRolePolicyDocument=TRUST, Description="a role", MaxSessionDuration=7200, Path="/app/",
                     ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"], Tags=tags(team="a"),
                     Policies=[{"PolicyName": "read", "PolicyDocument": READ}]),
    "RolePolicy": resource("IAM::RolePolicy", RoleName=ref("Bare"), PolicyName="own", PolicyDocument=READ),
    "Bare": resource("IAM::Role", AssumeRolePolicyDocument=json.dumps(TRUST)),
    "Managed": resource("IAM::ManagedPolicy", PolicyDocument=READ, Roles=[ref("Bare")]),
    "Profile": resource("IAM::InstanceProfile", Roles=[ref("Role")]),
    "People": resource("IAM::Group", ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
    "User": resource("IAM::User", Groups=[ref("People")], Policies=[{"PolicyName": "u", "PolicyDocument": READ}]),
    "Bucket": resource("S3::Bucket", VersioningConfiguration={"Status": "Enabled"}, Tags=tags(team="a"),
                       BucketEncryption={"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
                       PublicAccessBlockConfiguration={"BlockPublicAcls": True, "BlockPublicPolicy": False},
                       OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                       CorsConfiguration={"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAge": 60}]},
                       WebsiteConfiguration={"IndexDocument": "index.html"}),
    "BucketPolicy": resource("S3::BucketPolicy", Bucket=ref("Bucket"), PolicyDocument={
        "Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": False}},
                                                "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}}]}),
    "Parameter": resource("SSM::Parameter", Type="String", Value="one", Description="told", Tags={"team": "a"}),
    "Dead": resource("SQS::Queue"),
    "Queue": resource("SQS::Queue", DelaySeconds=5, VisibilityTimeout="60", Tags=tags(team="a"),
                      RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 3}),
    "Items": resource("DynamoDB::Table", BillingMode="PROVISIONED", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                      AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "by", "AttributeType": "S"}],
                      ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": "1"}, Tags=tags(team="a"),
                      TimeToLiveSpecification={"AttributeName": "until", "Enabled": True}, StreamSpecification={"StreamViewType": "KEYS_ONLY"},
                      PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}, SSESpecification={"SSEEnabled": True},
                      GlobalSecondaryIndexes=[{"IndexName": "by-by", "KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}],
                                               "Projection": {"ProjectionType": "ALL"},
                                               "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}]),
    "Zone": resource("Route53::HostedZone", Name="example.com", HostedZoneConfig={"Comment": "ours"}, HostedZoneTags=tags(team="a")),
    "Record": resource("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="www.example.com", Type="A", TTL="60", ResourceRecords=["10.0.0.1", "10.0.0.2"]),
    "Star": resource("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="*.Example.com.", Type="A",
                     AliasTarget={"DNSName": "www.example.com", "HostedZoneId": ref("Zone")}),
    "Weighted": resource("Route53::RecordSet", HostedZoneName="example.com.", Name="w.example.com", Type="CNAME", TTL=60,
                         SetIdentifier="b", Weight=5, ResourceRecords=["x.example.com"]),
    "Cipher": resource("KMS::Key", Description="ours", EnableKeyRotation=True, Tags=tags(team="a"), KeyPolicy={
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}, "Action": "kms:*", "Resource": "*"}]}),
    "Secret": resource("SecretsManager::Secret", Description="told", KmsKeyId=ref("Cipher"), GenerateSecretString={"PasswordLength": 20}, Tags=tags(team="a")),
    "Other": resource("EC2::EIP", Domain="vpc"),
    "Bound": resource("EC2::EIPAssociation", AllocationId={"Fn::GetAtt": ["Other", "AllocationId"]}, NetworkInterfaceId=ref("Interface")),
    "Cluster": resource("ECS::Cluster", ClusterName="recorded-only"),
}
RESOURCES["Weighted"]["DependsOn"] = "Zone"
RESOURCES["Bound"]["DependsOn"] = "Attachment"
RESOURCES["Star"]["DependsOn"] = "Record"
UNCHECKED = {"Cluster"}


@pytest.fixture
def make(cloudformation):
    """Makes a stack of the resources named, with all that they need."""

    def needs(name, found):
        if name not in found:
            found[name] = RESOURCES[name]
            text = json.dumps(RESOURCES[name])
            for other in RESOURCES:
                if f'"{other}"' in text or f"{{{other}." in text:
                    needs(other, found)
        return found

    def run(*names, **more):
        found = {}
        for name in names or RESOURCES:
            needs(name, found)
        cloudformation.create_stack(StackName="s", TemplateBody=json.dumps({"Resources": found}),
                                    Capabilities=["CAPABILITY_NAMED_IAM"], **more)
        events = cloudformation.describe_stack_events
        assert settle(cloudformation) == "CREATE_COMPLETE", [
            e.get("ResourceStatusReason") for e in events(StackName="s")["StackEvents"] if "FAILED" in e["ResourceStatus"]]
        return physical(cloudformation, names[0]) if names else None

    return run


def detect(cloudformation, **more):
    id = cloudformation.detect_stack_drift(StackName="s", **more)["StackDriftDetectionId"]
    for _ in range(200):
        status = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=id)
        if status["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            return status
        time.sleep(0.05)
    raise AssertionError("the detection never ended")


def drifts(cloudformation, **more):
    found = cloudformation.describe_stack_resource_drifts(StackName="s", **more)["StackResourceDrifts"]
    return {d["LogicalResourceId"]: d for d in found}


def differences(drift):
    return [(d["PropertyPath"], d["DifferenceType"], d["ExpectedValue"], d["ActualValue"])
            for d in drift["PropertyDifferences"]]


def check(cloudformation, name):
    """The differences of one resource; its status must fit them."""
    drift = cloudformation.detect_stack_resource_drift(StackName="s", LogicalResourceId=name)["StackResourceDrift"]
    found = differences(drift)
    assert drift["StackResourceDriftStatus"] == ("MODIFIED" if found else "IN_SYNC")
    return found


def test_what_was_just_made_is_in_sync(cloudformation, make):
    make(Tags=tags(stage="test"))
    status = detect(cloudformation)
    found = drifts(cloudformation)
    assert {name: differences(d) for name, d in found.items() if d["StackResourceDriftStatus"] != "IN_SYNC"} == {}
    assert set(RESOURCES) - set(found) == UNCHECKED
    assert (status["DetectionStatus"], status["StackDriftStatus"]) == ("DETECTION_COMPLETE", "IN_SYNC")
    assert status["DriftedStackResourceCount"] == 0
    # Everything that the template says of these types is compared.
    for name in ("Vpc", "Subnet", "Group", "Role", "Bucket", "Queue", "Items", "Parameter"):
        assert set(json.loads(found[name]["ExpectedProperties"])) == set(RESOURCES[name]["Properties"]), name


def test_scalars_tags_and_what_is_gone(cloudformation, make, ec2):
    make("Subnet")
    vpc, subnet = physical(cloudformation, "Vpc"), physical(cloudformation, "Subnet")
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    ec2.create_tags(Resources=[vpc], Tags=tags(Name="renamed", more="x"))
    assert check(cloudformation, "Vpc") == [
        ("/EnableDnsHostnames", "NOT_EQUAL", "true", "false"), ("/Tags/0/Value", "NOT_EQUAL", "net", "renamed"),
        ("/Tags/1", "ADD", "null", '{"Key":"more","Value":"x"}')]
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "Name"}])
    assert check(cloudformation, "Vpc")[1:] == [("/Tags/0", "REMOVE", '{"Key":"Name","Value":"net"}', "null"),
                                                ("/Tags/0", "ADD", "null", '{"Key":"more","Value":"x"}')]
    ec2.delete_subnet(SubnetId=subnet)
    gone = cloudformation.detect_stack_resource_drift(StackName="s", LogicalResourceId="Subnet")["StackResourceDrift"]
    assert (gone["StackResourceDriftStatus"], gone["PropertyDifferences"]) == ("DELETED", [])
    assert "ExpectedProperties" not in gone and "ActualProperties" not in gone
    assert (gone["PhysicalResourceId"], gone["ResourceType"]) == (subnet, "AWS::EC2::Subnet")


def test_tags_of_the_stack_are_no_drift(cloudformation, make, ec2):
    vpc = make("Vpc", Tags=tags(stage="test"))
    assert check(cloudformation, "Vpc") == []
    ec2.create_tags(Resources=[vpc], Tags=tags(stage="other"))
    assert [d[1:] for d in check(cloudformation, "Vpc")] == [("ADD", "null", '{"Key":"stage","Value":"other"}')]


def test_rules_of_a_security_group(cloudformation, make, ec2):
    group = make("Group")
    telnet = {"IpProtocol": "tcp", "FromPort": 23, "ToPort": 23, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[telnet])
    [(path, kind, expected, actual)] = check(cloudformation, "Group")
    assert (path.rsplit("/", 1)[0], kind, expected) == ("/SecurityGroupIngress", "ADD", "null")
    assert json.loads(actual) == {"IpProtocol": "tcp", "FromPort": 23, "ToPort": 23, "CidrIp": "0.0.0.0/0"}
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[telnet, https])
    [(path, kind, expected, actual)] = check(cloudformation, "Group")
    assert (path, kind, json.loads(expected)["FromPort"], actual) == ("/SecurityGroupIngress/0", "REMOVE", 443, "null")


def test_routes(cloudformation, make, ec2):
    make("Route", "Nat", "Association")
    table, nat = physical(cloudformation, "Table"), physical(cloudformation, "Nat")
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    assert check(cloudformation, "Route") == [("/GatewayId", "REMOVE", physical(cloudformation, "Gateway"), "null")]
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    ec2.disassociate_route_table(AssociationId=physical(cloudformation, "Association"))
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.release_address(AllocationId=ec2.describe_addresses(PublicIps=[physical(cloudformation, "Address")])["Addresses"][0]["AllocationId"])
    ec2.detach_internet_gateway(InternetGatewayId=physical(cloudformation, "Gateway"), VpcId=physical(cloudformation, "Vpc"))
    detect(cloudformation)
    gone = drifts(cloudformation, StackResourceDriftStatusFilters=["DELETED"])
    assert set(gone) == {"Route", "Association", "Attachment", "Nat", "Address"}


def test_roles(cloudformation, make, iam):
    role = make("Role")
    trust = json.dumps({**TRUST, "Statement": [{**TRUST["Statement"][0], "Principal": {"AWS": "*"}}]})
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=trust)
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.put_role_policy(RoleName=role, PolicyName="read", PolicyDocument=json.dumps(OTHER))
    iam.put_role_policy(RoleName=role, PolicyName="hot-fix", PolicyDocument=json.dumps(OTHER))
    found = {path: rest for path, *rest in check(cloudformation, "Role")}
    assert found.pop("/AssumeRolePolicyDocument/Statement/0/Principal/Service") == ["REMOVE", "ec2.amazonaws.com", "null"]
    assert found.pop("/AssumeRolePolicyDocument/Statement/0/Principal/AWS") == ["ADD", "null", "*"]
    assert [v for k, v in found.items() if k.startswith("/ManagedPolicyArns/")] == [
        ["ADD", "null", "arn:aws:iam::aws:policy/AdministratorAccess"]]
    assert ["ADD"] == [v[0] for k, v in found.items() if k.startswith("/Policies/") and "hot-fix" in v[2]]
    assert any(k.startswith("/Policies/0/PolicyDocument/Statement/0/Action") for k in found)
    iam.update_role(RoleName=role, Description="", MaxSessionDuration=3600)
    found = {path: rest for path, *rest in check(cloudformation, "Role")}
    assert found["/MaxSessionDuration"] == ["NOT_EQUAL", "7200", "3600"]
    assert "/Description" in found


def test_buckets(cloudformation, make, s3):
    bucket = make("Bucket")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": False, "IgnorePublicAcls": True})
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": []})
    s3.delete_bucket_cors(Bucket=bucket)
    found = {path: rest for path, *rest in check(cloudformation, "Bucket")}
    assert found["/VersioningConfiguration/Status"] == ["NOT_EQUAL", "Enabled", "Suspended"]
    assert found["/PublicAccessBlockConfiguration/BlockPublicAcls"] == ["NOT_EQUAL", "true", "false"]
    assert found["/Tags/0"][0] == "REMOVE" and found["/CorsConfiguration"][0] == "REMOVE"
    assert len(found) == 4
    s3.delete_bucket(Bucket=bucket)
    detect(cloudformation)
    assert drifts(cloudformation)["Bucket"]["StackResourceDriftStatus"] == "DELETED"


def test_parameters(cloudformation, make, ssm):
    name = make("Parameter")
    ssm.put_parameter(Name=name, Value="two", Overwrite=True, Type="String", Description="other")
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=tags(team="b", more="x"))
    assert check(cloudformation, "Parameter") == [
        ("/Value", "NOT_EQUAL", "one", "two"), ("/Description", "NOT_EQUAL", "told", "other"),
        ("/Tags/team", "NOT_EQUAL", "a", "b"), ("/Tags/more", "ADD", "null", "x")]


def test_queues(cloudformation, make, sqs):
    url = make("Queue")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "9", "RedrivePolicy": json.dumps(
        {"deadLetterTargetArn": sqs.get_queue_attributes(QueueUrl=physical(cloudformation, "Dead"), AttributeNames=["QueueArn"])["Attributes"]["QueueArn"],
         "maxReceiveCount": 4})})
    assert check(cloudformation, "Queue") == [("/DelaySeconds", "NOT_EQUAL", "5", "9"),
                                              ("/RedrivePolicy/maxReceiveCount", "NOT_EQUAL", "3", "4")]
    sqs.delete_queue(QueueUrl=url)
    detect(cloudformation)
    assert drifts(cloudformation)["Queue"]["StackResourceDriftStatus"] == "DELETED"
    cloudformation.delete_stack(StackName="s")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="s", WaiterConfig={"Delay": 1})


def test_tables(cloudformation, make, dynamodb):
    """AWS's workshop on drift records these differences for a table that was switched to on-demand."""
    table = make("Items")
    dynamodb.update_table(TableName=table, BillingMode="PAY_PER_REQUEST")
    found = {path: rest for path, *rest in check(cloudformation, "Items")}
    assert found.pop("/BillingMode") == ["NOT_EQUAL", "PROVISIONED", "PAY_PER_REQUEST"]
    kind, expected, actual = found.pop("/ProvisionedThroughput")
    assert (kind, json.loads(expected), actual) == ("REMOVE", {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}, "null")
    assert found == {}


def test_keys_and_secrets(cloudformation, make, kms, secretsmanager):
    make("Secret")
    key, secret = physical(cloudformation, "Cipher"), physical(cloudformation, "Secret")
    kms.disable_key_rotation(KeyId=key)
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "team", "TagValue": "b"}])
    assert check(cloudformation, "Cipher") == [("/EnableKeyRotation", "NOT_EQUAL", "true", "false"), ("/Tags/0/Value", "NOT_EQUAL", "a", "b")]
    secretsmanager.update_secret(SecretId=secret, Description="other")
    assert check(cloudformation, "Secret") == [("/Description", "NOT_EQUAL", "told", "other")]
    secretsmanager.delete_secret(SecretId=secret)
    kms.schedule_key_deletion(KeyId=key)
    detect(cloudformation)
    assert {d["StackResourceDriftStatus"] for d in drifts(cloudformation).values()} == {"DELETED"}


def test_records(cloudformation, make, route53):
    make("Record", "Star", "Weighted")
    zone = physical(cloudformation, "Zone")

    def change(action, name, **more):
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [
            {"Action": action, "ResourceRecordSet": {"Name": name, **more}}]})

    change("UPSERT", "www.example.com", Type="A", TTL=300, ResourceRecords=[{"Value": "10.0.0.2"}, {"Value": "10.0.0.9"}])
    found = check(cloudformation, "Record")
    assert ("/TTL", "NOT_EQUAL", "60", "300") in found
    assert {kind for path, kind, *_ in found if path.startswith("/ResourceRecords")} <= {"NOT_EQUAL", "ADD", "REMOVE"}
    assert len(found) > 1
    change("DELETE", "*.example.com", Type="A", AliasTarget={"DNSName": "www.example.com", "HostedZoneId": zone, "EvaluateTargetHealth": False})
    detect(cloudformation)
    assert {n: d["StackResourceDriftStatus"] for n, d in drifts(cloudformation).items()} == {
        "Record": "MODIFIED", "Star": "DELETED", "Weighted": "IN_SYNC", "Zone": "IN_SYNC"}


def test_what_is_known_is_told_everywhere(cloudformation, make, ec2):
    make("Subnet", "Cluster")
    assert stack(cloudformation)["DriftInformation"] == {"StackDriftStatus": "NOT_CHECKED"}
    ec2.modify_vpc_attribute(VpcId=physical(cloudformation, "Vpc"), EnableDnsHostnames={"Value": False})
    status = detect(cloudformation)
    assert (status["StackDriftStatus"], status["DriftedStackResourceCount"]) == ("DRIFTED", 1)
    information = stack(cloudformation)["DriftInformation"]
    assert information == {"StackDriftStatus": "DRIFTED", "LastCheckTimestamp": status["Timestamp"]}
    [listed] = [s for s in cloudformation.list_stacks()["StackSummaries"] if s["StackName"] == "s"]
    assert listed["DriftInformation"] == information
    expected = {"Vpc": "MODIFIED", "Subnet": "IN_SYNC", "Cluster": "NOT_CHECKED"}
    for found in (cloudformation.list_stack_resources(StackName="s")["StackResourceSummaries"],
                  cloudformation.describe_stack_resources(StackName="s")["StackResources"]):
        assert {r["LogicalResourceId"]: r["DriftInformation"]["StackResourceDriftStatus"] for r in found} == expected
    detail = cloudformation.describe_stack_resource(StackName="s", LogicalResourceId="Vpc")["StackResourceDetail"]
    assert detail["DriftInformation"]["LastCheckTimestamp"] == status["Timestamp"]
    assert set(drifts(cloudformation, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"])) == {"Vpc"}
    page = cloudformation.describe_stack_resource_drifts(StackName="s", MaxResults=1)
    rest = cloudformation.describe_stack_resource_drifts(StackName="s", NextToken=page["NextToken"])
    assert [d["LogicalResourceId"] for d in page["StackResourceDrifts"] + rest["StackResourceDrifts"]] == ["Subnet", "Vpc"]
    ec2.modify_vpc_attribute(VpcId=physical(cloudformation, "Vpc"), EnableDnsHostnames={"Value": True})
    assert detect(cloudformation, LogicalResourceIds=["Vpc"])["StackDriftStatus"] == "IN_SYNC"


def test_what_cannot_be_detected(cloudformation, make):
    make("Cluster")
    with fails("ValidationError", "Drift detection is not supported for the specified ResourceType"):
        cloudformation.detect_stack_resource_drift(StackName="s", LogicalResourceId="Cluster")
    assert detect(cloudformation)["StackDriftStatus"] == "NOT_CHECKED"
    with fails("ValidationError", "Resource Other does not exist for stack s"):
        cloudformation.detect_stack_drift(StackName="s", LogicalResourceIds=["Other"])
    with fails("ValidationError"):
        cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId="3fb6b3b6-1111-2222-3333-444455556666")
    with fails("ValidationError", "Stack with id none does not exist"):
        cloudformation.detect_stack_drift(StackName="none")


def test_detection_needs_the_right_to_look(cloudformation, make, iam, clients):
    make("Vpc", "Parameter")
    iam.create_user(UserName="looker")
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["cloudformation:*", "ssm:*"], "Resource": "*"}]}
    iam.put_user_policy(UserName="looker", PolicyName="p", PolicyDocument=json.dumps(allowed))
    key = iam.create_access_key(UserName="looker")["AccessKey"]
    looker = clients("cloudformation", access_key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    status = detect(looker)
    assert status["DetectionStatus"] == "DETECTION_FAILED" and "at least one resource" in status["DetectionStatusReason"]
    assert set(drifts(looker)) == {"Parameter"}
    with fails("UnauthorizedOperation"):
        looker.detect_stack_resource_drift(StackName="s", LogicalResourceId="Vpc")


def test_secrets_that_a_template_refers_to_are_not_shown(cloudformation, ssm):
    ssm.put_parameter(Name="/in", Value="hidden", Type="String")
    body = {"Resources": {"P": resource("SSM::Parameter", Name="/p", Type="String", Value="{{resolve:ssm:/in}}", Description="d")}}
    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(body))
    assert settle(cloudformation) == "CREATE_COMPLETE"
    detect(cloudformation)
    drift = drifts(cloudformation)["P"]
    assert drift["StackResourceDriftStatus"] == "IN_SYNC"
    assert "hidden" not in json.dumps(drift, default=str) and "Value" not in json.loads(drift["ActualProperties"])


def test_an_account_as_a_principal_is_its_root(cloudformation, account):
    policy = {"Version": "2012-10-17", "Statement": [{
        "Sid": "a", "Effect": "Allow", "Principal": {"AWS": account}, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::drift-{account}/*"}]}
    cloudformation.create_stack(StackName="accounts", TemplateBody=json.dumps({"Resources": {
        "B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"drift-{account}"}},
        "P": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "B"}, "PolicyDocument": policy}}}}))
    assert settle(cloudformation, "accounts") == "CREATE_COMPLETE"
    drift = cloudformation.detect_stack_resource_drift(StackName="accounts", LogicalResourceId="P")["StackResourceDrift"]
    assert drift["StackResourceDriftStatus"] == "IN_SYNC", drift
