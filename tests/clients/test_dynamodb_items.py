"""DynamoDB: items, conditions and updates."""

from decimal import Decimal

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from helpers import fails, first_as_id

WRITER, READER = TypeSerializer(), TypeDeserializer()


def typed(**item):
    return {name: WRITER.serialize(value) for name, value in item.items()}


def plain(item):
    return {name: READER.deserialize(value) for name, value in item.items()}


class Table:
    """One table by plain Python values."""

    def __init__(self, dynamodb, name="things"):
        self.client, self.name = dynamodb, name

    def put(self, more=None, **item):
        return self.client.put_item(TableName=self.name, Item=typed(**item), **(more or {}))

    def get(self, id, **more):
        answer = self.client.get_item(TableName=self.name, Key=typed(id=id), **more)
        return plain(answer["Item"]) if "Item" in answer else None

    def update(self, expression, id="1", names=None, values=None, **more):
        if names:
            more["ExpressionAttributeNames"] = names
        if values:
            more["ExpressionAttributeValues"] = {f":{k}": WRITER.serialize(v)
                                                 for k, v in values.items()}
        return self.client.update_item(TableName=self.name, Key=typed(id=id),
                                       UpdateExpression=expression, **more)

    def after(self, expression, id="1", **more):
        answer = self.update(expression, id, ReturnValues="ALL_NEW", **more)
        return {k: v for k, v in plain(answer["Attributes"]).items() if k != "id"}

    def holds(self, condition, names=None, **values):
        """Whether the condition holds for item 1."""
        more = {"ExpressionAttributeNames": names} if names else {}
        if values:
            more["ExpressionAttributeValues"] = typed(
                **{f":{k}": v for k, v in values.items()})
        try:
            self.client.update_item(TableName=self.name, Key=typed(id="1"),
                                    UpdateExpression="REMOVE untouched",
                                    ConditionExpression=condition, **more)
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


