"""Secrets Manager."""

import json
import urllib.error
import urllib.request
import uuid

from run import cases

secrets = cases("secretsmanager/test_secretsmanager.py::TestSecretsManager::")


def created(run, step=None, name=None, **more):
    """A new secret's name; compared, if step is one."""
    name = name or run.unique("secret")
    ask = {"Name": name, "SecretString": "my_secret", "Description": "testing creation of secrets", **more}
    if step:
        run.step(step, run.secretsmanager.create_secret, **ask)
    else:
        run.secretsmanager.create_secret(**ask)
    return name


def bare(run, name, **fields):
    """The status and text of a request without what SDKs add."""
    request = urllib.request.Request(run.endpoint, json.dumps(fields).encode(), {
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"secretsmanager.{name}",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={run.account}/20260101/us-east-1/secretsmanager/aws4_request, "
                         "SignedHeaders=host, Signature=0"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@secrets
def call_lists_secrets_multiple_times_snapshots(run):
    name = created(run, "create_secret_rs_1")
    for i in range(3):
        run.step(f"list_secrets_res_{i}", run.secretsmanager.list_secrets)
    run.step("delete_secret_res_1", run.secretsmanager.delete_secret, SecretId=name, ForceDeleteWithoutRecovery=True)


@secrets
def change_secret_value_after_creation(run):
    changed = {"footest-updated1": (b"footest", b"updated1")}.get(run.param, (b"\x00\x01\x02\xff", b"\xfe\xfd"))
    name = run.unique("secret")
    run.secretsmanager.create_secret(Name=name)
    run.secretsmanager.put_secret_value(SecretId=name, SecretBinary=b"initial")
    get = lambda step: run.step(step, run.secretsmanager.get_secret_value, SecretId=name)
    get("put_secret_value_secret_response")
    run.secretsmanager.put_secret_value(SecretId=name, SecretBinary=changed[0])
    get("put_secret_binary_response_updated")
    run.secretsmanager.update_secret(SecretId=name, SecretBinary=changed[1])
    get("update_secret_binary_response_updated")


@secrets
def create_and_update_secret(run):
    name = run.param.removesuffix("-True")
    arn = run.step("create_secret_rs_1", run.secretsmanager.create_secret, Name=name, SecretString="my_secret",
                   Description="Testing secret creation.")["ARN"]
    ids = {"get_secret_value_rs_1": name, "get_secret_value_rs_2": arn, "get_secret_value_rs_3": arn[:-7]}
    for step, id in ids.items():
        run.step(step, run.secretsmanager.get_secret_value, SecretId=id)
    run.step("describe_secret_rs_1", run.secretsmanager.describe_secret, SecretId=name)
    run.step("put_secret_value_rs_1", run.secretsmanager.put_secret_value, SecretId=name, SecretString="new_secret")
    run.step("get_secret_value_rs_4", run.secretsmanager.get_secret_value, SecretId=name)
    run.step("update_secret_res_1", run.secretsmanager.update_secret, SecretId=name, SecretString="testing", Description="d")
    run.step("delete_secret_res_1", run.secretsmanager.delete_secret, SecretId=name, ForceDeleteWithoutRecovery=True)


@secrets
def create_secret_version_from_empty_secret(run):
    name = run.unique("secret")
    run.step("create-empty-secret", run.secretsmanager.create_secret, Name=name)
    run.step("describe-secret", run.secretsmanager.describe_secret, SecretId=name)
    run.step("put-secret-value", run.secretsmanager.put_secret_value, SecretId=name, SecretString="x")


@secrets
def deprecated_secret_version_stage(run):
    run.any_order("Versions")
    name = created(run, "create_secret")
    listed = lambda step, **more: run.step(step, run.secretsmanager.list_secret_version_ids, SecretId=name, **more)
    put = lambda i: run.step(f"put_secret_value_{i}", run.secretsmanager.put_secret_value, SecretId=name, SecretString=f"v{i}")
    listed("list_secret_version_ids")
    put(1)
    listed("list_secret_version_ids_1")
    put(2)
    listed("list_secret_version_ids_2")
    listed("list_secret_version_ids_3", IncludeDeprecated=True)
    put(3)
    listed("list_secret_version_ids_4")
    listed("list_secret_version_ids_5", IncludeDeprecated=True)


@secrets
def force_delete_deleted_secret(run):
    name = run.unique("secret")
    run.step("create_secret_response", run.secretsmanager.create_secret, Name=name, SecretString="x")
    run.step("delete_secret_response", run.secretsmanager.delete_secret, SecretId=name)
    run.step("describe_secret_response", run.secretsmanager.describe_secret, SecretId=name)
    run.step("force_delete_secret_response", run.secretsmanager.delete_secret, SecretId=name, ForceDeleteWithoutRecovery=True)


@secrets
def get_secret_value(run):
    name = run.unique("secret")
    run.secretsmanager.create_secret(Name=name, SecretBinary=b"footest")
    run.step("secret_value_response", run.secretsmanager.get_secret_value, SecretId=name)
    status, answer = bare(run, "GetSecretValue", SecretId=name)
    run.ignore("ResponseMetadata")
    run.step("secret_value_http_response", answer)


@secrets
def invalid_secret_name(run):
    name, token = run.param, str(uuid.uuid4())
    ask = run.secretsmanager
    for number, (operation, more) in enumerate([
            (ask.create_secret, {"Name": name, "SecretString": "x"}),
            (ask.delete_secret, {"SecretId": name, "ForceDeleteWithoutRecovery": True}),
            (ask.describe_secret, {"SecretId": name}), (ask.get_secret_value, {"SecretId": name}),
            (ask.list_secret_version_ids, {"SecretId": name, "IncludeDeprecated": True}),
            (ask.put_secret_value, {"SecretId": name, "SecretString": "x"}),
            (ask.tag_resource, {"SecretId": name, "Tags": [{"Key": "k", "Value": "v"}]}),
            (ask.untag_resource, {"SecretId": name, "TagKeys": ["k"]}),
            (ask.update_secret, {"SecretId": name, "Description": "d"}),
            (ask.validate_resource_policy, {"SecretId": name, "ResourcePolicy": json.dumps({"Version": "2012-10-17", "Statement": []})})], 1):
        run.step(f"ex_log_{number}", operation, **more)


@secrets
def no_client_request_token(run):
    name = created(run)
    ask = {"CreateSecret": {"Name": run.unique("secret"), "SecretString": "x"},
           "PutSecretValue": {"SecretId": name, "SecretString": "x"}, "RotateSecret": {"SecretId": name},
           "UpdateSecret": {"SecretId": name, "SecretString": "x"}}[run.param]
    status, answer = bare(run, run.param, **ask)
    run.step("no-client-request-exc", {"Error": answer, "Metadata": {"StatusCode": status}})


def stages_without_the_current(run, second):
    """A secret whose second and third versions get stages of their own."""
    run.any_order("Versions")
    name = created(run, "create_secret_rs_0")
    for i, stages in enumerate((["one", "two", "three"], second)):
        run.step(f"put_secret_value_res_{i}", run.secretsmanager.put_secret_value, SecretId=name, SecretString=f"v{i}", VersionStages=stages)
        run.step(f"list_secret_version_ids_res_{i}", run.secretsmanager.list_secret_version_ids, SecretId=name)
    run.step("delete_secret_res_0", run.secretsmanager.delete_secret, SecretId=name, ForceDeleteWithoutRecovery=True)


@secrets
def non_versioning_version_stages_no_replacement(run):
    stages_without_the_current(run, ["one", "two", "four"])


@secrets
def non_versioning_version_stages_replacement(run):
    stages_without_the_current(run, ["one", "two", "three", "four"])


@secrets
def resource_policy(run):
    name = created(run)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})
    run.step("put_resource_policy", run.secretsmanager.put_resource_policy, SecretId=name, ResourcePolicy=policy)
    run.step("get_resource_policy", run.secretsmanager.get_resource_policy, SecretId=name)


