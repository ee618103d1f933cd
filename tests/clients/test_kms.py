"""KMS: keys, what they are called, and what they do."""

import hashlib
import json

import pytest
from botocore.exceptions import WaiterError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from helpers import fails, names


@pytest.fixture
def key(kms):
    return kms.create_key(Description="a key")["KeyMetadata"]


def test_key_describes_itself(kms, key, account):
    found = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert found == key
    assert found["Arn"] == f"arn:aws:kms:us-east-1:{account}:key/{key['KeyId']}"
    assert (found["KeyState"], found["KeyManager"]) == ("Enabled", "CUSTOMER")


def test_every_name_of_a_key(kms, key, account):
    kms.create_alias(AliasName="alias/a", TargetKeyId=key["KeyId"])
    alias = f"arn:aws:kms:us-east-1:{account}:alias/a"
    for name in (key["KeyId"], key["Arn"], "alias/a", alias):
        assert kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"] == key["KeyId"]


def test_names_of_nothing(kms, account):
    gone = "12345678-1234-1234-1234-123456789012"
    with fails("NotFoundException",
               f"Key 'arn:aws:kms:us-east-1:{account}:key/{gone}' does not exist"):
        kms.describe_key(KeyId=gone)
    with fails("NotFoundException",
               f"Alias arn:aws:kms:us-east-1:{account}:alias/no is not found."):
        kms.describe_key(KeyId="alias/no")


def test_encryption_round_trip(kms, key):
    context = {"app": "web", "stage": "prod"}
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"secret", EncryptionContext=context)
    opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
    assert (opened["Plaintext"], opened["KeyId"]) == (b"secret", key["Arn"])
    with fails("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])


def test_plaintext_has_a_limit(kms, key):
    kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x" * 4096)
    with fails("ValidationException"):
        kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x" * 4097)


def test_decrypting_under_the_wrong_key(kms, key):
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    with fails("IncorrectKeyException"):
        kms.decrypt(CiphertextBlob=blob, KeyId=other)


def test_reencryption(kms, key):
    other = kms.create_key()["KeyMetadata"]
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    moved = kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=other["KeyId"])
    assert (moved["SourceKeyId"], moved["KeyId"]) == (key["Arn"], other["Arn"])
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"])["Plaintext"] == b"x"


def test_data_keys(kms, key):
    made = kms.generate_data_key(KeyId=key["KeyId"], KeySpec="AES_256")
    assert len(made["Plaintext"]) == 32
    assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    hidden = kms.generate_data_key_without_plaintext(KeyId=key["KeyId"], NumberOfBytes=7)
    assert len(kms.decrypt(CiphertextBlob=hidden["CiphertextBlob"])["Plaintext"]) == 7


def test_data_key_needs_one_size(kms, key):
    with fails("ValidationException", "Please specify either number of bytes or key spec."):
        kms.generate_data_key(KeyId=key["KeyId"])


def test_disabled_and_pending(kms, key):
    kms.disable_key(KeyId=key["KeyId"])
    with fails("DisabledException", f"{key['Arn']} is disabled."):
        kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    with fails("KMSInvalidStateException", f"{key['Arn']} is pending deletion."):
        kms.enable_key(KeyId=key["KeyId"])
    kms.cancel_key_deletion(KeyId=key["KeyId"])
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Disabled"


def test_aliases_move(kms, key):
    kms.create_alias(AliasName="alias/a", TargetKeyId=key["KeyId"])
    with fails("AlreadyExistsException", "...:alias/a already exists"):
        kms.create_alias(AliasName="alias/a", TargetKeyId=key["KeyId"])
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName="alias/a", TargetKeyId=other)
    assert names(kms.list_aliases(KeyId=other)["Aliases"], "AliasName") == ["alias/a"]
    kms.delete_alias(AliasName="alias/a")
    with fails("NotFoundException"):
        kms.delete_alias(AliasName="alias/a")


def test_aliases_of_aws_are_reserved(kms, key):
    with fails("NotAuthorizedException"):
        kms.create_alias(AliasName="alias/aws/mine", TargetKeyId=key["KeyId"])


