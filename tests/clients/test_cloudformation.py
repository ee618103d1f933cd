"""CloudFormation: stacks from templates, changed, rolled back, and deleted."""

import json
import os
import subprocess
import time
import urllib.request

import pytest
from botocore.exceptions import WaiterError
from helpers import fails, names, tags

QUICK = {"Delay": 1, "MaxAttempts": 60}
NETWORK = """
Parameters:
  Cidr: {Type: String, Default: 10.0.0.0/16}
  Name: {Type: String, Default: first}
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !Ref Cidr
      Tags: [{Key: Name, Value: !Sub "${AWS::StackName}-${Name}"}]
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]
      AvailabilityZone: !Select [0, !GetAZs ""]
Outputs:
  VpcId: {Value: !Ref Vpc, Export: {Name: !Sub "${AWS::StackName}-vpc"}}
  Block: {Value: !GetAtt Subnet.CidrBlock}
"""
BAD = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 192.168.0.0/24}
"""


def parameters(**pairs):
    return [{"ParameterKey": k, "ParameterValue": v} for k, v in pairs.items()]


@pytest.fixture
def create(cloudformation):
    def run(template=NETWORK, name="s", **more):
        cloudformation.create_stack(StackName=name, TemplateBody=template, **more)
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=QUICK)
        return stack(cloudformation, name)

    return run


def stack(cloudformation, name="s"):
    return cloudformation.describe_stacks(StackName=name)["Stacks"][0]


def outputs(described):
    return {o["OutputKey"]: o["OutputValue"] for o in described["Outputs"]}


def settle(cloudformation, name="s"):
    """Until nothing is in progress."""
    for _ in range(600):
        status = stack(cloudformation, name)["StackStatus"]
        if not status.endswith("IN_PROGRESS"):
            return status
        time.sleep(0.1)
    pytest.fail(f"{name} is still {status}")


def physical(cloudformation, logical, name="s"):
    detail = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId=logical)
    return detail["StackResourceDetail"]["PhysicalResourceId"]


def delete(cloudformation, name="s"):
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=QUICK)


def update(cloudformation, **more):
    cloudformation.update_stack(StackName="s", **more)
    cloudformation.get_waiter("stack_update_complete").wait(StackName="s", WaiterConfig=QUICK)


def test_create_and_delete(cloudformation, create, ec2):
    out = outputs(create())
    assert out["Block"] == "10.0.0.0/24"
    found = ec2.describe_vpcs(VpcIds=[out["VpcId"]])["Vpcs"][0]
    assert {"Key": "Name", "Value": "s-first"} in found["Tags"]
    delete(cloudformation)
    with fails("InvalidVpcID.NotFound"):
        ec2.describe_vpcs(VpcIds=[out["VpcId"]])
    with fails("ValidationError", "Stack with id s does not exist"):
        cloudformation.describe_stacks(StackName="s")


def test_events_tell_the_story(cloudformation, create):
    create()
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    story = [(e["LogicalResourceId"], e["ResourceStatus"]) for e in reversed(events)]
    assert story[0] == ("s", "CREATE_IN_PROGRESS")
    assert story[-1] == ("s", "CREATE_COMPLETE")
    assert story.index(("Vpc", "CREATE_COMPLETE")) < story.index(("Subnet", "CREATE_IN_PROGRESS"))


def test_names_are_taken_once(cloudformation, create):
    create()
    with fails("AlreadyExistsException", "Stack [s] already exists"):
        cloudformation.create_stack(StackName="s", TemplateBody=NETWORK)


def test_update_in_place(cloudformation, create, ec2):
    vpc = outputs(create())["VpcId"]
    update(cloudformation, UsePreviousTemplate=True, Parameters=parameters(Name="second"))
    assert outputs(stack(cloudformation))["VpcId"] == vpc
    found = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]
    assert {"Key": "Name", "Value": "s-second"} in found["Tags"]


def test_update_by_replacement(cloudformation, create, ec2):
    before = outputs(create())["VpcId"]
    update(cloudformation, UsePreviousTemplate=True, Parameters=parameters(Cidr="10.9.0.0/16"))
    after = outputs(stack(cloudformation))["VpcId"]
    assert after != before
    with fails("InvalidVpcID.NotFound"):
        ec2.describe_vpcs(VpcIds=[before])


def test_nothing_to_update(cloudformation, create):
    create()
    with fails("ValidationError", "No updates are to be performed."):
        cloudformation.update_stack(StackName="s", TemplateBody=NETWORK)


def test_failed_create_rolls_back(cloudformation, ec2):
    before = len(ec2.describe_vpcs()["Vpcs"])
    cloudformation.create_stack(StackName="s", TemplateBody=BAD)
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig=QUICK)
    assert settle(cloudformation) == "ROLLBACK_COMPLETE"
    assert len(ec2.describe_vpcs()["Vpcs"]) == before
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    [failed] = [e for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert failed["LogicalResourceId"] == "Subnet"
    assert "192.168.0.0/24" in failed["ResourceStatusReason"]


def test_failed_create_may_be_kept(cloudformation):
    cloudformation.create_stack(StackName="s", TemplateBody=BAD, OnFailure="DO_NOTHING")
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig=QUICK)
    assert stack(cloudformation)["StackStatus"] == "CREATE_FAILED"


def test_failed_update_rolls_back(cloudformation, create):
    before = create()
    cloudformation.update_stack(StackName="s", TemplateBody=BAD)
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_update_complete").wait(StackName="s", WaiterConfig=QUICK)
    after = stack(cloudformation)
    assert after["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert outputs(after) == outputs(before)


def test_change_set_says_what_would_be_replaced(cloudformation, create):
    create()
    cloudformation.create_change_set(StackName="s", ChangeSetName="c", UsePreviousTemplate=True,
                                     Parameters=parameters(Cidr="10.9.0.0/16"))
    cloudformation.get_waiter("change_set_create_complete").wait(
        StackName="s", ChangeSetName="c", WaiterConfig=QUICK)
    changes = cloudformation.describe_change_set(StackName="s", ChangeSetName="c")["Changes"]
    found = {c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"] for c in changes}
    assert (found["Vpc"]["Action"], found["Vpc"]["Replacement"]) == ("Modify", "True")
    cloudformation.execute_change_set(StackName="s", ChangeSetName="c")
    cloudformation.get_waiter("stack_update_complete").wait(StackName="s", WaiterConfig=QUICK)
    assert outputs(stack(cloudformation))["Block"] == "10.9.0.0/24"


def test_change_set_of_a_new_stack(cloudformation):
    cloudformation.create_change_set(StackName="s", ChangeSetName="c", ChangeSetType="CREATE",
                                     TemplateBody=NETWORK)
    cloudformation.get_waiter("change_set_create_complete").wait(
        StackName="s", ChangeSetName="c", WaiterConfig=QUICK)
    assert stack(cloudformation)["StackStatus"] == "REVIEW_IN_PROGRESS"
    cloudformation.execute_change_set(StackName="s", ChangeSetName="c")
    cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig=QUICK)


def test_empty_change_set_fails(cloudformation, create):
    create()
    cloudformation.create_change_set(StackName="s", ChangeSetName="c", TemplateBody=NETWORK)
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("change_set_create_complete").wait(
            StackName="s", ChangeSetName="c", WaiterConfig=QUICK)
    described = cloudformation.describe_change_set(StackName="s", ChangeSetName="c")
    assert described["Status"] == "FAILED"
    assert described["StatusReason"].startswith("The submitted information didn't contain changes.")


@pytest.mark.parametrize("asked, message", [
    ({"ChangeSetType": "IMPORT"}, "ResourcesToImport must be given for a change set of type IMPORT"),
    ({"ResourcesToImport": [{"ResourceType": "AWS::EC2::VPC", "LogicalResourceId": "Vpc", "ResourceIdentifier": {"VpcId": "vpc-1"}}]},
     "ResourcesToImport is for change sets of type IMPORT only")])
def test_halves_of_an_import_are_refused(cloudformation, create, asked, message):
    create()
    with fails("ValidationError", message):
        cloudformation.create_change_set(StackName="s", ChangeSetName="c", TemplateBody=NETWORK, **asked)
    assert cloudformation.list_change_sets(StackName="s")["Summaries"] == []
    cloudformation.create_change_set(StackName="s", ChangeSetName="c", TemplateBody=NETWORK,
                                     ImportExistingResources=True)


def test_exports_in_use_stay(cloudformation, create):
    create()
    user = """