@pytest.fixture
def table(dynamodb):
    dynamodb.create_table(
        TableName="things", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    return Table(dynamodb)


def test_every_type_comes_back(table):
    item = {"id": "1", "s": "", "n": Decimal("1.5"), "b": b"\x00\xff", "yes": True, "no": None,
            "list": ["a", Decimal(1), [None]], "map": {"x": {"y": "z"}}, "ss": {"a", "b"},
            "ns": {Decimal(1), Decimal(2)}, "bs": {b"x"}}
    table.put(**item)
    found = table.get("1")
    found["b"], found["bs"] = bytes(found["b"]), {bytes(b) for b in found["bs"]}
    assert found == item
    table.client.delete_item(TableName="things", Key=typed(id="1"))
    assert table.get("1") is None


@pytest.mark.parametrize("sent, kept", [
    ("1.50", "1.5"), ("+007", "7"), ("1e3", "1000"), ("-0", "0"), (".5", "0.5"),
    ("12E-4", "0.0012"), ("1E+20", "1" + "0" * 20),
    ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678")])
def test_numbers_in_their_shortest_form(table, sent, kept):
    table.client.put_item(TableName="things", Item={"id": {"S": "1"}, "n": {"N": sent}})
    item = table.client.get_item(TableName="things", Key=typed(id="1"))["Item"]
    assert item["n"] == {"N": kept}


@pytest.mark.parametrize("item, message", [
    ({"x": {"S": "1"}}, "One or more parameter values were invalid: Missing the key id in the item"),
    ({"id": {"N": "1"}}, "One or more parameter values were invalid: Type mismatch for key id "
                         "expected: S actual: N"),
    ({"id": {"S": ""}}, "One or more parameter values are not valid. The AttributeValue for a key "
                        "attribute cannot contain an empty string value. Key: id"),
    ({"id": {"S": "1"}, "n": {"N": "x"}}, "The parameter cannot be converted to a numeric value: x"),
    ({"id": {"S": "1"}, "n": {"N": "1" * 39}},
     "Attempting to store more than 38 significant digits in a Number"),
    ({"id": {"S": "1"}, "n": {"N": "1e126"}}, "Number overflow. Attempting to store a number with "
     "magnitude larger than supported range"),
    ({"id": {"S": "1"}, "s": {"SS": []}},
     "One or more parameter values were invalid: An string set  may not be empty"),
    ({"id": {"S": "1"}, "s": {"S": "x" * 410_000}}, "Item size has exceeded the maximum allowed size"),
], ids=["no key", "type", "empty", "no number", "long number", "large number", "set", "size"])
def test_items_are_checked(table, item, message):
    with fails("ValidationException", message):
        table.client.put_item(TableName="things", Item=item)


def test_keys_are_checked(table):
    for key in ({"x": {"S": "1"}}, {"id": {"N": "1"}}, typed(id="1", x="2")):
        with fails("ValidationException", "The provided key element does not match the schema"):
            table.client.get_item(TableName="things", Key=key)
    with fails("ResourceNotFoundException", "Requested resource not found"):
        table.client.get_item(TableName="none", Key=typed(id="1"))


def test_put_if_new(table):
    new = {"ConditionExpression": "attribute_not_exists(id)"}
    table.put(new, id="1", v=1)
    with fails("ConditionalCheckFailedException", "The conditional request failed"):
        table.put(new, id="1", v=2)
    try:
        table.put({**new, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}, id="1", v=2)
    except table.client.exceptions.ConditionalCheckFailedException as e:
        assert plain(e.response["Item"]) == {"id": "1", "v": 1}
    assert table.get("1")["v"] == 1


def test_what_was_there(table):
    assert "Attributes" not in table.put({"ReturnValues": "ALL_OLD"}, id="1", v=1)
    old = table.put({"ReturnValues": "ALL_OLD"}, id="1", v=2)
    assert plain(old["Attributes"]) == {"id": "1", "v": 1}
    gone = table.client.delete_item(TableName="things", Key=typed(id="1"), ReturnValues="ALL_OLD")
    assert plain(gone["Attributes"]) == {"id": "1", "v": 2}
    with fails("ValidationException", "ReturnValues can only be ALL_OLD or NONE"):
        table.put({"ReturnValues": "ALL_NEW"}, id="1")


@pytest.mark.parametrize("condition, values, expected", [
    ("v = :a", {"a": 5}, True), ("v <> :a", {"a": 5}, False), ("absent <> :a", {"a": 5}, True),
    ("v < :a", {"a": 10}, True), ("v >= :a", {"a": 5}, True), ("v < :a", {"a": "9"}, False),
    ("v BETWEEN :a AND :b", {"a": 4, "b": 6}, True), ("v IN (:a, :b)", {"a": 1, "b": 5}, True),
    ("NOT v = :a", {"a": 5}, False), ("v = :a OR s = :b AND absent = :a", {"a": 5, "b": "x"}, True),
    ("(v = :a OR s = :b) AND absent = :a", {"a": 5, "b": "x"}, False),
    ("begins_with(s, :a)", {"a": "he"}, True), ("contains(s, :a)", {"a": "ell"}, True),
    ("contains(tags, :a)", {"a": "red"}, True), ("contains(l, :a)", {"a": 2}, True),
    ("size(s) = :a", {"a": 5}, True), ("size(l) > :a", {"a": 2}, False),
    ("attribute_type(v, :a)", {"a": "N"}, True), ("m.x[1] = :a", {"a": "q"}, True),
    ("attribute_exists(m.x)", {}, True), ("attribute_exists(m.y)", {}, False),
    ("attribute_not_exists(m.x[9])", {}, True), (":a = v", {"a": 5}, True),
    ("tags = :a", {"a": {"blue", "red"}}, True), ("m = :a", {"a": {"x": ["p", "q"]}}, True)],
    ids=first_as_id)
def test_conditions(table, condition, values, expected):
    table.put(id="1", v=5, s="hello", l=[1, 2], m={"x": ["p", "q"]}, tags={"red", "blue"})
    assert table.holds(condition, **values) is expected


@pytest.mark.parametrize("condition, values, message", [
    ("v = ", {}, 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "= "'),
    ("v == :a", {"a": 1}, 'Invalid ConditionExpression: Syntax error; token: "=", near: "== :a"'),
    ("name = :a", {"a": 1}, "Invalid ConditionExpression: Attribute name is a reserved keyword; "
                            "reserved keyword: name"),
    ("v = :b", {"a": 1}, "Invalid ConditionExpression: An expression attribute value used in "
                         "expression is not defined; attribute value: :b"),
    ("#n = :a", {"a": 1}, "Invalid ConditionExpression: An expression attribute name used in the "
                          "document path is not defined; attribute name: #n"),
    ("v = :a", {"a": 1, "b": 2}, "Value provided in ExpressionAttributeValues unused in "
                                 "expressions: keys: {:b}"),
    ("", {}, "Invalid ConditionExpression: The expression can not be empty;"),
    ("foo(v)", {}, "Invalid ConditionExpression: Invalid function name; function: foo"),
    ("contains(v)", {}, "Invalid ConditionExpression: Incorrect number of operands for operator or "
     "function; operator or function: contains, number of operands: 1"),
    ("begins_with(v, :a)", {"a": 1}, "Invalid ConditionExpression: Incorrect operand type for "
     "operator or function; operator or function: begins_with, operand type: N"),
    ("NOT " * 70 + "v = :a", {"a": 1},
     "Invalid ConditionExpression: The expression is nested more than 64 levels deep")],
    ids=first_as_id)
def test_bad_conditions(table, condition, values, message):
    with fails("ValidationException", message):
        table.holds(condition, **values)


@pytest.mark.parametrize("expression, values, expected", [
    ("SET a = :v", {"v": "x"}, {"n": 1, "l": [1, 2, 3], "s": {"x", "y"}, "m": {"k": 1}, "a": "x"}),
    ("SET n = n + :v REMOVE l, s, m", {"v": Decimal("0.5")}, {"n": Decimal("1.5")}),
    ("SET n = :v - n REMOVE l, s, m", {"v": 10}, {"n": 9}),
    ("SET n = if_not_exists(n, :v), z = if_not_exists(z, :v) REMOVE l, s, m", {"v": 7},
     {"n": 1, "z": 7}),
    ("SET l = list_append(l, :v) REMOVE s, m", {"v": [4]}, {"n": 1, "l": [1, 2, 3, 4]}),
    ("SET l = list_append(:v, l) REMOVE s, m", {"v": [0]}, {"n": 1, "l": [0, 1, 2, 3]}),
    ("SET l[1] = :v, l[9] = :v REMOVE s, m", {"v": 8}, {"n": 1, "l": [1, 8, 3, 8]}),
    ("REMOVE l[0], l[2], s, m", {}, {"n": 1, "l": [2]}),
    ("SET m.k = :v, m.j = :v REMOVE l, s", {"v": 8}, {"n": 1, "m": {"k": 8, "j": 8}}),
    ("ADD n :v, z :v REMOVE l, s, m", {"v": 2}, {"n": 3, "z": 2}),
    ("ADD s :v REMOVE l, m", {"v": {"y", "z"}}, {"n": 1, "s": {"x", "y", "z"}}),
    ("DELETE s :v REMOVE l, m", {"v": {"y", "z"}}, {"n": 1, "s": {"x"}}),
    ("DELETE s :v REMOVE l, m", {"v": {"x", "y"}}, {"n": 1}),
    ("SET a = n, n = :v REMOVE l, s, m", {"v": 5}, {"a": 1, "n": 5})], ids=first_as_id)
def test_updates(table, expression, values, expected):
    table.put(id="1", n=1, l=[1, 2, 3], s={"x", "y"}, m={"k": 1})
    assert table.after(expression, values=values) == expected
    found = table.get("1")
    assert {k: v for k, v in found.items() if k != "id"} == expected


def test_an_update_makes_the_item(table):
    assert table.after("SET a = :v", "new", values={"v": 1}) == {"a": 1}
    with fails("ConditionalCheckFailedException"):
        table.update("SET a = :v", "other", values={"v": 1},
                     ConditionExpression="attribute_exists(id)")
    assert table.get("other") is None


def test_what_an_update_returns(table):
    table.put(id="1", a=1, b=2, m={"x": 1, "y": 2})

    def returned(which, value):
        answer = table.update("SET a = :v, m.x = :v", values={"v": value}, ReturnValues=which)
        return plain(answer["Attributes"])

    assert returned("UPDATED_OLD", 5) == {"a": 1, "m": {"x": 1}}
    assert returned("UPDATED_NEW", 6) == {"a": 6, "m": {"x": 6}}
    assert returned("ALL_OLD", 7) == {"id": "1", "a": 6, "b": 2, "m": {"x": 6, "y": 2}}


@pytest.mark.parametrize("expression, values, message", [
    ("SET id = :v", {"v": "2"}, "One or more parameter values were invalid: Cannot update "
                                "attribute id. This attribute is part of the key"),
    ("SET a = :v, a.b = :v", {"v": 1}, "Invalid UpdateExpression: Two document paths overlap with "
     "each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]"),
    ("SET z.y = :v", {"v": 1},
     "The document path provided in the update expression is invalid for update"),
    ("SET a = z", {}, "The provided expression refers to an attribute that does not exist in the "
                      "item"),
    ("SET a = s + :v", {"v": 1}, "An operand in the update expression has an incorrect data type"),
    ("ADD a :v", {"v": "x"}, "Invalid UpdateExpression: Incorrect operand type for operator or "
     "function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"),
    ("SET a = :v SET b = :v", {"v": 1}, 'Invalid UpdateExpression: The "SET" section can only be '
                                        "used once in an update expression;"),
    ("PUT a = :v", {"v": 1}, 'Invalid UpdateExpression: Syntax error; token: "PUT", near: "PUT a"')],
    ids=first_as_id)
def test_bad_updates(table, expression, values, message):
    table.put(id="1", s="x")
    with fails("ValidationException", message):
        table.update(expression, values=values)


def test_projections(table):
    table.put(id="1", a=1, m={"x": 1, "y": 2}, l=["p", "q", "r"])
    assert table.get("1", ProjectionExpression="a, m.x, l[2], l[0], absent") == {
        "a": 1, "m": {"x": 1}, "l": ["p", "r"]}
    assert table.get("1", ProjectionExpression="#i",
                     ExpressionAttributeNames={"#i": "id"}) == {"id": "1"}
    with fails("ValidationException",
               "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}"):
        table.get("1", ProjectionExpression="a", ExpressionAttributeNames={"#x": "b"})


def test_batches(table):
    writes = [{"PutRequest": {"Item": typed(id=str(n), n=n)}} for n in range(25)]
    assert table.client.batch_write_item(RequestItems={"things": writes})["UnprocessedItems"] == {}
    keys = [typed(id=str(n)) for n in (3, 24, 99)]
    found = table.client.batch_get_item(RequestItems={"things": {"Keys": keys}})
    assert sorted(plain(i)["n"] for i in found["Responses"]["things"]) == [3, 24]
    assert found["UnprocessedKeys"] == {}
    table.client.batch_write_item(RequestItems={"things": [
        {"DeleteRequest": {"Key": typed(id="3")}}, {"PutRequest": {"Item": typed(id="x")}}]})
    assert table.get("3") is None and table.get("x")
    twice = [{"PutRequest": {"Item": typed(id="1")}}, {"DeleteRequest": {"Key": typed(id="1")}}]
    with fails("ValidationException", "Provided list of item keys contains duplicates"):
        table.client.batch_write_item(RequestItems={"things": twice})


def test_capacity(table):
    answer = table.put({"ReturnConsumedCapacity": "TOTAL"}, id="1", s="x" * 2000)
    assert answer["ConsumedCapacity"] == {"TableName": "things", "CapacityUnits": 2.0}
    answer = table.client.get_item(TableName="things", Key=typed(id="1"),
                                   ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 0.5
