"""Requests that ask for one thing in order to reach another are decided on what they would reach."""

import json

import pytest
from botocore.exceptions import ClientError
from helpers import fails
from test_enforcement import allow, deny, user  # noqa: F401 (a fixture)

KEY = {"h": {"S": "x"}}


def copy_from(client, source, bucket):
    """boto3 would encode the source its own way."""
    client.meta.events.register("before-call.s3.CopyObject", lambda params, **_:
                                params["headers"].update({"x-amz-copy-source": source}))
    client.copy_object(Bucket=bucket, Key="copy", CopySource="a/b")


@pytest.mark.parametrize("form", ["{}/secret", "/{}/secret", "{}%2Fsecret", "%2F{}/secret",
                                  "/{}%2Fsecret", "%2F{}%2Fsecret"])
def test_copy_sources_however_encoded(clients, user, account, s3, bucket, form):
    theirs = f"theirs-{account}"
    other = clients("s3", access_key="4444" + account[4:])
    other.create_bucket(Bucket=theirs)
    other.put_object(Bucket=theirs, Key="secret", Body=b"s")
    with fails("AccessDenied", "...because no resource-based policy allows the s3:GetObject action"):
        copy_from(s3, form.format(theirs), bucket)
    with fails("AccessDenied", "...because no resource-based policy allows the s3:GetObject action"):
        copy_from(user("ann", allow("s3:*"))("s3"), form.format(theirs), bucket)
    s3.put_object(Bucket=bucket, Key="secret", Body=b"s")
    bob = user("bob", allow("s3:*"), deny("s3:GetObject", f"arn:aws:s3:::{bucket}/secret"))
    with fails("AccessDenied", "...with an explicit deny in an identity-based policy"):
        copy_from(bob("s3"), form.format(bucket), bucket)


def test_grants_in_headers_need_the_right_to_acls(user, s3, account, bucket):
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.delete_public_access_block(Bucket=bucket)
    ann = user("ann", allow(["s3:PutObject", "s3:CreateBucket", "s3:PutBucketOwnershipControls"]))
    everyone = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
    for header in ("GrantRead", "GrantReadACP", "GrantWriteACP", "GrantFullControl"):
        with fails("AccessDenied", "...no identity-based policy allows the s3:PutObjectAcl action"):
            ann("s3").put_object(Bucket=bucket, Key="k", Body=b"", **{header: everyone})
        with fails("AccessDenied", "...no identity-based policy allows the s3:PutBucketAcl action"):
            ann("s3").create_bucket(Bucket=bucket + "-2", ObjectOwnership="ObjectWriter",
                                    **{header: everyone})


def refused_or_absent(call):
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] in (
        "AccessDeniedException", "ResourceNotFoundException", "ParameterNotFound")


@pytest.mark.parametrize("form", ["{0}", "arn:aws:dynamodb:us-east-1:{1}:table/{0}",
                                  "arn:aws:dynamodb:eu-west-1:{1}:table/{0}",
                                  "arn:aws:dynamodb:us-east-1:999999999999:table/{0}",
                                  "arn:aws:x/{0}", "arn:aws:dynamodb:us-east-1:{1}:table/{0}/x"])
def test_tables_by_arns_of_elsewhere(user, dynamodb, account, form):
    dynamodb.create_table(TableName="secret", BillingMode="PAY_PER_REQUEST",
                          KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "h", "AttributeType": "S"}])
    ann = user("ann", allow("dynamodb:*"),
               deny("dynamodb:*", f"arn:aws:dynamodb:us-east-1:{account}:table/secret"))("dynamodb")
    name = form.format("secret", account)
    refused_or_absent(lambda: ann.get_item(TableName=name, Key=KEY))
    refused_or_absent(lambda: ann.scan(TableName=name))
    refused_or_absent(lambda: ann.delete_table(TableName=name))
    refused_or_absent(lambda: ann.batch_get_item(RequestItems={name: {"Keys": [KEY]}}))
    refused_or_absent(lambda: ann.batch_write_item(
        RequestItems={name: [{"PutRequest": {"Item": KEY}}]}))


