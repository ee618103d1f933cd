"""CloudTrail: who did what."""

import datetime
import json

import pytest
from helpers import fails, names

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
     "Action": "sts:AssumeRole"}]})


def look(cloudtrail, **attribute):
    attributes = [{"AttributeKey": k, "AttributeValue": v} for k, v in attribute.items()]
    return cloudtrail.lookup_events(LookupAttributes=attributes)["Events"]


def record(event):
    return json.loads(event["CloudTrailEvent"])


def test_a_change_is_recorded(cloudtrail, ec2, account):
    answer = ec2.create_vpc(CidrBlock="10.0.0.0/16")
    vpc, request = answer["Vpc"]["VpcId"], answer["ResponseMetadata"]["RequestId"]
    event, = look(cloudtrail, EventName="CreateVpc")
    assert (event["ReadOnly"], event["Username"]) == ("false", "root")
    assert event["EventSource"] == "ec2.amazonaws.com"
    assert {"ResourceType": "AWS::EC2::VPC", "ResourceName": vpc} in event["Resources"]
    written = record(event)
    assert written["eventVersion"] == "1.09"
    assert written["userIdentity"] == {
        "type": "Root", "principalId": account, "arn": f"arn:aws:iam::{account}:root",
        "accountId": account, "accessKeyId": account}
    assert written["requestParameters"]["cidrBlock"] == "10.0.0.0/16"
    assert written["responseElements"]["vpc"]["vpcId"] == vpc
    assert (written["requestID"], written["eventID"]) == (request, event["EventId"])
    assert written["sourceIPAddress"] == "127.0.0.1"
    assert written["userAgent"].startswith("Boto3/")
    assert written["recipientAccountId"] == account
    assert (written["awsRegion"], written["readOnly"]) == ("us-east-1", False)


def test_reads_have_no_response(cloudtrail, ec2):
    ec2.describe_vpcs()
    event, = look(cloudtrail, EventName="DescribeVpcs")
    assert event["ReadOnly"] == "true"
    assert record(event)["responseElements"] is None


def test_errors(cloudtrail, ec2, iam):
    with fails("InvalidVpcID.NotFound"):
        ec2.delete_vpc(VpcId="vpc-0123456789abcdef0")
    with fails("NoSuchEntity"):
        iam.get_role(RoleName="none")
    assert record(look(cloudtrail, EventName="DeleteVpc")[0])["errorCode"] == (
        "Client.InvalidVpcID.NotFound")
    written = record(look(cloudtrail, EventName="GetRole")[0])
    assert written["errorCode"] == "NoSuchEntity"
    assert written["errorMessage"] == "The role with name none cannot be found."


def test_by_attribute(cloudtrail, iam, sts):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.create_user(UserName="ann")
    sts.get_caller_identity()
    assert names(look(cloudtrail, ResourceName="r"), "EventName") == ["CreateRole"]
    assert names(look(cloudtrail, ResourceType="AWS::IAM::User"), "EventName") == ["CreateUser"]
    source = names(look(cloudtrail, EventSource="iam.amazonaws.com"), "EventName")
    assert source == ["CreateUser", "CreateRole"]
    assert "GetCallerIdentity" in names(look(cloudtrail, ReadOnly="true"), "EventName")
    event = look(cloudtrail, EventName="CreateUser")[0]
    assert look(cloudtrail, EventId=event["EventId"]) == [event]
    with fails("InvalidLookupAttributesException"):
        look(cloudtrail, EventName="x", Username="y")


