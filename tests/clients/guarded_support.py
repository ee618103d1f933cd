"""Resources of each kind that has a policy, alike to tests: what is put, shown, and let in by it."""

import contextlib
import json


def document(principal, action, resource="*", **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "one", "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **more}]})


def trust(principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


class Trust:
    """A role's trust policy."""
    gone = "AccessDenied"

    def __init__(self, make):
        self.iam, self.make = make("iam"), make
        self.arn = self.iam.create_role(RoleName="guarded", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))["Role"]["Arn"]

    def put(self, principal):
        self.iam.update_assume_role_policy(RoleName="guarded", PolicyDocument=trust(principal))

    def shown(self):
        shown = [self.iam.get_role(RoleName="guarded")["Role"], self.iam.list_roles()["Roles"][0],
                 self.iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"][0]]
        shown = [one["AssumeRolePolicyDocument"] for one in shown if one["RoleName"] == "guarded"]
        assert all(one == shown[0] for one in shown)
        return shown[0]

    def use(self, make):
        make("sts").assume_role(RoleArn=self.arn, RoleSessionName="session")


class Bucket:
    gone = "AccessDenied"

    def __init__(self, make):
        self.s3 = make("s3", s3={"addressing_style": "path"})
        self.name = "guarded-" + make("sts").get_caller_identity()["Account"]
        self.s3.create_bucket(Bucket=self.name)
        self.s3.put_object(Bucket=self.name, Key="k", Body=b"x")

    def put(self, principal):
        self.s3.put_bucket_policy(Bucket=self.name, Policy=document(principal, "s3:GetObject", f"arn:aws:s3:::{self.name}/*"))

    def shown(self):
        return json.loads(self.s3.get_bucket_policy(Bucket=self.name)["Policy"])

    def use(self, make):
        make("s3", s3={"addressing_style": "path"}).get_object(Bucket=self.name, Key="k")


class Key:
    gone = "AccessDeniedException"

    def __init__(self, make):
        self.kms = make("kms")
        self.id = self.kms.create_key()["KeyMetadata"]["KeyId"]

    def put(self, principal):
        statements = json.loads(document(principal, "kms:DescribeKey"))["Statement"]
        account = self.kms.describe_key(KeyId=self.id)["KeyMetadata"]["AWSAccountId"]
        statements.append({"Effect": "Allow", "Principal": {"AWS": account}, "Action": "kms:*", "Resource": "*"})
        self.kms.put_key_policy(KeyId=self.id, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))

    def shown(self):
        policy = json.loads(self.kms.get_key_policy(KeyId=self.id)["Policy"])
        return {**policy, "Statement": policy["Statement"][:1]}

    def use(self, make):
        make("kms").describe_key(KeyId=self.id)


class Grant(Key):
    def put(self, principal):
        [(_, arn)] = principal.items()
        self.kms.create_grant(KeyId=self.id, GranteePrincipal=arn, RetiringPrincipal=arn, Operations=["DescribeKey"])

    def shown(self):
        [grant] = self.kms.list_grants(KeyId=self.id)["Grants"]
        assert grant["GranteePrincipal"] == grant["RetiringPrincipal"]
        return {"Statement": [{"Principal": {"AWS": grant["GranteePrincipal"]}}]}


class Queue:
    gone = "AccessDeniedException"

    def __init__(self, make):
        self.sqs = make("sqs")
        self.url = self.sqs.create_queue(QueueName="guarded")["QueueUrl"]

    def put(self, principal):
        arn = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": document(principal, "sqs:SendMessage", arn)})

    def shown(self):
        return json.loads(self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]["Policy"])

    def use(self, make):
        make("sqs").send_message(QueueUrl=self.url, MessageBody="x")


class Topic:
    gone = "AuthorizationError"

    def __init__(self, make):
        self.sns = make("sns")
        self.arn = self.sns.create_topic(Name="guarded")["TopicArn"]

    def put(self, principal):
        self.sns.set_topic_attributes(TopicArn=self.arn, AttributeName="Policy",
                                      AttributeValue=document(principal, "sns:Publish", self.arn))

    def shown(self):
        return json.loads(self.sns.get_topic_attributes(TopicArn=self.arn)["Attributes"]["Policy"])

    def use(self, make):
        make("sns").publish(TopicArn=self.arn, Message="x")


class Secret:
    gone = "AccessDeniedException"

    def __init__(self, make):
        self.secrets = make("secretsmanager")
        self.secrets.create_secret(Name="guarded", SecretString="x")

    def put(self, principal):
        self.secrets.put_resource_policy(SecretId="guarded", ResourcePolicy=document(principal, "secretsmanager:GetSecretValue"))

    def shown(self):
        return json.loads(self.secrets.get_resource_policy(SecretId="guarded")["ResourcePolicy"])

    def use(self, make):
        make("secretsmanager").get_secret_value(SecretId="guarded")


class Bus:
    gone = "AccessDeniedException"

    def __init__(self, make):
        self.events = make("events")
        self.arn = self.events.create_event_bus(Name="guarded")["EventBusArn"]

    def put(self, principal):
        self.events.put_permission(EventBusName="guarded", Policy=document(principal, "events:DescribeEventBus", self.arn))

    def shown(self):
        return json.loads(self.events.describe_event_bus(Name="guarded")["Policy"])

    def use(self, make):
        make("events").describe_event_bus(Name="guarded")


class Logs:
    gone = "AccessDeniedException"

    def __init__(self, make):
        self.logs = make("logs")
        self.logs.create_log_group(logGroupName="guarded")

    def put(self, principal):
        self.logs.put_resource_policy(policyName="p", policyDocument=document(principal, "logs:CreateLogStream"))

    def shown(self):
        return json.loads(self.logs.describe_resource_policies()["resourcePolicies"][0]["policyDocument"])

    def use(self, make):
        with contextlib.suppress(make("logs").exceptions.ResourceAlreadyExistsException):
            make("logs").create_log_stream(logGroupName="guarded", logStreamName="s")


GUARDED = [Trust, Bucket, Key, Grant, Queue, Topic, Secret, Bus, Logs]
# Trust, key and grant must name whom they let in; the others' own account could also allow by identity policies.


def make_user(clients, name, **more):
    iam = clients("iam")
    arn = iam.create_user(UserName=name, **more)["User"]["Arn"]
    return arn, keys_of(clients, name)


def keys_of(clients, name, of="iam"):
    key = clients(of).create_access_key(UserName=name)["AccessKey"]

    def make(service, **settings):
        return clients(service, access_key=key["AccessKeyId"], secret=key["SecretAccessKey"], **settings)

    return make


def delete_user(iam, name):
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=name)


def make_role(clients, name):
    """A role that the account's root may assume, and clients of a session of it."""
    account = clients("sts").get_caller_identity()["Account"]
    arn = clients("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": account}))["Role"]["Arn"]
    return arn, session_of(clients, arn)


def session_of(clients, arn, name="session"):
    key = clients("sts").assume_role(RoleArn=arn, RoleSessionName=name)["Credentials"]

    def make(service, **settings):
        return clients(service, access_key=key["AccessKeyId"], secret=key["SecretAccessKey"], token=key["SessionToken"], **settings)

    return make
