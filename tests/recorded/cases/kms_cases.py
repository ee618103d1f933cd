"""KMS."""

import hashlib
import uuid

from run import cases

kms = cases("kms/test_kms.py::TestKMS::")
generate = cases("kms/test_kms.py::TestKMSGenerateKeys::")
TWO = [{"TagKey": "tag1", "TagValue": "value1"}, {"TagKey": "tag2", "TagValue": "value2"}]
CONTEXT = {"context-key": "context-value"}


def key(run, **more):
    return run.kms.create_key(**more)["KeyMetadata"]["KeyId"]


@kms
def create_key(run):
    made = key(run, Description="test key 123", KeyUsage="ENCRYPT_DECRYPT")
    run.step("describe-key", run.kms.describe_key(KeyId=made)["KeyMetadata"])


@kms
def create_key_with_invalid_tag_key(run):
    name = {"uppercase_prefix": "AWS:key", "lowercase_prefix": "aws:key"}[run.param]
    run.step("invalid-tag-key", run.kms.create_key, Tags=[{"TagKey": name, "TagValue": "v"}])


@kms
def create_key_with_tag_and_untag(run):
    tags_and_none(run, key(run, Tags=TWO))


@kms
def tag_existing_key_and_untag(run):
    made = key(run)
    run.kms.tag_resource(KeyId=made, Tags=TWO)
    tags_and_none(run, made)


def tags_and_none(run, made):
    run.step("list-resource-tags", run.kms.list_resource_tags(KeyId=made)["Tags"])
    run.kms.untag_resource(KeyId=made, TagKeys=["tag1", "tag2"])
    run.step("list-resource-tags-after-all-untagged", run.kms.list_resource_tags(KeyId=made)["Tags"])


@kms
def update_and_add_tags_on_tagged_key(run):
    run.any_order("")
    named = lambda i, value=None: {"TagKey": f"tag{i}", "TagValue": value or f"value{i}"}
    made = key(run, Tags=[named(1), named(2), named(3)])
    run.step("list-resource-tags", run.kms.list_resource_tags(KeyId=made)["Tags"])
    run.kms.tag_resource(KeyId=made, Tags=[named(2, "updated_value2"), named(4), named(5)])
    run.step("list-resource-tags-after-tags-updated", run.kms.list_resource_tags(KeyId=made)["Tags"])


@kms
def create_key_with_too_many_tags_raises_error(run):
    run.step("invalid-tag-key", run.kms.create_key, Tags=[{"TagKey": f"k{i}", "TagValue": "v"} for i in range(51)])


@kms
def key_with_long_tag_value_raises_error(run):
    run.step("too-long-tag-value", run.kms.create_key, Tags=[{"TagKey": "k", "TagValue": "v" * 257}])


@kms
def describe_with_alias_arn(run):
    made = run.step("created-key", run.kms.create_key(Description="test - description")["KeyMetadata"])
    alias = "alias/" + run.unique("a")
    run.kms.create_alias(AliasName=alias, TargetKeyId=made["KeyId"])
    run.step("describe-key", run.kms.describe_key, KeyId=made["Arn"].rpartition(":")[0] + ":" + alias)


@kms
def encrypt_validate_plaintext_size_per_key_type(run):
    spec, algorithm = run.param.split("-")
    limit = int(run.recorded["generate-random-exc"]["Error"]["Message"].split()[-2])
    run.step("generate-random-exc", run.kms.encrypt, KeyId=key(run, KeyUsage="ENCRYPT_DECRYPT", KeySpec=spec),
             Plaintext=b"x" * (limit + 1), EncryptionAlgorithm=algorithm)


