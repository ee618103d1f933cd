"""ECS's tasks as containers of a real Docker Engine, which the tests start; over kill -9 of the cloud and of containers."""

import json
import os
import random
import re
import signal
import subprocess
import time

import boto3
import pytest
from conftest import READY_SECONDS, ROOT
from docker_support import IMAGE, Daemon, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "there is an engine")
CYCLES = int(os.environ.get("MAINSTAY_KILLS", "4"))


@pytest.fixture(scope="module")
def docker():
    daemon = Daemon()
    yield daemon
    daemon.close()


class Served:
    """`mainstay cloud serve` on a folder, which may be killed and started again."""

    def __init__(self, state, docker):
        self.state, self.docker = str(state), docker
        self.start()

    def start(self):
        binary = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
        self.process = subprocess.Popen([binary, "cloud", "serve", "--state", self.state, "--port", "0"], stdout=subprocess.PIPE,
                                        text=True, env={**os.environ, "DOCKER_HOST": self.docker.address})
        line = self.process.stdout.readline()
        url = re.match(r"embedded cloud ready at (http://\S+)", line).group(1)
        self.ecs = boto3.client("ecs", endpoint_url=url, region_name="us-east-1", aws_access_key_id="123456789012", aws_secret_access_key="x")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=READY_SECONDS)

    def define(self, script, family="web", image=IMAGE, **more):
        return self.ecs.register_task_definition(
            family=family, networkMode="none",
            containerDefinitions=[{"name": "app", "image": image, "memory": 64, "stopTimeout": 1, "command": ["/bin/sh", "-c", script], **more}]
        )["taskDefinition"]["taskDefinitionArn"]

    def task(self, arn):
        return self.ecs.describe_tasks(cluster="main", tasks=[arn])["tasks"][0]

    def service(self, name="web"):
        return self.ecs.describe_services(cluster="main", services=[name])["services"][0]


@pytest.fixture
def cloud(tmp_path, docker):
    served = Served(tmp_path / "state", docker)
    served.ecs.create_cluster(clusterName="main")
    served.ecs.register_container_instance(
        cluster="main", instanceIdentityDocument=json.dumps({"instanceId": "i-1", "availabilityZone": "us-east-1a"}),
        totalResources=[{"name": "CPU", "type": "INTEGER", "integerValue": 4096}, {"name": "MEMORY", "type": "INTEGER", "integerValue": 4096}])
    yield served
    served.process.terminate()
    served.process.wait(timeout=READY_SECONDS)
    for container in docker.run("ps", "-aq"):
        docker.run("rm", "-f", container)


def settle(look, wanted, seconds=READY_SECONDS):
    end = time.time() + seconds
    while True:
        seen = look()
        if seen == wanted or time.time() > end:
            assert seen == wanted
            return
        time.sleep(0.05)


def test_a_task_is_a_container_and_its_exit_is_seen(cloud, docker):
    cloud.define("echo $WORD; exit 3", environment=[{"name": "WORD", "value": "good"}])
    arn = cloud.ecs.run_task(cluster="main", taskDefinition="web")["tasks"][0]["taskArn"]
    settle(lambda: cloud.task(arn)["lastStatus"], "STOPPED")
    task = cloud.task(arn)
    assert task["stopCode"] == "EssentialContainerExited" and task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == 3 and len(task["containers"][0]["runtimeId"]) == 64
    settle(lambda: docker.run("ps", "-aq"), [])


def test_an_image_that_is_not_there_fails_the_task_in_words(cloud):
    cloud.define("true", image="nobody/has:this")
    arn = cloud.ecs.run_task(cluster="main", taskDefinition="web")["tasks"][0]["taskArn"]
    settle(lambda: cloud.task(arn)["lastStatus"], "STOPPED")
    assert cloud.task(arn)["stoppedReason"].startswith("CannotPullContainerError: ") and cloud.task(arn)["stopCode"] == "TaskFailedToStart"


def test_a_service_starts_another_where_a_container_was_killed(cloud, docker):
    cloud.define("sleep 600")
    cloud.ecs.create_service(cluster="main", serviceName="web", taskDefinition="web", desiredCount=2)
    settle(lambda: cloud.service()["runningCount"], 2)
    first = docker.run("ps", "-q")
    assert len(first) == 2
    docker.run("kill", first[0])
    settle(lambda: len(set(docker.run("ps", "-q")) - set(first)), 1)
    settle(lambda: cloud.service()["runningCount"], 2)
    cloud.ecs.delete_service(cluster="main", service="web", force=True)
    settle(lambda: docker.run("ps", "-aq"), [])


def test_a_crash_loop_is_caught_by_the_circuit_breaker_and_rolled_back(cloud, docker):
    good = cloud.define("sleep 600")
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    cloud.ecs.create_service(cluster="main", serviceName="web", taskDefinition="web", desiredCount=1, deploymentConfiguration=breaker)
    settle(lambda: cloud.service()["deployments"][0]["rolloutState"], "COMPLETED")
    cloud.define("exit 1")
    cloud.ecs.update_service(cluster="main", service="web", taskDefinition="web")
    settle(lambda: cloud.service()["taskDefinition"], good, 60)
    settle(lambda: (cloud.service()["runningCount"], len(cloud.service()["deployments"])), (1, 1))
    assert any("deployment failed: tasks failed to start." in event["message"] for event in cloud.service()["events"])
    assert len(docker.run("ps", "-q")) == 1


def test_containers_go_on_over_kill_9_and_none_is_orphaned(cloud, docker):
    """Killed at random moments of deployments: what runs in the end is what should run, and nothing else."""
    chance = random.Random(7)
    cloud.define("sleep 600")
    cloud.ecs.create_service(cluster="main", serviceName="web", taskDefinition="web", desiredCount=2)
    settle(lambda: cloud.service()["runningCount"], 2)
    before = sorted(docker.run("ps", "-q"))
    cloud.kill()
    cloud.start()
    time.sleep(1.5)  # longer than between two looks at the containers
    assert sorted(docker.run("ps", "-q")) == before and cloud.service()["runningCount"] == 2
    for cycle in range(CYCLES):
        cloud.define(f"sleep {700 + cycle}")
        cloud.ecs.update_service(cluster="main", service="web", taskDefinition="web", desiredCount=chance.randint(1, 4))
        time.sleep(chance.random() * 1.5)
        cloud.kill()
        cloud.start()
    wanted = cloud.service()["desiredCount"]
    settle(lambda: (cloud.service()["runningCount"], len(cloud.service()["deployments"])), (wanted, 1), 90)
    settle(lambda: len(docker.run("ps", "-aq")), wanted)
    arns = cloud.ecs.list_tasks(cluster="main", serviceName="web")["taskArns"]
    told = {c["runtimeId"][:12] for task in cloud.ecs.describe_tasks(cluster="main", tasks=arns)["tasks"] for c in task["containers"]}
    assert told == set(docker.run("ps", "-q"))
