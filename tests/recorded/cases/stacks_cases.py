"""CloudFormation: stacks, their policies and templates, and what is said of requests that cannot be."""

import json

from change_set_support import made, parameter, topic
from run import cases
from stacks_support import ALL, deployed, settled

API = "cloudformation/api/test_"
stacks, stacks_api = cases(API + "stacks.py::"), cases(API + "stacks.py::TestStacksApi::")
changes, templates = cases(API + "changesets.py::"), cases(API + "templates.py::")
policies, updates = cases(API + "stack_policies.py::TestStackPolicy::"), cases(API + "update_stack.py::")
validations = cases(API + "validations.py::")

SIMPLE = {"Resources": {"SimpleParam": parameter("test")}}
TOPIC = {"Parameters": {"TopicName": {"Type": "String"}}, "Resources": {"T": topic(TopicName={"Ref": "TopicName"})}}
POLICY = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}


def named(name):
    return [{"ParameterKey": "TopicName", "ParameterValue": name}]


def topic_stack(run, **more):
    return deployed(run, TOPIC, Parameters=named(run.unique("topic")), **more)


def change_set(run, template, kind="CREATE", stack=None, name=None, **more):
    """The answer to a change set's request, once it is made."""
    answer = run.cloudformation.create_change_set(
        StackName=stack or run.unique("stack"), ChangeSetName=name or run.unique("cs"), ChangeSetType=kind,
        TemplateBody=template if isinstance(template, str) else json.dumps(template), **more)
    assert made(run, answer["StackId"], answer["Id"]) == "CREATE_COMPLETE"
    return answer


def executed(run, change):
    run.cloudformation.execute_change_set(ChangeSetName=change["Id"])
    return settled(run, change["StackId"])


def deleted(run, stack):
    """Gone, and told as it is under its id."""
    run.cloudformation.delete_stack(StackName=stack)
    return settled(run, stack)


@stacks
def non_existing_stack_message(run):
    run.step("Error", run.cloudformation.describe_stacks, StackName=run.unique("stack"))


@stacks
def no_parameters_given(run):
    template = {"Parameters": {"Input": {"Type": "String"}}, "Resources": {"P": parameter({"Ref": "Input"})}}
    run.step("deploy-error", run.words(run.cloudformation.create_change_set, StackName=run.unique("stack"), ChangeSetName="c",
                                       ChangeSetType="CREATE", TemplateBody=json.dumps(template)))


@stacks
def stack_resource_not_found(run):
    id = deployed(run, SIMPLE)
    name = settled(run, id)["StackName"]
    run.step("Error", run.cloudformation.describe_stack_resource, StackName=name, LogicalResourceId="NonExistentResource")


@stacks
def name_conflicts(run):
    name, formation = run.unique("stack"), run.cloudformation
    ask = {"StackName": name, "TemplateBody": json.dumps(SIMPLE)}
    id = formation.create_stack(**ask)["StackId"]
    run.step("created_stack_desc", settled(run, id)["StackStatus"])
    run.step("create_stack_already_exists_exc", formation.create_stack, **ask)
    deleted(run, id)
    run.step("deleted_stack_not_found_exc", formation.describe_stacks, StackName=name)
    run.step("deleted_stack_events_not_found_by_name", formation.describe_stack_events, StackName=name)
    run.step("deleted_stack_desc", formation.describe_stacks, StackName=id)
    second = formation.create_stack(**ask)["StackId"]
    settled(run, second)
    run.step("new_stack_desc", formation.describe_stacks, StackName=name)
    run.step("stack_id_desc", formation.describe_stacks, StackName=id)
    run.step("new_stack_id_desc", formation.describe_stacks, StackName=second)
    deleted(run, second)
    run.step("deleted_second_stack_desc", formation.describe_stacks, StackName=second)


