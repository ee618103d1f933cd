"""SSM: Parameter Store."""

import pytest
from helpers import fails, names, tags


def put(ssm, name, value="v", **more):
    return ssm.put_parameter(Name=name, Value=value, **{"Type": "String", **more})


def value(ssm, name, **more):
    return ssm.get_parameter(Name=name, **more)["Parameter"]["Value"]


def test_round_trip(ssm, account):
    assert put(ssm, "/app/url", "http://x")["Version"] == 1
    parameter = ssm.get_parameter(Name="/app/url")["Parameter"]
    assert (parameter["Value"], parameter["Type"]) == ("http://x", "String")
    assert parameter["ARN"] == f"arn:aws:ssm:us-east-1:{account}:parameter/app/url"
    ssm.delete_parameter(Name="/app/url")
    with fails("ParameterNotFound"):
        ssm.get_parameter(Name="/app/url")


def test_overwriting_must_be_asked_for(ssm):
    put(ssm, "p")
    with fails("ParameterAlreadyExists",
               "The parameter already exists. To overwrite this value, set the overwrite option in "
               "the request to true."):
        put(ssm, "p")
    assert put(ssm, "p", "2", Overwrite=True)["Version"] == 2
    assert value(ssm, "p") == "2"
    assert value(ssm, "p:1") == "v"


def test_versions_that_are_not_there(ssm):
    put(ssm, "p")
    with fails("ParameterVersionNotFound"):
        ssm.get_parameter(Name="p:7")


def test_secrets(ssm):
    put(ssm, "/db/password", "hunter2", Type="SecureString")
    assert value(ssm, "/db/password") != "hunter2"
    assert value(ssm, "/db/password", WithDecryption=True) == "hunter2"
    metadata = ssm.describe_parameters()["Parameters"][0]
    assert metadata["KeyId"] == "alias/aws/ssm"


def test_secrets_under_a_key_of_ones_own(ssm, kms):
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    put(ssm, "/s", "x", Type="SecureString", KeyId=key)
    assert value(ssm, "/s", WithDecryption=True) == "x"
    kms.disable_key(KeyId=key)
    with fails("InvalidKeyId"):
        ssm.get_parameter(Name="/s", WithDecryption=True)


def test_long_values_need_the_advanced_tier(ssm):
    with fails("ValidationException"):
        put(ssm, "/long", "x" * 4097)
    assert put(ssm, "/long", "x" * 4097, Tier="Intelligent-Tiering")["Tier"] == "Advanced"
    assert len(value(ssm, "/long")) == 4097


def test_allowed_pattern(ssm):
    with fails("ParameterPatternMismatchException",
               "Parameter value, cannot be validated against allowedPattern: ^[0-9]+$"):
        put(ssm, "p", "abc", AllowedPattern="^[0-9]+$")


@pytest.mark.parametrize("name, code", [
    ("a/b", "ValidationException"), ("/aws/x", "AccessDeniedException"),
    ("ssm-x", "ValidationException"), ("/x" * 16, "HierarchyLevelLimitExceededException")])
def test_names_are_checked(ssm, name, code):
    with fails(code):
        put(ssm, name)


def test_several_at_once(ssm):
    put(ssm, "a")
    put(ssm, "b")
    answer = ssm.get_parameters(Names=["a", "none", "b"])
    assert sorted(names(answer["Parameters"], "Name")) == ["a", "b"]
    assert answer["InvalidParameters"] == ["none"]
    gone = ssm.delete_parameters(Names=["a", "none"])
    assert (gone["DeletedParameters"], gone["InvalidParameters"]) == (["a"], ["none"])


def test_paths(ssm):
    for name in ("/a/x", "/a/y", "/a/b/z", "/ab/x"):
        put(ssm, name)
    flat = ssm.get_parameters_by_path(Path="/a")["Parameters"]
    assert names(flat, "Name") == ["/a/x", "/a/y"]
    deep = ssm.get_parameters_by_path(Path="/a", Recursive=True)["Parameters"]
    assert sorted(names(deep, "Name")) == ["/a/b/z", "/a/x", "/a/y"]
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path="/", Recursive=True, PaginationConfig={"PageSize": 3})
    assert [len(page["Parameters"]) for page in pages] == [3, 1]


def test_filters(ssm):
    put(ssm, "/a/x", Tags=tags(team="ops"))
    put(ssm, "/b/x", "1,2", Type="StringList")

    def found(key, values, option="Equals"):
        filters = [{"Key": key, "Option": option, "Values": values}]
        return names(ssm.describe_parameters(ParameterFilters=filters)["Parameters"], "Name")

    assert found("Type", ["StringList"]) == ["/b/x"]
    assert found("Name", ["/a"], "BeginsWith") == ["/a/x"]
    assert found("tag:team", ["ops"]) == ["/a/x"]
    assert found("Path", ["/"], "Recursive") == ["/a/x", "/b/x"]


def test_history_and_labels(ssm):
    put(ssm, "p", "one")
    put(ssm, "p", "two", Overwrite=True)
    ssm.label_parameter_version(Name="p", ParameterVersion=1, Labels=["live"])
    history = ssm.get_parameter_history(Name="p")["Parameters"]
    assert names(history, "Value") == ["one", "two"]
    assert history[0]["Labels"] == ["live"]
    assert value(ssm, "p:live") == "one"
    ssm.unlabel_parameter_version(Name="p", ParameterVersion=1, Labels=["live"])
    with fails("ParameterVersionNotFound"):
        ssm.get_parameter(Name="p:live")


def test_tags_of_a_parameter(ssm):
    put(ssm, "p", Tags=tags(a="1"))
    where = {"ResourceType": "Parameter", "ResourceId": "p"}
    ssm.add_tags_to_resource(**where, Tags=tags(b="2"))
    ssm.remove_tags_from_resource(**where, TagKeys=["a"])
    assert ssm.list_tags_for_resource(**where)["TagList"] == tags(b="2")


def test_public_images(ssm):
    name = "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2"
    assert value(ssm, name).startswith("ami-")
