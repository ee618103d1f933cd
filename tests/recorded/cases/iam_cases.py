"""IAM, and roles of services."""

import json

from run import cases
from stacks_support import deployed, outputs

iam = cases("iam/test_iam.py::TestIAMIntegrations::")
encoding = cases("iam/test_iam.py::TestIAMPolicyEncoding::")
service_roles = cases("iam/test_iam.py::TestIAMServiceRoles::")
credentials = cases("iam/test_iam.py::TestIAMServiceSpecificCredentials::")
roles = cases("iam/test_iam.py::TestRoles::")
user_type = cases("iam/resource_providers/aws_iam_user/test_basic_user.py::TestBasicCRD::")
types = cases("iam/resource_providers/test_iam.py::")
ARN_OF_API = "arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Faaeeieije"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service="ec2.amazonaws.com", **more):
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more})


def allow(actions, resources):
    return document({"Effect": "Allow", "Action": actions, "Resource": resources})


@iam
def delete_non_existent_policy_returns_no_such_entity(run):
    run.step("delete-non-existent-policy-exc", run.iam.delete_policy, PolicyArn=f"arn:aws:iam::{run.account}:policy/non-existent-policy")


@iam
def list_roles_with_permission_boundary(run):
    name, prefix = run.unique("role"), f"/{run.unique('path')}/"
    boundary = run.iam.create_policy(PolicyName=run.unique("p"), PolicyDocument=allow("s3:*", "*"))["Policy"]["Arn"]
    run.step("created_role", run.iam.create_role, RoleName=name, Path=prefix, AssumeRolePolicyDocument=trust())
    run.iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
    run.step("list_roles_result", run.iam.list_roles, PathPrefix=prefix)


@iam
def role_attach_policy(run):
    role, policy = run.unique("role"), run.unique("a-policy-with-a-name")
    run.iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust())
    arn = run.step("create_policy_response", run.iam.create_policy, PolicyName=policy, PolicyDocument=allow("s3:*", "*"))["Policy"]["Arn"]
    for step, given in (("non_existent_malformed_policy_arn", "longpolicynamebutnoarn"), ("existing_policy_name_provided", policy),
                        ("valid_arn_not_existent", arn + "123"), ("valid_policy_arn", arn)):
        run.step(step, run.iam.attach_role_policy, RoleName=role, PolicyArn=given)


@iam
def simulate_principle_policy(run):
    name = run.unique("p")
    body = '{"Version": "2012-10-17", "Statement": [{"Action": ["s3:PutObject"], "Effect": "Allow", "Resource": ["*"]}]}'
    policy = run.iam.create_policy(PolicyName=name, PolicyDocument=body)["Policy"]["Arn"]
    run.iam.create_group(GroupName=name)
    run.iam.attach_group_policy(GroupName=name, PolicyArn=policy)
    run.ignore("EndPosition", "StartPosition")
    run.step("response", run.iam.simulate_principal_policy, PolicySourceArn=f"arn:aws:iam::{run.account}:group/{name}",
             ActionNames=["s3:PutObject", "s3:GetObjectVersion"], ResourceArns=["arn:aws:s3:::bucket"])


@iam
def update_assume_role_policy(run):
    name = run.unique("role")
    policy = document({"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com"]}, "Action": ["sts:AssumeRole"]})
    run.step("created_role", run.iam.create_role, RoleName=name, AssumeRolePolicyDocument=policy)
    run.step("updated_policy", run.iam.update_assume_role_policy, RoleName=name, PolicyDocument=policy)


TAGS_OF_API = document({"Effect": "Allow", "Action": ["apigatway:PUT"], "Resource": [f"arn:aws:apigateway:us-east-1::/tags/{ARN_OF_API}"]})


@encoding
def put_group_policy_encoding(run):
    name = run.unique("g")
    run.iam.create_group(GroupName=name)
    run.iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=TAGS_OF_API)
    run.step("get-policy-response", run.iam.get_group_policy, GroupName=name, PolicyName="p")


