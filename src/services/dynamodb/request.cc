#include "services/dynamodb/request.hh"

#include <cmath>

namespace mainstay::dynamodb {

Status refuse_legacy(const Value& in) {
  for (const char* member : {"AttributesToGet", "AttributeUpdates", "ConditionalOperator",
                             "Expected", "KeyConditions", "QueryFilter", "ScanFilter"})
    if (in.has(member))
      return aws_error("NotImplemented",
                       "mainstay's embedded cloud does not implement the legacy parameter " +
                           std::string(member) + "; expressions say the same",
                       501);
  return {};
}

Result<std::vector<Path>> read_projection(const Value& in, Placeholders& placeholders) {
  if (!in.has("ProjectionExpression")) return std::vector<Path>();
  return parse_projection(in["ProjectionExpression"].as_string(), placeholders);
}

Value projected(const Value& item, const std::vector<Path>& paths) {
  return paths.empty() ? item : project(item, paths);
}

double read_units(int64_t bytes, bool consistent) {
  double units = std::max(1.0, std::ceil(static_cast<double>(bytes) / 4096));
  return consistent ? units : units / 2;
}

double write_units(int64_t bytes) {
  return std::max(1.0, std::ceil(static_cast<double>(bytes) / 1024));
}

Value capacity_of(const Value& in, const Value& table, double units) {
  Value out = Value::map({{"TableName", table["TableName"]}, {"CapacityUnits", units}});
  if (in["ReturnConsumedCapacity"].as_string() == "INDEXES")
    out.set("Table", Value::map({{"CapacityUnits", units}}));
  return out;
}

void add_capacity(Value& out, const Value& in, const Value& table, double units) {
  const std::string& wanted = in["ReturnConsumedCapacity"].as_string();
  if (wanted == "TOTAL" || wanted == "INDEXES")
    out.set("ConsumedCapacity", capacity_of(in, table, units));
}

}  // namespace mainstay::dynamodb
