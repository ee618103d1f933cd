"""ECS: clusters, instances, task definitions, tasks and services, their states and words (API reference, developer guide).
Without containers: MAINSTAY_CONTAINERS=off; test_ecs_containers.py has a Docker Engine."""

import json
import time

import pytest
from botocore.exceptions import ClientError


def settle(look, wanted, seconds=10):
    end = time.time() + seconds
    while True:
        seen = look()
        if seen == wanted or time.time() > end:
            assert seen == wanted
            return
        time.sleep(0.02)


@pytest.fixture
def cluster(ecs):
    ecs.create_cluster(clusterName="main")
    return "main"


def register(ecs, cluster, zone="us-east-1a", cpu=1024, memory=2048, **attributes):
    identity = {"instanceId": "i-0123456789abcdef0", "availabilityZone": zone, "instanceType": "t3.medium"}
    return ecs.register_container_instance(
        cluster=cluster, instanceIdentityDocument=json.dumps(identity),
        totalResources=[{"name": "CPU", "type": "INTEGER", "integerValue": cpu},
                        {"name": "MEMORY", "type": "INTEGER", "integerValue": memory}],
        attributes=[{"name": k, "value": v} for k, v in attributes.items()])["containerInstance"]["containerInstanceArn"]


def define(ecs, family="web", memory=256, **more):
    return ecs.register_task_definition(
        family=family, containerDefinitions=[{"name": "app", "image": "app:1", "memory": memory, "cpu": 128, **more}]
    )["taskDefinition"]["taskDefinitionArn"]


def refused(code, call, **arguments):
    with pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["Error"]["Code"] == code, error.value
    return error.value.response["Error"]["Message"]


def service_of(ecs, cluster, name):
    return ecs.describe_services(cluster=cluster, services=[name])["services"][0]


def running(ecs, cluster, name):
    return lambda: service_of(ecs, cluster, name)["runningCount"]


def test_clusters(ecs):
    made = ecs.create_cluster(clusterName="one", tags=[{"key": "team", "value": "ops"}])["cluster"]
    assert made["status"] == "ACTIVE" and made["clusterArn"].endswith(":cluster/one")
    assert ecs.create_cluster(clusterName="one")["cluster"]["clusterArn"] == made["clusterArn"]
    assert ecs.list_clusters()["clusterArns"] == [made["clusterArn"]]
    described = ecs.describe_clusters(clusters=["one", "two"], include=["TAGS"])
    assert described["clusters"][0]["tags"] == [{"key": "team", "value": "ops"}]
    assert described["failures"][0]["reason"] == "MISSING"
    assert refused("ClusterNotFoundException", ecs.list_tasks, cluster="two") == "Cluster not found."
    register(ecs, "one")
    refused("ClusterContainsContainerInstancesException", ecs.delete_cluster, cluster="one")


def test_definitions_are_revisions_that_stay(ecs):
    first, second = define(ecs), define(ecs, memory=512)
    assert first.endswith("web:1") and second.endswith("web:2")
    assert ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["revision"] == 2
    container = ecs.describe_task_definition(taskDefinition="web:1")["taskDefinition"]["containerDefinitions"][0]
    assert container["essential"] is True and container["memory"] == 256 and container["portMappings"] == []
    assert ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"] == [first, second]
    assert ecs.list_task_definitions(sort="DESC")["taskDefinitionArns"] == [second, first]
    ecs.deregister_task_definition(taskDefinition="web:2")
    assert ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["revision"] == 1
    assert ecs.list_task_definitions(status="INACTIVE")["taskDefinitionArns"] == [second]
    assert define(ecs).endswith("web:3")  # a number is never used again
    assert ecs.delete_task_definitions(taskDefinitions=["web:1", "web:2"])["failures"][0]["reason"].startswith("The specified task definition is still in ACTIVE")


