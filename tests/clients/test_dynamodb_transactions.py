"""Transactions ("Amazon DynamoDB Transactions: How it works", developer guide; TransactWriteItems and TransactGetItems, API reference)."""

import json

import pytest
from guarded_support import keys_of
from helpers import fails


@pytest.fixture
def table(dynamodb):
    dynamodb.create_table(TableName="tab", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    for name, balance in [("ann", 10), ("ben", 0)]:
        dynamodb.put_item(TableName="tab", Item={"id": {"S": name}, "n": {"N": str(balance)}})
    return "tab"


def key(name):
    return {"id": {"S": name}}


def balance(dynamodb, name):
    return dynamodb.get_item(TableName="tab", Key=key(name)).get("Item", {}).get("n", {}).get("N")


def move(amount):
    value = {":a": {"N": str(amount)}}
    return [{"Update": {"TableName": "tab", "Key": key("ann"), "UpdateExpression": "SET n = n - :a", "ConditionExpression": "n >= :a", "ExpressionAttributeValues": value}},
            {"Update": {"TableName": "tab", "Key": key("ben"), "UpdateExpression": "SET n = n + :a", "ExpressionAttributeValues": value}}]


def test_all_or_nothing(dynamodb, table):
    dynamodb.transact_write_items(TransactItems=move(4))
    assert (balance(dynamodb, "ann"), balance(dynamodb, "ben")) == ("6", "4")
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[*reversed(move(7))])
    answer = caught.value.response
    assert answer["Error"]["Message"] == "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]"
    assert answer["CancellationReasons"] == [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}]
    assert (balance(dynamodb, "ann"), balance(dynamodb, "ben")) == ("6", "4")


def test_every_kind_of_action(dynamodb, table):
    dynamodb.transact_write_items(TransactItems=[
        {"Put": {"TableName": "tab", "Item": {**key("cat"), "n": {"N": "1"}}, "ConditionExpression": "attribute_not_exists(id)"}},
        {"Delete": {"TableName": "tab", "Key": key("ben")}},
        {"ConditionCheck": {"TableName": "tab", "Key": key("ann"), "ConditionExpression": "n = :n", "ExpressionAttributeValues": {":n": {"N": "10"}}}}])
    assert (balance(dynamodb, "cat"), balance(dynamodb, "ben"), balance(dynamodb, "ann")) == ("1", None, "10")
    read = dynamodb.transact_get_items(TransactItems=[{"Get": {"TableName": "tab", "Key": key("ann"), "ProjectionExpression": "n"}}, {"Get": {"TableName": "tab", "Key": key("ben")}}])
    assert read["Responses"] == [{"Item": {"n": {"N": "10"}}}, {}]


def test_the_item_that_was_in_the_way(dynamodb, table):
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[
            {"ConditionCheck": {"TableName": "tab", "Key": key("ann"), "ConditionExpression": "attribute_not_exists(id)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}])
    assert caught.value.response["CancellationReasons"][0]["Item"] == {**key("ann"), "n": {"N": "10"}}


def test_a_reason_of_an_item(dynamodb, table):
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": "tab", "Item": {"other": {"S": "x"}}}}, *move(1)[1:]])
    assert [r["Code"] for r in caught.value.response["CancellationReasons"]] == ["ValidationError", "None"]
    assert balance(dynamodb, "ben") == "0"


def test_a_token_makes_it_once(dynamodb, table):
    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=move(4), ClientRequestToken="token")
    assert balance(dynamodb, "ann") == "6"
    with fails("IdempotentParameterMismatchException"):
        dynamodb.transact_write_items(TransactItems=move(5), ClientRequestToken="token")


@pytest.mark.parametrize("items, code, words", [
    ([{}], "ValidationException", "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"),
    ([{"Delete": {"TableName": "tab", "Key": key("a")}, "Put": {"TableName": "tab", "Item": key("b")}}], "ValidationException", "TransactItems can only contain one of Check, Put, Update or Delete"),
    ([{"Delete": {"TableName": "tab", "Key": key("a")}}] * 2, "ValidationException", "Transaction request cannot include multiple operations on one item"),
    ([{"Delete": {"TableName": "gone", "Key": key("a")}}], "ResourceNotFoundException", "Requested resource not found")])
def test_requests_that_are_none(dynamodb, table, items, code, words):
    with fails(code, words):
        dynamodb.transact_write_items(TransactItems=items)


def test_what_it_takes(dynamodb, table):
    answer = dynamodb.transact_write_items(TransactItems=move(1), ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [{"TableName": "tab", "CapacityUnits": 4.0}]


def test_who_may_reach_which_items(dynamodb, table, clients, iam):
    iam.create_user(UserName="ann")

    def allow(*statements):
        iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **s} for s in statements]}))

    own = keys_of(clients, "ann")("dynamodb")
    put = {"TransactItems": [{"Put": {"TableName": "tab", "Item": key("ann")}}, {"Delete": {"TableName": "tab", "Key": key("ben")}}]}
    allow({"Action": "dynamodb:PutItem"})
    with fails("AccessDeniedException"):
        own.transact_write_items(**put)
    mine = {"Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["ann"]}}}
    allow({"Action": ["dynamodb:PutItem", "dynamodb:DeleteItem"], **mine})
    with fails("AccessDeniedException"):
        own.transact_write_items(**put)
    own.transact_write_items(TransactItems=put["TransactItems"][:1])
    allow({"Action": "dynamodb:PutItem", "Condition": {"ForAnyValue:StringEquals": {"dynamodb:EnclosingOperation": ["TransactWriteItems"]}}})
    own.transact_write_items(TransactItems=put["TransactItems"][:1])
    with fails("AccessDeniedException"):
        own.put_item(TableName="tab", Item=key("ann"))


@pytest.mark.parametrize("expression, redundant", [("((n = :n))", True), ("(n = :n)", False), ("((n = :n) AND (id = :n))", False), ("(n = :n) OR ((id = :n))", True)])
def test_redundant_parentheses(dynamodb, table, expression, redundant):
    ask = {"TableName": "tab", "FilterExpression": expression, "ExpressionAttributeValues": {":n": {"S": "x"}}}
    if not redundant:
        return dynamodb.scan(**ask)
    with fails("ValidationException", "Invalid FilterExpression: The expression has redundant parentheses"):
        dynamodb.scan(**ask)
