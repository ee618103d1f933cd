"""Lambda: versions, aliases, layers, permissions, tags, and the rest of a function's settings."""

import json

import pytest
from functions_support import package, payload
from helpers import fails


def arn(account, *parts):
    return ":".join(["arn:aws:lambda:us-east-1", account, "function", *parts])


def version(text):
    return package(f"def handler(e, c): return ['{text}', c.function_version, c.invoked_function_arn]\n")


@pytest.fixture
def two_versions(functions, make):
    make(Code={"ZipFile": version("one")})
    functions.publish_version(FunctionName="worker", Description="first")
    functions.update_function_code(FunctionName="worker", ZipFile=version("two"), Publish=True)


def test_versions_stay_as_they_were(functions, two_versions, account):
    assert payload(functions.invoke(FunctionName="worker", Qualifier="1")) == ["one", "1", arn(account, "worker", "1")]
    answer = functions.invoke(FunctionName="worker:2")
    assert answer["ExecutedVersion"] == "2" and payload(answer)[:2] == ["two", "2"]
    assert payload(functions.invoke(FunctionName="worker"))[:2] == ["two", "$LATEST"]
    # Nothing has changed, so there is no third.
    assert functions.publish_version(FunctionName="worker")["Version"] == "2"
    listed = functions.list_versions_by_function(FunctionName="worker")["Versions"]
    assert [v["Version"] for v in listed] == ["$LATEST", "1", "2"]
    assert [v["Description"] for v in listed] == ["", "first", ""]
    assert listed[0]["FunctionArn"] == arn(account, "worker", "$LATEST")
    functions.delete_function(FunctionName="worker", Qualifier="1")
    with fails("ResourceNotFoundException", f"Function not found: {arn(account, 'worker', '1')}"):
        functions.get_function_configuration(FunctionName="worker", Qualifier="1")
    with fails("InvalidParameterValueException", "$LATEST version cannot be deleted without deleting the function."):
        functions.delete_function(FunctionName="worker", Qualifier="$LATEST")


def test_aliases(functions, two_versions, account):
    made = functions.create_alias(FunctionName="worker", Name="live", FunctionVersion="1")
    assert made["AliasArn"] == arn(account, "worker", "live") and made["Description"] == ""
    assert payload(functions.invoke(FunctionName="worker:live")) == ["one", "1", arn(account, "worker", "live")]
    functions.update_alias(FunctionName="worker", Name="live", FunctionVersion="2")
    assert payload(functions.invoke(FunctionName="worker", Qualifier="live"))[0] == "two"
    assert functions.get_function(FunctionName="worker", Qualifier="live")["Configuration"]["FunctionArn"] == made["AliasArn"]
    assert [a["Name"] for a in functions.list_aliases(FunctionName="worker")["Aliases"]] == ["live"]
    assert functions.list_aliases(FunctionName="worker", FunctionVersion="1")["Aliases"] == []
    with fails("ResourceConflictException", status=409):
        functions.delete_function(FunctionName="worker", Qualifier="2")
    with fails("ResourceConflictException", f"Alias already exists: {arn(account, 'worker', 'live')}", 409):
        functions.create_alias(FunctionName="worker", Name="live", FunctionVersion="1")
    functions.delete_alias(FunctionName="worker", Name="live")
    functions.delete_alias(FunctionName="worker", Name="live")
    with fails("ResourceNotFoundException", f"Cannot find alias arn: {arn(account, 'worker', 'live')}"):
        functions.get_alias(FunctionName="worker", Name="live")


def test_an_alias_of_two_versions(functions, two_versions):
    functions.create_alias(FunctionName="worker", Name="live", FunctionVersion="1",
                           RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
    seen = {functions.invoke(FunctionName="worker:live")["ExecutedVersion"] for _ in range(40)}
    assert seen == {"1", "2"}
    assert "RoutingConfig" not in functions.update_alias(FunctionName="worker", Name="live",
                                                         RoutingConfig={"AdditionalVersionWeights": {}})
    refusals = {"1": "Invalid function version 1. Function version 1 is already included in routing configuration.",
                "9": None}
    for other, message in refusals.items():
        code = "InvalidParameterValueException" if message else "ResourceNotFoundException"
        with fails(code, message):
            functions.create_alias(FunctionName="worker", Name=f"a{other}", FunctionVersion="1",
                                   RoutingConfig={"AdditionalVersionWeights": {other: 0.5}})


def test_permissions(functions, two_versions, account):
    added = functions.add_permission(FunctionName="worker", StatementId="s3", Action="lambda:InvokeFunction",
                                     Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::a-bucket")
    statement = {"Sid": "s3", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction",
                 "Resource": arn(account, "worker"), "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::a-bucket"}}}
    assert json.loads(added["Statement"]) == statement
    policy = functions.get_policy(FunctionName="worker")
    assert json.loads(policy["Policy"]) == {"Version": "2012-10-17", "Id": "default", "Statement": [statement]}
    assert policy["RevisionId"] == functions.get_function_configuration(FunctionName="worker")["RevisionId"]
    with fails("ResourceConflictException", "The statement id (s3) provided already exists. Please provide a new statement id, or "
               "remove the existing statement.", 409):
        functions.add_permission(FunctionName="worker", StatementId="s3", Action="lambda:InvokeFunction", Principal="*")
    with fails("PreconditionFailedException", status=412):
        functions.add_permission(FunctionName="worker", StatementId="x", Action="lambda:InvokeFunction", Principal="*",
                                 RevisionId="wrong")
    for bad in ("nobody", f"arn:aws:iam::{account}:role/missing"):
        with fails("InvalidParameterValueException",
                   "The provided principal was invalid. Please check the principal and try again."):
            functions.add_permission(FunctionName="worker", StatementId="x", Action="lambda:InvokeFunction", Principal=bad)
    with fails("ResourceNotFoundException", "Statement other is not found in resource policy."):
        functions.remove_permission(FunctionName="worker", StatementId="other")
    with fails("ResourceNotFoundException", "The resource you requested does not exist."):
        functions.get_policy(FunctionName="worker", Qualifier="1")
    functions.remove_permission(FunctionName="worker", StatementId="s3")
    with fails("ResourceNotFoundException", "The resource you requested does not exist."):
        functions.get_policy(FunctionName="worker")