@stacks
def updating_an_updated_stack_sets_status(run):
    run.any_order("Parameters", "Capabilities")

    def template(*numbers):
        keys = {f"Topic{n}Name": {"Type": "String"} for n in numbers}
        return {"Parameters": keys, "Resources": {f"Topic{n}": topic(TopicName={"Ref": f"Topic{n}Name"}) for n in numbers}}

    values = [{"ParameterKey": f"Topic{n}Name", "ParameterValue": f"topic-{n}"} for n in (1, 2, 3)]
    id = executed(run, change_set(run, template(1), Parameters=values[:1], Capabilities=ALL))["StackId"]
    for n in (2, 3):
        more = {"kind": "UPDATE", "Parameters": values[:n], "Capabilities": ALL}
        executed(run, change_set(run, template(*range(1, n + 1)), stack=id, **more))
    run.step("describe-result", run.cloudformation.describe_stacks, StackName=id)


@stacks_api
def create_stack_url_as_template(run):
    run.step("stack_create_ec2", run.words(run.cloudformation.create_stack, StackName=run.unique("stack"),
                                           TemplateBody="https://bucket.s3.amazonaws.com/template.yml"))


SHORT = {"json": json.dumps({"Resources": {"topic69831491": {"Type": "AWS::SNS::Topic"}},
                             "Outputs": {"TopicName": {"Value": {"Fn::GetAtt": ["topic69831491", "TopicName"]}}}}),
         "yaml": "Resources:\n  topic69831491:\n    Type: AWS::SNS::Topic\nOutputs:\n  TopicName:\n    Value:\n"
                 "      Fn::GetAtt:\n        - topic69831491\n        - TopicName\n"}


def both_templates(run, id):
    for stage in ("Original", "Processed"):
        run.step("template_" + stage.lower(), run.cloudformation.get_template, StackName=id, TemplateStage=stage)


@stacks_api
def get_template_using_create_stack(run):
    both_templates(run, deployed(run, SHORT[run.param]))


@stacks_api
def get_template_using_changesets(run):
    made = change_set(run, SHORT[run.param])
    executed(run, made)
    both_templates(run, made["StackId"])


def described(run):
    return {"Description": "test <env>.test.net", "Resources": {"TestResource": parameter("v")}}


@stacks_api
def stack_description_lifecycle(run):
    run.any_order("Capabilities")
    made = change_set(run, described(run))
    run.step("stack-pre-execute", run.cloudformation.describe_stacks(StackName=made["StackId"])["Stacks"][0])
    run.step("change-set-pre-execute", run.cloudformation.describe_change_set, ChangeSetName=made["Id"])
    run.step("stack-post-execute", executed(run, made))


@stacks_api
def stack_description_special_chars(run):
    run.any_order("Capabilities")
    made = change_set(run, described(run), Capabilities=ALL)
    executed(run, made)
    run.step("describe_stack", run.cloudformation.describe_stacks(StackName=made["StackId"])["Stacks"][0])


@stacks_api
def update_stack_with_same_template_withoutchange(run):
    id = deployed(run, SIMPLE)
    run.step("no_change_exception", run.cloudformation.update_stack, StackName=id, TemplateBody=json.dumps(SIMPLE))


@changes
def create_changeset_for_deleted_stack(run):
    id = deployed(run, SIMPLE)
    deleted(run, id)
    run.comparison.bound["<stack-id>"] = id
    for step, kind in (("ErrorForCreate", "CREATE"), ("ErrorForUpdate", "UPDATE")):
        run.step(step, run.cloudformation.create_change_set, StackName=id, ChangeSetName="test", ChangeSetType=kind,
                 TemplateBody=json.dumps(SIMPLE))


@changes
def create_changeset_with_stack_id(run):
    made = change_set(run, SIMPLE)
    run.step("describe_stack", run.cloudformation.describe_stacks, StackName=made["StackId"])
    executed(run, made)
    deleted(run, made["StackId"])
    run.step("recreate_deleted_with_id_exception", run.cloudformation.create_change_set, StackName=made["StackId"],
             ChangeSetName="revived-stack-changeset", ChangeSetType="CREATE", TemplateBody=json.dumps(SIMPLE))


