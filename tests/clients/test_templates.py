"""The sample templates that AWS publishes: each is created and deleted, and the table printed."""

import concurrent.futures
import os
import pathlib
import time

import pytest
import yaml
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = pathlib.Path(os.environ.get("MAINSTAY_CORPUS", HERE.parents[2] / "shared/corpus"))
GIVEN = yaml.safe_load((HERE / "template_parameters.yaml").read_text())
TEMPLATES = 65
MUST_SUCCEED = 40
STACK_SECONDS = 20
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML with CloudFormation's short forms, which do not matter for parameters."""


Loader.add_multi_constructor("!", lambda loader, suffix, node: None)


class Place:
    """An account for one template, with what its parameters may name."""

    def __init__(self, clients, account):
        self.cloudformation = clients("cloudformation", access_key=account)
        self.s3 = clients("s3", access_key=account, s3={"addressing_style": "path"})
        self.account = account
        self.names = self.prepare(clients("ec2", access_key=account),
                                  clients("route53", access_key=account),
                                  clients("iam", access_key=account),
                                  clients("secretsmanager", access_key=account))

    def prepare(self, ec2, route53, iam, secretsmanager):
        default = [{"Name": "is-default", "Values": ["true"]}]
        vpc = ec2.describe_vpcs(Filters=default)["Vpcs"][0]["VpcId"]
        inside = [{"Name": "vpc-id", "Values": [vpc]}]
        subnets = ec2.describe_subnets(Filters=inside)["Subnets"]
        zones = [s["AvailabilityZone"] for s in subnets]
        ids = [s["SubnetId"] for s in subnets]
        other = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
        peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)
        zone = route53.create_hosted_zone(Name="example.com", CallerReference=self.account)
        for key in ("ops", "sample"):
            ec2.create_key_pair(KeyName=key, KeyType="ed25519")
        iam.create_instance_profile(InstanceProfileName="CloudWatchAgentAdminRole")
        for secret in GIVEN["secrets"]:
            secretsmanager.create_secret(
                Name=secret, SecretString='{"password": "hunter-22", "pasword": "hunter-22"}')
        self.s3.create_bucket(Bucket=f"made-{self.account}")
        return {
            "$account": self.account, "$vpc": vpc, "$other_vpc": other, "$key": "ops",
            "$subnet": ids[0], "$other_subnet": ids[1], "$subnets": ",".join(ids[:4]),
            "$zone": zones[0], "$zones": ",".join(zones[:4]), "$bucket": f"made-{self.account}",
            "$group": ec2.describe_security_groups(Filters=inside)["SecurityGroups"][0]["GroupId"],
            "$route_table": ec2.describe_route_tables(Filters=inside)["RouteTables"][0][
                "RouteTableId"],
            "$peering": peering["VpcPeeringConnection"]["VpcPeeringConnectionId"],
            "$hosted_zone": zone["HostedZone"]["Id"].split("/")[-1]}

    def value(self, template, name, declared):
        own = GIVEN["by_template"].get(template, {})
        if name in own:
            return own[name]
        if "Default" in declared:
            return None
        text = next((v for part, v in GIVEN["by_name"] if part in name.lower()), None)
        kind = declared.get("Type", "String")
        return GIVEN["by_type"][kind] if text is None or kind != "String" else text

    def parameters(self, template, text):
        declared = (yaml.load(text, Loader) or {}).get("Parameters") or {}
        values = {name: self.value(template, name, d) for name, d in declared.items()}
        return [{"ParameterKey": k, "ParameterValue": self.names.get(v, v)}
                for k, v in values.items() if v is not None]

    def status(self, stack):
        return self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]

    def settle(self, stack):
        """The stack's status once nothing is in progress, or as it is when time is up."""
        end = time.monotonic() + STACK_SECONDS
        status = self.status(stack)
        while status.endswith("IN_PROGRESS") and time.monotonic() < end:
            time.sleep(0.1)
            status = self.status(stack)
        return status

    def create(self, template, stack):
        """What went wrong, or nothing."""
        text = (CORPUS / "templates" / template).read_text()
        made = self.cloudformation.create_stack(
            StackName=stack, TemplateBody=text, Capabilities=CAPABILITIES,
            Parameters=self.parameters(template, text))["StackId"]
        status = self.settle(made)
        return "" if status == "CREATE_COMPLETE" else f"{status}: {self.reason(made)}"

    def reason(self, stack):
        events = self.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        failed = [e for e in reversed(events) if e["ResourceStatus"].endswith("FAILED")]
        if not failed:
            return "not done in time"
        return f"{failed[0]['LogicalResourceId']}: {failed[0].get('ResourceStatusReason', '')}"

    def delete(self, stack):
        stack_id = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
        self.cloudformation.delete_stack(StackName=stack)
        status = self.settle(stack_id)
        return "" if status == "DELETE_COMPLETE" else f"{status}: {self.reason(stack_id)}"


def deploy(clients, account, template):
    """What went wrong with a template, from its companions' creation to its deletion."""
    try:
        place = Place(clients, account)
        stacks = [*GIVEN["needs"].get(template, {}).items(), ("demo", template)]
        for stack, file in stacks:
            if wrong := place.create(file, stack):
                return wrong
        for stack, _ in reversed(stacks):
            if wrong := place.delete(stack):
                return wrong
        return ""
    except (ClientError, BotoCoreError, ResponseParserError, yaml.YAMLError) as error:
        return str(error)


def sample_templates():
    kinds = {".yaml", ".yml", ".json", ".template"}
    files = (CORPUS / "templates").rglob("*")
    return sorted(str(f.relative_to(CORPUS / "templates")) for f in files if f.suffix in kinds)


def test_sample_templates_deploy_and_delete(clients, account, capsys, request):
    templates = sample_templates()
    if len(templates) < TEMPLATES:
        pytest.fail(f"{CORPUS} has {len(templates)} templates; set MAINSTAY_CORPUS to the corpus")
    accounts = [f"{int(account) + 10**6 * i:012d}" for i in range(1, len(templates) + 1)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        wrong = list(pool.map(lambda at: deploy(clients, *at), zip(accounts, templates)))
    good = wrong.count("")
    with capsys.disabled():
        print()
        for template, reason in zip(templates, wrong):
            print(f"{'ok    ' if not reason else 'failed'}  {template}  {reason[:160]}".rstrip())
        print(f"{good} of {len(templates)} templates were created and deleted")
    assert good >= (1 if request.config.getoption("--moto") else MUST_SUCCEED)
