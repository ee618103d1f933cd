"""mainstay app: releases of applications on ECS in a served cloud, whose tasks are states (MAINSTAY_CONTAINERS=off) but for
the last test's. P1 to P5 are the cases that hurt users of tools like it."""

import json
import os
import re
import subprocess
import sys

import boto3
import pytest
from conftest import HERE, MAINSTAY

sys.path.insert(0, str(HERE.parent / "clients"))
from docker_support import IMAGE, Daemon, why_not  # noqa: E402


class Cloud:
    def __init__(self, program, tmp_path, **variables):
        self.program = program
        environment = {**os.environ, "MAINSTAY_CONTAINERS": "off", "HOME": str(tmp_path), **variables}
        if "DOCKER_HOST" in variables:
            del environment["MAINSTAY_CONTAINERS"]
        self.process = subprocess.Popen([MAINSTAY, "cloud", "serve", "--memory", "--port", "0"], stdout=subprocess.PIPE, text=True, env=environment)
        self.url = re.search(r"http://\S+", self.process.stdout.readline()).group(0)
        self.ecs.create_cluster(clusterName="main")

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="123456789012", aws_secret_access_key="x")

    @property
    def ecs(self):
        return self.client("ecs")

    def instance(self, memory=4096, **attributes):
        identity = {"instanceId": "i-0abc", "availabilityZone": "us-east-1a"}
        return self.ecs.register_container_instance(
            cluster="main", instanceIdentityDocument=json.dumps(identity),
            totalResources=[{"name": "CPU", "type": "INTEGER", "integerValue": 4096}, {"name": "MEMORY", "type": "INTEGER", "integerValue": memory}],
            attributes=[{"name": k, "value": v} for k, v in attributes.items()])["containerInstance"]["containerInstanceArn"]

    def app(self, *words, code=0, folder=HERE):
        head, *rest = words
        done = self.program.run("app", head, "--endpoint", self.url, "-r", "us-east-1", *rest, code=code, folder=folder,
                                AWS_ACCESS_KEY_ID="123456789012", AWS_SECRET_ACCESS_KEY="x")
        return done.stdout + done.stderr

    def definition(self, name):
        return self.ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=60)


@pytest.fixture
def cloud(program, tmp_path):
    served = Cloud(program, tmp_path)
    yield served
    served.close()


def test_created_deployed_scaled_and_destroyed(cloud, tmp_path):
    cloud.instance(memory=32768)
    (tmp_path / "Procfile").write_text("# what runs\nweb: ./bin/web -p '8080 8081'\nworker: ./bin/worker\n")
    assert "next: mainstay app deploy shop IMAGE" in cloud.app("create", "shop", "--cluster", "main")
    assert "error[AppThere]" in cloud.app("create", "shop", code=3)
    assert "shop v1 is deployed" in cloud.app("deploy", "shop", "shop:1", "--procfile", str(tmp_path / "Procfile"))
    assert cloud.definition("shop-web")["containerDefinitions"][0]["command"] == ["./bin/web", "-p", "8080 8081"]
    cloud.app("scale", "shop", "web=2", "worker=1:2X")
    services = {s["serviceName"]: s for s in cloud.ecs.describe_services(cluster="main", services=["shop-web", "shop-worker"])["services"]}
    assert (services["shop-web"]["runningCount"], services["shop-worker"]["runningCount"]) == (2, 1)
    assert cloud.definition("shop-worker")["containerDefinitions"][0]["memory"] == 1024
    # A size alone keeps the count.
    cloud.app("scale", "shop", "web=PX")
    assert "web                 2 x PX" in cloud.app("info", "shop")
    assert "* v3" in cloud.app("releases", "shop")
    assert "error[ApprovalNeeded]" in cloud.app("destroy", "shop", code=5)
    cloud.app("destroy", "shop", "--yes")
    assert cloud.ecs.list_services(cluster="main")["serviceArns"] == []
    assert cloud.client("ssm").describe_parameters()["Parameters"] == []
    assert "error[AppMissing]" in cloud.app("info", "shop", code=3)


