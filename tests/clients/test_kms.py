"""KMS: keys, what they are called, and what they do."""

import hashlib
import json

import pytest
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


def test_grants(kms, key, account):
    who = f"arn:aws:iam::{account}:role/r"
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