def user(iam, clients, name, *actions):
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return clients("lambda", key["AccessKeyId"], key["SecretAccessKey"])


def test_who_may_invoke(functions, two_versions, clients, iam, account):
    nobody = user(iam, clients, "nobody", "s3:ListAllMyBuckets")
    refusal = (f"User: arn:aws:iam::{account}:user/nobody is not authorized to perform: lambda:InvokeFunction on resource: "
               f"{arn(account, 'worker')} because no identity-based policy allows the lambda:InvokeFunction action")
    with fails("AccessDeniedException", refusal, 403):
        nobody.invoke(FunctionName="worker")
    functions.add_permission(FunctionName="worker", StatementId="u", Action="lambda:InvokeFunction",
                             Principal=f"arn:aws:iam::{account}:user/nobody")
    assert payload(nobody.invoke(FunctionName="worker"))[0] == "two"
    # The permission is on the unqualified function alone.
    with fails("AccessDeniedException", status=403):
        nobody.invoke(FunctionName="worker", Qualifier="1")


def test_another_account_needs_the_function_to_let_it(functions, two_versions, clients, account):
    other_account = str(int(account) + 1).zfill(12)
    other = clients("lambda", other_account)
    with fails("AccessDeniedException", status=403):
        other.invoke(FunctionName=arn(account, "worker"))
    functions.add_permission(FunctionName="worker", StatementId="a", Action="lambda:InvokeFunction", Principal=other_account)
    assert payload(other.invoke(FunctionName=arn(account, "worker")))[0] == "two"


def test_passing_a_role_needs_leave(functions, clients, iam, role, account):
    maker = user(iam, clients, "maker", "lambda:*")
    with fails("AccessDeniedException", status=403):
        maker.create_function(FunctionName="f", Runtime="python3.12", Role=role, Handler="index.handler",
                              Code={"ZipFile": package()})


def test_layers(functions, make, account):
    made = functions.publish_layer_version(LayerName="shared", Content={"ZipFile": package({"python/shared.py": "word = 'first'\n"})},
                                           CompatibleRuntimes=["python3.12"], Description="d", LicenseInfo="MIT")
    layer = f"arn:aws:lambda:us-east-1:{account}:layer:shared"
    assert (made["LayerArn"], made["LayerVersionArn"], made["Version"]) == (layer, layer + ":1", 1)
    second = functions.publish_layer_version(LayerName="shared", Content={"ZipFile": package({"python/shared.py": "word = 'second'\n"})})
    assert [v["Version"] for v in functions.list_layer_versions(LayerName="shared")["LayerVersions"]] == [2, 1]
    assert [l["LayerName"] for l in functions.list_layers(CompatibleRuntime="python3.12")["Layers"]] == ["shared"]
    make("import shared\ndef handler(e, c): return shared.word\n", Layers=[made["LayerVersionArn"]])
    assert functions.get_function_configuration(FunctionName="worker")["Layers"] == [
        {"Arn": layer + ":1", "CodeSize": made["Content"]["CodeSize"]}]
    assert payload(functions.invoke(FunctionName="worker")) == "first"
    functions.update_function_configuration(FunctionName="worker", Layers=[second["LayerVersionArn"]])
    assert payload(functions.invoke(FunctionName="worker")) == "second"
    # What a function uses stays with it.
    functions.delete_layer_version(LayerName="shared", VersionNumber=2)
    functions.update_function_configuration(FunctionName="worker", Timeout=5)
    assert payload(functions.invoke(FunctionName="worker")) == "second"
    with fails("ResourceNotFoundException"):
        functions.get_layer_version(LayerName="shared", VersionNumber=2)
    with fails("InvalidParameterValueException", f"Layer version {layer}:2 does not exist."):
        functions.update_function_configuration(FunctionName="worker", Layers=[layer + ":2"])
    with fails("InvalidParameterValueException", f"Two different versions of the same layer are not allowed to be referenced in the "
               f"same function. {layer}:1 and {layer}:1 are versions of the same layer."):
        functions.update_function_configuration(FunctionName="worker", Layers=[layer + ":1", layer + ":1"])
    functions.add_layer_version_permission(LayerName="shared", VersionNumber=1, StatementId="s", Action="lambda:GetLayerVersion",
                                           Principal="*")
    policy = json.loads(functions.get_layer_version_policy(LayerName="shared", VersionNumber=1)["Policy"])
    assert [s["Sid"] for s in policy["Statement"]] == ["s"]
    functions.remove_layer_version_permission(LayerName="shared", VersionNumber=1, StatementId="s")