@changes
def create_while_in_review(run):
    made = change_set(run, SIMPLE)
    name = run.cloudformation.describe_stacks(StackName=made["StackId"])["Stacks"][0]["StackName"]
    run.step("create_stack_while_in_review", run.cloudformation.create_stack, StackName=name, TemplateBody=json.dumps(SIMPLE))
    settled(run, made["StackId"])
    run.step("describe_stack", run.cloudformation.describe_stacks, StackName=made["StackId"])
    run.step("describe_change_set", run.cloudformation.describe_change_set, ChangeSetName=made["Id"])


@changes
def delete_change_set_exception(run):
    run.step("e1", run.cloudformation.delete_change_set, StackName="nostack", ChangeSetName="DoesNotExist")
    run.step("e2", run.cloudformation.delete_change_set, ChangeSetName="DoesNotExist")


@changes
def deleted_changeset(run):
    made = run.step("create", run.cloudformation.create_change_set, StackName=run.unique("stack"), ChangeSetName=run.unique("cs"),
                    ChangeSetType="CREATE", TemplateBody=json.dumps(SIMPLE))
    run.cloudformation.delete_change_set(ChangeSetName=made["Id"])
    run.step("postdelete_changeset_notfound", run.words(run.cloudformation.describe_change_set, ChangeSetName=made["Id"]))


@changes
def describe_change_set_nonexisting(run):
    run.step("exception", run.words(run.cloudformation.describe_change_set, StackName="somestack", ChangeSetName="DoesNotExist"))


@changes
def multiple_create_changeset(run):
    made = change_set(run, SIMPLE)
    run.step("initial_changeset", run.cloudformation.describe_change_set, ChangeSetName=made["Id"])
    run.step("additional_changeset", run.cloudformation.create_change_set, StackName=made["StackId"], ChangeSetName=run.unique("cs"),
             ChangeSetType="CREATE", TemplateBody=json.dumps(SIMPLE))


@changes
def using_pseudoparameters_in_places(run):
    if run.param == "parameter":
        template = {"Parameters": {"AWS::NoValue": {"Type": "String"}}, **SIMPLE}
        run.step("error", run.cloudformation.create_change_set, StackName=run.unique("stack"), ChangeSetName="c",
                 ChangeSetType="CREATE", TemplateBody=json.dumps(template))


def policy_of(run, id):
    return run.cloudformation.get_stack_policy(StackName=id)


@policies
def create_stack_with_policy(run):
    run.step("policy", policy_of(run, topic_stack(run, StackPolicyBody=json.dumps(POLICY))))


def refused_policy(run, policy):
    run.step("error", run.cloudformation.set_stack_policy, StackName=topic_stack(run), StackPolicyBody=policy)


@policies
def different_action_attribute(run):
    refused_policy(run, json.dumps({"Statement": [{**POLICY["Statement"][0], "Action": "Delete:*"}]}))


@policies
def not_json_policy(run):
    refused_policy(run, run.unique())


@policies
def different_principal_attribute(run):
    policy = {"Statement": [{**POLICY["Statement"][0], "Principal": run.unique()}]}
    error = run.answer(run.cloudformation.set_stack_policy, StackName=topic_stack(run), StackPolicyBody=json.dumps(policy))
    run.step("error", {"error": error["Error"]}["error"])


def policy_url(run, text):
    bucket = run.unique("bucket")
    run.s3.create_bucket(Bucket=bucket)
    run.s3.put_object(Bucket=bucket, Key="policy.json", Body=text)
    return f"https://{bucket}.s3.us-east-1.amazonaws.com/policy.json"


@policies
def set_policy_with_url(run):
    id = topic_stack(run)
    run.cloudformation.set_stack_policy(StackName=id, StackPolicyURL=policy_url(run, json.dumps(POLICY)))
    run.step("policy", policy_of(run, id))


@policies
def set_empty_policy_with_url(run):
    id = topic_stack(run)
    run.cloudformation.set_stack_policy(StackName=id, StackPolicyURL=policy_url(run, "{}"))
    run.step("policy", policy_of(run, id))


