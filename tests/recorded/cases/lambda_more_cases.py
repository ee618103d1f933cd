"""Lambda: aliases, settings of asynchronous events, permissions, tags, URLs."""

from lambda_function_cases import arn
from lambda_support import function, packed, request, settled
from run import cases

aliases = cases("lambda_/test_lambda_api.py::TestLambdaAlias::")
events = cases("lambda_/test_lambda_api.py::TestLambdaEventInvokeConfig::")
permissions = cases("lambda_/test_lambda_api.py::TestLambdaPermissions::")
tag = cases("lambda_/test_lambda_api.py::TestLambdaTag::")
urls = cases("lambda_/test_lambda_api.py::TestLambdaUrl::")


def staged(run, **more):
    """A function whose creation is compared, as the tests of aliases make it."""
    name = run.unique("fn")
    ask = {**request(run, name), "Handler": "index.handler", "Environment": {"Variables": {"testenv": "staging"}}, **more}
    del ask["Timeout"]
    run.step("create_response", run.functions.create_function, **ask)
    settled(run, name)
    return name


def published(run, name, second=True):
    run.step("publish_v1", run.functions.publish_version, FunctionName=name)
    if second:
        run.functions.update_function_configuration(FunctionName=name, Environment={"Variables": {"testenv": "prod"}})
        settled(run, name)
        run.step("publish_v2", run.functions.publish_version, FunctionName=name)


@aliases
def alias_lifecycle(run):
    name = staged(run)
    published(run, name)
    f, custom = run.functions, {"Description": "custom-alias"}
    run.step("create_alias_1_1", f.create_alias, FunctionName=name, Name="aliasname1_1", FunctionVersion="1",
             RoutingConfig={"AdditionalVersionWeights": {"2": 0.2}}, **custom)
    run.step("create_alias_1_2", f.create_alias, FunctionName=name, Name="aliasname1_2", FunctionVersion="1", **custom)
    run.step("create_alias_1_3", f.create_alias, FunctionName=name, Name="aliasname1_3", FunctionVersion="1")
    run.step("create_alias_2", f.create_alias, FunctionName=name, Name="aliasname2", FunctionVersion="2", **custom)
    get = lambda step, alias: run.step(step, f.get_alias, FunctionName=name, Name=alias)
    for alias in ("1_1", "1_2", "1_3", "2"):
        get(f"get_alias_{alias}", f"aliasname{alias}")
    run.step("get_function_alias_1_1", f.get_function, FunctionName=name, Qualifier="aliasname1_1")
    run.step("get_function_alias_notfound_exc", f.get_function, FunctionName=name, Qualifier="aliasdoesnotexist")
    run.step("get_function_alias_byarn_notfound_exc", f.get_function, FunctionName=arn(run, name) + ":aliasdoesnotexist")
    run.step("update_alias_1_1", f.update_alias, FunctionName=name, Name="aliasname1_1", RoutingConfig={})
    get("get_alias_1_1_after_update", "aliasname1_1")
    run.step("update_alias_1_2", f.update_alias, FunctionName=name, Name="aliasname1_2")
    get("get_alias_1_2_after_update", "aliasname1_2")
    run.step("delete_alias_response", f.delete_alias, FunctionName=name, Name="aliasname1_1")


@aliases
def alias_naming(run):
    name = staged(run)
    published(run, name, second=False)
    make = lambda step, alias: run.step(step, run.functions.create_alias, FunctionName=name, Name=alias, FunctionVersion="1", Description="custom-alias")
    make("create_alias_date", "2024-01-02")
    run.step("get_alias_date", run.functions.get_alias, FunctionName=name, Name="2024-01-02")
    make("create_alias_number_exception", "2024")


@aliases
def non_existent_alias_deletion(run):
    run.step("delete_alias_response", run.functions.delete_alias, FunctionName=staged(run), Name="non-existent")


@aliases
def non_existent_alias_update(run):
    run.step("update_alias_response", run.functions.update_alias, FunctionName=staged(run), Name="non-existent")


