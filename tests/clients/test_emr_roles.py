"""The EMR blueprint's roles, built by `mainstay up` and used through boto3: the service role makes and
ends tagged instances with one role, the instances reach their buckets, and neither does more."""

import json

import pytest
from helpers import fails
from test_app_role import up

TAG = {"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"}
NOT_ALLOWED = "...because no identity-based policy allows the {} action"


def tagged(*kinds):
    return [{"ResourceType": kind, "Tags": [TAG]} for kind in kinds]


class Cluster:
    def __init__(self, clients, endpoint, account, folder):
        self.clients, self.account = clients, account
        self.ec2, self.s3 = clients("ec2"), clients("s3")
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnet = self.make_subnet(vpc, "10.0.0.0/24", TagSpecifications=tagged("subnet"))
        self.other_subnet = self.make_subnet(vpc, "10.0.1.0/24")
        self.group = self.ec2.create_security_group(
            GroupName="emr", Description="emr", VpcId=vpc,
            TagSpecifications=tagged("security-group"))["GroupId"]
        self.buckets = {name: f"{name}-{account}" for name in ("data", "raw", "logs", "private")}
        for bucket in self.buckets.values():
            self.s3.create_bucket(Bucket=bucket)
            self.s3.put_object(Bucket=bucket, Key="k", Body=b"x")
        done = up(endpoint, account, folder, f"""
namespace: ""
stacks:
  - name: etl
    class_path: mainstay.emr.Cluster
    variables:
      Name: etl
      SubnetId: {self.subnet}
      DataBuckets: [{self.buckets['data']}]
      ReadBuckets: [{self.buckets['raw']}]
      LogBucket: {self.buckets['logs']}
""")
        assert done.returncode == 0, done.stdout + done.stderr

    def make_subnet(self, vpc, block, **more):
        return self.ec2.create_subnet(VpcId=vpc, CidrBlock=block, **more)["Subnet"]["SubnetId"]

    def image(self):
        return self.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]

    def session(self, role, service):
        arn = self.clients("iam").get_role(RoleName=role)["Role"]["Arn"]
        keys = self.clients("sts").assume_role(RoleArn=arn, RoleSessionName="emr")["Credentials"]
        return self.clients(service, access_key=keys["AccessKeyId"],
                            secret=keys["SecretAccessKey"], token=keys["SessionToken"])

    def run(self, ec2, **changes):
        request = {"ImageId": self.image(), "InstanceType": "m5.xlarge", "MinCount": 1, "MaxCount": 1,
                   "SubnetId": self.subnet, "SecurityGroupIds": [self.group],
                   "IamInstanceProfile": {"Name": "etl-emr-instance"},
                   "TagSpecifications": tagged("instance", "volume", "network-interface")}
        request |= changes
        answer = ec2.run_instances(**{k: v for k, v in request.items() if v is not None})
        return answer["Instances"][0]["InstanceId"]


@pytest.fixture
def cluster(clients, endpoint, account, tmp_path):
    return Cluster(clients, endpoint, account, tmp_path)


def refused(action):
    return fails("UnauthorizedOperation", NOT_ALLOWED.format(action), 403)


def test_it_makes_and_ends_its_instances(cluster):
    ec2 = cluster.session("etl-emr-service", "ec2")
    made = cluster.run(ec2)
    assert ec2.describe_instances(InstanceIds=[made])["Reservations"]
    ec2.terminate_instances(InstanceIds=[made])


def test_it_makes_nothing_untagged(cluster):
    ec2 = cluster.session("etl-emr-service", "ec2")
    with refused("ec2:RunInstances"):
        cluster.run(ec2, TagSpecifications=None)
    with refused("ec2:RunInstances"):
        cluster.run(ec2, SubnetId=cluster.other_subnet)


def test_it_touches_nothing_untagged(cluster):
    ec2 = cluster.session("etl-emr-service", "ec2")
    theirs = cluster.run(cluster.ec2, TagSpecifications=None)
    with refused("ec2:TerminateInstances"):
        ec2.terminate_instances(InstanceIds=[theirs])
    with refused("ec2:CreateTags"):  # nor can it put the tag on, to touch it then
        ec2.create_tags(Resources=[theirs], Tags=[TAG])


def test_it_passes_no_other_role(cluster):
    iam = cluster.clients("iam")
    trust = iam.get_role(RoleName="etl-emr-instance")["Role"]["AssumeRolePolicyDocument"]
    iam.create_role(RoleName="admin", AssumeRolePolicyDocument=json.dumps(trust))
    iam.create_instance_profile(InstanceProfileName="admin")
    iam.add_role_to_instance_profile(InstanceProfileName="admin", RoleName="admin")
    ec2 = cluster.session("etl-emr-service", "ec2")
    with refused("iam:PassRole"):
        cluster.run(ec2, IamInstanceProfile={"Name": "admin"})


def test_it_reads_no_data(cluster):
    s3 = cluster.session("etl-emr-service", "s3")
    for bucket in cluster.buckets.values():
        with fails("AccessDenied"):
            s3.get_object(Bucket=bucket, Key="k")


def test_the_instances_reach_their_buckets_only(cluster):
    s3 = cluster.session("etl-emr-instance", "s3")
    data, raw, logs = (cluster.buckets[name] for name in ("data", "raw", "logs"))
    s3.put_object(Bucket=data, Key="out", Body=b"x")
    s3.get_object(Bucket=raw, Key="k")
    s3.put_object(Bucket=logs, Key="etl/step.gz", Body=b"x")
    for attempt in (lambda: s3.put_object(Bucket=raw, Key="k", Body=b"x"),
                    lambda: s3.get_object(Bucket=cluster.buckets["private"], Key="k"),
                    lambda: s3.put_object(Bucket=logs, Key="other/step.gz", Body=b"x"),
                    lambda: s3.list_buckets()):
        with fails("AccessDenied"):
            attempt()
    with refused("ec2:DescribeInstances"):
        cluster.session("etl-emr-instance", "ec2").describe_instances()
