"""Every call by a principal that was made here is authorised; refusals are worded as AWS does.

Messages: IAM user guide, "Troubleshoot access denied error messages".
"""

import json

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore import UNSIGNED
from botocore.config import Config
from helpers import fails

ANYONE_IN = {"Effect": "Allow", "Action": "sts:AssumeRole"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resources="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions, resources="*", **more):
    return {**allow(actions, resources, **more), "Effect": "Deny"}


class Role:
    """A role with an inline policy, and clients of a session of it."""

    def __init__(self, clients, name, *statements, account=None, trust=None, **creation):
        key = {"access_key": account} if account else {}
        self.iam, self.sts, self.clients = clients("iam", **key), clients("sts", **key), clients
        trust = trust or {"Service": "ecs-tasks.amazonaws.com"}
        self.arn = self.iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=document({**ANYONE_IN, "Principal": trust}),
            **creation)["Role"]["Arn"]
        self.name = name
        if statements:
            self.put(*statements)

    def put(self, *statements):
        self.iam.put_role_policy(RoleName=self.name, PolicyName="own",
                                 PolicyDocument=document(*statements))

    def session(self, sts=None, **request):
        answer = (sts or self.sts).assume_role(RoleArn=self.arn, RoleSessionName="me", **request)
        self.session_arn = answer["AssumedRoleUser"]["Arn"]
        keys = answer["Credentials"]

        def client(service, **settings):
            return self.clients(service, access_key=keys["AccessKeyId"],
                                secret=keys["SecretAccessKey"], token=keys["SessionToken"],
                                **settings)

        return client


@pytest.fixture
def user(clients, account):
    """user(name, statements...): its client factory."""
    iam = clients("iam")

    def make(name, *statements):
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own",
                                PolicyDocument=document(*statements))
        keys = iam.create_access_key(UserName=name)["AccessKey"]
        return lambda service, **settings: clients(
            service, access_key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], **settings)

    return make