@aliases
def notfound_and_invalid_routingconfigs(run):
    name = staged(run, Publish=True)
    published(run, name)

    def make(step, alias="custom", version="1", weights=None, **more):
        routing = {} if weights is None else {"RoutingConfig": {"AdditionalVersionWeights": weights}}
        run.step(step, run.functions.create_alias, **{"FunctionName": name, "Name": alias, "FunctionVersion": version, **routing, **more})

    make("create-alias-latest", "custom-latest", "$LATEST")
    make("routing_config_exc_toomany", weights={"1": 0.1, "2": 0.2})
    make("routing_config_exc_toohigh", weights={"2": 2.0})
    make("routing_config_exc_subzero", weights={"2": -1.0})
    make("routing_config_exc_sameversion", weights={"1": 0.5})
    make("target_version_doesnotexist", version="10", weights={"2": 0.5})
    make("routing_config_exc_version_doesnotexist", weights={"10": 0.5})
    make("target_version_exc_version_latest", version="$LATEST", weights={"1": 0.5})
    make("routing_config_exc_version_latest", weights={"$LATEST": 0.5})
    make("create_alias_empty_routingconfig", "custom-empty-routingconfig", RoutingConfig={})
    make("create_alias_response", weights={"2": 0.5})
    make("routing_config_exc_already_exist", weights={"2": 0.5})
    make("routing_config_exc_fn_doesnotexist", FunctionName=name + "-unknown", weights={"2": 0.5})
    run.step("alias_does_not_exist_esc", run.functions.get_alias, FunctionName=name, Name="non-existent")


@events
def lambda_eventinvokeconfig_exceptions(run):
    f, name, other = run.functions, function(run), function(run)
    run.step("fn_version_result", f.publish_version, FunctionName=name)
    run.step("fn_alias_result", f.create_alias, FunctionName=name, Name="eventinvokealias", FunctionVersion="1")
    put = lambda step, function_name=name, **more: run.step(step, f.put_function_event_invoke_config, FunctionName=function_name, **more)
    own, once = arn(run, name), {"MaximumRetryAttempts": 1}
    put("put_functionname_name_notfound", "doesnotexist", **once)
    put("put_functionname_arn_notfound", arn(run, "doesnotexist"), **once)
    put("put_functionname_nootherargs")
    to = lambda **where: {"DestinationConfig": {k: {"Destination": v} if v else {} for k, v in where.items()}}
    put("put_destination_lambda_doesntexist", **to(OnSuccess=arn(run, "doesnotexist")))
    put("put_destination_recursive", **to(OnSuccess=own))
    put("put_destination_other_lambda", **to(OnSuccess=arn(run, other)))
    put("put_destination_invalid_service_arn", **to(OnSuccess=own.replace(":lambda:", ":iam:")))
    put("put_destination_success_no_destination_arn", **to(OnSuccess=None))
    put("put_destination_failure_no_destination_arn", **to(OnFailure=None))
    put("put_destination_invalid_arn_pattern", **to(OnFailure=own.replace(":lambda:", ":_-/!lambda:")))
    put("put_destination_latest", **once)
    put("put_destination_latest_explicit_qualifier", **once, Qualifier="$LATEST")
    put("put_destination_version", **once, Qualifier="1")
    put("put_alias_functionname_qualifier", **once, Qualifier="eventinvokealias")
    put("put_alias_doesnotexist", **once, Qualifier="doesnotexist")
    put("put_alias_qualifiedarn", own + ":eventinvokealias", **once)
    put("put_alias_qualifiedarn_qualifier", own + ":eventinvokealias", **once, Qualifier="eventinvokealias")
    put("put_alias_qualifiedarn_qualifierconflict", own + ":eventinvokealias", **once, Qualifier="1")
    put("put_alias_shorthand", name + ":eventinvokealias", **once)
    put("put_alias_shorthand_qualifier", name + ":eventinvokealias", **once, Qualifier="eventinvokealias")
    put("put_alias_shorthand_qualifierconflict", name + ":eventinvokealias", **once, Qualifier="1")
    put("put_version_shorthand", name + ":1", **once)
    put("put_shorthand_qualifier_match", name + ":$LATEST", **once, Qualifier="$LATEST")
    put("put_shorthand_qualifier_mismatch_1", name + ":$LATEST", **once, Qualifier="1")
    put("put_shorthand_qualifier_mismatch_2", name + ":1", **once, Qualifier="$LATEST")
    put("put_shorthand_qualifier_mismatch_3", name + ":eventinvokealias", **once, Qualifier="$LATEST")
    put("put_maxevent_maxvalue_result", MaximumRetryAttempts=2, MaximumEventAgeInSeconds=21600)
    put("put_pre_overwrite", MaximumRetryAttempts=2, MaximumEventAgeInSeconds=60)
    put("put_post_overwrite", MaximumRetryAttempts=0)
    run.step("get_post_overwrite", f.get_function_event_invoke_config, FunctionName=name, Qualifier="$LATEST")
    run.step("second_overwrite_existing_response", f.put_function_event_invoke_config, FunctionName=name, MaximumRetryAttempts=0)
    run.answer(f.put_function_event_invoke_config, FunctionName=name, MaximumRetryAttempts=2, MaximumEventAgeInSeconds=60)
    run.step("pre_update_response", f.get_function_event_invoke_config, FunctionName=name)
    update = lambda step, **more: run.step(step, f.update_function_event_invoke_config, **{"FunctionName": name, "MaximumRetryAttempts": 0, **more})
    update("update_response")
    update("update_response_existing")
    update("update_eventinvokeconfig_function_doesnotexist", FunctionName="doesnotexist")
    get = lambda step, **more: run.step(step, f.get_function_event_invoke_config, **{"FunctionName": name, **more})
    get("get_function_doesnotexist", FunctionName="doesnotexist")
    get("get_qualifier_doesnotexist", Qualifier="doesnotexist")
    run.any_order("FunctionEventInvokeConfigs")
    run.step("list_configs", f.list_function_event_invoke_configs, FunctionName=name)
    run.step("list_function_doesnotexist", f.list_function_event_invoke_configs, FunctionName="doesnotexist")
    delete = lambda step, **more: run.step(step, f.delete_function_event_invoke_config, **{"FunctionName": name, **more})
    delete("delete_latest", Qualifier="$LATEST")
    delete("delete_version", Qualifier="1")
    delete("delete_alias", Qualifier="eventinvokealias")
    run.step("list_configs_postdelete", f.list_function_event_invoke_configs, FunctionName=name)
    delete("delete_function_not_found")
    delete("delete_function_doesnotexist", FunctionName="doesnotexist")
    get("get_eventinvokeconfig_doesnotexist", Qualifier="eventinvokealias")
    update("update_eventinvokeconfig_config_doesnotexist_with_qualifier", Qualifier="eventinvokealias")
    update("update_eventinvokeconfig_config_doesnotexist_without_qualifier")


