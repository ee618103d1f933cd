"""DynamoDB: tables, their indexes and settings."""

import pytest
from helpers import fails, names, tags

ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}


def attributes(**types):
    return [{"AttributeName": n, "AttributeType": t} for n, t in types.items()]


def keys(hash_name, range_name=None):
    schema = [{"AttributeName": hash_name, "KeyType": "HASH"}]
    return schema + ([{"AttributeName": range_name, "KeyType": "RANGE"}] if range_name else [])


def index(name, *schema, projection=None):
    return {"IndexName": name, "KeySchema": keys(*schema),
            "Projection": projection or {"ProjectionType": "ALL"}}


def create(dynamodb, name="things", **more):
    more = {"AttributeDefinitions": attributes(id="S"), "KeySchema": keys("id"), **ON_DEMAND,
            **more}
    return dynamodb.create_table(TableName=name, **more)["TableDescription"]


def describe(dynamodb, name="things"):
    return dynamodb.describe_table(TableName=name)["Table"]


def test_a_table(dynamodb, account):
    made = create(dynamodb)
    assert made["TableArn"] == f"arn:aws:dynamodb:us-east-1:{account}:table/things"
    assert made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    dynamodb.get_waiter("table_exists").wait(TableName="things", WaiterConfig={"Delay": 1})
    assert describe(dynamodb)["TableStatus"] == "ACTIVE"
    with fails("ResourceInUseException", "Table already exists: things"):
        create(dynamodb)
    dynamodb.delete_table(TableName="things")
    with fails("ResourceNotFoundException", "Requested resource not found: Table: things not found"):
        describe(dynamodb)


def test_a_table_made_anew_is_empty(dynamodb):
    create(dynamodb)
    dynamodb.put_item(TableName="things", Item={"id": {"S": "1"}})
    assert describe(dynamodb)["ItemCount"] == 1
    dynamodb.delete_table(TableName="things")
    create(dynamodb)
    assert dynamodb.scan(TableName="things")["Count"] == 0


def test_names_are_listed_in_pages(dynamodb):
    for name in ("aaa", "bbb", "ccc"):
        create(dynamodb, name)
    pages = list(dynamodb.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2}))
    assert [page["TableNames"] for page in pages] == [["aaa", "bbb"], ["ccc"]]