@secrets
def secret_exists_snapshots(run):
    name = created(run)
    run.step("ex_log", run.secretsmanager.create_secret, Name=name, SecretString="x")
    run.step("delete_secret_res", run.secretsmanager.delete_secret, SecretId=name, ForceDeleteWithoutRecovery=True)


@secrets
def secret_not_found(run):
    run.step("get_secret_value_not_found_ex", run.secretsmanager.get_secret_value, SecretId="s-none")
    run.step("list_secret_version_ids_not_found_ex", run.secretsmanager.list_secret_version_ids, SecretId="s-none")


@secrets
def secret_version_not_found(run):
    name = run.unique("secret")
    run.secretsmanager.create_secret(Name=name)
    get = lambda **more: run.words(run.secretsmanager.get_secret_value, SecretId=name, **more)
    run.step("get_secret_value_no_version_ex", get())
    run.secretsmanager.put_secret_value(SecretId=name, SecretString="x")
    run.step("get_secret_value_version_not_found_ex", get(VersionId=str(uuid.uuid4())))
    run.step("get_secret_value_stage_not_found_ex", get(VersionStage="AWSPENDING"))


@secrets
def tag_untag_resource_on_deleted_secret(run):
    name = created(run, "create_secret")
    run.step("delete_secret", run.secretsmanager.delete_secret, SecretId=name)
    run.step("tag_deleted_secret_error", run.secretsmanager.tag_resource, SecretId=name, Tags=[{"Key": "k", "Value": "v"}])
    run.step("untag_deleted_secret_error", run.secretsmanager.untag_resource, SecretId=name, TagKeys=["k"])


@secrets
def update_secret_version_stages_current_pending(run):
    run.any_order("Versions", "VersionStages")
    name = run.unique("secret")
    first = run.step("create_secret_rs_0", run.secretsmanager.create_secret, Name=name, SecretString="v0")["VersionId"]
    second = run.step("put_secret_value_res_0", run.secretsmanager.put_secret_value, SecretId=name, SecretString="v1",
                      VersionStages=["AWSPENDING"])["VersionId"]
    listed = lambda i: run.step(f"list_secret_version_ids_res_{i}", run.secretsmanager.list_secret_version_ids, SecretId=name)
    listed(0)
    run.step("update_secret_version_stage_res_0", run.secretsmanager.update_secret_version_stage, SecretId=name,
             VersionStage="AWSCURRENT", RemoveFromVersionId=first, MoveToVersionId=second)
    listed(1)
    run.step("put_secret_value_res_1", run.secretsmanager.put_secret_value, SecretId=name, SecretString="v2")
    listed(2)
    run.step("delete_secret_res_0", run.secretsmanager.delete_secret, SecretId=name, ForceDeleteWithoutRecovery=True)


@secrets
def update_secret_version_stages_current_previous(run):
    run.any_order("Versions")
    name = created(run, "create_secret_rs_0")
    listed = lambda i: run.step(f"list_secret_version_ids_res_{i}", run.secretsmanager.list_secret_version_ids, SecretId=name)
    listed(0)
    run.step("update_secret_res_0", run.secretsmanager.update_secret, SecretId=name, SecretString="v1", Description="d")
    listed(1)
    run.step("delete_secret_res_0", run.secretsmanager.delete_secret, SecretId=name, ForceDeleteWithoutRecovery=True)