INVOKE = "lambda:InvokeFunction"


@permissions
def add_lambda_permission_aws(run):
    name = function(run, step="create_lambda", MemorySize=128)
    run.step("add_permission", run.functions.add_permission, FunctionName=name, Action=INVOKE, StatementId="s3",
             Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::test-bucket")
    run.step("get_policy", run.functions.get_policy, FunctionName=name)


@permissions
def add_lambda_permission_fields(run):
    name = function(run)
    run.iam.create_user(UserName="someone")
    user = f"arn:aws:iam::{run.account}:user/someone"
    run.constants(**{"<user_arn>": user})
    add = lambda step, sid, **more: run.step("add_permission_" + step, run.functions.add_permission, **{
        "FunctionName": name, "Action": INVOKE, "StatementId": sid, **more})
    add("principal_wildcard", "wilcard", Principal="*", SourceAccount=run.account)
    add("principal_service", "lambda", Principal="lambda.amazonaws.com", SourceAccount=run.account)
    add("principal_account", "account-id", Principal=run.account)
    add("principal_arn", "user-arn", Principal=user, SourceAccount=run.account)
    add("optional_fields", "urlPermission", Action="lambda:InvokeFunctionUrl", Principal="*", SourceArn="arn:aws:s3:::bucket",
        SourceAccount=run.account, PrincipalOrgID="o-1234567890", FunctionUrlAuthType="NONE")
    add("alexa_skill", "alexaSkill", Principal="*", EventSourceToken="amzn1.ask.skill.xxxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")


@permissions
def create_multiple_lambda_permissions(run):
    name = function(run)
    for i, service in enumerate(("logs", "kinesis"), 1):
        run.step(f"add_permission_response_{i}", run.functions.add_permission, FunctionName=name, Action=INVOKE, StatementId=service,
                 Principal=f"{service}.amazonaws.com")
    run.step("policy_after_2_add", run.functions.get_policy, FunctionName=name)


@permissions
def remove_multi_permissions(run):
    f, name = run.functions, function(run)
    run.step("add_permission_1", f.add_permission, FunctionName=name, Action=INVOKE, StatementId="s3", Principal="s3.amazonaws.com")
    run.step("remove_permission_exception_nonexisting_sid", f.remove_permission, FunctionName=name, StatementId="non-existent")
    run.step("add_permission_2", f.add_permission, FunctionName=name, Action=INVOKE, StatementId="sqs", Principal="sqs.amazonaws.com",
             SourceArn="arn:aws:s3:::test-bucket")
    found = run.step("policy_after_2_add", f.get_policy, FunctionName=name)
    f.remove_permission(FunctionName=name, StatementId="sqs", RevisionId=found["RevisionId"])
    run.step("policy_after_removal", f.get_policy, FunctionName=name)
    run.answer(f.remove_permission, FunctionName=name, StatementId="sqs")
    run.step("policy_after_removal_attempt", f.get_policy, FunctionName=name)
    f.remove_permission(FunctionName=name, StatementId="s3")
    run.step("get_policy_exception_removed_all", f.get_policy, FunctionName=name)


@tag
def tag_exceptions(run):
    kind = run.param.replace("_", "-")
    if kind == "lambda-function":
        return
    name = {"event-source-mapping": "b1df8e72-c2ae-4b86-8dd2-9be8ff3d1f57"}.get(kind, "thing-1")
    run.constants(**{"<resource-name>": name})
    tagged = lambda step, id: run.step(step, run.functions.tag_resource, Resource=id, Tags={"A": "B"})
    own = f"arn:aws:lambda:us-east-1:{run.account}:{kind}:{name}"
    tagged("not_found_exception_tag", own)
    run.step("not_found_exception_untag", run.functions.untag_resource, Resource=own, TagKeys=["A"])
    run.step("not_found_exception_list", run.functions.list_tags, Resource=own)
    tagged("invalid_arn_exception", own.replace(kind, "foobar"))
    tagged("aliased_arn_exception", own + ":alias")


@tag
def tag_lifecycle(run):
    if run.param != "lambda_function":
        return
    own = arn(run, function(run))

    def change(step, ask, **more):
        run.step(step + "_response", ask, Resource=own, **more)
        run.step(step + "_response_listtags", run.functions.list_tags, Resource=own)

    add, drop = run.functions.tag_resource, run.functions.untag_resource
    change("tag_single", add, Tags={"A": "tag-a"})
    change("tag_multiple", add, Tags={"B": "tag-b", "C": "tag-c"})
    change("tag_overlap", add, Tags={"C": "tag-c-newsuffix", "D": "tag-d"})
    change("untag_single", drop, TagKeys=["A"])
    change("untag_multiple", drop, TagKeys=["B", "C"])
    change("untag_nonexisting", drop, TagKeys=["F"])
    change("untag_existing_and_nonexisting", drop, TagKeys=["D", "F"])


@tag
def tag_nonexisting_resource(run):
    name = function(run)
    run.step("pre_delete_get_function", run.functions.get_function, FunctionName=name)
    run.functions.delete_function(FunctionName=name)
    run.step("not_found_exception_tag", run.functions.tag_resource, Resource=arn(run, name), Tags={"A": "B"})
    run.step("not_found_exception_untag", run.functions.untag_resource, Resource=arn(run, name), TagKeys=["A"])
    run.step("not_found_exception_list", run.functions.list_tags, Resource=arn(run, name))


@urls
def url_config_list_paging(run):
    f, name = run.functions, function(run, Runtime="nodejs20.x", Handler="lambda_handler.handler", MemorySize=128,
                                      Code={"ZipFile": packed("exports.handler = async () => 1\n", "lambda_handler.js")})
    run.step("list_function_notfound", f.list_function_url_configs, FunctionName="doesnotexist")
    run.step("list_all_empty", f.list_function_url_configs, FunctionName=name)
    run.step("fn_version_result", f.publish_version, FunctionName=name)
    run.step("create_alias_result", f.create_alias, FunctionName=name, Name="urlalias", FunctionVersion="1")
    run.ignore("FunctionUrl")
    run.step("url_config_fn", f.create_function_url_config, FunctionName=name, AuthType="NONE")
    run.step("url_config_alias", f.create_function_url_config, FunctionName=name, Qualifier="urlalias", AuthType="NONE")
    run.step("list_all", f.list_function_url_configs, FunctionName=name)
