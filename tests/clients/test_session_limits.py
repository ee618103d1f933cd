"""What sessions may not make of themselves, and what a change of a name or an alias needs.

Sources: IAM user guide, "Comparing the AWS STS API operations", "Passing session tags in AWS STS",
"Monitor and control actions taken with assumed roles"; KMS developer guide, "Controlling access to
aliases"; EC2 user guide, "Grant permission to tag Amazon EC2 resources during creation".
"""

import pytest
from helpers import fails, tags
from test_enforcement import Role, allow, deny, document, user  # noqa: F401 (a fixture)

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def client_of(clients, answer):
    keys = answer["Credentials"]
    return lambda service: clients(service, access_key=keys["AccessKeyId"],
                                   secret=keys["SecretAccessKey"], token=keys["SessionToken"])


def trust(account, *actions, **more):
    return document({"Effect": "Allow", "Action": list(actions), "Principal": {"AWS": account},
                     **more})


def test_session_named_like_a_user_is_not_that_user(clients, user):
    user("admin", allow("*"))
    role = Role(clients, "app", allow("sts:*"))
    session = client_of(clients, role.sts.assume_role(RoleArn=role.arn, RoleSessionName="admin"))
    with fails("AccessDenied", "Cannot call GetFederationToken with session credentials", 403):
        session("sts").get_federation_token(Name="fed", Policy=document(allow("*")))


def test_sessions_make_no_sessions(clients, user):
    ann = user("ann", allow("*"))
    session = client_of(clients, ann("sts").get_session_token())
    session("s3").list_buckets()
    with fails("AccessDenied", "Cannot call GetSessionToken with session credentials", 403):
        session("sts").get_session_token()
    with fails("AccessDenied", "Cannot call GetFederationToken with session credentials", 403):
        session("sts").get_federation_token(Name="fed", Policy=document(allow("*")))


def test_iam_wants_a_second_factor_of_sessions(clients, user, account):
    ann = user("ann", allow("*"))
    with fails("InvalidClientTokenId", status=403):
        client_of(clients, ann("sts").get_session_token())("iam").list_users()
    strong = ann("sts").get_session_token(SerialNumber=f"arn:aws:iam::{account}:mfa/ann",
                                          TokenCode="123456")
    client_of(clients, strong)("iam").list_users()
    federated = ann("sts").get_federation_token(Name="fed", PolicyArns=[{"arn": ADMIN}])
    client_of(clients, federated)("s3").list_buckets()
    with fails("InvalidClientTokenId", status=403):
        client_of(clients, federated)("iam").list_users()


def test_source_identity_stays(clients, account):
    roles = {}
    for name in ("one", "two"):
        roles[name] = Role(clients, name, allow("*"))
        roles[name].iam.update_assume_role_policy(
            RoleName=name,
            PolicyDocument=trust(account, "sts:AssumeRole", "sts:SetSourceIdentity"))
    session = roles["one"].session(SourceIdentity="ann")
    roles["two"].session(session("sts"), SourceIdentity="ann")
    with fails("AccessDenied"):
        roles["two"].session(session("sts"), SourceIdentity="bob")


def test_tags_and_source_identity_need_their_own_actions(clients, user, account):
    role = Role(clients, "app", allow("*"))
    ann = user("ann", allow("sts:AssumeRole"))
    for action, request in (("sts:TagSession", {"Tags": tags(team="a")}),
                            ("sts:SetSourceIdentity", {"SourceIdentity": "ann"})):
        role.iam.update_assume_role_policy(
            RoleName="app", PolicyDocument=trust(account, "sts:AssumeRole", action))
        with fails("AccessDenied", f"...no identity-based policy allows the {action} action"):
            role.session(ann("sts"), **request)
        role.iam.update_assume_role_policy(RoleName="app",
                                           PolicyDocument=trust(account, "sts:AssumeRole"))
        with fails("AccessDenied", f"...no role trust policy allows the {action} action"):
            role.session(user(action[4:8], allow("sts:*"))("sts"), **request)


