"""Lambda: functions, their names and versions."""

import re

from lambda_support import function, packed, request, settled
from run import cases

functions = cases("lambda_/test_lambda_api.py::TestLambdaFunction::")
versions = cases("lambda_/test_lambda_api.py::TestLambdaVersions::")
logging = cases("lambda_/test_lambda_api.py::TestLoggingConfig::")
recursion = cases("lambda_/test_lambda_api.py::TestLambdaRecursion::")
tags = cases("lambda_/test_lambda_api.py::TestLambdaTags::")
reserved = cases("lambda_/test_lambda_api.py::TestLambdaReservedConcurrency::")


def arn(run, name, region="us-east-1"):
    return f"arn:aws:lambda:{region}:{run.account}:function:{name}"


@functions
def delete_on_nonexisting_version(run):
    for step, more in (("delete_function_response_non_existent", {}), ("delete_function_response_non_existent_with_qualifier", {"Qualifier": "1"})):
        run.step(step, run.functions.delete_function, FunctionName="nothing-here", **more)


@functions
def function_arns(run):
    first, second = run.unique("fn"), run.unique("fn")
    make = lambda step, name, **more: run.step(step, {"CreateEventSourceMappingResponse": None, "CreateFunctionResponse": run.answer(
        run.functions.create_function, **request(run, name, **more))})
    make("create-function-arn-response", arn(run, first))
    make("create-function-partial-arn-response", f"{run.account}:function:{second}", Code={"ZipFile": packed("x = 2\n")})
    ask = lambda step, name: run.step(step, run.functions.create_function, **request(run, name))
    ask("invalid_function_name_exc", "invalid:function:name")
    ask("long_function_name_exc", "a" * 65)
    ask("long_function_arn_exc", arn(run, "a" * 65) + "a" * 60)
    run.step("function_arn_other_region_exc", run.functions.get_function, FunctionName=arn(run, "f", "ap-southeast-1"))
    run.step("function_arn_other_account_exc", run.functions.get_function, FunctionName=arn(run, "f").replace(run.account, run.other))


@functions
def function_lifecycle(run):
    name = function(run, step="create_response", MemorySize=256, Timeout=5)
    run.step("get_function_response", run.functions.get_function, FunctionName=name)
    run.step("update_func_conf_response", run.functions.update_function_configuration, FunctionName=name, Runtime="python3.11",
             Description="Changed-Description", MemorySize=512, Timeout=10, Environment={"Variables": {"ENV_A": "a"}})
    settled(run, name)
    run.step("get_function_response_postupdate", run.functions.get_function, FunctionName=name)
    run.step("update_code_response", run.functions.update_function_code, FunctionName=name, ZipFile=packed("x = 1\n"))
    settled(run, name)
    run.step("get_function_response_postcodeupdate", run.functions.get_function, FunctionName=name)
    run.step("delete_response", run.functions.delete_function, FunctionName=name)
    run.step("delete_postdelete", run.functions.delete_function, FunctionName=name)


@functions
def get_function_wrong_region(run):
    run.constants(**{"<wrong-region>": "us-west-1"})
    run.step("wrong_region_exception", getattr(run.functions, run.param), FunctionName=arn(run, "f", "us-west-1"))


@functions
def ops_on_nonexisting_fn(run):
    step, = run.recorded
    run.step(step, getattr(run.functions, run.param), FunctionName="this-function-does-not-exist")


@functions
def ops_on_nonexisting_version(run):
    step, = run.recorded
    run.step(step, getattr(run.functions, run.param), FunctionName=function(run), Qualifier="1221")


@functions
def ops_with_arn_qualifier_mismatch(run):
    name = function(run)
    for step, qualifier in (("match_exception", "$LATEST"), ("not_match_exception", "1")):
        run.step(step, getattr(run.functions, run.param), FunctionName=arn(run, name) + ":$LATEST", Qualifier=qualifier)