Resources:
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !ImportValue s-vpc, CidrBlock: 10.0.200.0/24}
"""
    create(user, "user")
    assert names(cloudformation.list_exports()["Exports"], "Name") == ["s-vpc"]
    assert cloudformation.list_imports(ExportName="s-vpc")["Imports"] == ["user"]
    with fails("ValidationError", "Export s-vpc cannot be deleted as it is in use by user"):
        cloudformation.delete_stack(StackName="s")
    delete(cloudformation, "user")
    delete(cloudformation)


def test_termination_protection(cloudformation, create):
    create(EnableTerminationProtection=True)
    with fails("ValidationError"):
        cloudformation.delete_stack(StackName="s")
    cloudformation.update_termination_protection(StackName="s", EnableTerminationProtection=False)
    delete(cloudformation)


def test_deletion_policy(cloudformation, create, ec2):
    keep = BAD.replace("192.168.0.0/24}", "10.0.0.0/24}").replace(
        "Vpc: {Type:", "Vpc: {DeletionPolicy: Retain, Type:")
    create(keep)
    vpc = physical(cloudformation, "Vpc")
    delete(cloudformation)
    assert len(ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]) == 1


WAIT = """
Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Wait:
    Type: AWS::CloudFormation::WaitCondition
    DependsOn: Handle
    Properties: {Handle: !Ref Handle, Timeout: "TIMEOUT", Count: 1}