@encoding
def put_role_policy_encoding(run):
    name, path = run.unique("role"), f"/{run.unique('path')}/"
    run.step("create-role-response", run.iam.create_role, RoleName=name, Path=path, AssumeRolePolicyDocument=trust(
        "lambda.amazonaws.com", Condition={"StringEquals": {"aws:SourceArn": ARN_OF_API}}))
    run.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=TAGS_OF_API)
    run.step("get-policy-response", run.iam.get_role_policy, RoleName=name, PolicyName="p")
    run.step("get-role-response", run.iam.get_role, RoleName=name)
    run.step("list-roles-response", run.iam.list_roles, PathPrefix=path)


def role_of_service(run, **more):
    run.ignore("RoleLastUsed")
    name = run.iam.create_service_linked_role(AWSServiceName=run.param, **more)["Role"]["RoleName"]
    run.step("describe-response", run.iam.get_role, RoleName=name)
    run.step("attached-role-policies", run.iam.list_attached_role_policies, RoleName=name)
    run.step("inline-role-policies", run.iam.list_role_policies, RoleName=name)


@service_roles
def service_role_lifecycle(run):
    role_of_service(run)


@service_roles
def service_role_lifecycle_custom_suffix(run):
    role_of_service(run, CustomSuffix="suffix-1")


@service_roles
def service_role_lifecycle_custom_suffix_not_allowed(run):
    run.step("custom-suffix-not-allowed", run.iam.create_service_linked_role, AWSServiceName=run.param, CustomSuffix="suffix-1")


CODECOMMIT = "codecommit.amazonaws.com"


def user(run):
    return run.step("create-user-response", run.iam.create_user, UserName=run.unique("user"))["User"]["UserName"]


def user_with_credential(run):
    name = user(run)
    made = run.step("create-service-specific-credential-response", run.iam.create_service_specific_credential,
                    UserName=name, ServiceName=CODECOMMIT)
    return {"UserName": name, "ServiceSpecificCredentialId": made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]}


@credentials
def create_service_specific_credential_invalid_service(run):
    name = user(run)
    for step, service in (("invalid-service-exception", "nonexistentservice.amazonaws.com"),
                          ("invalid-service-completely-malformed-exception", "o3on3n3onosneo"),
                          ("invalid-service-existing-but-unsupported-exception", "lambda.amazonaws.com")):
        run.step(step, run.iam.create_service_specific_credential, UserName=name, ServiceName=service)


@credentials
def delete_user_after_service_credential_created(run):
    run.step("delete-user-existing-credential", run.iam.delete_user, UserName=user_with_credential(run)["UserName"])


@credentials
def invalid_update_parameters(run):
    run.step("update-invalid-status", run.iam.update_service_specific_credential, **user_with_credential(run), Status="Invalid")


@credentials
def list_service_specific_credential_different_service(run):
    name = user_with_credential(run)["UserName"]
    for step, service in (("list-service-specific-credentials-response-wrong-service", "cassandra.amazonaws.com"),
                          ("list-service-specific-credentials-invalid-service", "nonexistentservice.amazonaws.com")):
        run.step(step, run.iam.list_service_specific_credentials, UserName=name, ServiceName=service)


@credentials
def user_match_id_mismatch(run):
    ask = {**user_with_credential(run), "ServiceSpecificCredentialId": run.param}
    run.step("update-wrong-id", run.iam.update_service_specific_credential, **ask, Status="Inactive")
    run.step("reset-wrong-id", run.iam.reset_service_specific_credential, **ask)
    run.step("delete-wrong-id", run.iam.delete_service_specific_credential, **ask)


@roles
def role_with_tags(run):
    name, path = run.unique("role"), "/role-with-tags/"
    run.step("create-role-response", run.iam.create_role, RoleName=name, Path=path, AssumeRolePolicyDocument=trust(),
             Tags=[{"Key": "test", "Value": "value"}])
    run.step("get-role-response", run.iam.get_role, RoleName=name)
    run.step("list-role-response", run.iam.list_roles, PathPrefix=path)