def refused(response):
    """An error as the recordings of names have it: the parts of a validation one by one."""
    error = response["Error"]
    found = re.match(r"(\d+) validation errors? detected: (.*)", error["Message"], re.DOTALL)
    if not found or error["Code"] != "ValidationException":
        return {"Code": error["Code"], "Message": error["Message"]}
    return {"Code": error["Code"], "Count": int(found.group(1)), "Errors": sorted(found.group(2).split("; "))}


NAMES = {
    "full_arn_and_qualifier_too_long_and_invalid_region": ("arn:aws:lambda:invalid-region:{account}:function:my-function-" + "a" * 170 + ":" + "a" * 129, None),
    "function_name_and_qualifier_too_long": ("my-function:" + "a" * 65, None),
    "function_name_is_single_invalid": ("*", None),
    "function_name_too_long": ("a" * 65, None),
    "function_name_too_long_and_invalid_region": ("arn:aws:lambda:invalid-region:{account}:function:my-function" + "a" * 170, None),
    "incomplete_arn": ("arn:aws:lambda:us-east-1:{account}:function", None),
    "invalid_account_id_in_partial_arn": ("invalid-account:function:my-function", None),
    "invalid_characters_in_function_name": ("my-function!", None),
    "invalid_characters_in_qualifier": ("my-function", "invalid!"),
    "invalid_region_in_arn": ("arn:aws:lambda:invalid-region:{account}:function:my-function", None),
    "lowercase_latest_qualifier": ("arn:aws:lambda:us-east-1:{account}:function:my-function", "$latest"),
    "missing_region_in_arn": ("arn:aws:lambda::{account}:function:my-function", None),
    "misspelled_latest_in_arn": ("arn:aws:lambda:us-east-1:{account}:function:my-function:$LATES", None),
    "non_lambda_arn": ("arn:aws:ec2:us-east-1:{account}:instance:i-1234567890abcdef0", None),
    "partial_arn_with_extra_qualifier": ("function:my-function:$LATEST:extra", None),
    "latest_version_with_additional_qualifier": ("arn:aws:lambda:us-east-1:{account}:function:my-function:$LATEST", "1"),
    "qualifier_too_long": ("my-function", "a" * 129)}


@functions
def function_name_and_qualifier_validation(run):
    what, operation = run.param.rsplit("-", 1)
    if what not in NAMES or not run.recorded:
        return
    name, qualifier = NAMES[what]
    name = name.replace("{account}", run.account)
    if operation == "create_function":
        ask = request(run, name + (f":{qualifier}" if qualifier else ""))
    else:
        ask = {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}
    run.constants(**{f"<a:len({n})>": "a" * n for n in (65, 129, 140, 170)})
    step = f"{operation}_exception"
    run.step(step, refused(run.answer(getattr(run.functions, operation), **ask)))


@versions
def publish_with_wrong_revisionid(run):
    name = run.unique("fn")
    run.step("create_response", run.functions.create_function, **plain(run, name, Runtime="python3.9"))
    settled(run, name)
    found = run.step("get_fn_response", run.functions.get_function, FunctionName=name)
    run.step("publish_wrong_revisionid_exc", run.functions.publish_version, FunctionName=name, RevisionId="doesntexist")
    run.step("publish_result", run.functions.publish_version, FunctionName=name, RevisionId=found["Configuration"]["RevisionId"])


def plain(run, name, **more):
    ask = {**request(run, name), "Handler": "index.handler", **more}
    del ask["Environment"], ask["Timeout"]
    return ask


@versions
def publish_with_update(run):
    name = run.unique("fn")
    run.step("create_response", run.functions.create_function, **plain(run, name))
    settled(run, name)
    run.step("get_function_result", run.functions.get_function, FunctionName=name)
    run.step("update_function_code_result", run.functions.update_function_code, FunctionName=name, ZipFile=packed("y = 2\n"), Publish=True)
    run.step("get_function_version_result", run.functions.get_function, FunctionName=name, Qualifier="1")
    run.step("get_function_latest_result", run.functions.get_function, FunctionName=name, Qualifier="$LATEST")