@pytest.mark.parametrize("form", ["/secret", "/secret:1",
                                  "arn:aws:ssm:us-east-1:{}:parameter/secret",
                                  "arn:aws:ssm:us-east-1:{}:parameter/secret:1",
                                  "arn:aws:ssm:eu-west-1:{}:parameter/secret",
                                  "arn:aws:ssm:us-east-1:999999999999:parameter/secret",
                                  "arn:aws:ssm:us-east-1::parameter/secret"])
def test_parameters_by_version_and_arn(user, ssm, account, form):
    ssm.put_parameter(Name="/secret", Value="v", Type="String")
    ann = user("ann", allow("ssm:*"),
               deny("ssm:*", f"arn:aws:ssm:us-east-1:{account}:parameter/secret"))("ssm")
    name = form.format(account)
    refused_or_absent(lambda: ann.get_parameter(Name=name))
    try:
        assert not ann.get_parameters(Names=["/other", name])["Parameters"]
    except ClientError as refused:
        assert refused.response["Error"]["Code"] == "AccessDeniedException"


def template(name, value="one"):
    return json.dumps({"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {
        "Type": "String", "Value": value, "Name": name}}}})


@pytest.fixture
def change_set(cloudformation):
    """The ARN of one of the stack "prod", beside which there is "dev"."""
    for stack in ("prod", "dev"):
        cloudformation.create_stack(StackName=stack, TemplateBody=template(stack),
                                    Tags=[{"Key": "stage", "Value": stack}])
        cloudformation.get_waiter("stack_create_complete").wait(StackName=stack,
                                                                WaiterConfig={"Delay": 1})
    arn = cloudformation.create_change_set(StackName="prod", ChangeSetName="c",
                                           TemplateBody=template("prod", "two"))["Id"]
    cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName=arn,
                                                                 WaiterConfig={"Delay": 1})
    return arn


def test_change_sets_of_another_stack(user, account, change_set):
    stacks = f"arn:aws:cloudformation:us-east-1:{account}:stack/"
    ann = user("ann", allow("cloudformation:*", stacks + "dev/*"), allow("ssm:*"))("cloudformation")
    bob = user("bob", allow("*"), deny("cloudformation:*", stacks + "prod/*"))("cloudformation")
    ann.delete_change_set(StackName="dev", ChangeSetName=change_set)  # there is none of that stack
    for name in ("describe_change_set", "execute_change_set", "delete_change_set"):
        with fails("AccessDenied"):
            getattr(bob, name)(ChangeSetName=change_set)
    for name in ("describe_change_set", "execute_change_set"):
        with fails("ChangeSetNotFound"):
            getattr(ann, name)(StackName="dev", ChangeSetName=change_set)
    with fails("ChangeSetNotFound"):
        ann.get_template(StackName="dev", ChangeSetName=change_set)
    with fails("AccessDenied"):
        bob.describe_stack_resources(PhysicalResourceId="prod")
    carl = user("carl", allow("*", stacks + "prod/*"), allow("ssm:*"))("cloudformation")
    carl.execute_change_set(ChangeSetName=change_set)


def test_tags_of_stacks(user, account, change_set):
    ann = user("ann", allow("cloudformation:*", Condition={
        "StringEquals": {"aws:ResourceTag/stage": "dev"}}))("cloudformation")
    ann.describe_stacks(StackName="dev")
    with fails("AccessDenied"):
        ann.describe_stacks(StackName="prod")


def test_missing_keys_are_told_to_those_who_may_list(user, s3, bucket):
    ann = user("ann", allow("s3:GetObject"))("s3")
    with fails("AccessDenied", "...no identity-based policy allows the s3:ListBucket action", 403):
        ann.get_object(Bucket=bucket, Key="nothing")
    with fails("403"):
        ann.head_object(Bucket=bucket, Key="nothing")
    bob = user("bob", allow(["s3:GetObject", "s3:ListBucket"]))("s3")
    with fails("NoSuchKey", status=404):
        bob.get_object(Bucket=bucket, Key="nothing")
    with fails("404"):
        bob.head_object(Bucket=bucket, Key="nothing")
    carl = user("carl", allow("s3:ListBucket"))("s3")
    with fails("AccessDenied", "...no identity-based policy allows the s3:GetObject action"):
        carl.get_object(Bucket=bucket, Key="nothing")
