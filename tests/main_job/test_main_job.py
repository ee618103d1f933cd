"""The main job, as a user does it: `mainstay up` on configurations that we did not write, seen through
boto3 while `mainstay cloud serve` has the same state; an edit, and everything taken down again."""

import os
import pathlib
import re
import shutil
import subprocess

import boto3
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAINSTAY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
CORPUS = pathlib.Path(os.environ.get("MAINSTAY_CORPUS", ROOT.parent / "shared" / "corpus"))
REGION = "us-west-2"


class Rehearsal:
    """A copy of a configuration, and a state folder of its own."""

    def __init__(self, folder, source):
        self.folder = folder / "config"
        self.state = folder / "state"
        shutil.copytree(source, self.folder, copy_function=shutil.copyfile)
        os.chmod(self.folder, 0o755)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.environment["MAINSTAY_STATE"] = str(self.state)

    def run(self, command, *arguments, code=0):
        done = subprocess.run([MAINSTAY, command, "-r", REGION, *arguments, "example.env", "stacker.yml"],
                              cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout, done.stderr

    def serve(self):
        return Served(self.state)


class Served:
    def __init__(self, state, region=REGION):
        self.region = region
        self.process = subprocess.Popen([MAINSTAY, "cloud", "serve", "--port", "0", "--state", str(state)],
                                        stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+", self.process.stdout.readline()).group(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name=self.region,
                            aws_access_key_id="test", aws_secret_access_key="test")

    def everything(self):
        """All that a user could find lying about, by kind."""
        ec2, route53 = self.client("ec2"), self.client("route53")
        return {
            "vpcs": sorted(v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"]),
            "subnets": sorted(s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]),
            "route tables": sorted(t["RouteTableId"] for t in ec2.describe_route_tables()["RouteTables"]),
            "gateways": sorted(g["InternetGatewayId"] for g in ec2.describe_internet_gateways()["InternetGateways"]),
            "nat gateways": sorted(g["NatGatewayId"] for g in ec2.describe_nat_gateways()["NatGateways"]
                                   if g["State"] != "deleted"),
            "addresses": sorted(a["AllocationId"] for a in ec2.describe_addresses()["Addresses"]),
            "interfaces": sorted(i["NetworkInterfaceId"] for i in ec2.describe_network_interfaces()["NetworkInterfaces"]),
            "groups": sorted(g["GroupId"] for g in ec2.describe_security_groups()["SecurityGroups"]),
            "dhcp options": sorted(o["DhcpOptionsId"] for o in ec2.describe_dhcp_options()["DhcpOptions"]),
            "zones": sorted(z["Id"] for z in route53.list_hosted_zones()["HostedZones"]),
        }


@pytest.fixture
def rehearsal(tmp_path):
    return Rehearsal(tmp_path, CORPUS / "stacker" / "conf" / "example_vpc")


def finished(stderr):
    return [line.split(":")[0] for line in stderr.splitlines() if ": complete" in line]


def test_every_stack_comes_up_in_the_order_of_its_outputs(rehearsal):
    out, err = rehearsal.run("up")
    order = finished(err)
    assert sorted(order) == ["privateNetworkA", "privateNetworkB", "publicNetworkA", "publicNetworkB", "vpc"]
    assert order[0] == "vpc"
    assert order.index("publicNetworkA") < order.index("privateNetworkA")
    assert order.index("publicNetworkB") < order.index("privateNetworkB")
    assert "5 changed" in out
    with rehearsal.serve() as served:
        stacks = served.client("cloudformation").describe_stacks()["Stacks"]
        assert {s["StackStatus"] for s in stacks} == {"CREATE_COMPLETE"}
        assert len(stacks) == 5


def test_a_second_up_changes_nothing_and_calls_no_update(rehearsal):
    rehearsal.run("up")
    out, _ = rehearsal.run("up")
    assert "no changes" in out
    with rehearsal.serve() as served:
        cloudformation = served.client("cloudformation")
        for stack in cloudformation.describe_stacks()["Stacks"]:
            assert "LastUpdatedTime" not in stack


def test_boto3_sees_what_was_built_and_up_goes_to_the_served_cloud(rehearsal):
    rehearsal.run("up")
    with rehearsal.serve() as served:
        ec2 = served.client("ec2")
        vpc = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.128.0.0/16"]}])["Vpcs"][0]
        assert ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]
        subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
        assert sorted((s["CidrBlock"], s["AvailabilityZone"]) for s in subnets) == [
            ("10.128.0.0/23", "us-west-2a"), ("10.128.16.0/21", "us-west-2a"),
            ("10.128.2.0/23", "us-west-2b"), ("10.128.24.0/21", "us-west-2b")]
        tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["RouteTables"]
        targets = {(r.get("GatewayId", "")[:4] or r.get("NatGatewayId", "")[:4])
                   for t in tables for r in t["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"}
        assert targets == {"igw-", "nat-"}
        zones = served.client("route53").list_hosted_zones_by_vpc(VPCId=vpc["VpcId"], VPCRegion=REGION)
        assert [z["Name"] for z in zones["HostedZoneSummaries"]] == ["internal."]
        out, err = rehearsal.run("up")
        assert served.url in err and "no changes" in out


def test_diff_shows_what_an_edit_replaces_and_leaves_nothing_behind(rehearsal):
    rehearsal.run("up")
    config = rehearsal.folder / "stacker.yml"
    config.write_text(config.read_text().replace("10.128.24.0/21", "10.128.32.0/21"))
    out, _ = rehearsal.run("diff")
    assert "-/+ replace Subnet" in out and "10.128.24.0/21 -> 10.128.32.0/21" in out
    assert "1 of 5 stacks would change" in out
    rehearsal.run("diff", "--exit-code", code=2)
    with rehearsal.serve() as served:
        cloudformation = served.client("cloudformation")
        stacks = cloudformation.describe_stacks()["Stacks"]
        assert {s["StackStatus"] for s in stacks} == {"CREATE_COMPLETE"}
        for stack in stacks:
            assert cloudformation.list_change_sets(StackName=stack["StackName"])["Summaries"] == []
    rehearsal.run("up")
    with rehearsal.serve() as served:
        blocks = {s["CidrBlock"] for s in served.client("ec2").describe_subnets()["Subnets"]}
        assert "10.128.32.0/21" in blocks and "10.128.24.0/21" not in blocks


def test_down_leaves_nothing_behind(rehearsal):
    with rehearsal.serve() as served:
        before = served.everything()
    rehearsal.run("up")
    with rehearsal.serve() as served:
        assert served.everything() != before
    rehearsal.run("down", "--force")
    with rehearsal.serve() as served:
        assert served.everything() == before
        assert served.client("cloudformation").describe_stacks()["Stacks"] == []
