"""Policies that hold a principal to some items and attributes of a table, whatever part of a request
names them.

Source: IAM user guide, "Amazon DynamoDB: Allows access to specific attributes".
"""

import pytest
from helpers import fails
from test_enforcement import allow, user  # noqa: F401 (a fixture)

ANN = {"h": {"S": "ann"}}
OF_ANN = {"KeyConditionExpression": "h = :h", "ExpressionAttributeValues": {":h": {"S": "ann"}}}
SOME = {"ProjectionExpression": "h, pub"}


@pytest.fixture
def ann(dynamodb, user):  # noqa: F811
    dynamodb.create_table(TableName="people", BillingMode="PAY_PER_REQUEST",
                          KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "h", "AttributeType": "S"}])
    dynamodb.put_item(TableName="people", Item={**ANN, "pub": {"S": "1"}, "ssn": {"S": "2"}})
    return user("ann", allow("dynamodb:*", Condition={
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["ann"],
                                      "dynamodb:Attributes": ["h", "pub"]},
        "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}))("dynamodb")


def test_attributes_that_are_allowed(ann):
    item = {**ANN, "pub": {"S": "1"}}
    assert ann.get_item(TableName="people", Key=ANN, **SOME)["Item"] == item
    assert ann.query(TableName="people", **OF_ANN, **SOME)["Items"] == [item]
    ann.batch_get_item(RequestItems={"people": {"Keys": [ANN], **SOME}})
    ann.put_item(TableName="people", Item=item)
    ann.update_item(TableName="people", Key=ANN, UpdateExpression="SET pub = :a",
                    ConditionExpression="attribute_exists(pub)",
                    ExpressionAttributeValues={":a": {"S": "3"}})


@pytest.mark.parametrize("operation, request_", [
    ("get_item", {"Key": ANN}),
    ("get_item", {"Key": ANN, "ProjectionExpression": "ssn"}),
    ("get_item", {"Key": ANN, "ProjectionExpression": "#s",
                  "ExpressionAttributeNames": {"#s": "ssn"}}),
    ("get_item", {"Key": {"h": {"S": "bob"}}, **SOME}),
    ("query", OF_ANN),
    ("query", {**OF_ANN, "ProjectionExpression": "ssn"}),
    ("query", {**OF_ANN, **SOME, "FilterExpression": "ssn = :h"}),
    ("scan", {}),
    ("scan", {"ProjectionExpression": "ssn"}),
    ("put_item", {"Item": {**ANN, "ssn": {"S": "9"}}}),
    ("put_item", {"Item": ANN, "ConditionExpression": "attribute_exists(ssn)"}),
    ("update_item", {"Key": ANN, "UpdateExpression": "REMOVE ssn"}),
    ("update_item", {"Key": ANN, "UpdateExpression": "SET pub = ssn"}),
    ("delete_item", {"Key": ANN, "ConditionExpression": "attribute_exists(ssn)"}),
])
def test_attributes_that_are_not(ann, operation, request_):
    with fails("AccessDeniedException"):
        getattr(ann, operation)(TableName="people", **request_)


@pytest.mark.parametrize("part", [{"Keys": [ANN]}, {"Keys": [ANN], "ProjectionExpression": "ssn"}])
def test_attributes_of_batches(ann, part):
    with fails("AccessDeniedException"):
        ann.batch_get_item(RequestItems={"people": part})
    with fails("AccessDeniedException"):
        ann.batch_write_item(
            RequestItems={"people": [{"PutRequest": {"Item": {**ANN, "ssn": {"S": "1"}}}}]})