def test_default_policy_trusts_the_account(kms, key, account):
    policy = json.loads(kms.get_key_policy(KeyId=key["KeyId"])["Policy"])
    assert policy["Statement"][0]["Principal"]["AWS"] == f"arn:aws:iam::{account}:root"
    with fails("MalformedPolicyDocumentException"):
        kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy="{")


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def key_policy(*statements):
    return document(*({"Effect": "Allow", "Action": "kms:*", "Resource": "*", **s} for s in statements))


def locks_out():
    return fails("MalformedPolicyDocumentException", "The new key policy will not allow you to update the key "
                 "policy in the future.", 400)


@pytest.fixture
def people(clients, account):
    """ann, who may do everything, as a KMS client; a session of the role app, too; everybody's ARNs."""
    iam, sts = clients("iam"), clients("sts")
    arns = {name: iam.create_user(UserName=name)["User"]["Arn"] for name in ("ann", "bob")}
    everything = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=everything)
    arns["app"] = iam.create_role(RoleName="app", Path="/of/", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}))["Role"]["Arn"]
    iam.put_role_policy(RoleName="app", PolicyName="p", PolicyDocument=everything)
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    session = sts.assume_role(RoleArn=arns["app"], RoleSessionName="me")
    arns["session"] = session["AssumedRoleUser"]["Arn"]
    of = session["Credentials"]
    return arns, {"ann": clients("kms", access_key=key["AccessKeyId"], secret=key["SecretAccessKey"]),
                  "app": clients("kms", access_key=of["AccessKeyId"], secret=of["SecretAccessKey"],
                                 token=of["SessionToken"]),
                  "root": clients("kms")}


def test_a_policy_must_leave_a_way_back(people, account):
    arns, clients = people
    root, ann, bob = ({"Principal": {"AWS": name}} for name in (account, arns["ann"], arns["bob"]))
    deny = {"Effect": "Deny", "Action": "kms:Put*"}
    key = clients["ann"].create_key()["KeyMetadata"]["KeyId"]
    for statements in (
            [bob], [{"Principal": {"AWS": arns["app"]}}], [{"Principal": {"Service": "logs.amazonaws.com"}}],
            [{**root, "Action": ["kms:Decrypt", "kms:Get*"]}], [root, {**deny, "Principal": "*"}],
            [root, {**ann, **deny}], [{"Principal": "*"}, {**root, **deny}]):
        policy = key_policy(*statements)
        for refused in (lambda: clients["ann"].create_key(Policy=policy),
                        lambda: clients["ann"].put_key_policy(KeyId=key, PolicyName="default", Policy=policy)):
            with locks_out():
                refused()
        clients["ann"].create_key(Policy=policy, BypassPolicyLockoutSafetyCheck=True)
    for statements in (
            [root], [ann], [bob, ann], [{"Principal": "*"}], [{**ann, "Action": ["kms:Get*", "KMS:put*"]}],
            [root, {**bob, **deny}], [root, {**deny, "Principal": "*", "Action": "kms:Decrypt"}],
            [root, {**deny, "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]):
        clients["ann"].put_key_policy(KeyId=key, PolicyName="default", Policy=key_policy(*statements))


def test_who_is_let_back(people):
    arns, clients = people
    for who, names in {"app": ("app", "session"), "ann": ("ann",), "root": arns}.items():  # root stands for any of them
        for name, arn in [*arns.items(), ("another account", "arn:aws:iam::999988887777:root")]:
            policy = key_policy({"Principal": {"AWS": arn}})
            if name in names:
                clients[who].create_key(Policy=policy)
            else:
                with locks_out():
                    clients[who].create_key(Policy=policy)


def test_a_stacks_key_must_leave_a_way_back(cloudformation, account):
    def template(principal, **more):
        policy = json.loads(key_policy({"Principal": {"AWS": principal}}))
        return json.dumps({"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {
            "KeyPolicy": policy, **more}}}})

    def reasons():
        return [e.get("ResourceStatusReason", "") for e in cloudformation.describe_stack_events(
            StackName="s")["StackEvents"] if e["LogicalResourceId"] == "Key"]

    def deploy(action, template, settled):
        getattr(cloudformation, f"{action}_stack")(StackName="s", TemplateBody=template)
        waited = {"create": "stack_create_complete", "update": "stack_update_complete"}[action]
        try:
            cloudformation.get_waiter(waited).wait(StackName="s", WaiterConfig={"Delay": 1})
        except WaiterError:
            pass
        assert cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == settled

    deploy("create", template(account), "CREATE_COMPLETE")
    deploy("update", template("999988887777"), "UPDATE_ROLLBACK_COMPLETE")
    assert any("will not allow you to update the key policy in the future" in r for r in reasons())
    deploy("update", template("999988887777", BypassPolicyLockoutSafetyCheck=True), "UPDATE_COMPLETE")