@kms
def error_messaging_for_invalid_keys(run):
    mac = key(run, KeySpec="HMAC_224", KeyUsage="GENERATE_VERIFY_MAC")
    encrypts = key(run, KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    signs = key(run, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    run.step("generate-mac-invalid-key-id", run.kms.generate_mac, KeyId=encrypts, Message=b"m", MacAlgorithm="HMAC_SHA_224")
    run.step("verify-invalid-key-id", run.kms.verify, KeyId=encrypts, Message=b"m", Signature=b"random-signature", SigningAlgorithm="ECDSA_SHA_256")
    run.step("sign-invalid-key-id", run.kms.sign, KeyId=mac, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")
    run.step("encrypt-invalid-key-id", run.kms.encrypt, KeyId=signs, Plaintext=b"p")
    symmetric = run.kms.encrypt(KeyId=key(run), Plaintext=b"p")["CiphertextBlob"]
    run.step("decrypt-invalid-key-id", run.kms.decrypt, KeyId=key(run), CiphertextBlob=symmetric)


@kms
def generate_and_verify_mac(run):
    spec, algorithm = run.param.split("-")
    ask = {"KeyId": key(run, KeySpec=spec, KeyUsage="GENERATE_VERIFY_MAC"), "Message": b"some important message", "MacAlgorithm": algorithm}
    mac = run.kms.generate_mac(**ask)
    run.comparison.bound["<key-id:1>"] = mac["KeyId"]
    run.step("generate-mac", mac)
    run.step("verify-mac", run.kms.verify_mac, Mac=mac["Mac"], **ask)
    run.step("generate-mac-invalid-key-id", run.kms.generate_mac, **{**ask, "KeyId": "key_id"})
    run.step("verify-mac-invalid-key-id", run.kms.verify_mac, Mac=mac["Mac"], **{**ask, "KeyId": "key_id"})


@kms
def invalid_verify_mac(run):
    spec, algorithm, message = run.param.split("-")
    made = key(run, KeySpec=spec, KeyUsage="GENERATE_VERIFY_MAC")
    mac = run.step("generate-mac", run.kms.generate_mac(KeyId=made, Message=b"some important message", MacAlgorithm="HMAC_SHA_256"))
    mac = run.kms.generate_mac(KeyId=made, Message=b"some important message", MacAlgorithm="HMAC_SHA_256")
    run.step("verify-mac", run.kms.verify_mac, KeyId=made, Message=message.encode(), Mac=mac["Mac"], MacAlgorithm=algorithm)


@kms
def generate_random(run):
    run.step("result_length", len(run.kms.generate_random(NumberOfBytes=int(run.param))["Plaintext"]))


@kms
def generate_random_invalid_number_of_bytes(run):
    number = None if run.param == "None" else int(run.param)
    run.step("generate-random-exc", run.kms.generate_random, **({} if number is None else {"NumberOfBytes": number}))


@kms
def hmac_create_key(run):
    made = run.step("create-hmac-key", run.kms.create_key(
        Description="test key", KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"])
    run.step("describe-key", run.kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"])


@kms
def key_rotations_encryption_decryption(run):
    made = key(run)
    kept = run.kms.encrypt(KeyId=made, Plaintext=b"p")["CiphertextBlob"]
    run.kms.rotate_key_on_demand(KeyId=made)
    assert run.kms.decrypt(KeyId=made, CiphertextBlob=kept)["Plaintext"] == b"p"
    run.step("bad-ciphertext", run.kms.decrypt, KeyId=made, CiphertextBlob=kept[:-4] + b"abcd")


@kms
def re_encrypt(run):
    spec, algorithm = run.param.split("-")
    first, second = (key(run, KeySpec=spec, KeyUsage="ENCRYPT_DECRYPT") for _ in range(2))
    blob = run.kms.encrypt(KeyId=first, Plaintext=b"p", EncryptionAlgorithm=algorithm)["CiphertextBlob"]
    answer = run.kms.re_encrypt(SourceKeyId=first, DestinationKeyId=second, CiphertextBlob=blob,
                                SourceEncryptionAlgorithm=algorithm, DestinationEncryptionAlgorithm=algorithm)
    run.step("test_re_encrypt", {**answer, "CiphertextBlob": "ciphertext-blob"})


@kms
def replicate_replica_key_should_fail(run):
    primary = key(run, MultiRegion=True)
    run.answer(run.kms.replicate_key, KeyId=primary, ReplicaRegion="us-west-1")
    replica = run.client("kms", region="us-west-1")
    run.step("fail-replicate-non-primary-key", replica.replicate_key, KeyId=primary, ReplicaRegion="eu-west-1")


@kms
def rotate_key_on_demand_raises_error_given_key_that_does_not_exist(run):
    run.step("error-response", run.kms.rotate_key_on_demand, KeyId=str(uuid.uuid4()))


def rotated_on_demand(run, made):
    run.step("rotate-on-demand-response", run.kms.rotate_key_on_demand, KeyId=made)
    run.step("rotation-status-response-after-rotation", run.kms.get_key_rotation_status, KeyId=made)


@kms
def rotate_key_on_demand_with_symmetric_key_and_automatic_rotation_disabled(run):
    run.ignore("OnDemandRotationStartDate")
    rotated_on_demand(run, key(run))


@kms
def rotate_key_on_demand_with_symmetric_key_and_automatic_rotation_enabled(run):
    run.ignore("OnDemandRotationStartDate")
    made = key(run)
    run.kms.enable_key_rotation(KeyId=made)
    rotated_on_demand(run, made)


@kms
def sign_verify(run):
    spec, algorithm = run.param.split("-")
    if not run.recorded:
        return
    made = key(run, KeySpec=spec, KeyUsage="SIGN_VERIFY")
    ask = {"KeyId": made, "SigningAlgorithm": algorithm}
    signed = run.kms.sign(Message=b"test message!", **ask)
    run.step("signature", {**signed, "Signature": "s"})
    run.step("verification", run.kms.verify, Message=b"test message!", Signature=signed["Signature"], **ask)
    run.step("bad-signature", run.kms.verify, Message=b"bad", Signature=signed["Signature"], **ask)
    digest = hashlib.new({"256": "sha256", "384": "sha384", "512": "sha512"}[algorithm[-3:]], b"test message!").digest()
    run.kms.verify(MessageType="DIGEST", Message=digest, Signature=signed["Signature"], **ask)
    run.step("bad-digest", run.kms.sign, MessageType="DIGEST", Message=b"bad digest", **ask)


def without_the_context(run, blob):
    run.step("decrypt-without-encryption-context", run.kms.decrypt, CiphertextBlob=blob)


@generate
def encryption_context_generate_data_key(run):
    without_the_context(run, run.kms.generate_data_key(
        KeyId=key(run), KeySpec="AES_256", EncryptionContext=CONTEXT)["CiphertextBlob"])


@generate
def encryption_context_generate_data_key_without_plaintext(run):
    without_the_context(run, run.kms.generate_data_key_without_plaintext(
        KeyId=key(run), KeySpec="AES_256", EncryptionContext=CONTEXT)["CiphertextBlob"])


@generate
def encryption_context_generate_data_key_pair_without_plaintext(run):
    without_the_context(run, run.kms.generate_data_key_pair_without_plaintext(
        KeyId=key(run), KeyPairSpec="RSA_2048", EncryptionContext=CONTEXT)["PrivateKeyCiphertextBlob"])


def hidden(answer, **words):
    """The answer with words in the place of random bytes, as recorded."""
    return {**answer, **{k: v for k, v in words.items() if answer[k]}}


@generate
def generate_data_key(run):
    run.step("generate-data-key-result", hidden(run.kms.generate_data_key(KeyId=key(run), KeySpec="AES_256"),
                                                CiphertextBlob="ciphertext-blob", Plaintext="plaintext"))


@generate
def generate_data_key_pair(run):
    run.step("generate-data-key-pair", hidden(
        run.kms.generate_data_key_pair(KeyId=key(run), KeyPairSpec="RSA_2048"), PrivateKeyCiphertextBlob="private-key-ciphertext-blob",
        PrivateKeyPlaintext="private-key-plaintext", PublicKey="public-key"))


@generate
def generate_data_key_pair_dry_run(run):
    run.step("dryrun_exception", run.kms.generate_data_key_pair, KeyId=key(run), KeyPairSpec="RSA_2048", DryRun=True)


@generate
def generate_data_key_pair_without_plaintext_dry_run(run):
    run.step("dryrun_exception", run.kms.generate_data_key_pair_without_plaintext, KeyId=key(run), KeyPairSpec="RSA_2048", DryRun=True)
