"""DynamoDB."""

import time

from run import cases

dynamodb = cases("dynamodb/test_dynamodb.py::TestDynamoDB::")


def keyed(name, attribute="id", **more):
    return {"TableName": name, "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": attribute, "AttributeType": "S"}],
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}, **more}


def active(run, name):
    for _ in range(200):
        table = run.dynamodb.describe_table(TableName=name)["Table"]
        if table["TableStatus"] == "ACTIVE":
            return table
        time.sleep(0.02)
    raise AssertionError(table["TableStatus"])


def table(run, attribute="id", **more):
    name = run.unique("table")
    run.dynamodb.create_table(**keyed(name, attribute, **more))
    active(run, name)
    return name


@dynamodb
def batch_write_not_existing_table(run):
    run.step("exc-not-found-transact-write-items", run.dynamodb.transact_write_items, TransactItems=[
        {"Put": {"TableName": "non-existent-table", "Item": {"id": {"S": "x"}}}}])


@dynamodb
def continuous_backup_update(run):
    name = table(run)
    run.step("update-continuous-backup", run.dynamodb.update_continuous_backups, TableName=name,
             PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    run.step("describe-continuous-backup", run.dynamodb.describe_continuous_backups, TableName=name)


@dynamodb
def dynamodb_batch_execute_statement(run):
    name = table(run, "Username")
    run.dynamodb.put_item(TableName=name, Item={"Username": {"S": "user02"}, "Age": {"N": "10"}})
    run.step("ExecutedStatement", run.dynamodb.batch_execute_statement, Statements=[
        {"Statement": f"INSERT INTO \"{name}\" VALUE {{'Username': 'user01'}}"},
        {"Statement": f"UPDATE \"{name}\" SET Age=20 WHERE Username='user02'"}])
    for step, key in (("ItemUser1", "user01"), ("ItemUser2", "user02")):
        run.step(step, run.dynamodb.get_item(TableName=name, Key={"Username": {"S": key}}).get("Item"))


@dynamodb
def dynamodb_create_table_with_partial_sse_specification(run):
    name = run.unique("table")
    run.dynamodb.create_table(**keyed(name, SSESpecification={"Enabled": True}))
    described = active(run, name)["SSEDescription"]
    run.step("SSEDescription", described)
    run.step("KMSDescription", run.kms.describe_key, KeyId=described["KMSMasterKeyArn"])
    updated = run.dynamodb.update_table(TableName=name, SSESpecification={"Enabled": False})
    run.step("update-table-disable-sse-spec", updated["TableDescription"].get("SSEDescription"))


@dynamodb
def dynamodb_update_table_without_sse_specification_change(run):
    name = run.unique("table")
    run.dynamodb.create_table(**keyed(name, SSESpecification={"Enabled": True}))
    described = active(run, name)["SSEDescription"]
    run.step("create_table_sse_description", described)
    run.step("describe_kms_key", run.kms.describe_key, KeyId=described["KMSMasterKeyArn"])
    run.dynamodb.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    run.step("update_table_sse_description", active(run, name)["SSEDescription"])


@dynamodb
def dynamodb_idempotent_writing(run):
    name = table(run, "id")
    ask = {"ClientRequestToken": "dedupe_token", "TransactItems": [
        {"Put": {"TableName": name, "Item": {"id": {"S": "id1"}, "name": {"S": "name1"}}}},
        {"Put": {"TableName": name, "Item": {"id": {"S": "id2"}, "name": {"S": "name2"}}}}]}
    run.step("Response1", run.dynamodb.transact_write_items, **ask)
    run.step("Response2", run.dynamodb.transact_write_items, **ask)


@dynamodb
def dynamodb_partiql_missing(run):
    name = table(run, "Username")
    run.dynamodb.put_item(TableName=name, Item={"Username": {"S": "Alice123"}, "FirstName": {"S": "Alice"}})
    run.dynamodb.put_item(TableName=name, Item={"Username": {"S": "Bob123"}})
    run.step("FirstNameNotMissing", run.answer(
        run.dynamodb.execute_statement, Statement=f'SELECT * FROM "{name}" WHERE FirstName IS NOT MISSING').get("Items"))


@dynamodb
def dynamodb_pay_per_request(run):
    run.step("Error", run.words(run.dynamodb.create_table, **keyed(run.unique("t"), BillingMode="PAY_PER_REQUEST")))


@dynamodb
def gsi_with_billing_mode(run):
    name = run.unique("table")
    index = {"IndexName": "TransactionRecordID", "KeySchema": [{"AttributeName": "TRID", "KeyType": "HASH"}],
             "Projection": {"ProjectionType": "ALL"}}
    ask = keyed(name, "TID", BillingMode=run.param, GlobalSecondaryIndexes=[index])
    ask["AttributeDefinitions"].append({"AttributeName": "TRID", "AttributeType": "S"})
    if run.param == "PROVISIONED":
        index["ProvisionedThroughput"] = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
        ask["ProvisionedThroughput"] = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    else:
        del ask["ProvisionedThroughput"]
    run.step("create-table-with-gsi", run.dynamodb.create_table, **ask)
    active(run, name)
    run.step("describe-table", run.dynamodb.describe_table, TableName=name)


@dynamodb
def return_values_in_put_item(run):
    name = table(run)
    first, other = {"id": {"S": "id1"}, "data": {"S": "foobar"}}, {"id": {"S": "id2"}, "data": {"S": "foobar"}}
    put = lambda step, item, **more: run.step(step, run.dynamodb.put_item, TableName=name, Item=item, **more)
    put("PutFirstItem", first, ReturnValues="ALL_OLD")
    put("PutFirstItemOLD", first, ReturnValues="ALL_OLD")
    put("PutSecondItem", other)
    put("PutSecondItemReturnNone", other, ReturnValues="NONE")
    put("PutFirstItemB", {**first, "data": {"S": "foobarB"}}, ReturnValues="ALL_OLD")


@dynamodb
def return_values_on_conditions_check_failure(run):
    name = table(run)
    run.dynamodb.put_item(TableName=name, Item={"id": {"S": "456"}, "price": {"N": "650"}, "product": {"S": "sporting goods"}})
    run.step("items", run.dynamodb.delete_item, TableName=name, Key={"id": {"S": "456"}}, ConditionExpression="price between :low and :high",
             ExpressionAttributeValues={":low": {"N": "700"}, ":high": {"N": "800"}}, ReturnValuesOnConditionCheckFailure="ALL_OLD")


@dynamodb
def transact_get_items(run):
    name = table(run)
    arn = run.dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
    for step, named, key in (("TransactGetItems", name, "John"), ("TransactGetItems-with-TableArn", arn, "Sarah")):
        run.dynamodb.put_item(TableName=name, Item={"id": {"S": key}})
        run.step(step, run.dynamodb.transact_get_items, TransactItems=[{"Get": {"TableName": named, "Key": {"id": {"S": key}}}}])


@dynamodb
def valid_local_secondary_index(run):
    name = run.unique("table")
    attribute = lambda n, t: {"AttributeName": n, "AttributeType": t}
    key = lambda n, t: {"AttributeName": n, "KeyType": t}
    run.dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[key("PK", "HASH"), key("SK", "RANGE")],
        AttributeDefinitions=[attribute("PK", "S"), attribute("SK", "S"), attribute("LSI1SK", "N")],
        LocalSecondaryIndexes=[{"IndexName": "LSI1", "KeySchema": [key("PK", "HASH"), key("LSI1SK", "RANGE")],
                                "Projection": {"ProjectionType": "ALL"}}])
    active(run, name)
    run.dynamodb.put_item(TableName=name, Item={"PK": {"S": "test one"}, "SK": {"S": "hello"}, "LSI1SK": {"N": "123"}})
    run.step("Items", run.dynamodb.query, TableName=name, IndexName="LSI1", KeyConditionExpression="PK = :v1",
             ExpressionAttributeValues={":v1": {"S": "test one"}}, Select="ALL_ATTRIBUTES")