@pytest.mark.parametrize("given, words", [
    ({"containerDefinitions": []}, "Container list cannot be empty."),
    ({"containerDefinitions": [{"name": "a", "image": "x"}]}, "At least one of 'memory' or 'memoryReservation' must be specified."),
    ({"containerDefinitions": [{"name": "a", "image": "", "memory": 4}]}, "Container.image should not be null or empty."),
    ({"containerDefinitions": [{"name": "a", "image": "x", "memory": 4, "essential": False}]}, "At least one container should be essential."),
    ({"containerDefinitions": [{"name": "a", "image": "x", "memory": 4, "dependsOn": [{"containerName": "b", "condition": "START"}]}]}, "depends on b"),
    ({"containerDefinitions": [{"name": "a", "image": "x", "memory": 4}], "placementConstraints": [{"type": "memberOf", "expression": "stack == prod"}]}, "column 1"),
    ({"containerDefinitions": [{"name": "a", "image": "x"}], "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "4096"}, "No Fargate configuration exists"),
    ({"containerDefinitions": [{"name": "a", "image": "x"}], "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}, "network mode"),
])
def test_definitions_that_are_none(ecs, given, words):
    assert words in refused("ClientException", ecs.register_task_definition, family="f", **given)
    assert ecs.list_task_definitions()["taskDefinitionArns"] == []


def test_a_task_runs_and_is_stopped(ecs, cluster):
    instance = register(ecs, cluster)
    define(ecs)
    task = ecs.run_task(cluster=cluster, taskDefinition="web")["tasks"][0]
    assert task["lastStatus"] == "PENDING" and task["containerInstanceArn"] == instance and task["group"] == "family:web"
    arn = task["taskArn"]
    look = lambda: ecs.describe_tasks(cluster=cluster, tasks=[arn])["tasks"][0]
    settle(lambda: look()["lastStatus"], "RUNNING")
    assert look()["containers"][0]["reason"] == "simulated: MAINSTAY_CONTAINERS=off"
    left = {r["name"]: r.get("integerValue") for r in ecs.describe_container_instances(cluster=cluster, containerInstances=[instance])["containerInstances"][0]["remainingResources"]}
    assert left["CPU"] == 1024 - 128 and left["MEMORY"] == 2048 - 256
    ecs.stop_task(cluster=cluster, task=arn, reason="enough")
    settle(lambda: look()["lastStatus"], "STOPPED")
    assert look()["stoppedReason"] == "enough" and look()["stopCode"] == "UserInitiated"
    assert ecs.list_tasks(cluster=cluster)["taskArns"] == []
    assert ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"] == [arn]


def test_what_does_not_fit_is_a_failure_with_its_reason(ecs, cluster):
    define(ecs, "big", memory=4096)
    assert refused("InvalidParameterException", ecs.run_task, cluster=cluster, taskDefinition="big") == "No Container Instances were found in your cluster."
    register(ecs, cluster)
    answer = ecs.run_task(cluster=cluster, taskDefinition="big")
    assert answer["tasks"] == [] and answer["failures"][0]["reason"] == "RESOURCE:MEMORY"
    define(ecs)
    answer = ecs.run_task(cluster=cluster, taskDefinition="web", placementConstraints=[{"type": "memberOf", "expression": "attribute:stack == prod"}])
    assert answer["failures"][0]["reason"] == "MemberOf placement constraint unsatisfied."
    assert "column 1" in refused("InvalidParameterException", ecs.run_task, cluster=cluster, taskDefinition="web", placementConstraints=[{"type": "memberOf", "expression": "nonsense"}])
    refused("ClientException", ecs.run_task, cluster=cluster, taskDefinition="nothing")


def test_a_service_keeps_its_count_and_heals(ecs, cluster):
    for zone in "abc":
        register(ecs, cluster, f"us-east-1{zone}")
    define(ecs)
    made = ecs.create_service(cluster=cluster, serviceName="web", taskDefinition="web", desiredCount=3)["service"]
    assert made["deployments"][0]["status"] == "PRIMARY" and made["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    settle(running(ecs, cluster, "web"), 3)
    settle(lambda: service_of(ecs, cluster, "web")["deployments"][0]["rolloutState"], "COMPLETED")
    tasks = ecs.describe_tasks(cluster=cluster, tasks=ecs.list_tasks(cluster=cluster, serviceName="web")["taskArns"])["tasks"]
    assert len({task["availabilityZone"] for task in tasks}) == 3
    ecs.stop_task(cluster=cluster, task=tasks[0]["taskArn"])
    settle(lambda: tasks[0]["taskArn"] in ecs.list_tasks(cluster=cluster, serviceName="web")["taskArns"], False)
    settle(running(ecs, cluster, "web"), 3)
    events = [event["message"] for event in service_of(ecs, cluster, "web")["events"]]
    assert "(service web) has reached a steady state." in events
    assert any(event.startswith("(service web) has started 3 tasks: (task ") for event in events)


def test_a_deployment_replaces_the_tasks_and_a_count_left_out_is_kept(ecs, cluster):
    register(ecs, cluster)
    define(ecs)
    ecs.create_service(cluster=cluster, serviceName="web", taskDefinition="web", desiredCount=2)
    settle(running(ecs, cluster, "web"), 2)
    new = define(ecs, memory=300)
    ecs.update_service(cluster=cluster, service="web", taskDefinition="web")
    def of_new():
        arns = ecs.list_tasks(cluster=cluster, serviceName="web")["taskArns"]
        return sorted(task["taskDefinitionArn"] for task in ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]) if arns else []
    settle(of_new, [new, new])
    settle(lambda: len(service_of(ecs, cluster, "web")["deployments"]), 1)
    assert service_of(ecs, cluster, "web")["desiredCount"] == 2


def test_a_service_waits_for_a_place_and_says_why(ecs, cluster):
    define(ecs, memory=4096)
    ecs.create_service(cluster=cluster, serviceName="web", taskDefinition="web", desiredCount=1)
    last = lambda: (service_of(ecs, cluster, "web")["events"] or [{"message": ""}])[0]["message"]
    settle(lambda: "No Container Instances were found in your cluster." in last(), True)
    register(ecs, cluster)
    settle(lambda: "has insufficient memory available." in last(), True)
    register(ecs, cluster, memory=8192)
    settle(running(ecs, cluster, "web"), 1)


def test_fixed_ports_one_an_instance(ecs, cluster):
    for _ in range(2):
        register(ecs, cluster)
    define(ecs, portMappings=[{"containerPort": 80, "hostPort": 8080}])
    ecs.create_service(cluster=cluster, serviceName="web", taskDefinition="web", desiredCount=3)
    settle(running(ecs, cluster, "web"), 2)
    assert "is already using a port required by your task." in service_of(ecs, cluster, "web")["events"][0]["message"]


def test_isolation_by_attributes(ecs, cluster):
    heavy, plain = register(ecs, cluster, profile="heavy"), register(ecs, cluster, profile="default")
    define(ecs)
    for name, profile in (("api", "heavy"), ("web", "default")):
        ecs.create_service(cluster=cluster, serviceName=name, taskDefinition="web", desiredCount=2,
                           placementConstraints=[{"type": "memberOf", "expression": f"attribute:profile == {profile}"}])
        settle(running(ecs, cluster, name), 2)
    where = {name: {task["containerInstanceArn"] for task in ecs.describe_tasks(cluster=cluster, tasks=ecs.list_tasks(cluster=cluster, serviceName=name)["taskArns"])["tasks"]} for name in ("api", "web")}
    assert where == {"api": {heavy}, "web": {plain}}
    assert ecs.list_container_instances(cluster=cluster, filter="attribute:profile == heavy")["containerInstanceArns"] == [heavy]
    assert ecs.list_container_instances(cluster=cluster, filter="task:group == service:web")["containerInstanceArns"] == [plain]


def test_daemons_run_once_on_each(ecs, cluster):
    for _ in range(2):
        register(ecs, cluster)
    define(ecs)
    ecs.create_service(cluster=cluster, serviceName="agent", taskDefinition="web", schedulingStrategy="DAEMON")
    settle(running(ecs, cluster, "agent"), 2)
    register(ecs, cluster)
    settle(running(ecs, cluster, "agent"), 3)


def test_draining_moves_tasks_without_falling_below(ecs, cluster):
    first, second = register(ecs, cluster), register(ecs, cluster)
    define(ecs)
    ecs.create_service(cluster=cluster, serviceName="web", taskDefinition="web", desiredCount=2)
    settle(running(ecs, cluster, "web"), 2)
    ecs.update_container_instances_state(cluster=cluster, containerInstances=[first], status="DRAINING")
    def where():
        arns = ecs.list_tasks(cluster=cluster, serviceName="web")["taskArns"]
        return {task["containerInstanceArn"] for task in ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]} if arns else set()
    settle(where, {second})
    settle(running(ecs, cluster, "web"), 2)


def test_a_service_goes_with_its_tasks(ecs, cluster):
    register(ecs, cluster)
    define(ecs)
    ecs.create_service(cluster=cluster, serviceName="web", taskDefinition="web", desiredCount=1)
    settle(running(ecs, cluster, "web"), 1)
    assert refused("InvalidParameterException", ecs.create_service, cluster=cluster, serviceName="web", taskDefinition="web", desiredCount=1) == "Creation of service was not idempotent."
    assert refused("InvalidParameterException", ecs.delete_service, cluster=cluster, service="web") == "The service cannot be stopped while it is scaled above 0."
    assert ecs.delete_service(cluster=cluster, service="web", force=True)["service"]["status"] == "DRAINING"
    settle(lambda: service_of(ecs, cluster, "web")["status"], "INACTIVE")
    refused("ServiceNotActiveException", ecs.update_service, cluster=cluster, service="web", desiredCount=1)
    refused("ServiceNotFoundException", ecs.update_service, cluster=cluster, service="other", desiredCount=1)
    assert ecs.list_tasks(cluster=cluster)["taskArns"] == []


def test_fargate_needs_a_network_and_no_instances(ecs, cluster):
    ecs.register_task_definition(family="f", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="0.5 GB",
                                 containerDefinitions=[{"name": "app", "image": "app:1"}])
    refused("InvalidParameterException", ecs.run_task, cluster=cluster, taskDefinition="f", launchType="FARGATE")
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    task = ecs.run_task(cluster=cluster, taskDefinition="f", launchType="FARGATE", networkConfiguration=network)["tasks"][0]
    assert task["launchType"] == "FARGATE" and task["cpu"] == "256" and task["memory"] == "512"
    settle(lambda: ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]])["tasks"][0]["lastStatus"], "RUNNING")


