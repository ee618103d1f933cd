// GetItem, PutItem, UpdateItem, DeleteItem.
#include <algorithm>
#include <optional>

#include "services/dynamodb/handlers.hh"
#include "services/dynamodb/items.hh"
#include "services/dynamodb/request.hh"

namespace mainstay::dynamodb {
namespace {

Result<std::optional<Condition>> read_condition(const Value& in, Placeholders& placeholders) {
  if (!in.has("ConditionExpression")) return std::optional<Condition>();
  TRY(Condition condition,
      parse_condition(in["ConditionExpression"].as_string(), "ConditionExpression", placeholders));
  return std::optional(std::move(condition));
}

// `before` is null where there is no item.
Status check_condition(const Value& in, const std::optional<Condition>& condition,
                       const Value& before) {
  if (!condition || holds(*condition, before)) return {};
  Error failed = aws_error("ConditionalCheckFailedException", "The conditional request failed");
  if (in["ReturnValuesOnConditionCheckFailure"].as_string() == "ALL_OLD" && !before.is_null())
    failed.fields = std::make_shared<const Value>(Value::map({{"Item", before}}));
  return failed;
}

Status check_return_values(const Value& in) {
  const std::string& wanted = in["ReturnValues"].as_string();
  if (wanted.empty() || wanted == "NONE" || wanted == "ALL_OLD") return {};
  return validation("ReturnValues can only be ALL_OLD or NONE");
}

struct Place {
  Value table, key, before;  // before is null where there is no item
  KeySchema schema;
  std::string encoded;
};

Result<Place> find_place(Call& call, const Value& in) {
  CHECK_OK(refuse_legacy(in));
  Place out;
  TRY(out.table, find_table(call, in["TableName"]));
  TRY(out.key, read_item(in["Key"]));
  out.schema = schema_of(out.table, out.table["KeySchema"]);
  CHECK_OK(check_key(out.schema, out.key));
  out.encoded = *key_of(out.schema, out.key);
  if (const Value* found = find_item(call, out.table, out.encoded)) out.before = *found;
  return out;
}

Status check_update(const Place& place, const std::optional<Update>& update) {
  if (!update) return {};
  for (const Path& path : update->paths())
    if (place.schema.has(path[0].name))
      return validation("One or more parameter values were invalid: Cannot update attribute " +
                        path[0].name + ". This attribute is part of the key");
  return {};
}

// What UpdateItem gives back; null for nothing.
Value returned(const Value& in, const std::optional<Update>& update, const Value& before,
               const Value& after) {
  const std::string& wanted = in["ReturnValues"].as_string();
  if (wanted == "ALL_OLD") return before;
  if (wanted == "ALL_NEW") return after;
  if (!update || !wanted.starts_with("UPDATED_")) return Value();
  Value part = project(wanted == "UPDATED_OLD" ? before : after, update->paths());
  return part.empty() ? Value() : part;
}

}  // namespace

Result<Value> get_item(Call& call, const Value& in) {
  TRY(Placeholders placeholders, Placeholders::read(in));
  TRY(std::vector<Path> paths, read_projection(in, placeholders));
  CHECK_OK(placeholders.check_used());
  TRY(Place place, find_place(call, in));
  Value out = Value::map({});
  if (!place.before.is_null()) out.set("Item", projected(place.before, paths));
  add_capacity(out, in, place.table,
               read_units(size_of_item(place.before), in["ConsistentRead"].as_bool()));
  return out;
}

Result<Value> put_item(Call& call, const Value& in) {
  CHECK_OK(refuse_legacy(in));
  CHECK_OK(check_return_values(in));
  TRY(Placeholders placeholders, Placeholders::read(in));
  TRY(std::optional<Condition> condition, read_condition(in, placeholders));
  CHECK_OK(placeholders.check_used());
  TRY(Value table, find_table(call, in["TableName"]));
  TRY(Value item, read_item(in["Item"]));
  CHECK_OK(check_item(table, item));
  std::string key = *key_of(schema_of(table, table["KeySchema"]), item);
  const Value* found = find_item(call, table, key);
  Value before = found ? *found : Value();
  CHECK_OK(check_condition(in, condition, before));
  put_item_at(call, table, key, item);
  Value out = Value::map({});
  if (in["ReturnValues"].as_string() == "ALL_OLD" && !before.is_null())
    out.set("Attributes", before);
  add_capacity(out, in, table, write_units(std::max(size_of_item(item), size_of_item(before))));
  return out;
}

Result<Value> update_item(Call& call, const Value& in) {
  TRY(Placeholders placeholders, Placeholders::read(in));
  TRY(std::optional<Condition> condition, read_condition(in, placeholders));
  std::optional<Update> update;
  if (in.has("UpdateExpression")) {
    TRY(update, parse_update(in["UpdateExpression"].as_string(), placeholders));
  }
  CHECK_OK(placeholders.check_used());
  TRY(Place place, find_place(call, in));
  CHECK_OK(check_update(place, update));
  CHECK_OK(check_condition(in, condition, place.before));
  Value after = place.before.is_null() ? place.key : place.before;
  if (update) {
    TRY(after, apply(*update, after));
  }
  CHECK_OK(check_item(place.table, after));
  put_item_at(call, place.table, place.encoded, after);
  Value out = Value::map({});
  if (Value values = returned(in, update, place.before, after); !values.is_null())
    out.set("Attributes", std::move(values));
  add_capacity(out, in, place.table,
               write_units(std::max(size_of_item(after), size_of_item(place.before))));
  return out;
}

Result<Value> delete_item(Call& call, const Value& in) {
  CHECK_OK(check_return_values(in));
  TRY(Placeholders placeholders, Placeholders::read(in));
  TRY(std::optional<Condition> condition, read_condition(in, placeholders));
  CHECK_OK(placeholders.check_used());
  TRY(Place place, find_place(call, in));
  CHECK_OK(check_condition(in, condition, place.before));
  remove_item_at(call, place.table, place.encoded);
  Value out = Value::map({});
  if (in["ReturnValues"].as_string() == "ALL_OLD" && !place.before.is_null())
    out.set("Attributes", place.before);
  add_capacity(out, in, place.table, write_units(size_of_item(place.before)));
  return out;
}

Result<Value> check_item_condition(Call& call, const Value& in) {
  TRY(Placeholders placeholders, Placeholders::read(in));
  TRY(std::optional<Condition> condition, read_condition(in, placeholders));
  CHECK_OK(placeholders.check_used());
  TRY(Place place, find_place(call, in));
  CHECK_OK(check_condition(in, condition, place.before));
  Value out = Value::map({});
  add_capacity(out, in, place.table, read_units(size_of_item(place.before), true));
  return out;
}

}  // namespace mainstay::dynamodb