def test_p1_a_rollback_gives_back_image_and_variables(cloud):
    cloud.instance()
    cloud.app("create", "shop", "--cluster", "main")
    cloud.app("deploy", "shop", "shop:1")
    cloud.app("set", "shop", "MODE=test", "OTHER=x")
    cloud.app("set", "shop", "MODE=live")
    assert cloud.app("env", "shop").startswith("MODE=live\nOTHER=x\n")
    secrets = lambda: {s["name"]: s["valueFrom"] for s in cloud.definition("shop-web")["containerDefinitions"][0].get("secrets", [])}
    assert secrets()["MODE"].endswith("/config/MODE/000002")
    cloud.app("rollback", "shop", "v2")
    assert cloud.app("env", "shop").startswith("MODE=test\nOTHER=x\n") and secrets()["MODE"].endswith("/config/MODE/000001")
    cloud.app("rollback", "shop", "1")
    assert secrets() == {} and "MODE" not in cloud.app("env", "shop")
    assert "error[ReleaseMissing]" in cloud.app("rollback", "shop", "v99", code=3)
    # No value stands in a release, in a definition or in the list of releases.
    assert "live" not in json.dumps(cloud.definition("shop-web"), default=str) + cloud.app("releases", "shop")


def test_p2_what_is_run_once_has_the_same_role(cloud, tmp_path):
    cloud.instance()
    (tmp_path / "policy.json").write_text('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}')
    cloud.app("create", "shop", "--cluster", "main", "--task-policy", str(tmp_path / "policy.json"))
    cloud.app("deploy", "shop", "shop:1")
    cloud.app("run", "shop", "-d", "--", "./bin/migrate", "--all")
    tasks = cloud.ecs.describe_tasks(cluster="main", tasks=cloud.ecs.list_tasks(cluster="main")["taskArns"])["tasks"]
    once = next(task for task in tasks if task["group"] == "run:shop")
    assert cloud.definition(once["taskDefinitionArn"])["taskRoleArn"] == cloud.definition("shop-web")["taskRoleArn"]
    assert once["overrides"]["containerOverrides"][0]["command"] == ["./bin/migrate", "--all"]
    # Where nothing runs, nothing is said to have run.
    assert "error[TaskNotRun]" in cloud.app("run", "shop", code=4)


def test_p3_only_the_image_differs_after_a_deployment(cloud, tmp_path):
    cloud.instance(profile="heavy")
    (tmp_path / "Procfile").write_text("""
web:
  command: ./bin/web
  ports: [8080]
  environment: {LEVEL: 3}
  ecs:
    placement_constraints: [{type: memberOf, expression: "attribute:profile == heavy"}]
    placement_strategy: [{type: binpack, field: memory}]
""")
    cloud.app("create", "shop", "--cluster", "main")
    cloud.app("deploy", "shop", "shop:1", "--procfile", str(tmp_path / "Procfile"))
    before = cloud.definition("shop-web")
    cloud.app("deploy", "shop", "shop:2")
    after = cloud.definition("shop-web")
    assert before["placementConstraints"] == after["placementConstraints"] == [{"type": "memberOf", "expression": "attribute:profile == heavy"}]
    def without_release(definition):
        text = json.dumps({k: v for k, v in definition.items() if k not in ("taskDefinitionArn", "revision", "registeredAt")}, default=str, sort_keys=True)
        return re.sub(r"shop:\d|v\d", "*", text)
    assert without_release(before) == without_release(after)


def test_p4_a_count_that_is_not_given_stays(cloud):
    cloud.instance(memory=16384)
    cloud.app("create", "shop", "--cluster", "main")
    cloud.app("deploy", "shop", "shop:1")
    cloud.app("scale", "shop", "web=6")
    cloud.app("deploy", "shop", "shop:2")
    assert cloud.ecs.describe_services(cluster="main", services=["shop-web"])["services"][0]["desiredCount"] == 6


def test_p5_what_can_never_be_placed_is_said_before_anything_is_changed(cloud):
    cloud.app("create", "shop", "--cluster", "main")
    said = " ".join(cloud.app("deploy", "shop", "shop:1", code=4).split())
    assert "error[NoRoom]" in said and "web: 0 of 1 new tasks fit (the cluster has no container instance)" in said
    cloud.instance(memory=600)
    cloud.app("deploy", "shop", "shop:1")
    # The old task stays until the new one runs: there is no room for both.
    said = " ".join(cloud.app("deploy", "shop", "shop:2", code=4).split())
    assert "RESOURCE:MEMORY on i-0abc" in said
    assert "shop:2" not in cloud.app("releases", "shop")