def test_what_is_not_here_is_refused(ecs, cluster):
    define(ecs)
    balancer = {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/1", "containerName": "app", "containerPort": 80}
    message = refused("InvalidParameterException", ecs.create_service, cluster=cluster, serviceName="web", taskDefinition="web", desiredCount=1,
                      loadBalancers=[{**balancer, "containerName": "other"}])
    assert message == "The container other does not exist in the task definition."
    register(ecs, cluster)
    ecs.create_service(cluster=cluster, serviceName="web", taskDefinition="web", desiredCount=1, loadBalancers=[balancer])
    settle(running(ecs, cluster, "web"), 1)
    events = lambda: [event["message"] for event in service_of(ecs, cluster, "web")["events"]]
    settle(lambda: "(service web) is registered with no target group: mainstay has no load balancers." in events(), True)
    refused("InvalidParameterException", ecs.run_task, cluster=cluster, taskDefinition="web", capacityProviderStrategy=[{"capacityProvider": "mine"}])


def test_attributes(ecs, cluster):
    instance = register(ecs, cluster)
    ecs.put_attributes(cluster=cluster, attributes=[{"name": "stack", "value": "prod", "targetId": instance}])
    ecs.put_attributes(cluster=cluster, attributes=[{"name": "stack", "value": "test", "targetId": instance}])
    assert [a["value"] for a in ecs.list_attributes(cluster=cluster, targetType="container-instance", attributeName="stack")["attributes"]] == ["test"]
    refused("AttributeLimitExceededException", ecs.put_attributes, cluster=cluster,
            attributes=[{"name": f"n{i}", "value": "v", "targetId": instance} for i in range(10)])
    refused("TargetNotFoundException", ecs.put_attributes, cluster=cluster, attributes=[{"name": "a", "targetId": "nothing"}])
    ecs.delete_attributes(cluster=cluster, attributes=[{"name": "stack", "targetId": instance}])
    assert ecs.list_attributes(cluster=cluster, targetType="container-instance", attributeName="stack")["attributes"] == []


TEMPLATE = """
Parameters:
  Memory: {Type: String, Default: '512'}
  Image: {Type: String, Default: 'app:1'}
Resources:
  Cluster: {Type: AWS::ECS::Cluster}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: web
      NetworkMode: awsvpc
      RequiresCompatibilities: [FARGATE]
      Cpu: 256
      Memory: !Ref Memory
      Volumes: [{Name: shared, EFSVolumeConfiguration: {FilesystemId: fs-1}}]
      ContainerDefinitions:
        - Name: app
          Image: !Ref Image
          PortMappings: [{ContainerPort: 80}]
          DockerLabels: {Team: ops}
          LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: Web}}
  Service:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      DesiredCount: 2
      LaunchType: FARGATE
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [subnet-1], AssignPublicIp: ENABLED}}
Outputs:
  Cluster: {Value: !Ref Cluster}
  Service: {Value: !GetAtt Service.Name}
  Task: {Value: !Ref Task}
"""


def outputs_of(cloudformation):
    stack = cloudformation.describe_stacks(StackName="apps")["Stacks"][0]
    return stack["StackStatus"], {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}


def test_a_stack_waits_until_its_service_is_steady(ecs, cloudformation):
    cloudformation.create_stack(StackName="apps", TemplateBody=TEMPLATE)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="apps", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    _, outputs = outputs_of(cloudformation)
    cluster, service = outputs["Cluster"], outputs["Service"]
    assert service_of(ecs, cluster, service)["runningCount"] == 2
    definition = ecs.describe_task_definition(taskDefinition=outputs["Task"])["taskDefinition"]
    container = definition["containerDefinitions"][0]
    assert container["dockerLabels"] == {"Team": "ops"} and container["logConfiguration"]["options"] == {"awslogs-group": "Web"}
    assert definition["volumes"][0]["efsVolumeConfiguration"]["fileSystemId"] == "fs-1"
    cloudformation.update_stack(StackName="apps", TemplateBody=TEMPLATE, Parameters=[{"ParameterKey": "Memory", "ParameterValue": "1024"}])
    cloudformation.get_waiter("stack_update_complete").wait(StackName="apps", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert outputs_of(cloudformation)[1]["Task"].endswith("web:2")
    assert [d["rolloutState"] for d in service_of(ecs, cluster, service)["deployments"]] == ["COMPLETED"]
    assert ecs.describe_task_definition(taskDefinition="web:1")["taskDefinition"]["status"] == "INACTIVE"
    cloudformation.delete_stack(StackName="apps")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="apps", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert ecs.list_clusters()["clusterArns"] == []
