// Query and Scan: a walk over a table's keys, or an index's, a page at a time.
#include <algorithm>
#include <functional>

#include "base/digest.hh"
#include "services/dynamodb/handlers.hh"
#include "services/dynamodb/items.hh"
#include "services/dynamodb/key_condition.hh"
#include "services/dynamodb/request.hh"

namespace mainstay::dynamodb {
namespace {

constexpr int64_t page_bytes_max = 1 << 20;  // API reference, Query

// One query or scan.
struct Search {
  Value table;
  const Value* index = nullptr;  // of table, nullptr for the table itself
  KeySchema table_schema, schema;
  KeyRange range{"", after_all_keys};
  bool forward = true;
  std::string after;  // the key of the last page's last item, "" at first
  size_t count_max = SIZE_MAX;
  uint32_t segments = 1, segment = 0;
  bool filtered = false, counts_only = false;
  Condition filter;
  std::vector<Path> paths;
};

Status find_source(Call& call, const Value& in, Search& s) {
  TRY(s.table, find_table(call, in["TableName"]));
  s.table_schema = s.schema = schema_of(s.table, s.table["KeySchema"]);
  if (!in.has("IndexName")) return {};
  const std::string& name = in["IndexName"].as_string();
  s.index = find_index(s.table, name);
  if (!s.index) return validation("The table does not have the specified index: " + name);
  if (in["ConsistentRead"].as_bool() && is_global_index(s.table, name))
    return validation("Consistent reads are not supported on global secondary indexes");
  s.schema = schema_of(s.table, (*s.index)["KeySchema"]);
  return {};
}

void collect_names(const Condition& c, std::set<std::string>& out) {
  for (const Operand& operand : c.operands)
    if (operand.kind != Operand::Kind::value) out.insert(operand.path[0].name);
  for (const Condition& part : c.parts) collect_names(part, out);
}

Status read_filter(const Value& in, Search& s, Placeholders& placeholders) {
  if (!in.has("FilterExpression")) return {};
  TRY(s.filter,
      parse_condition(in["FilterExpression"].as_string(), "FilterExpression", placeholders));
  s.filtered = true;
  return {};
}

Status check_filter(const Search& s) {
  std::set<std::string> names;
  collect_names(s.filter, names);
  for (const std::string& name : names)
    if (s.schema.has(name))
      return validation(
          "Filter Expression can only contain non-primary key attributes: Primary "
          "key attribute: " +
          name);
  return {};
}

Status read_select(const Value& in, Search& s) {
  const std::string& select = in["Select"].as_string();
  s.counts_only = select == "COUNT";
  if (in.has("ProjectionExpression") && !select.empty() && select != "SPECIFIC_ATTRIBUTES")
    return validation("Cannot specify the ProjectionExpression when choosing to get " +
                      std::string(s.counts_only ? "only the Count" : select));
  if (select == "SPECIFIC_ATTRIBUTES" && !in.has("ProjectionExpression"))
    return validation(
        "Must specify the AttributesToGet or ProjectionExpression when choosing to "
        "get SPECIFIC_ATTRIBUTES");
  if (select == "ALL_PROJECTED_ATTRIBUTES" && !s.index)
    return validation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  return {};
}

Status read_start(const Value& in, Search& s) {
  s.count_max = static_cast<size_t>(in["Limit"].as_int(INT32_MAX));
  if (!in.has("ExclusiveStartKey")) return {};
  TRY(Value start, read_item(in["ExclusiveStartKey"]));
  auto key = key_of(s.table_schema, start);
  auto entry = s.index ? key_of(s.schema, start) : std::optional<std::string>("");
  if (!key || !entry)
    return validation(
        "The provided starting key is invalid: The provided key element does not "
        "match the schema");
  s.after = *entry + *key;
  return {};
}

// Visits (key, document) of the range from where the search goes on, until it returns false.
void walk(const store::Documents& all, const Search& s,
          const std::function<bool(const std::string&, const Value&)>& visit) {
  auto from = all.lower_bound(s.range.low), to = all.lower_bound(s.range.high);
  if (s.range.low >= s.range.high) return;
  if (s.forward) {
    if (!s.after.empty() && s.after >= s.range.low) from = all.upper_bound(s.after);
    for (; from != all.end() && from->first < s.range.high; ++from)
      if (!visit(from->first, from->second)) return;
    return;
  }
  if (!s.after.empty() && s.after < s.range.high) to = all.lower_bound(s.after);
  while (to != all.begin() && std::prev(to)->first >= s.range.low) {
    --to;
    if (!visit(to->first, to->second)) return;
  }
}

// A segment has all items of a hash.
bool in_segment(const Search& s, const std::string& key) {
  return s.segments == 1 ||
         crc32(std::string_view(key).substr(0, key.find('.'))) % s.segments == s.segment;
}

// What an item has in the index: everything, the keys, or the keys and what is named.
Value in_index(const Search& s, const Value& item) {
  const Value& projection = s.index ? (*s.index)["Projection"] : Value();
  const std::string& type = projection["ProjectionType"].as_string();
  if (type.empty() || type == "ALL") return item;
  Value out = Value::map({});
  const List& named = projection["NonKeyAttributes"].items();
  for (const auto& [name, attribute] : item.members())
    if (s.schema.has(name) || s.table_schema.has(name) ||
        std::find(named.begin(), named.end(), Value(name)) != named.end())
      out.set(name, attribute);
  return out;
}

Value last_key(const Search& s, const Value& item) {
  Value out = key_attributes(s.table_schema, item);
  if (!s.index) return out;
  Value of_index = key_attributes(s.schema, item);
  for (const auto& [name, attribute] : of_index.members()) out.set(name, attribute);
  return out;
}

Value run_search(Call& call, const Value& in, const Search& s) {
  Value items = Value::list(), last;
  int64_t bytes = 0;
  size_t count = 0, scanned = 0;
  std::string store_table =
      s.index ? entries_of(s.table, (*s.index)["IndexName"].as_string()) : items_of(s.table);
  walk(call.all(store_table), s, [&](const std::string& key, const Value& document) {
    const Value& item = s.index ? *find_item(call, s.table, document.as_string()) : document;
    if (!in_segment(s, key)) return true;
    Value visible = in_index(s, item);
    bytes += size_of_item(visible);
    ++scanned;
    if (!s.filtered || holds(s.filter, visible)) {
      ++count;
      if (!s.counts_only) items.push_back(projected(visible, s.paths));
    }
    if (scanned < s.count_max && bytes < page_bytes_max) return true;
    last = last_key(s, item);
    return false;
  });
  Value out = Value::map({{"Count", count}, {"ScannedCount", scanned}});
  if (!s.counts_only) out.set("Items", std::move(items));
  if (!last.is_null()) out.set("LastEvaluatedKey", std::move(last));
  add_capacity(out, in, s.table, read_units(bytes, in["ConsistentRead"].as_bool()));
  return out;
}

Status read_segments(const Value& in, Search& s) {
  if (in.has("TotalSegments") != in.has("Segment"))
    return validation(in.has("Segment") ? "The TotalSegments parameter is required but was not "
                                          "present in the request when Segment parameter is present"
                                        : "The Segment parameter is required but was not present "
                                          "in the request when parameter TotalSegments is present");
  s.segments = static_cast<uint32_t>(in["TotalSegments"].as_int(1));
  s.segment = static_cast<uint32_t>(in["Segment"].as_int(0));
  if (s.segment >= s.segments)
    return validation(
        "The Segment parameter is zero-based and must be less than parameter "
        "TotalSegments: Segment: " +
        std::to_string(s.segment) +
        " is not less than TotalSegments: " + std::to_string(s.segments));
  return {};
}

}  // namespace

Result<Value> query(Call& call, const Value& in) {
  CHECK_OK(refuse_legacy(in));
  Search s;
  TRY(Placeholders placeholders, Placeholders::read(in));
  if (!in.has("KeyConditionExpression"))
    return validation(
        "Either the KeyConditions or KeyConditionExpression parameter must be "
        "specified in the request.");
  TRY(Condition condition, parse_condition(in["KeyConditionExpression"].as_string(),
                                           "KeyConditionExpression", placeholders));
  CHECK_OK(read_filter(in, s, placeholders));
  TRY(s.paths, read_projection(in, placeholders));
  CHECK_OK(placeholders.check_used());
  CHECK_OK(find_source(call, in, s));
  CHECK_OK(read_select(in, s));
  TRY(s.range, read_key_condition(condition, s.schema));
  CHECK_OK(check_filter(s));
  CHECK_OK(read_start(in, s));
  s.forward = in["ScanIndexForward"].as_bool(true);
  return run_search(call, in, s);
}

Result<Value> scan(Call& call, const Value& in) {
  CHECK_OK(refuse_legacy(in));
  Search s;
  TRY(Placeholders placeholders, Placeholders::read(in));
  CHECK_OK(read_filter(in, s, placeholders));
  TRY(s.paths, read_projection(in, placeholders));
  CHECK_OK(placeholders.check_used());
  CHECK_OK(find_source(call, in, s));
  CHECK_OK(read_select(in, s));
  CHECK_OK(read_start(in, s));
  CHECK_OK(read_segments(in, s));
  return run_search(call, in, s);
}

}  // namespace mainstay::dynamodb