def test_tags(functions, make, account):
    make(Tags={"a": "1"})
    here = arn(account, "worker")
    functions.tag_resource(Resource=here, Tags={"b": "2"})
    functions.untag_resource(Resource=here, TagKeys=["a", "x"])
    assert functions.list_tags(Resource=here)["Tags"] == {"b": "2"}
    with fails("InvalidParameterValueException",
               "Tags on function aliases and versions are not supported. Please specify a function ARN."):
        functions.list_tags(Resource=here + ":1")
    with fails("ResourceNotFoundException", f"Function not found: {arn(account, 'nobody')}"):
        functions.list_tags(Resource=arn(account, "nobody"))


def test_urls_and_event_configs_are_kept(functions, make, account):
    make()
    made = functions.create_function_url_config(FunctionName="worker", AuthType="NONE")
    assert made["FunctionUrl"].endswith(".lambda-url.us-east-1.on.aws/")
    functions.update_function_url_config(FunctionName="worker", AuthType="AWS_IAM")
    assert functions.get_function_url_config(FunctionName="worker")["AuthType"] == "AWS_IAM"
    assert len(functions.list_function_url_configs(FunctionName="worker")["FunctionUrlConfigs"]) == 1
    functions.delete_function_url_config(FunctionName="worker")
    with fails("ResourceNotFoundException", "The resource you requested does not exist."):
        functions.get_function_url_config(FunctionName="worker")
    with fails("InvalidParameterValueException", "You must specify at least one of error handling or destination setting."):
        functions.put_function_event_invoke_config(FunctionName="worker")
    put = functions.put_function_event_invoke_config(FunctionName="worker", MaximumRetryAttempts=1)
    assert put["FunctionArn"] == arn(account, "worker", "$LATEST")
    assert put["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}
    functions.update_function_event_invoke_config(FunctionName="worker", MaximumEventAgeInSeconds=60)
    found = functions.get_function_event_invoke_config(FunctionName="worker")
    assert (found["MaximumRetryAttempts"], found["MaximumEventAgeInSeconds"]) == (1, 60)
    with fails("InvalidParameterValueException", "You can't specify the function as a destination for itself."):
        functions.put_function_event_invoke_config(
            FunctionName="worker", DestinationConfig={"OnSuccess": {"Destination": arn(account, "worker")}})
    functions.delete_function_event_invoke_config(FunctionName="worker")
    with fails("ResourceNotFoundException", f"The function {arn(account, 'worker', '$LATEST')} doesn't have an EventInvokeConfig"):
        functions.get_function_event_invoke_config(FunctionName="worker")


def test_what_clients_ask_of_every_function(functions, two_versions, account):
    assert "CodeSigningConfigArn" not in functions.get_function_code_signing_config(FunctionName="worker")
    assert functions.get_runtime_management_config(FunctionName="worker")["UpdateRuntimeOn"] == "Auto"
    assert functions.list_provisioned_concurrency_configs(FunctionName="worker")["ProvisionedConcurrencyConfigs"] == []
    with fails("ProvisionedConcurrencyConfigNotFoundException", "No Provisioned Concurrency Config found for this function", 404):
        functions.get_provisioned_concurrency_config(FunctionName="worker", Qualifier="1")
    with fails("ResourceNotFoundException"):
        functions.get_function_code_signing_config(FunctionName="nobody")


def test_pages(functions, make):
    for n in range(7):
        make(name=f"f{n}")
    first = functions.list_functions(MaxItems=3)
    assert [f["FunctionName"] for f in first["Functions"]] == ["f0", "f1", "f2"]
    functions.delete_function(FunctionName="f3")
    pages = functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    assert [f["FunctionName"] for page in pages for f in page["Functions"]] == ["f0", "f1", "f2", "f4", "f5", "f6"]
    after = functions.list_functions(MaxItems=3, Marker=first["NextMarker"])
    assert [f["FunctionName"] for f in after["Functions"]] == ["f4", "f5", "f6"]
    with fails("InvalidParameterValueException"):
        functions.list_functions(Marker="nonsense")
    versions = functions.list_functions(FunctionVersion="ALL")["Functions"]
    assert [v["FunctionArn"].split(":function:")[1] for v in versions][:2] == ["f0:$LATEST", "f1:$LATEST"]
