"""CloudFormation when things go wrong, and what its values may come from."""

import json
import time

from helpers import fails

TERMINAL_SECONDS = 20


def settle(cloudformation, name="s"):
    """Waits until the stack is not in progress; its status."""
    for _ in range(TERMINAL_SECONDS * 50):
        status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        if not status.endswith("IN_PROGRESS"):
            return status
        time.sleep(0.02)
    raise AssertionError(f"{name} is still {status}")


def template(resources, **sections):
    return json.dumps({"Resources": resources, **sections})


def parameter_resource(value):
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Name": "/s/p", "Value": value}}



VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
BROKEN = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "192.168.0.0/24"}}


def other_vpc(hostnames):
    return {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16", "EnableDnsHostnames": hostnames}}


def has_hostnames(ec2, vpc):
    return ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]


def test_a_failed_rollback_waits_for_continue_update_rollback(cloudformation, ec2):
    cloudformation.create_stack(StackName="s", TemplateBody=template({"Vpc": VPC, "Other": other_vpc(False)}))
    assert settle(cloudformation) == "CREATE_COMPLETE"
    other = cloudformation.describe_stack_resource(StackName="s", LogicalResourceId="Other")["StackResourceDetail"]["PhysicalResourceId"]
    broken = {"Vpc": VPC, "Other": other_vpc(True), "Bad": {**BROKEN, "DependsOn": "Wait"},
              "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
              "Wait": {"Type": "AWS::CloudFormation::WaitCondition", "DependsOn": "Other",
                       "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "1"}}}
    cloudformation.update_stack(StackName="s", TemplateBody=template(broken))
    for _ in range(200):
        if has_hostnames(ec2, other):
            break
        time.sleep(0.01)
    ec2.delete_vpc(VpcId=other)  # what the rollback would have to change back
    assert settle(cloudformation) == "UPDATE_ROLLBACK_FAILED"
    with fails("ValidationError"):
        cloudformation.update_stack(StackName="s", TemplateBody=template({"Vpc": VPC}))
    cloudformation.continue_update_rollback(StackName="s", ResourcesToSkip=["Other"])
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"


NEEDS_DISABLE_ROLLBACK = (
    "This stack is currently in a non-terminal [{}] state. To update the stack from this state, please use the "
    "disable-rollback parameter with update-stack API. To rollback to the last known good state, use the "
    "rollback-stack API")


def secure(version=":1"):
    return "{{resolve:ssm-secure:/secret" + version + "}}"


def database(password):
    return {"Type": "AWS::RDS::DBInstance", "Properties": {"DBInstanceClass": "db.t3.micro", "Engine": "mysql", "AllocatedStorage": "20", "MasterUsername": "master",
                                                           "MasterUserPassword": password}}


def test_secure_strings_where_aws_takes_them(cloudformation, ssm):
    ssm.put_parameter(Name="/secret", Value="open-sesame", Type="SecureString")
    cluster = {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-mysql", "MasterUsername": "master", "MasterUserPassword": secure("")}}
    cloudformation.create_stack(StackName="s", TemplateBody=template({
        "Plain": database(secure()), "Joined": database({"Fn::Join": ["", ["a", secure()]]}), "Cluster": cluster}))
    assert settle(cloudformation) == "CREATE_COMPLETE", [
        (e["ResourceStatus"], e.get("ResourceStatusReason")) for e in cloudformation.describe_stack_events(StackName="s")["StackEvents"]]


def test_secure_strings_anywhere_else(cloudformation, ssm):
    ssm.put_parameter(Name="/secret", Value="open sesame", Type="SecureString")
    thing = {"Type": "Custom::Thing", "Properties": {"ServiceToken": "arn:aws:sns:us-east-1:123456789012:t", "Details": {
        "client": {"Fn::Sub": secure()}, "list": [{"deep": secure()}]}}}
    for resources_, places in (
            ({"P": parameter_resource(secure())}, "AWS::SSM::Parameter/Properties/Value"),
            ({"P": parameter_resource({"Fn::Join": ["-", [secure(), "x"]]}), "Q": database(secure())},
             "AWS::SSM::Parameter/Properties/Value"),
            ({"Thing": thing}, "Custom::Thing/Properties/Details/client,Custom::Thing/Properties/Details/list")):
        for begin in (lambda t: cloudformation.create_stack(StackName="s", TemplateBody=t),
                      lambda t: cloudformation.create_change_set(StackName="s", ChangeSetName="c",
                                                                 ChangeSetType="CREATE", TemplateBody=t)):
            with fails("ValidationError", f"SSM Secure reference is not supported in: [{places}]", 400):
                begin(template(resources_))
    without_version = template({"P": parameter_resource(secure(""))})
    cloudformation.create_stack(StackName="s", TemplateBody=without_version)  # is looked at later
    assert settle(cloudformation) == "ROLLBACK_COMPLETE"
    reasons = [e.get("ResourceStatusReason") for e in cloudformation.describe_stack_events(StackName="s")["StackEvents"]]
    assert "SSM Secure reference is not supported in: [AWS::SSM::Parameter/Properties/Value]" in reasons


def subnet(cidr):
    return {**BROKEN, "Properties": {**BROKEN["Properties"], "CidrBlock": cidr}}


def resources(cloudformation):
    found = cloudformation.list_stack_resources(StackName="s")["StackResourceSummaries"]
    return {r["LogicalResourceId"]: r for r in found if r["ResourceStatus"] != "DELETE_COMPLETE"}


def test_a_creation_that_failed_goes_on(cloudformation):
    broken = template({"Vpc": VPC, "Subnet": BROKEN, "Bad": BROKEN})
    cloudformation.create_stack(StackName="s", TemplateBody=broken, DisableRollback=True)
    assert settle(cloudformation) == "CREATE_FAILED"
    vpc = resources(cloudformation)["Vpc"]["PhysicalResourceId"]
    good = template({"Vpc": VPC, "Subnet": subnet("10.0.1.0/24")})
    with fails("ValidationError", NEEDS_DISABLE_ROLLBACK.format("CREATE_FAILED"), 400):
        cloudformation.update_stack(StackName="s", TemplateBody=good)
    cloudformation.update_stack(StackName="s", UsePreviousTemplate=True, DisableRollback=True)
    assert settle(cloudformation) == "UPDATE_FAILED"
    with fails("ValidationError", NEEDS_DISABLE_ROLLBACK.format("UPDATE_FAILED"), 400):
        cloudformation.update_stack(StackName="s", TemplateBody=good)
    cloudformation.update_stack(StackName="s", TemplateBody=good, DisableRollback=True)
    assert settle(cloudformation) == "UPDATE_COMPLETE"
    now = resources(cloudformation)
    assert sorted(now) == ["Subnet", "Vpc"]
    assert now["Vpc"]["PhysicalResourceId"] == vpc
    assert now["Subnet"]["ResourceStatus"] == "CREATE_COMPLETE"
    cloudformation.delete_stack(StackName="s")


def test_a_creation_that_failed_twice_is_rolled_back_to_nothing(cloudformation, ec2):
    cloudformation.create_stack(StackName="s", TemplateBody=template({"Vpc": VPC, "Bad": BROKEN}), DisableRollback=True)
    settle(cloudformation)
    replaced = {**VPC, "Properties": {"CidrBlock": "10.1.0.0/16"}}
    cloudformation.update_stack(StackName="s", TemplateBody=template({"Vpc": replaced, "Bad": BROKEN}), DisableRollback=True)
    assert settle(cloudformation) == "UPDATE_FAILED"
    cloudformation.rollback_stack(StackName="s")
    assert settle(cloudformation) == "ROLLBACK_COMPLETE"
    assert resources(cloudformation) == {}
    assert [v for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]] == []


def test_on_failure_do_nothing_leaves_no_way_on(cloudformation):
    cloudformation.create_stack(StackName="s", TemplateBody=template({"Vpc": VPC, "Bad": BROKEN}), OnFailure="DO_NOTHING")
    assert settle(cloudformation) == "CREATE_FAILED"
    with fails("ValidationError", "This stack cannot be updated from [CREATE_FAILED] state because it contains "
               "[on-failure: DO_NOTHING]. Please use disable-rollback option instead during stack creation.", 400):
        cloudformation.update_stack(StackName="s", TemplateBody=template({"Vpc": VPC}), DisableRollback=True)


def test_an_update_that_failed_goes_on_or_back(cloudformation):
    cloudformation.create_stack(StackName="s", TemplateBody=template({"Vpc": VPC}))
    settle(cloudformation)
    broken = template({"Vpc": VPC, "Subnet": BROKEN})
    cloudformation.create_change_set(StackName="s", ChangeSetName="c", TemplateBody=broken, OnStackFailure="DO_NOTHING")
    cloudformation.execute_change_set(StackName="s", ChangeSetName="c")
    assert settle(cloudformation) == "UPDATE_FAILED"
    good = template({"Vpc": VPC, "Subnet": subnet("10.0.1.0/24")})
    cloudformation.create_change_set(StackName="s", ChangeSetName="d", TemplateBody=good)
    with fails("ValidationError", NEEDS_DISABLE_ROLLBACK.format("UPDATE_FAILED"), 400):
        cloudformation.execute_change_set(StackName="s", ChangeSetName="d")
    cloudformation.execute_change_set(StackName="s", ChangeSetName="d", DisableRollback=True)
    assert settle(cloudformation) == "UPDATE_COMPLETE"
    assert sorted(resources(cloudformation)) == ["Subnet", "Vpc"]
    worse = template({"Vpc": VPC, "Subnet": subnet("10.0.1.0/24"), "Bad": BROKEN})
    cloudformation.update_stack(StackName="s", TemplateBody=worse, DisableRollback=True)
    assert settle(cloudformation) == "UPDATE_FAILED"
    cloudformation.rollback_stack(StackName="s")
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    assert sorted(resources(cloudformation)) == ["Subnet", "Vpc"]


def test_an_update_under_way_can_be_cancelled(cloudformation):
    cloudformation.create_stack(StackName="s", TemplateBody=template({"Vpc": VPC}))
    settle(cloudformation)
    waiting = {"Vpc": VPC, "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
               "Wait": {"Type": "AWS::CloudFormation::WaitCondition",
                        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "300"}}}
    cloudformation.update_stack(StackName="s", TemplateBody=template(waiting))
    cloudformation.cancel_update_stack(StackName="s")
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    resources = cloudformation.list_stack_resources(StackName="s")["StackResourceSummaries"]
    assert [r["LogicalResourceId"] for r in resources if r["ResourceStatus"] != "DELETE_COMPLETE"] == ["Vpc"]


def test_signals_complete_a_creation_policy(cloudformation):
    signalled = {"Type": "AWS::CloudFormation::WaitCondition",
                 "CreationPolicy": {"ResourceSignal": {"Count": 2, "Timeout": "PT5M"}}}
    cloudformation.create_stack(StackName="s", TemplateBody=template({"Wait": signalled}))
    for unique in ("a", "b"):
        for _ in range(200):
            status = [r["ResourceStatus"] for r in cloudformation.describe_stack_resources(StackName="s")["StackResources"]]
            if status == ["CREATE_IN_PROGRESS"]:
                break
            time.sleep(0.01)
        cloudformation.signal_resource(StackName="s", LogicalResourceId="Wait", UniqueId=unique, Status="SUCCESS")
    assert settle(cloudformation) == "CREATE_COMPLETE"


def test_what_cannot_be_deleted_can_be_retained(cloudformation, ec2):
    cloudformation.create_stack(StackName="s", TemplateBody=template({"Vpc": VPC, "P": parameter_resource("one")}))
    settle(cloudformation)
    vpc = cloudformation.describe_stack_resource(StackName="s", LogicalResourceId="Vpc")["StackResourceDetail"]["PhysicalResourceId"]
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")
    stack_id = cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName="s")
    assert settle(cloudformation) == "DELETE_FAILED"
    cloudformation.delete_stack(StackName="s", RetainResources=["Vpc"])
    assert settle(cloudformation, stack_id) == "DELETE_COMPLETE"
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]