Outputs:
  Data: {Value: !GetAtt Wait.Data}
"""


def test_wait_condition_is_signalled(cloudformation):
    cloudformation.create_stack(StackName="s", TemplateBody=WAIT.replace("TIMEOUT", "300"))
    url = None
    while not url:
        resources = cloudformation.describe_stack_resources(StackName="s")["StackResources"]
        url = next((r.get("PhysicalResourceId") for r in resources
                    if r["LogicalResourceId"] == "Handle"), None)
    signal = {"Status": "SUCCESS", "Reason": "up", "UniqueId": "1", "Data": "ready"}
    request = urllib.request.Request(url, json.dumps(signal).encode(), method="PUT",
                                     headers={"Content-Type": ""})
    assert urllib.request.urlopen(request).status == 200
    cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig=QUICK)
    assert json.loads(outputs(stack(cloudformation))["Data"]) == {"1": "ready"}


def test_wait_condition_times_out(cloudformation):
    cloudformation.create_stack(StackName="s", TemplateBody=WAIT.replace("TIMEOUT", "1"))
    assert settle(cloudformation) == "ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    [failed] = [e for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert "WaitCondition timed out" in failed["ResourceStatusReason"]


def test_iam_needs_a_capability(cloudformation):
    template = "Resources: {U: {Type: AWS::IAM::User, Properties: {UserName: named}}}"
    with fails("InsufficientCapabilitiesException",
               "Requires capabilities : [CAPABILITY_NAMED_IAM]"):
        cloudformation.create_stack(StackName="s", TemplateBody=template)


def test_parameters_are_checked(cloudformation):
    with fails("ValidationError", "Parameters: [Other] do not exist in the template"):
        cloudformation.create_stack(StackName="s", TemplateBody=NETWORK,
                                    Parameters=parameters(Other="x"))
    must = NETWORK.replace(", Default: first", "")
    with fails("ValidationError", "Parameters: [Name] must have values"):
        cloudformation.create_stack(StackName="s", TemplateBody=must)


def test_templates_are_checked(cloudformation):
    with fails("ValidationError"):
        cloudformation.validate_template(TemplateBody="Resources: {")
    unresolved = "Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Nope}}}"
    with fails("ValidationError", "...Unresolved resource dependencies [Nope] in the Resources "
               "block of the template"):
        cloudformation.create_stack(StackName="s", TemplateBody=unresolved)


def test_summary_of_a_template(cloudformation):
    summary = cloudformation.get_template_summary(TemplateBody=NETWORK)
    assert sorted(names(summary["Parameters"], "ParameterKey")) == ["Cidr", "Name"]
    assert set(summary["ResourceTypes"]) == {"AWS::EC2::VPC", "AWS::EC2::Subnet"}


def test_template_comes_back_as_given(cloudformation, create):
    create()
    assert cloudformation.get_template(StackName="s")["TemplateBody"] == NETWORK


def test_template_from_s3(cloudformation, s3, bucket, endpoint):
    s3.put_object(Bucket=bucket, Key="t.yaml", Body=NETWORK.encode())
    url = f"https://{bucket}.s3.amazonaws.com/t.yaml"
    cloudformation.create_stack(StackName="s", TemplateURL=url)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig=QUICK)


def test_tags_reach_the_resources(cloudformation, create, ec2):
    vpc = outputs(create(Tags=tags(team="ops")))["VpcId"]
    found = {t["Key"]: t["Value"] for t in ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]}
    assert found["team"] == "ops"
    assert found["aws:cloudformation:stack-name"] == "s"


def test_types_without_a_spec_are_recorded(cloudformation, create):
    create("Resources: {B: {Type: 'AWS::Budgets::Budget', Properties: {Budget: "
           "{BudgetType: COST, TimeUnit: MONTHLY}}}}")
    events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    said = [e.get("ResourceStatusReason") for e in events if e["LogicalResourceId"] == "B"]
    assert said == [None, "Resource creation Initiated", None]
    coverage = subprocess.run([os.environ["MAINSTAY_BIN"], "cloud", "coverage", "AWS::Budgets"], capture_output=True, text=True, check=True)
    assert "recorded  AWS::Budgets::Budget\nguessed   AWS::Budgets::BudgetsAction\n" == coverage.stdout


def test_lists_of_stacks(cloudformation, create):
    create()
    assert names(cloudformation.describe_stacks()["Stacks"], "StackName") == ["s"]
    delete(cloudformation)
    gone = cloudformation.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert names(gone, "StackName") == ["s"]
