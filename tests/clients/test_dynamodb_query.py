"""DynamoDB: queries and scans, over tables and indexes."""

import json

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from helpers import fails, first_as_id

WRITER, READER = TypeSerializer(), TypeDeserializer()


def typed(**item):
    return {name: WRITER.serialize(value) for name, value in item.items()}


def plain(item):
    return {name: READER.deserialize(value) for name, value in item.items()}


@pytest.fixture
def orders(dynamodb):
    """Orders of two customers, by number; indexes by state, and by date within a customer."""
    dynamodb.create_table(
        TableName="orders", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in
                              (("who", "S"), ("no", "N"), ("state", "S"), ("day", "S"))],
        KeySchema=[{"AttributeName": "who", "KeyType": "HASH"},
                   {"AttributeName": "no", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {"IndexName": "by-state", "Projection": {"ProjectionType": "KEYS_ONLY"},
             "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"},
                           {"AttributeName": "day", "KeyType": "RANGE"}]}],
        LocalSecondaryIndexes=[
            {"IndexName": "by-day", "Projection": {"ProjectionType": "ALL"},
             "KeySchema": [{"AttributeName": "who", "KeyType": "HASH"},
                           {"AttributeName": "day", "KeyType": "RANGE"}]}])
    rows = [("ann", -20, "open", "d3"), ("ann", -3, "open", "d1"), ("ann", 0, "done", "d2"),
            ("ann", 9, "open", "d2"), ("ann", 10, "done", "d9"), ("ann", 100, None, None),
            ("bob", 1, "open", "d4")]
    for who, number, state, day in rows:
        extra = {"state": state, "day": day} if state else {}
        dynamodb.put_item(TableName="orders", Item=typed(who=who, no=number, note="n", **extra))

    def query(condition, values, names=None, **more):
        if names:
            more["ExpressionAttributeNames"] = names
        answer = dynamodb.query(TableName="orders", KeyConditionExpression=condition,
                                ExpressionAttributeValues=typed(
                                    **{f":{k}": v for k, v in values.items()}), **more)
        return [int(plain(i)["no"]) for i in answer["Items"]]

    query.client = dynamodb
    return query


@pytest.mark.parametrize("condition, values, expected", [
    ("who = :w", {}, [-20, -3, 0, 9, 10, 100]),
    ("who = :w AND #n = :a", {"a": 9}, [9]),
    ("who = :w AND #n > :a", {"a": 0}, [9, 10, 100]),
    ("who = :w AND #n >= :a", {"a": 0}, [0, 9, 10, 100]),
    ("who = :w AND #n < :a", {"a": -3}, [-20]),
    ("who = :w AND #n <= :a", {"a": -3}, [-20, -3]),
    ("#n BETWEEN :a AND :b AND who = :w", {"a": -3, "b": 9}, [-3, 0, 9]),
    ("(who = :w) AND :a < #n", {"a": 9}, [10, 100])], ids=first_as_id)
@pytest.mark.parametrize("forward", [True, False])
def test_ranges_in_order(orders, condition, values, expected, forward):
    found = orders(condition, {"w": "ann", **values}, {"#n": "no"} if "#n" in condition else None,
                   ScanIndexForward=forward)
    assert found == (expected if forward else expected[::-1])


def test_text_keys(dynamodb):
    dynamodb.create_table(
        TableName="texts", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("a", "b")],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"},
                   {"AttributeName": "b", "KeyType": "RANGE"}])
    for text in ("a", "ab", "abc", "b", "a\u0000", "ä"):
        dynamodb.put_item(TableName="texts", Item=typed(a="x", b=text))

    def query(condition, value):
        answer = dynamodb.query(TableName="texts", KeyConditionExpression=f"a = :a AND {condition}",
                                ExpressionAttributeValues=typed(**{":a": "x", ":b": value}))
        return [plain(i)["b"] for i in answer["Items"]]

    assert query("begins_with(b, :b)", "ab") == ["ab", "abc"]
    assert query("b >= :b", "a") == ["a", "a\u0000", "ab", "abc", "b", "ä"]
    assert query("b = :b", "a") == ["a"]


def test_global_index(orders):
    found = orders("#s = :s", {"s": "open"}, {"#s": "state"}, IndexName="by-state")
    assert found == [-3, 9, -20, 1]
    answer = orders.client.query(
        TableName="orders", IndexName="by-state", KeyConditionExpression="#s = :s",
        ExpressionAttributeNames={"#s": "state"}, ExpressionAttributeValues=typed(**{":s": "done"}))
    assert set(answer["Items"][0]) == {"who", "no", "state", "day"}
    with fails("ValidationException",
               "Consistent reads are not supported on global secondary indexes"):
        orders("#s = :s", {"s": "open"}, {"#s": "state"}, IndexName="by-state",
               ConsistentRead=True)


def test_local_index(orders):
    assert orders("who = :w", {"w": "ann"}, IndexName="by-day") == [-3, 0, 9, -20, 10]
    assert orders("who = :w AND #d > :d", {"w": "ann", "d": "d2"}, {"#d": "day"},
                  IndexName="by-day") == [-20, 10]


def test_indexes_follow_their_items(orders):
    client = orders.client
    client.update_item(TableName="orders", Key=typed(who="ann", no=9),
                       UpdateExpression="SET #s = :s", ExpressionAttributeNames={"#s": "state"},
                       ExpressionAttributeValues=typed(**{":s": "done"}))
    client.delete_item(TableName="orders", Key=typed(who="ann", no=-3))
    assert orders("#s = :s", {"s": "open"}, {"#s": "state"}, IndexName="by-state") == [-20, 1]
    assert orders("#s = :s", {"s": "done"}, {"#s": "state"}, IndexName="by-state") == [0, 9, 10]