@logging
def advanced_logging_configuration_format_switch(run):
    name = function(run, step="create_response", MemorySize=256, Timeout=5)
    run.step("get_function_response", run.functions.get_function, FunctionName=name)
    run.step("function_config", run.functions.get_function_configuration, FunctionName=name)
    for suffix, form in (("", "JSON"), ("_v2", "Text")):
        run.step("updated_config" + suffix, run.functions.update_function_configuration, FunctionName=name, LoggingConfig={"LogFormat": form})
        settled(run, name)
        run.step("received_config" + suffix, run.functions.get_function_configuration, FunctionName=name)


@logging
def function_partial_advanced_logging_configuration_update(run):
    if run.param != "partial_config3":
        return
    name = function(run, step="create_response", MemorySize=256, Timeout=5)
    run.step("get_function_response", run.functions.get_function, FunctionName=name)
    run.step("function_config", run.functions.get_function_configuration, FunctionName=name)
    run.step("updated_config", run.functions.update_function_configuration, FunctionName=name, LoggingConfig={"LogGroup": "cool_lambda"})
    settled(run, name)
    run.step("received_config", run.functions.get_function_configuration, FunctionName=name)


@recursion
def put_function_recursion_config_allow(run):
    name = function(run)
    run.step("put_recursion_config_response", run.functions.put_function_recursion_config, FunctionName=name, RecursiveLoop="Allow")
    run.step("get_recursion_config_response", run.functions.get_function_recursion_config, FunctionName=name)


@recursion
def put_function_recursion_config_invalid_value(run):
    run.step("put_recursion_invalid_value_error", run.functions.put_function_recursion_config, FunctionName=function(run), RecursiveLoop="InvalidValue")


@reserved
def function_concurrency(run):
    name = function(run)
    for count in (0, 1):
        run.step(f"put_function_concurrency_with_reserved_{count}", run.functions.put_function_concurrency, FunctionName=name,
                 ReservedConcurrentExecutions=count)
    run.step("get_function_concurrency", run.functions.get_function_concurrency, FunctionName=name)
    run.step("delete_response", run.functions.delete_function_concurrency, FunctionName=name)
    run.step("get_function_concurrency_after_delete", run.functions.get_function_concurrency, FunctionName=name)


@reserved
def function_concurrency_exceptions(run):
    put = lambda step, name, count: run.step("put_function_concurrency_with_" + step, run.functions.put_function_concurrency,
                                             FunctionName=name, ReservedConcurrentExecutions=count)
    put("function_name_doesnotexist", "doesnotexist", 1)
    put("function_name_doesnotexist_and_invalid_concurrency", "doesnotexist", 1_000_000)
    name = function(run)
    run.functions.publish_version(FunctionName=name)
    put("qualified_arn", arn(run, name) + ":1", 1)


@tags
def tag_exceptions(run):
    f, own = run.functions, arn(run, function(run))
    run.step("tag_lambda_invalidarn", f.tag_resource, Resource="arn:aws:something", Tags={"A": "1"})
    run.step("tag_lambda_doesnotexist", f.tag_resource, Resource=arn(run, "doesnotexist"), Tags={"A": "1"})
    run.step("tag_lambda_qualifier_doesnotexist", f.tag_resource, Resource=own + ":v1", Tags={"A": "1"})
    run.step("tag_empty_tags", f.tag_resource, Resource=own, Tags={})
    run.step("list_tag_lambda_empty", f.list_tags, Resource=own)
    run.step("untag_nomatch", f.untag_resource, Resource=own, TagKeys=["somekey"])
    run.step("untag_empty_keys", f.untag_resource, Resource=own, TagKeys=[])