@policies
def set_invalid_policy_with_url(run):
    run.step("error", run.cloudformation.set_stack_policy, StackName=topic_stack(run), StackPolicyURL=policy_url(run, run.unique()))


@templates
def create_stack_from_s3_template_url(run):
    bucket = run.unique("bucket")
    run.comparison.bound["<bucket_name>"] = bucket
    url = {"s3_url": f"s3://{bucket}/test-template", "http_invalid": "https://example.com/dummy.yml"}[run.param]
    run.step("create-error", run.cloudformation.create_stack, StackName=run.unique("stack"), TemplateURL=url)


@templates
def get_template_missing_resources_change_set(run):
    run.step("change-set-error", run.cloudformation.get_template, ChangeSetName="nonexistent")


@templates
def get_template_summary_failed_stack(run):
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"MyParameter": {
        "Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": ""}}}}
    id = run.cloudformation.create_stack(StackName=run.unique("stack"), TemplateBody=json.dumps(template))["StackId"]
    assert settled(run, id)["StackStatus"] == "ROLLBACK_COMPLETE"
    run.step("template-summary", run.cloudformation.get_template_summary, StackName=id)


@templates
def get_template_summary_no_resources(run):
    run.step("error", run.cloudformation.get_template_summary, TemplateBody=json.dumps({"Parameters": {"A": {"Type": "String"}}}))


@templates
def validate_invalid_json_template_should_fail(run):
    run.step("validate-invalid-json", run.cloudformation.validate_template, TemplateBody='{"this is invalid JSON"="bobbins"}')


@updates
def update_with_invalid_rollback_configuration_errors(run):
    id = topic_stack(run)
    for step, trigger in (("type_error", {"Arn": "arn:aws:cloudwatch:us-east-1:123456789012:example-alarm", "Type": run.unique()}),
                          ("arn_error", {"Arn": "arn:aws:cloudwatch:us-east-1:123456789012:example-alarm",
                                         "Type": "AWS::CloudWatch::Alarm"})):
        run.step(step, run.cloudformation.update_stack, StackName=id, TemplateBody=json.dumps(TOPIC), Parameters=named("new"),
                 RollbackConfiguration={"MonitoringTimeInMinutes": 4, "RollbackTriggers": [trigger]})


@updates
def update_with_previous_parameter_value(run):
    name = "topic-e848c848"
    id = deployed(run, TOPIC, Parameters=named(name))
    changed = {**TOPIC, "Resources": {"T": topic(TopicName={"Ref": "TopicName"}, Tags=[{"Key": "k", "Value": "v"}])}}
    deployed(run, changed, id, Parameters=[{"ParameterKey": "TopicName", "UsePreviousValue": True}])
    arn = f"arn:aws:sns:us-east-1:{run.account}:{name}"
    run.step("topic-attributes", run.sns.get_topic_attributes(TopicArn=arn)["Attributes"])


@updates
def update_with_resource_types(run):
    id = topic_stack(run)
    for step, kind in (("invalid_type_error", "AWS::EC2:*"), ("resource_not_allowed", "AWS::EC2::*")):
        run.step(step, run.cloudformation.update_stack, StackName=id, TemplateBody=json.dumps(TOPIC), Parameters=named("new"),
                 ResourceTypes=[kind])


@updates
def update_with_role_without_permissions(run):
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}
    role = run.iam.create_role(RoleName="role-fb405076", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    run.step("error", run.cloudformation.update_stack, StackName=topic_stack(run), TemplateBody=json.dumps(TOPIC),
             Parameters=named("new"), RoleARN=role)


@validations
def resources_blocks(run):
    resource = {"invalid-key": {"Type": "AWS::SNS::Topic", "Invalid": "x"}, "missing-type": {"Properties": {}}}[run.param]
    run.step("validation-error", run.cloudformation.create_change_set, StackName=run.unique("stack"), ChangeSetName="c",
             ChangeSetType="CREATE", TemplateBody=json.dumps({"Resources": {"A": resource}}))
