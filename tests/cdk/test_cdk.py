"""AWS CDK against the embedded cloud: bootstrapped, deployed with its own limited roles, looked at, changed,
and taken away. Run by tools/test_cdk.sh, which installs it."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "main_job"))
from test_main_job import Served  # noqa: E402

MODULES = pathlib.Path(os.environ["MAINSTAY_CDK"]) / "node_modules"
ACCOUNT = "123456789012"


class Cdk:
    """The application in a folder of its own, and the served cloud that it goes to."""

    def __init__(self, folder, served):
        self.folder, self.served = folder, served
        for name in ("app.js", "cdk.json"):
            shutil.copyfile(HERE / name, folder / name)
        (folder / "node_modules").symlink_to(MODULES)

    def run(self, *arguments, colour="red", code=0):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        environment.update(
            AWS_ENDPOINT_URL=self.served.url, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test",
            AWS_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true", HOME=str(self.folder), CI="1",
            CDK_DISABLE_CLI_TELEMETRY="1", NODE_NO_WARNINGS="1", COLOUR=colour)
        done = subprocess.run([MODULES / ".bin" / "cdk", *arguments, "--no-color", "--no-notices"],
                              cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        assert done.returncode == code, done.stdout
        return done.stdout


@pytest.fixture
def cdk(tmp_path):
    with Served(tmp_path / "state", region="us-east-1") as served:
        folder = tmp_path / "app"
        folder.mkdir()
        yield Cdk(folder, served)


def test_an_application_comes_changes_and_goes(cdk):
    everything = cdk.served.everything()
    assert "bootstrapped" in cdk.run("bootstrap", f"aws://{ACCOUNT}/us-east-1")

    out = cdk.run("deploy", "--require-approval", "never")
    assert "shop.BucketName = " in out
    stack = cdk.served.client("cloudformation").describe_stacks(StackName="shop")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert ":role/cdk-hnb659fds-cfn-exec-role-" in stack["RoleARN"]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    assert cdk.served.client("s3").get_bucket_encryption(Bucket=outputs["BucketName"])
    subnets = cdk.served.client("ec2").describe_subnets(
        Filters=[{"Name": "vpc-id", "Values": [outputs["VpcId"]]}])["Subnets"]
    assert len(subnets) == 4

    diff = cdk.run("diff", colour="blue")
    assert "[-] red" in diff and "[+] blue" in diff
    assert "Number of stacks with differences: 1" in diff
    cdk.run("deploy", "--require-approval", "never", colour="blue")
    ssm = cdk.served.client("ssm")
    assert ssm.get_parameter(Name="/shop/colour")["Parameter"]["Value"] == "blue"
    assert "(no changes)" in cdk.run("deploy", "--require-approval", "never", colour="blue")

    ssm.put_parameter(Name="/shop/colour", Value="green", Overwrite=True)
    assert "green" in cdk.run("drift", colour="blue")

    assert "destroyed" in cdk.run("destroy", "--force", colour="blue")
    assert cdk.served.everything() == everything