def test_grants(kms, key, iam):
    who = iam.create_user(UserName="grantee")["User"]["Arn"]
    grant = kms.create_grant(KeyId=key["KeyId"], GranteePrincipal=who, Operations=["Decrypt"])
    listed = kms.list_grants(KeyId=key["KeyId"])["Grants"]
    assert names(listed, "GrantId") == [grant["GrantId"]]
    kms.revoke_grant(KeyId=key["KeyId"], GrantId=grant["GrantId"])
    assert kms.list_grants(KeyId=key["KeyId"])["Grants"] == []


def test_tags_of_a_key(kms, key):
    kms.tag_resource(KeyId=key["KeyId"], Tags=[{"TagKey": "a", "TagValue": "1"}])
    assert kms.list_resource_tags(KeyId=key["KeyId"])["Tags"] == [{"TagKey": "a", "TagValue": "1"}]
    kms.untag_resource(KeyId=key["KeyId"], TagKeys=["a"])
    assert kms.list_resource_tags(KeyId=key["KeyId"])["Tags"] == []


def test_rotation(kms, key):
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"old")["CiphertextBlob"]
    kms.enable_key_rotation(KeyId=key["KeyId"])
    assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] is True
    kms.rotate_key_on_demand(KeyId=key["KeyId"])
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"old"


def test_pages_of_keys(kms):
    made = {kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(5)}
    pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2}))
    assert len(pages) == 3
    assert {k["KeyId"] for page in pages for k in page["Keys"]} == made


def test_signatures_that_others_can_check(kms):
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signature = kms.sign(KeyId=key, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
    public = serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    public.verify(signature, b"m", ec.ECDSA(hashes.SHA256()))


def test_rsa_signature_of_a_digest(kms):
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signature = kms.sign(KeyId=key, Message=hashlib.sha256(b"m").digest(), MessageType="DIGEST",
                         SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256")["Signature"]
    public = serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    public.verify(signature, b"m", padding.PKCS1v15(), hashes.SHA256())
    with fails("KMSInvalidSignatureException"):
        kms.verify(KeyId=key, Message=b"other", Signature=signature,
                   SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256")


def test_rsa_opens_what_others_seal(kms):
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    public = serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    opened = kms.decrypt(KeyId=key, CiphertextBlob=public.encrypt(b"x", oaep),
                         EncryptionAlgorithm="RSAES_OAEP_SHA_256")
    assert opened["Plaintext"] == b"x"


def test_macs(kms):
    key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    mac = kms.generate_mac(KeyId=key, Message=b"m", MacAlgorithm="HMAC_SHA_256")["Mac"]
    assert kms.verify_mac(KeyId=key, Message=b"m", Mac=mac, MacAlgorithm="HMAC_SHA_256")["MacValid"]
    with fails("KMSInvalidMacException"):
        kms.verify_mac(KeyId=key, Message=b"n", Mac=mac, MacAlgorithm="HMAC_SHA_256")


def test_random_bytes(kms):
    assert len(kms.generate_random(NumberOfBytes=33)["Plaintext"]) == 33


def test_dry_run(kms, key):
    with fails("DryRunOperationException"):
        kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", DryRun=True)