def test_user_without_policies(user, account):
    ann = user("ann")
    assert ann("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{account}:user/ann"
    with fails("AccessDenied", f"User: arn:aws:iam::{account}:user/ann is not authorized to "
               f"perform: iam:GetUser on resource: arn:aws:iam::{account}:user/ann because no "
               "identity-based policy allows the iam:GetUser action", 403):
        ann("iam").get_user()
    with pytest.raises(ClientError) as caught:
        ann("ec2").describe_vpcs()
    error = caught.value.response["Error"]
    assert error["Code"] == "UnauthorizedOperation"
    assert error["Message"].startswith(
        f"You are not authorized to perform this operation. User: arn:aws:iam::{account}:user/ann is not authorized to perform: "
        "ec2:DescribeVpcs because no identity-based policy allows the ec2:DescribeVpcs action. Encoded authorization failure message: ")
    with fails("AccessDeniedException", f"User: arn:aws:iam::{account}:user/ann is not authorized "
               f"to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:{account}:"
               "parameter/x because no identity-based policy allows the ssm:GetParameter action",
               400):
        ann("ssm").get_parameter(Name="x")


def test_explicit_deny_wins(user, account, s3):
    s3.create_bucket(Bucket=f"b-{account}")
    ann = user("ann", allow("s3:*"), deny("s3:PutObject", f"arn:aws:s3:::b-{account}/locked/*"))
    ann("s3").put_object(Bucket=f"b-{account}", Key="open/k", Body=b"")
    with fails("AccessDenied", f"User: arn:aws:iam::{account}:user/ann is not authorized to "
               f'perform: s3:PutObject on resource: "arn:aws:s3:::b-{account}/locked/k" with an '
               "explicit deny in an identity-based policy", 403):
        ann("s3").put_object(Bucket=f"b-{account}", Key="locked/k", Body=b"")


def test_policies_of_groups_and_managed_policies(user, clients, account):
    ann = user("ann")
    iam = clients("iam")
    iam.create_group(GroupName="readers")
    iam.attach_group_policy(GroupName="readers",
                            PolicyArn="arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess")
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    ann("ec2").describe_vpcs()
    with fails("UnauthorizedOperation"):
        ann("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    with fails("UnauthorizedOperation"):
        ann("ec2").create_vpc(CidrBlock="10.0.0.0/16", DryRun=True)


def test_permissions_boundary(clients, account):
    boundary = clients("iam").create_policy(
        PolicyName="limit", PolicyDocument=document(allow("ssm:*")))["Policy"]["Arn"]
    role = Role(clients, "app", allow("*"), PermissionsBoundary=boundary)
    session = role.session()
    session("ssm").put_parameter(Name="p", Value="v", Type="String")
    with fails("UnauthorizedOperation", "...because no permissions boundary allows the "
               "ec2:DescribeVpcs action"):
        session("ec2").describe_vpcs()


def test_session_policy(clients):
    role = Role(clients, "app", allow("*"))
    session = role.session(Policy=document(allow("ssm:*")))
    session("ssm").put_parameter(Name="p", Value="v", Type="String")
    with fails("UnauthorizedOperation",
               "...because no session policy allows the ec2:DescribeVpcs action"):
        session("ec2").describe_vpcs()


def test_trust_policy_names_a_user(user, clients, account):
    ann, bob = user("ann"), user("bob", allow("sts:AssumeRole"))
    role = Role(clients, "app", trust={"AWS": f"arn:aws:iam::{account}:user/ann"})
    role.session(ann("sts"))  # a user named by the trust policy needs no policy of its own
    with fails("AccessDenied", "...because no role trust policy allows the sts:AssumeRole action",
               403):
        role.session(bob("sts"))


def test_trust_with_external_id(clients, account):
    role = Role(clients, "app")
    role.iam.update_assume_role_policy(RoleName="app", PolicyDocument=document(
        {**ANYONE_IN, "Principal": {"AWS": "444444444444"},
         "Condition": {"StringEquals": {"sts:ExternalId": "e1"}}}))
    other = clients("sts", access_key="444444444444")
    with fails("AccessDenied"):
        role.session(other)
    role.session(other, ExternalId="e1")


def test_session_tags_become_principal_tags(clients, account):
    own = "arn:aws:ssm:*:*:parameter/${aws:PrincipalTag/team}/*"
    role = Role(clients, "app", allow("ssm:*", own))
    session = role.session(Tags=[{"Key": "team", "Value": "red"}])
    session("ssm").put_parameter(Name="/red/p", Value="v", Type="String")
    with fails("AccessDeniedException"):
        session("ssm").put_parameter(Name="/blue/p", Value="v", Type="String")


def test_tags_of_requests_and_resources(clients, account):
    role = Role(
        clients, "app",
        allow("ec2:CreateVpc", Condition={"StringEquals": {"aws:RequestTag/env": "dev"}}),
        allow("ec2:CreateTags", Condition={"StringEquals": {"ec2:CreateAction": "CreateVpc"}}),
        allow("ec2:DeleteVpc", Condition={"StringEquals": {"aws:ResourceTag/env": "dev"}}))
    ec2 = role.session()("ec2")
    tagged = [{"ResourceType": "vpc", "Tags": [{"Key": "env", "Value": "dev"}]}]
    made = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged)["Vpc"]["VpcId"]
    with fails("UnauthorizedOperation"):
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
    with fails("UnauthorizedOperation"):
        ec2.create_tags(Resources=[made], Tags=[{"Key": "env", "Value": "prod"}])
    other = clients("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    with fails("UnauthorizedOperation"):
        ec2.delete_vpc(VpcId=other)
    ec2.delete_vpc(VpcId=made)


def test_pass_role(clients, account):
    passed = Role(clients, "passed", trust={"Service": "cloudformation.amazonaws.com"})
    other = Role(clients, "other", trust={"Service": "cloudformation.amazonaws.com"})
    deployer = Role(clients, "deployer", allow("cloudformation:*"),
                    allow("iam:PassRole", passed.arn, Condition={
                        "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}))
    stacks = deployer.session()("cloudformation")
    body = json.dumps({"Resources": {"H": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}})
    stacks.create_stack(StackName="a", TemplateBody=body, RoleARN=passed.arn)
    with fails("AccessDenied", f"...iam:PassRole on resource: {other.arn} because no "
               "identity-based policy allows the iam:PassRole action"):
        stacks.create_stack(StackName="b", TemplateBody=body, RoleARN=other.arn)


def test_stack_is_made_with_its_service_roles_rights(clients, account):
    maker = Role(clients, "maker", allow("ec2:*"), trust={"Service": "cloudformation.amazonaws.com"})
    closed = Role(clients, "closed", allow("*"), trust={"Service": "lambda.amazonaws.com"})
    deployer = Role(clients, "deployer", allow(["cloudformation:*", "iam:PassRole"]))
    stacks = deployer.session()("cloudformation")
    template = json.dumps({"Resources": {"V": {"Type": "AWS::EC2::VPC",
                                               "Properties": {"CidrBlock": "10.0.0.0/16"}}}})
    with fails("ValidationError", f"Role {closed.arn} is invalid or cannot be assumed"):
        stacks.create_stack(StackName="a", TemplateBody=template, RoleARN=closed.arn)
    stacks.create_stack(StackName="a", TemplateBody=template, RoleARN=maker.arn)
    wait = {"Delay": 1, "MaxAttempts": 30}
    stacks.get_waiter("stack_create_complete").wait(StackName="a", WaiterConfig=wait)
    stacks.delete_stack(StackName="a")  # with the role it was made with
    stacks.get_waiter("stack_delete_complete").wait(StackName="a", WaiterConfig=wait)


def test_stack_is_made_with_its_makers_rights(clients, account):
    deployer = Role(clients, "deployer", allow(["cloudformation:*", "ssm:*"]))
    stacks = deployer.session()("cloudformation")
    template = {"Resources": {"V": {"Type": "AWS::EC2::VPC",
                                    "Properties": {"CidrBlock": "10.0.0.0/16"}}}}
    stacks.create_stack(StackName="a", TemplateBody=json.dumps(template))
    with pytest.raises(Exception):
        stacks.get_waiter("stack_create_complete").wait(
            StackName="a", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    reasons = [e.get("ResourceStatusReason", "")
               for e in stacks.describe_stack_events(StackName="a")["StackEvents"]]
    assert any("is not authorized to perform: ec2:CreateVpc" in r for r in reasons), reasons


def test_anonymous_readers_need_a_public_policy(endpoint, s3, account):
    bucket = f"pub-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"hello")
    anyone = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1",
                          config=Config(signature_version=UNSIGNED))
    with fails("AccessDenied", "Access Denied", 403):
        anyone.get_object(Bucket=bucket, Key="k")
    public = document({**allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"), "Principal": "*"})
    with fails("AccessDenied"):
        s3.put_bucket_policy(Bucket=bucket, Policy=public)
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=public)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"]
    assert anyone.get_object(Bucket=bucket, Key="k")["Body"].read() == b"hello"
    with fails("AccessDenied"):
        anyone.put_object(Bucket=bucket, Key="k", Body=b"")
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={
        "RestrictPublicBuckets": True})
    with fails("AccessDenied"):
        anyone.get_object(Bucket=bucket, Key="k")


def test_key_policy_decides_even_within_the_account(clients, account, kms):
    open_key = kms.create_key()["KeyMetadata"]["Arn"]
    another = clients("iam").create_user(UserName="another")["User"]["Arn"]
    closed = kms.create_key(Policy=document(
        {**allow("kms:*"), "Principal": {"AWS": another}}),
        BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]["Arn"]
    role = Role(clients, "app", allow("kms:*"))
    session = role.session()("kms")
    session.encrypt(KeyId=open_key, Plaintext=b"x")
    with fails("AccessDeniedException", f"...kms:Encrypt on resource: {closed} because no "
               "resource-based policy allows the kms:Encrypt action"):
        session.encrypt(KeyId=closed, Plaintext=b"x")


def test_grants(clients, account, kms):
    key = kms.create_key()["KeyMetadata"]["Arn"]
    role = Role(clients, "app")
    session = role.session()("kms")
    with fails("AccessDeniedException"):
        session.encrypt(KeyId=key, Plaintext=b"x")
    kms.create_grant(KeyId=key, GranteePrincipal=role.arn, Operations=["Encrypt"],
                     Constraints={"EncryptionContextSubset": {"app": "a"}})
    session.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"app": "a", "more": "m"})
    with fails("AccessDeniedException"):
        session.encrypt(KeyId=key, Plaintext=b"x")


def test_deleted_role_leaves_its_sessions_nothing(clients):
    role = Role(clients, "app", allow("ssm:*"))
    session = role.session()
    session("ssm").put_parameter(Name="p", Value="v", Type="String")
    role.iam.delete_role_policy(RoleName="app", PolicyName="own")
    role.iam.delete_role(RoleName="app")
    Role(clients, "app", allow("ssm:*"))  # of the same name, but another role
    with fails("AccessDeniedException"):
        session("ssm").get_parameter(Name="p")


def test_control_policies(clients, account):
    organizations = clients("organizations")
    organizations.create_organization(FeatureSet="ALL")
    status = organizations.create_account(AccountName="m", Email=f"m-{account}@example.com")
    member = status["CreateAccountStatus"]["AccountId"]
    clients("ssm", access_key=member).put_parameter(Name="p", Value="v", Type="String")
    policy = organizations.create_policy(
        Name="no-vpcs", Description="", Type="SERVICE_CONTROL_POLICY",
        Content=document(deny("ec2:CreateVpc")))["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=member)
    with fails("UnauthorizedOperation", "...with an explicit deny in a service control policy"):
        clients("ec2", access_key=member).create_vpc(CidrBlock="10.0.0.0/16")  # root of a member
    clients("ec2").create_vpc(CidrBlock="10.0.0.0/16")  # the management account is exempt
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=member)
    with fails("AccessDeniedException",
               "...because no service control policy allows the ssm:GetParameter action"):
        clients("ssm", access_key=member).get_parameter(Name="p")


def test_resource_control_policies(clients, account):
    organizations = clients("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="RESOURCE_CONTROL_POLICY")
    status = organizations.create_account(AccountName="m", Email=f"m-{account}@example.com")
    member = status["CreateAccountStatus"]["AccountId"]
    own = clients("s3", access_key=member)
    own.create_bucket(Bucket=f"b-{account}")
    policy = organizations.create_policy(
        Name="only-us", Description="", Type="RESOURCE_CONTROL_POLICY", Content=document(
            {**deny("s3:PutObject"), "Principal": "*",
             "Condition": {"StringNotLike": {"aws:UserAgent": "*Boto3*"}}},
            {**deny("s3:GetObject"), "Principal": "*"}))["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=root)
    own.put_object(Bucket=f"b-{account}", Key="k", Body=b"x")
    with fails("AccessDenied", "...with an explicit deny in a resource control policy"):
        own.get_object(Bucket=f"b-{account}", Key="k")


def test_multi_factor_authentication(user, clients, account):
    needs = allow("ssm:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    ann = user("ann", needs)
    with fails("AccessDeniedException"):
        ann("ssm").put_parameter(Name="p", Value="v", Type="String")
    keys = ann("sts").get_session_token(SerialNumber=f"arn:aws:iam::{account}:mfa/ann",
                                        TokenCode="123456")["Credentials"]
    clients("ssm", access_key=keys["AccessKeyId"], secret=keys["SecretAccessKey"],
            token=keys["SessionToken"]).put_parameter(Name="p", Value="v", Type="String")


def test_buckets_that_insist_on_tls(clients, s3, account):
    """The port speaks plain HTTP and counts as TLS, unless what stands before it says otherwise."""
    bucket = f"tls-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=document(deny(
        "s3:*", [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"], Principal="*",
        Condition={"Bool": {"aws:SecureTransport": "false"}})))
    reader = Role(clients, "tls-reader", allow("s3:*")).session()("s3")
    reader.put_object(Bucket=bucket, Key="a", Body=b"x")

    def plainly(request, **_):
        request.headers["X-Forwarded-Proto"] = "http"

    reader.meta.events.register("before-send", plainly)
    with fails("AccessDenied"):
        reader.get_object(Bucket=bucket, Key="a")


def test_vpc_endpoint(clients, s3, account):
    """A request to an endpoint's name goes through the endpoint: its policy and the keys count."""
    bucket = f"b-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3",
        PolicyDocument=document({**allow("s3:GetObject"), "Principal": "*"}))["VpcEndpoint"]
    role = Role(clients, "app", allow("s3:*", Condition={"StringEquals": {"aws:SourceVpc": vpc}}))
    client = role.session()("s3")
    with fails("AccessDenied"):
        client.get_object(Bucket=bucket, Key="k")  # not through the endpoint

    def through(request, **_):
        request.headers["Host"] = f"{endpoint['VpcEndpointId']}-ab.s3.us-east-1.vpce.amazonaws.com"

    client.meta.events.register("before-sign.s3", through)
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    with fails("AccessDenied", "...because no VPC endpoint policy allows the s3:PutObject action"):
        client.put_object(Bucket=bucket, Key="k", Body=b"x")
