"""Who a policy names is that very user or role, and nobody who is later made under the same name.

AWS keeps the unique id where a policy names an ARN, and shows the id once its owner is gone ("IAM JSON policy elements:
Principal", "IAM identifiers", IAM user guide).
"""

import json
import re

import pytest
from botocore.exceptions import ClientError
from helpers import fails
from guarded_support import GUARDED, Bucket, Bus, Grant, Key, Queue, Secret, Topic, Trust, delete_user, document, keys_of, make_role, make_user, session_of, trust

OTHER = "555566667777"


@pytest.fixture(params=GUARDED, ids=lambda kind: kind.__name__.lower())
def guarded(request, clients):
    return request.param(clients)


def named(guarded):
    return guarded.shown()["Statement"][0]["Principal"]


def test_a_user_made_again_is_another(guarded, clients):
    arn, ann = make_user(clients, "ann")
    guarded.put({"AWS": arn})
    guarded.use(ann)
    assert named(guarded) == {"AWS": arn}
    unique = clients("iam").get_user(UserName="ann")["User"]["UserId"]
    delete_user(clients("iam"), "ann")
    assert named(guarded) == {"AWS": unique}
    _, again = make_user(clients, "ann")
    with pytest.raises(ClientError) as caught:
        guarded.use(again)
    assert caught.value.response["Error"]["Code"] == guarded.gone
    assert named(guarded) == {"AWS": unique}


def test_a_role_made_again_is_another(guarded, clients):
    arn, before = make_role(clients, "app")
    guarded.put({"AWS": arn})
    guarded.use(before)
    unique = clients("iam").get_role(RoleName="app")["Role"]["RoleId"]
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", unique)
    clients("iam").delete_role(RoleName="app")
    assert named(guarded) == {"AWS": unique}
    _, again = make_role(clients, "app")
    with pytest.raises(ClientError) as caught:
        guarded.use(again)
    assert caught.value.response["Error"]["Code"] == guarded.gone


def test_a_user_goes_on_under_a_new_name(guarded, clients):
    arn, ann = make_user(clients, "ann")
    guarded.put({"AWS": arn})
    clients("iam").update_user(UserName="ann", NewUserName="anna", NewPath="/team/")
    assert named(guarded) == {"AWS": arn.replace("user/ann", "user/team/anna")}
    guarded.use(ann)
    _, other = make_user(clients, "ann")
    with pytest.raises(ClientError):
        guarded.use(other)


def test_a_user_of_another_account_too(guarded, clients, account):
    other = f"{(int(account) + 1) % 10**12:012d}"

    def there(service, **settings):
        return clients(service, **{"access_key": other, **settings})

    name = f"partner-{account}"
    everything = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})

    def made():
        user = there("iam").create_user(UserName=name)["User"]
        there("iam").put_user_policy(UserName=name, PolicyName="all", PolicyDocument=everything)
        return user, keys_of(there, name)

    user, _ = made()
    guarded.put({"AWS": user["Arn"]})
    assert named(guarded) == {"AWS": user["Arn"]}
    there("iam").delete_user_policy(UserName=name, PolicyName="all")
    delete_user(there("iam"), name)
    assert named(guarded) == {"AWS": user["UserId"]}
    made()
    assert named(guarded) == {"AWS": user["UserId"]}


@pytest.mark.parametrize("name", ["arn:aws:iam::<account>:role/x", "12345678901", "arn:aws:iam::{account}:group/g", "arn:aws:s3:::x",
                                  "arn:aws:iam::{account}:user/*", "arn:aws:iam::{account}:user/nobody", "AIDAAAAAAAAAAAAAAAAAA", "ann"])
def test_names_that_can_be_nobodys_are_refused(guarded, account, name):
    with pytest.raises(ClientError) as caught:
        guarded.put({"AWS": name.format(account=account)})
    error = caught.value.response["Error"]
    assert error["Code"].startswith(("MalformedPolicy", "InvalidArn", "InvalidAttributeValue", "InvalidParameter", "ValidationException")), error


@pytest.mark.parametrize("guarded", [kind for kind in GUARDED if kind is not Grant], indirect=True, ids=lambda kind: kind.__name__.lower())
def test_services_that_there_are_not_are_refused(guarded):
    for there in ["lambda.amazonaws.com", "logs.eu-west-1.amazonaws.com", "edgelambda.amazonaws.com", "delivery.logs.amazonaws.com"]:
        guarded.put({"Service": there})
    for gone in ["lamda.amazonaws.com", "nothing.eu-west-1.amazonaws.com", "example.com"]:
        with pytest.raises(ClientError):
            guarded.put({"Service": gone})


@pytest.mark.parametrize("name, taken", [("accounts.google.com", True), ("arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com", True),
                                         ("arn:aws:iam::{account}:saml-provider/x", True), ("arn:aws:s3:::x", False), ("nothing", False), ("arn:aws:iam::{account}:role/x", False)])
def test_providers_of_identities(clients, account, name, taken):
    role = Trust(clients)
    name = name.format(account=account)
    if taken:
        return role.put({"Federated": name})
    with fails("MalformedPolicyDocument", f'Invalid principal in policy: "FEDERATED":"{name}"', 400):
        role.put({"Federated": name})