@pytest.mark.parametrize("index, condition, names", [
    (None, "who = :w", None), ("by-day", "who = :w", None)])
@pytest.mark.parametrize("forward", [True, False])
def test_pages(orders, index, condition, names, forward):
    more = {"IndexName": index} if index else {}
    pages = list(orders.client.get_paginator("query").paginate(
        TableName="orders", KeyConditionExpression=condition, ScanIndexForward=forward,
        ExpressionAttributeValues=typed(**{":w": "ann"}), PaginationConfig={"PageSize": 2}, **more))
    assert all(len(page["Items"]) <= 2 for page in pages)
    found = [int(plain(i)["no"]) for page in pages for i in page["Items"]]
    assert found == orders(condition, {"w": "ann"}, ScanIndexForward=forward, **more)


def test_filters_come_after_the_limit(orders):
    answer = orders.client.query(
        TableName="orders", KeyConditionExpression="who = :w", Limit=3,
        FilterExpression="#s = :s", ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues=typed(**{":w": "ann", ":s": "done"}))
    assert (answer["Count"], answer["ScannedCount"]) == (1, 3)
    assert plain(answer["LastEvaluatedKey"]) == {"who": "ann", "no": 0}


def test_counts(orders):
    answer = orders.client.query(TableName="orders", KeyConditionExpression="who = :w",
                                 ExpressionAttributeValues=typed(**{":w": "ann"}), Select="COUNT")
    assert answer["Count"] == 6 and "Items" not in answer


@pytest.mark.parametrize("condition, values, message", [
    ("#n = :a", {"a": 1}, "Query condition missed key schema element: who"),
    ("who = :w AND day = :a", {"w": "ann", "a": "d"},
     "Query condition missed key schema element: no"),
    ("who > :w", {"w": "ann"}, "Query key condition not supported"),
    ("who = :w OR #n = :a", {"w": "ann", "a": 1},
     "Invalid operator used in KeyConditionExpression: OR"),
    ("who = :w AND #n = :a", {"w": "ann", "a": "x"}, "One or more parameter values were invalid: "
     "Condition parameter type does not match schema type"),
    ("who = :w AND #n BETWEEN :b AND :a", {"w": "ann", "a": 1, "b": 2},
     "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than "
     "or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: "
     "AttributeValue: {N:1}")], ids=first_as_id)
def test_bad_key_conditions(orders, condition, values, message):
    names = {"#n": "no"} if "#n" in condition else None
    if " day " in condition:
        condition, names = condition.replace("day", "#d"), {"#d": "day"}
    with fails("ValidationException", message):
        orders(condition, values, names)


def test_filters_without_keys(orders):
    with fails("ValidationException", "Filter Expression can only contain non-primary key "
               "attributes: Primary key attribute: who"):
        orders("who = :w", {"w": "ann"}, FilterExpression="who = :w")


def test_unknown_index(orders):
    with fails("ValidationException", "The table does not have the specified index: none"):
        orders("who = :w", {"w": "ann"}, IndexName="none")


def test_scans(orders):
    client = orders.client
    assert client.scan(TableName="orders")["Count"] == 7
    answer = client.scan(TableName="orders", FilterExpression="attribute_not_exists(#s)",
                         ExpressionAttributeNames={"#s": "state"})
    assert [plain(i)["no"] for i in answer["Items"]] == [100]
    assert client.scan(TableName="orders", IndexName="by-state")["Count"] == 6
    pages = client.get_paginator("scan").paginate(TableName="orders",
                                                  PaginationConfig={"PageSize": 3})
    assert [page["Count"] for page in pages] == [3, 3, 1]


def test_segments_share_the_items(orders):
    client = orders.client
    parts = [client.scan(TableName="orders", TotalSegments=4, Segment=n)["Items"]
             for n in range(4)]
    assert sum(len(part) for part in parts) == 7
    with fails("ValidationException"):
        client.scan(TableName="orders", TotalSegments=4)


def test_pages_end_at_a_mebibyte(dynamodb):
    dynamodb.create_table(
        TableName="large", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    for n in range(5):
        dynamodb.put_item(TableName="large", Item=typed(id=n, data="x" * 300_000))
    first = dynamodb.scan(TableName="large")
    assert first["Count"] == 4
    rest = dynamodb.scan(TableName="large", ExclusiveStartKey=first["LastEvaluatedKey"])
    assert rest["Count"] == 1 and "LastEvaluatedKey" not in rest


def test_a_policy_may_limit_the_leading_keys(orders, iam, clients, account):
    actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchGetItem"]
    iam.create_user(UserName="u")
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": "*",
             "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["ann"]}}}]}))
    key = iam.create_access_key(UserName="u")["AccessKey"]
    user = clients("dynamodb", access_key=key["AccessKeyId"], secret=key["SecretAccessKey"])

    def reaches(who):
        return (
            lambda: user.get_item(TableName="orders", Key=typed(who=who, no=1)),
            lambda: user.put_item(TableName="orders", Item=typed(who=who, no=7)),
            lambda: user.query(TableName="orders", KeyConditionExpression="who = :w",
                               ExpressionAttributeValues=typed(**{":w": who})),
            lambda: user.batch_get_item(RequestItems={"orders": {"Keys": [typed(who=who, no=1)]}}))

    for request in reaches("ann"):
        request()
    for request in reaches("bob"):
        with fails("AccessDeniedException"):
            request()