def test_values_come_from_parameter_store_and_from_before(cloudformation, ssm):
    ssm.put_parameter(Name="/in", Value="from-ssm", Type="String")
    body = template({"P": parameter_resource({"Fn::Join": ["-", [{"Ref": "Typed"}, {"Ref": "Given"}, "{{resolve:ssm:/in}}"]]})},
                    Parameters={"Typed": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/in"},
                                "Given": {"Type": "String"}},
                    Outputs={"V": {"Value": {"Fn::GetAtt": ["P", "Value"]}}})
    cloudformation.create_stack(StackName="s", TemplateBody=body,
                                Parameters=[{"ParameterKey": "Given", "ParameterValue": "one"}])
    assert settle(cloudformation) == "CREATE_COMPLETE"
    assert ssm.get_parameter(Name="/s/p")["Parameter"]["Value"] == "from-ssm-one-from-ssm"
    previous = [{"ParameterKey": "Given", "UsePreviousValue": True}]
    with fails("ValidationError", "No updates are to be performed."):
        cloudformation.update_stack(StackName="s", UsePreviousTemplate=True, Parameters=previous)


def test_a_change_that_never_took_place_is_rolled_back(cloudformation, ec2):
    def body(network):
        rules = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": network}]
        return template({"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "g", "SecurityGroupIngress": rules}}})

    cloudformation.create_stack(StackName="s", TemplateBody=body("10.0.0.0/8"))
    assert settle(cloudformation) == "CREATE_COMPLETE"
    cloudformation.update_stack(StackName="s", TemplateBody=body("10.0.0.0/99"))
    assert settle(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
    group = cloudformation.describe_stack_resource(StackName="s", LogicalResourceId="Group")["StackResourceDetail"]["PhysicalResourceId"]
    [rule] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    assert [r["CidrIp"] for r in rule["IpRanges"]] == ["10.0.0.0/8"]