def test_second_factor_of_assume_role(clients, user, account):
    role = Role(clients, "app", allow("*"))
    role.iam.update_assume_role_policy(RoleName="app", PolicyDocument=trust(
        account, "sts:AssumeRole", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
    ann = user("ann", allow("sts:AssumeRole"))
    with fails("AccessDenied"):
        role.session(ann("sts"))
    role.session(ann("sts"), SerialNumber=f"arn:aws:iam::{account}:mfa/ann", TokenCode="123456")


def test_aliases_are_changed_by_leave_of_both_keys(user, kms, account):
    free = kms.create_key()["KeyMetadata"]["Arn"]
    kept = kms.create_key(Policy=document(
        allow("kms:*", Principal={"AWS": account}),
        deny(["kms:DeleteAlias", "kms:UpdateAlias"], Principal="*")))["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/kept", TargetKeyId=kept)
    kms.create_alias(AliasName="alias/free", TargetKeyId=free)
    ann = user("ann", allow("kms:*"))("kms")
    for refused in (lambda: ann.update_alias(AliasName="alias/kept", TargetKeyId=free),
                    lambda: ann.update_alias(AliasName="alias/free", TargetKeyId=kept),
                    lambda: ann.delete_alias(AliasName="alias/kept")):
        with fails("AccessDeniedException", "...with an explicit deny in a resource-based policy"):
            refused()
    ann.update_alias(AliasName="alias/free", TargetKeyId=free)
    ann.delete_alias(AliasName="alias/free")


def test_root_is_not_free_at_another_accounts_key(clients, kms, account):
    other = clients("kms", access_key="4444" + account[4:])
    theirs = other.create_key()["KeyMetadata"]["Arn"]
    mine = kms.create_key()["KeyMetadata"]["Arn"]
    blob = kms.encrypt(KeyId=mine, Plaintext=b"x")["CiphertextBlob"]
    with fails("AccessDeniedException", "...no resource-based policy allows the kms:ReEncryptTo "
               "action"):
        kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=theirs)
    kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=mine)


def test_tags_of_one_type_say_nothing_of_another(user, ec2, vpc):
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    ann = user("ann", allow("ec2:CreateTags"), allow("ec2:RunInstances", [
        f"arn:aws:ec2:*:*:{t}/*" for t in ("subnet", "volume", "network-interface",
                                           "security-group", "image")]),
               allow("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*",
                     Condition={"StringEquals": {"aws:RequestTag/team": "a"}}))

    def run(kind):
        ann("ec2").run_instances(
            ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=subnet,
            TagSpecifications=[{"ResourceType": kind, "Tags": tags(team="a")}])

    run("instance")
    with fails("UnauthorizedOperation"):
        run("volume")


@pytest.mark.parametrize("kind", ["user", "group"])
def test_new_names_need_leave(user, iam, account, kind):
    name, new = f"{kind.title()}Name", f"New{kind.title()}Name"
    getattr(iam, f"create_{kind}")(**{name: "old"})
    ann = user("ann", allow("iam:Update*", f"arn:aws:iam::{account}:{kind}/old*"))
    update = getattr(ann("iam"), f"update_{kind}")
    with fails("AccessDenied"):
        update(**{name: "old", new: "boss"})
    update(**{name: "old", new: "older"})


def test_profiles_in_any_letter_case(user, iam, account):
    iam.create_instance_profile(InstanceProfileName="Prod", Path="/ops/")
    profile = f"arn:aws:iam::{account}:instance-profile/ops/Prod"
    ann = user("ann", allow("iam:*"), deny("iam:*", profile))("iam")
    for name in ("Prod", "PROD"):
        with fails("AccessDenied"):
            ann.delete_instance_profile(InstanceProfileName=name)
    bob = user("bob", allow("iam:DeleteInstanceProfile", profile))("iam")
    bob.delete_instance_profile(InstanceProfileName="Prod")
