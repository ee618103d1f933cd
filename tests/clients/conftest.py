"""The cloud under test, and clients of it.

pytest tests/clients                      starts `mainstay cloud serve --memory` (MAINSTAY_BIN names it)
pytest tests/clients --endpoint URL       uses what listens there
pytest tests/clients --moto               starts moto's server; what it lacks is listed in moto_lacks.txt

Every test has an account of its own (a 12-digit access key is that account's root), so that tests
neither meet each other nor leave anything behind that matters.
"""

import itertools
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.config import Config
from functions_support import package, trust
from lacks import explains, lacks

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REGION = "us-east-1"
READY_SECONDS = 60
# What a handler answers beyond its model is an error in these tests, but for services that answer with whole documents
# and leave it to the encoder to drop what is their own.
UNCHECKED_OUTPUTS = "ec2,s3"


def pytest_addoption(parser):
    parser.addoption("--endpoint", help="an endpoint that speaks AWS, instead of mainstay's")
    parser.addoption("--moto", action="store_true", help="start moto's server and test that")


LACK = pytest.StashKey()


def pytest_collection_modifyitems(config, items):
    """On moto, what it lacks must fail, in the way that is named: so the list stays true. Files of what it has not at all are
    skipped."""
    if not config.getoption("--moto"):
        return
    missing = lacks()
    for item in items:
        file, node = item.path.name, f"{item.path.name}::{item.name}"
        if file in missing:
            item.add_marker(pytest.mark.skip(reason=missing[file]))
        elif node in missing:
            item.stash[LACK] = missing.pop(node)
    collected = {item.path.name for item in items}
    stale = [node for node in missing if "::" in node and node.split("::")[0] in collected]
    if stale and not config.option.keyword and "::" not in " ".join(config.args):
        raise pytest.UsageError(f"moto_lacks.txt names tests that do not exist: {stale}")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    reason = pyfuncitem.stash.get(LACK, None)
    if reason is None:
        return (yield)
    try:
        yield
    except (Exception, pytest.fail.Exception) as error:
        if explains(reason, error):
            pytest.xfail(reason)
        error.add_note(f"moto_lacks.txt names another failure: {reason}")
        raise
    pytest.fail(f"moto does it by now: take it off moto_lacks.txt ({reason})")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def stop(process):
    process.terminate()
    process.wait(timeout=READY_SECONDS)


def serve_mainstay():
    binary = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
    process = subprocess.Popen([binary, "cloud", "serve", "--memory", "--port", "0"],
                               stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "MAINSTAY_CHECK_OUTPUTS_BUT": UNCHECKED_OUTPUTS,
                                    "MAINSTAY_CONTAINERS": "off"})  # those are in test_ecs_containers.py
    line = process.stdout.readline()
    ready = re.match(r"embedded cloud ready at (http://\S+) \(state: memory\)", line)
    if not ready:
        stop(process)
        raise RuntimeError(f"{binary} cloud serve said {line!r} instead of where it is ready")
    return process, ready.group(1)


def serve_moto():
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _ in range(READY_SECONDS * 10):
        try:
            urllib.request.urlopen(url + "/moto-api/", timeout=5)
            return process, url
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    stop(process)
    raise RuntimeError("moto's server did not come up")


@pytest.fixture(scope="session")
def endpoint(request):
    if request.config.getoption("--endpoint"):
        yield request.config.getoption("--endpoint")
        return
    moto = request.config.getoption("--moto")
    process, url = serve_moto() if moto else serve_mainstay()
    yield url
    stop(process)


_accounts = itertools.count(random.randrange(100_000, 900_000) * 1000)


@pytest.fixture
def account():
    return f"{next(_accounts) % 10**12 + 10**11:012d}"[-12:]


@pytest.fixture
def clients(endpoint, account):
    """clients(service) of the test's account; other credentials, region or account by name."""

    def make(service, access_key=account, secret="test", token=None, region=REGION, **settings):
        config = Config(retries={"total_max_attempts": 1}, **settings)
        client = boto3.client(service, endpoint_url=endpoint, region_name=region, config=config,
                              aws_access_key_id=access_key, aws_secret_access_key=secret,
                              aws_session_token=token)
        if access_key.isdigit():  # moto tells accounts apart by this header
            client.meta.events.register(
                "before-call",
                lambda params, **_: params["headers"].update({"x-moto-account-id": access_key}))
        return client

    return make


def service_fixture(name, fixture_name=None):
    @pytest.fixture(name=fixture_name or name)
    def fixture(clients):
        return clients(name)

    return fixture


cloudtrail = service_fixture("cloudtrail")
cloudwatch = service_fixture("cloudwatch")
dynamodb = service_fixture("dynamodb")
ec2 = service_fixture("ec2")
events = service_fixture("events")
iam = service_fixture("iam")
kms = service_fixture("kms")
organizations = service_fixture("organizations")
ecs = service_fixture("ecs")
rds = service_fixture("rds")
route53 = service_fixture("route53")
scheduler = service_fixture("scheduler")
secretsmanager = service_fixture("secretsmanager")
sns = service_fixture("sns")
sqs = service_fixture("sqs")
logs = service_fixture("logs")
ssm = service_fixture("ssm")
sts = service_fixture("sts")
cloudformation = service_fixture("cloudformation")


functions = service_fixture("lambda", "functions")


@pytest.fixture
def role(iam):
    """One that functions may run as."""
    made = iam.create_role(RoleName="runs", AssumeRolePolicyDocument=trust())
    return made["Role"]["Arn"]


@pytest.fixture
def make(functions, role):
    """Makes a function of a source, or of {file: source}, and gives its name."""
    def make(source="def handler(event, context):\n    return event\n", name="worker", **more):
        more = {"Runtime": "python3.12", "Handler": "index.handler", "Role": role, "Timeout": 30,
                "Code": {"ZipFile": package(source)}, **more}
        functions.create_function(FunctionName=name, **more)
        return name

    return make


@pytest.fixture
def s3(clients):
    return clients("s3", s3={"addressing_style": "path"})


@pytest.fixture
def bucket(s3, account):
    name = f"bucket-{account}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture
def subnet(ec2, vpc):
    return ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]


@pytest.fixture
def run(ec2, subnet):
    """Runs instances, in a subnet unless told otherwise."""
    def run(count=1, **more):
        more = {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro",
                "SubnetId": subnet, **more}
        more = {k: v for k, v in more.items() if v is not None}
        return ec2.run_instances(MinCount=1, MaxCount=count, **more)["Instances"]

    return run