def test_the_words_of_each(clients, account):
    nobody = {"AWS": f"arn:aws:iam::{account}:role/nobody"}
    with fails("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{nobody["AWS"]}"', 400):
        Trust(clients).put(nobody)
    with fails("MalformedPolicyDocument", 'Invalid principal in policy: "SERVICE":"lamda.amazonaws.com"', 400):
        clients("iam").update_assume_role_policy(RoleName="guarded", PolicyDocument=trust({"Service": "lamda.amazonaws.com"}))
    for kind, code, words in [
            (Bucket, "MalformedPolicy", "Invalid principal in policy"),
            (Key, "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."),
            (Queue, "InvalidAttributeValue", "Invalid value for the parameter Policy."),
            (Topic, "InvalidParameter", "Invalid parameter: Policy Error: PrincipalNotFound"),
            (Secret, "MalformedPolicyDocumentException", "This resource policy contains an unsupported principal.")]:
        with fails(code, words, 400):
            kind(clients).put(nobody)


def test_accounts_are_shown_by_their_root(guarded, account):
    guarded.put({"AWS": f"arn:aws:iam::{account}:root"})
    assert named(guarded) == {"AWS": f"arn:aws:iam::{account}:root"}


def test_a_session_is_one_of_that_very_role(clients, account):
    make_role(clients, "app")
    bucket = Bucket(clients)
    session = f"arn:aws:sts::{account}:assumed-role/app/session"
    bucket.put({"AWS": session})
    assert named(bucket) == {"AWS": session}
    bucket.use(session_of(clients, f"arn:aws:iam::{account}:role/app"))
    clients("iam").delete_role(RoleName="app")
    _, again = make_role(clients, "app")
    with fails("AccessDenied"):
        bucket.use(again)


def test_all_else_of_a_policy_stays_as_it_was_written(clients, account):
    arn, _ = make_user(clients, "ann")
    key = Key(clients)
    text = ('{ "Version" : "2012-10-17",\n  "Statement": [{"Effect":"Allow","Principal":{"AWS":["%s",\t"arn:aws:iam::%s:root"]},'
            '"Action":"kms:*","Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"%s"}}}] }' % (arn, account, arn))
    key.kms.put_key_policy(KeyId=key.id, Policy=text)
    assert key.kms.get_key_policy(KeyId=key.id)["Policy"] == text


def test_functions_too(clients, make):
    make("def handler(event, context):\n    return 1\n")
    functions = clients("lambda")
    arn, _ = make_user(clients, "ann")
    functions.add_permission(FunctionName="worker", StatementId="one", Action="lambda:InvokeFunction", Principal=arn)

    def shown():
        return json.loads(functions.get_policy(FunctionName="worker")["Policy"])["Statement"][0]["Principal"]

    assert shown() == {"AWS": arn}
    unique = clients("iam").get_user(UserName="ann")["User"]["UserId"]
    delete_user(clients("iam"), "ann")
    assert shown() == {"AWS": unique}
    with fails("InvalidParameterValueException"):
        functions.add_permission(FunctionName="worker", StatementId="two", Action="lambda:InvokeFunction", Principal="lamda.amazonaws.com")


def test_a_bus_with_a_statement_of_somebody_who_is_gone_takes_others(clients, account):
    bus = Bus(clients)
    arn, _ = make_user(clients, "ann")
    bus.put({"AWS": arn})
    delete_user(clients("iam"), "ann")
    clients("events").put_permission(EventBusName="guarded", Action="events:PutEvents", Principal=OTHER, StatementId="two")
    clients("events").remove_permission(EventBusName="guarded", StatementId="two")
    assert named(bus)["AWS"].startswith("AIDA")


def test_queues_and_topics_that_are_made_again_alike_are_the_same(clients, account):
    arn, _ = make_user(clients, "ann")
    policy = document({"AWS": arn}, "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{account}:alike")
    for _ in range(2):
        clients("sqs").create_queue(QueueName="alike", Attributes={"Policy": policy})
    policy = document({"AWS": arn}, "sns:Publish", f"arn:aws:sns:us-east-1:{account}:alike")
    for _ in range(2):
        clients("sns").create_topic(Name="alike", Attributes={"Policy": policy})


def test_keys_follow_their_user_to_a_new_name(clients, iam, account):
    _, ann = make_user(clients, "ann")
    iam.create_login_profile(UserName="ann", Password="Secret-12345")
    token = ann("sts").get_session_token()["Credentials"]
    iam.update_user(UserName="ann", NewUserName="anna")
    assert ann("sts").get_caller_identity()["Arn"].endswith(":user/anna")
    session = clients("sts", access_key=token["AccessKeyId"], secret=token["SecretAccessKey"], token=token["SessionToken"])
    assert session.get_caller_identity()["Arn"].endswith(":user/anna")
    [key] = iam.list_access_keys(UserName="anna")["AccessKeyMetadata"]
    assert key["UserName"] == "anna"
    assert iam.get_login_profile(UserName="anna")["LoginProfile"]["UserName"] == "anna"
    iam.create_user(UserName="ann")
    assert iam.list_access_keys(UserName="ann")["AccessKeyMetadata"] == []
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))
    with fails("AccessDenied"):  # the namesake's rights are not lent
        ann("iam").list_users()


def test_federated_sessions_end_with_their_user(clients, iam):
    everything = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    _, ann = make_user(clients, "ann")
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=everything)
    token = ann("sts").get_federation_token(Name="fed", Policy=everything)["Credentials"]
    federated = clients("s3", access_key=token["AccessKeyId"], secret=token["SecretAccessKey"], token=token["SessionToken"])
    federated.list_buckets()
    iam.update_user(UserName="ann", NewUserName="anna")
    federated.list_buckets()
    iam.delete_user_policy(UserName="anna", PolicyName="p")
    delete_user(iam, "anna")
    make_user(clients, "anna")
    iam.put_user_policy(UserName="anna", PolicyName="p", PolicyDocument=everything)
    with pytest.raises(ClientError):
        federated.list_buckets()