def test_a_processs_constraint_adds_to_the_applications(cloud, tmp_path):
    cloud.instance(profile="default", disk="ssd")
    (tmp_path / "Procfile").write_text("web: {command: a, ecs: {placement_constraints: [{type: memberOf, expression: 'attribute:disk == ssd'}]}}\n")
    cloud.app("create", "shop", "--cluster", "main", "--constraint", "attribute:profile == default")
    cloud.app("deploy", "shop", "shop:1", "--procfile", str(tmp_path / "Procfile"))
    assert [c["expression"] for c in cloud.definition("shop-web")["placementConstraints"]] == ["attribute:profile == default", "attribute:disk == ssd"]


@pytest.mark.parametrize("text, words", [
    ("web ./bin/web", "Procfile:1:1"),
    ("web: a\nweb: b", "Procfile:2:1"),
    ("web: 'a", "is not closed"),
    ("web:\n  command: a\n  cron: '* * * * *'\n", "Procfile:3:"),
    ("web:\n  command: a\n  colour: red\n", "Procfile:3:"),
    ("web:\n  command: a\n  ecs: {placement_constraints: [{type: memberOf, expression: 'stack = prod'}]}\n", "column 1"),
    ("web:\n  command: a\n  ecs: {placement_constraints: [{type: distinctInstance}]}\n", "only memberOf"),
    ("", "no process"),
])
def test_procfiles_that_are_none(cloud, tmp_path, text, words):
    cloud.instance()
    (tmp_path / "Procfile").write_text(text)
    cloud.app("create", "shop", "--cluster", "main")
    said = " ".join(cloud.app("deploy", "shop", "shop:1", "--procfile", "Procfile", code=3, folder=tmp_path).split())
    assert "error[ProcfileInvalid]" in said and words in said
    assert "v1" not in cloud.app("releases", "shop")


@pytest.mark.parametrize("words, code", [
    (("create", "Shop"), 3), (("create", "a--b"), 3), (("create", "shop", "--constraint", "nonsense"), 3),
    (("scale", "shop", "web"), 3), (("scale", "shop", "web=-1"), 3), (("scale", "shop", "web=3X"), 3), (("scale", "shop", "api=1"), 3),
    (("set", "shop", "1A=x"), 3), (("set", "shop", "A="), 3), (("unset", "shop", "A"), 3), (("rollback", "shop", "last"), 3),
])
def test_wrong_words_change_nothing(cloud, words, code):
    cloud.instance()
    cloud.app("create", "shop", "--cluster", "main")
    cloud.app("deploy", "shop", "shop:1")
    before = cloud.app("releases", "shop")
    cloud.app(*words, code=code)
    assert cloud.app("releases", "shop") == before


@pytest.mark.skipif(bool(why_not()), reason=why_not() or "there is an engine")
def test_on_real_containers(program, tmp_path):
    """Variables reach the container; a release that crashes is rolled back by itself, with the container's end as its reason."""
    daemon = Daemon()
    try:
        cloud = Cloud(program, tmp_path, DOCKER_HOST=daemon.address)
        try:
            cloud.instance()
            (tmp_path / "Procfile").write_text("web: sh -c 'sleep 600'\ncheck: sh -c 'test \"$MODE\" = test'\n")
            cloud.app("create", "shop", "--cluster", "main")
            cloud.app("deploy", "shop", IMAGE, "--procfile", str(tmp_path / "Procfile"))
            assert "exit code 1" in cloud.app("run", "shop", "--process", "check", code=4)
            cloud.app("set", "shop", "MODE=test")
            assert "exit code 0" in cloud.app("run", "shop", "--process", "check")
            (tmp_path / "Procfile").write_text("web: sh -c 'exit 7'\n")
            said = " ".join(cloud.app("deploy", "shop", IMAGE, "--procfile", str(tmp_path / "Procfile"), code=4).split())
            assert "error[ReleaseFailed]" in said and "exit code 7" in said
            assert len(daemon.run("ps", "-q")) == 1 and "* v2" in cloud.app("releases", "shop")
        finally:
            cloud.close()
    finally:
        daemon.close()