@pytest.mark.parametrize("change, message", [
    ({"KeySchema": keys("other")},
     "One or more parameter values were invalid: Some index key attributes are not defined in "
     "AttributeDefinitions. Keys: [other], AttributeDefinitions: [id]"),
    ({"AttributeDefinitions": attributes(id="S", more="S")},
     "One or more parameter values were invalid: Number of attributes in KeySchema does not "
     "exactly match number of attributes defined in AttributeDefinitions"),
    ({"BillingMode": "PROVISIONED"},
     "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must "
     "both be specified when BillingMode is PROVISIONED"),
    ({"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}},
     "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits "
     "can be specified when BillingMode is PAY_PER_REQUEST"),
    ({"KeySchema": [{"AttributeName": "id", "KeyType": "RANGE"}]},
     "One or more parameter values were invalid: Invalid KeySchema: The first KeySchemaElement is "
     "not a HASH key type"),
    ({"GlobalSecondaryIndexes": []},
     "One or more parameter values were invalid: List of GlobalSecondaryIndexes is empty"),
], ids=["undefined key", "unused attribute", "no units", "units", "no hash", "no index"])
def test_schemas_are_checked(dynamodb, change, message):
    with fails("ValidationException", message):
        create(dynamodb, **change)


def test_throughput_and_billing(dynamodb):
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 3}
    made = create(dynamodb, BillingMode="PROVISIONED", ProvisionedThroughput=units)
    assert made["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert "BillingModeSummary" not in made
    dynamodb.update_table(TableName="things", **ON_DEMAND)
    assert describe(dynamodb)["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_deletion_protection(dynamodb):
    create(dynamodb, DeletionProtectionEnabled=True)
    with fails("ValidationException",
               "Resource cannot be deleted as it is currently protected against deletion. Disable "
               "deletion protection first."):
        dynamodb.delete_table(TableName="things")
    dynamodb.update_table(TableName="things", DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName="things")


def test_indexes_are_filled_and_dropped(dynamodb):
    create(dynamodb)
    for n in "123":
        dynamodb.put_item(TableName="things", Item={"id": {"S": n}, "color": {"S": "red"}})
    dynamodb.update_table(
        TableName="things", AttributeDefinitions=attributes(id="S", color="S"),
        GlobalSecondaryIndexUpdates=[{"Create": index("by-color", "color")}])
    found, = describe(dynamodb)["GlobalSecondaryIndexes"]
    assert (found["IndexStatus"], found["ItemCount"]) == ("ACTIVE", 3)
    dynamodb.update_table(TableName="things", GlobalSecondaryIndexUpdates=[
        {"Delete": {"IndexName": "by-color"}}])
    table = describe(dynamodb)
    assert "GlobalSecondaryIndexes" not in table
    assert table["AttributeDefinitions"] == attributes(id="S")


def test_streams_are_described(dynamodb):
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    made = create(dynamodb, StreamSpecification=stream)
    assert made["LatestStreamArn"].startswith(made["TableArn"] + "/stream/")
    dynamodb.update_table(TableName="things", StreamSpecification={"StreamEnabled": False})
    assert "LatestStreamArn" not in describe(dynamodb)


def test_tags(dynamodb):
    arn = create(dynamodb, Tags=tags(a="1"))["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=tags(b="2"))
    dynamodb.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == tags(b="2")


def test_time_to_live(dynamodb):
    create(dynamodb)
    status = dynamodb.describe_time_to_live(TableName="things")["TimeToLiveDescription"]
    assert status == {"TimeToLiveStatus": "DISABLED"}
    wanted = {"Enabled": True, "AttributeName": "expires"}
    dynamodb.update_time_to_live(TableName="things", TimeToLiveSpecification=wanted)
    status = dynamodb.describe_time_to_live(TableName="things")["TimeToLiveDescription"]
    assert status == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    with fails("ValidationException", "TimeToLive is already enabled"):
        dynamodb.update_time_to_live(TableName="things", TimeToLiveSpecification=wanted)


def test_continuous_backups(dynamodb):
    create(dynamodb)

    def status():
        answer = dynamodb.describe_continuous_backups(TableName="things")
        recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        return recovery["PointInTimeRecoveryStatus"]

    assert status() == "DISABLED"
    dynamodb.update_continuous_backups(
        TableName="things",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    assert status() == "ENABLED"


def test_encryption_under_a_key(dynamodb, kms):
    key = kms.create_key()["KeyMetadata"]
    made = create(dynamodb, SSESpecification={"Enabled": True, "SSEType": "KMS",
                                              "KMSMasterKeyId": key["KeyId"]})
    assert made["SSEDescription"]["KMSMasterKeyArn"] == key["Arn"]


def test_what_is_not_there_says_so(dynamodb):
    create(dynamodb)
    with fails("NotImplemented"):
        dynamodb.execute_statement(Statement='SELECT * FROM "things"')
    with fails("NotImplemented"):
        dynamodb.scan(TableName="things", ScanFilter={
            "a": {"ComparisonOperator": "NULL"}})


TEMPLATE = """
Parameters: {Protect: {Type: String, Default: "false"}, Team: {Type: String, Default: a}}
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}, {AttributeName: g, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - {IndexName: by-g, KeySchema: [{AttributeName: g, KeyType: HASH}], Projection: {ProjectionType: ALL}}
      TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
      StreamSpecification: {StreamViewType: KEYS_ONLY}
      DeletionProtectionEnabled: !Ref Protect
      Tags: [{Key: team, Value: !Ref Team}]
Outputs: {Name: {Value: !Ref T}, Arn: {Value: !GetAtt T.Arn}, Stream: {Value: !GetAtt T.StreamArn}}
"""


def test_a_table_by_cloudformation(dynamodb, cloudformation):
    def outputs(action, **parameters):
        parameters = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
        getattr(cloudformation, f"{action}_stack")(StackName="s", TemplateBody=TEMPLATE,
                                                   Parameters=parameters)
        cloudformation.get_waiter(f"stack_{action}_complete").wait(
            StackName="s", WaiterConfig={"Delay": 1})
        stack, = cloudformation.describe_stacks(StackName="s")["Stacks"]
        return {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}

    made = outputs("create")
    table = describe(dynamodb, made["Name"])
    assert (table["TableArn"], table["LatestStreamArn"]) == (made["Arn"], made["Stream"])
    assert table["GlobalSecondaryIndexes"][0]["IndexName"] == "by-g"
    status = dynamodb.describe_time_to_live(TableName=made["Name"])["TimeToLiveDescription"]
    assert status["AttributeName"] == "expires"
    assert outputs("update", Protect="true", Team="b") == made
    assert describe(dynamodb, made["Name"])["DeletionProtectionEnabled"] is True
    found = dynamodb.list_tags_of_resource(ResourceArn=made["Arn"])["Tags"]
    assert {"Key": "team", "Value": "b"} in found
    outputs("update", Protect="false", Team="b")
    cloudformation.delete_stack(StackName="s")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="s", WaiterConfig={"Delay": 1})
    assert dynamodb.list_tables()["TableNames"] == []