@user_type
def autogenerated_values(run):
    stack = deployed(run, {"Resources": {"MyResource": {"Type": "AWS::IAM::User", "Properties": {}}},
                           "Outputs": {"MyRef": {"Value": {"Ref": "MyResource"}}}})
    run.step("stack_outputs", outputs(run, stack))
    run.step("autogenerated-get-user", run.iam.get_user, UserName=outputs(run, stack)["MyRef"])


@user_type
def getatt(run):
    stack = deployed(run, {"Resources": {"MyResource": {"Type": "AWS::IAM::User", "Properties": {}}},
                           "Outputs": {"Ref": {"Value": {"Ref": "MyResource"}}, "GetAttArn": {"Value": {"Fn::GetAtt": ["MyResource", "Arn"]}}}})
    run.ignore("StackId", "StackName")
    run.step("stack-outputs", outputs(run, stack))
    run.step("stack_resource", run.cloudformation.describe_stack_resource, StackName=stack, LogicalResourceId="MyResource")
    run.step("describe-resource", run.iam.get_user, UserName=outputs(run, stack)["Ref"])


@types
def iam_username_defaultname(run):
    stack = deployed(run, {"Resources": {"U": {"Type": "AWS::IAM::User"}}, "Outputs": {"N": {"Value": {"Ref": "U"}}}})
    run.step("get_iam_user", run.iam.get_user, UserName=outputs(run, stack)["N"])


def policy_of(run, text, **more):
    stack = deployed(run, {"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": text}}},
                           "Outputs": {"Arn": {"Value": {"Ref": "P"}}}, **more})
    return run.iam.get_policy_version(PolicyArn=outputs(run, stack)["Arn"], VersionId="v1")["PolicyVersion"]["Document"]


@types
def managedpolicy_with_fn_sub_json_string(run):
    text = {"Fn::Sub": allow("s3:GetObject", "arn:${AWS::Partition}:s3:::bucket-my-cluster-${AWS::Region}/*")}
    run.step("policy_document", policy_of(run, text))


@types
def managedpolicy_with_fn_sub_multiline_yaml(run):
    text = {"Fn::Sub": allow("eks:DescribeCluster", "arn:${AWS::Partition}:eks:${AWS::Region}:${AWS::AccountId}:cluster/my-cluster")}
    run.step("policy_document_multiline", policy_of(run, text))


@types
def update_inline_policy(run):
    names = {"UserName": run.unique("user"), "RoleName": run.unique("role"), "PolicyName": run.unique("policy")}
    run.iam.create_user(UserName=names["UserName"])
    run.iam.create_role(RoleName=names["RoleName"], AssumeRolePolicyDocument=trust())

    def template(*actions):
        of = lambda *a: json.loads(allow(list(a), "*"))
        return {"Resources": {
            "U": {"Type": "AWS::IAM::UserPolicy", "Properties": {"UserName": names["UserName"], "PolicyName": names["PolicyName"],
                                                                "PolicyDocument": of("s3:PutObject", *actions)}},
            "R": {"Type": "AWS::IAM::RolePolicy", "Properties": {
                "RoleName": names["RoleName"], "PolicyName": names["PolicyName"],
                "PolicyDocument": of("s3:GetObject", "s3:ListBucket") if actions else of("s3:ListBucket")}}}}

    def steps(role, user):
        run.step(user, run.iam.get_user_policy, UserName=names["UserName"], PolicyName=names["PolicyName"])
        run.step(role, run.iam.get_role_policy, RoleName=names["RoleName"], PolicyName=names["PolicyName"])

    stack = deployed(run, template("s3:ListBucket"))
    steps("role_inline_policy", "user_inline_policy")
    deployed(run, template(), stack)
    steps("role_updated_inline_policy", "user_updated_inline_policy")