def test_users_and_sessions(cloudtrail, iam, clients, account):
    trust = TRUST.replace('"Service": "ec2.amazonaws.com"', f'"AWS": "{account}"')
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]
    iam.create_user(UserName="ann")
    iam.attach_user_policy(UserName="ann",
                           PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    ann = clients("sts", access_key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    session = ann.assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]
    clients("sts", access_key=session["AccessKeyId"], secret=session["SecretAccessKey"],
            token=session["SessionToken"]).get_caller_identity()
    by_user, = look(cloudtrail, Username="ann")
    assert by_user["AccessKeyId"] == key["AccessKeyId"]
    assert record(by_user)["userIdentity"]["type"] == "IAMUser"
    by_session, = look(cloudtrail, AccessKeyId=session["AccessKeyId"])
    identity = record(by_session)["userIdentity"]
    assert identity["type"] == "AssumedRole"
    assert identity["principalId"] == role["RoleId"] + ":me"
    assert identity["sessionContext"]["sessionIssuer"] == {
        "type": "Role", "principalId": role["RoleId"], "arn": role["Arn"], "accountId": account,
        "userName": "r"}


def test_secrets_are_not_recorded(cloudtrail, iam, ssm, kms, ec2):
    iam.create_user(UserName="ann")
    iam.create_login_profile(UserName="ann", Password="hunter2-hunter2")
    key = iam.create_access_key(UserName="ann")["AccessKey"]["SecretAccessKey"]
    ssm.put_parameter(Name="/p", Value="hunter2-hunter2", Type="SecureString")
    kms_key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.encrypt(KeyId=kms_key, Plaintext=b"hunter2-hunter2")
    material = ec2.create_key_pair(KeyName="k")["KeyMaterial"]
    events = cloudtrail.lookup_events()["Events"]
    assert {"CreateLoginProfile", "CreateAccessKey", "PutParameter", "Encrypt",
            "CreateKeyPair"} <= set(names(events, "EventName"))
    everything = json.dumps(events, default=str)
    for secret in ("hunter2", key, material[40:80], "aHVudGVyMi"):
        assert secret not in everything


def test_objects_are_data_events(cloudtrail, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    s3.get_object(Bucket=bucket, Key="k")
    events = look(cloudtrail, EventSource="s3.amazonaws.com")
    assert names(events, "EventName") == ["CreateBucket"]
    assert events[0]["Resources"] == [
        {"ResourceType": "AWS::S3::Bucket", "ResourceName": bucket}]


def test_what_cloudformation_does_is_invoked_by_it(cloudtrail, cloudformation):
    template = json.dumps({"Resources": {"V": {
        "Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}}}})
    cloudformation.create_stack(StackName="s", TemplateBody=template)
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="s", WaiterConfig={"Delay": 1})
    written = record(look(cloudtrail, EventName="CreateVpc")[0])
    assert written["sourceIPAddress"] == "cloudformation.amazonaws.com"
    assert written["userIdentity"]["invokedBy"] == "cloudformation.amazonaws.com"


def test_each_region_has_its_own(cloudtrail, clients):
    clients("ec2", region="eu-west-1").create_vpc(CidrBlock="10.0.0.0/16")
    assert look(cloudtrail, EventName="CreateVpc") == []
    there = clients("cloudtrail", region="eu-west-1")
    assert record(look(there, EventName="CreateVpc")[0])["awsRegion"] == "eu-west-1"


def test_pages_newest_first(cloudtrail, ssm):
    for n in range(7):
        ssm.put_parameter(Name=f"/p/{n}", Value="v", Type="String")
    pages = list(cloudtrail.get_paginator("lookup_events").paginate(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "PutParameter"}],
        PaginationConfig={"PageSize": 3}))
    assert [len(page["Events"]) for page in pages] == [3, 3, 1]
    parameters = [record(e)["requestParameters"]["name"] for page in pages for e in page["Events"]]
    assert parameters == [f"/p/{n}" for n in reversed(range(7))]
    with fails("InvalidNextTokenException"):
        cloudtrail.lookup_events(NextToken="nonsense")


def test_times(cloudtrail, ec2):
    ec2.describe_vpcs()
    now = datetime.datetime.now(datetime.timezone.utc)
    hour = datetime.timedelta(hours=1)
    assert cloudtrail.lookup_events(StartTime=now + hour)["Events"] == []
    assert cloudtrail.lookup_events(EndTime=now - hour)["Events"] == []
    assert cloudtrail.lookup_events(StartTime=now - hour, EndTime=now + hour)["Events"]
    with fails("InvalidTimeRangeException"):
        cloudtrail.lookup_events(StartTime=now, EndTime=now - hour)
