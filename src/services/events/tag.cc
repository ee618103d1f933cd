// Tags of buses and rules.
#include "base/text.hh"
#include "cloud/paging.hh"
#include "services/events/handlers.hh"
#include "services/events/rule.hh"
#include "wire/arn.hh"

namespace mainstay::events {
namespace {

constexpr size_t tags_max = 50;

struct Tagged {
  std::string table, id;
  Value document;
};

Result<Tagged> find_tagged(Call& call, const std::string& arn) {
  auto parsed = wire::parse_arn(arn);
  if (parsed.has_value() && parsed->resource.starts_with("event-bus/")) {
    std::string name = bus_name_of(arn);
    TRY(Value bus, find_bus(call, name));
    return Tagged{"bus", name, bus};
  }
  RuleName name = parse_rule_arn(arn);
  if (name.name.empty()) return not_valid("ResourceARN", "Provided Arn is not in correct format.");
  TRY(Value rule, find_rule(call, name.bus, name.name));
  return Tagged{"rule", rule_key(name.bus, name.name), rule};
}

}  // namespace

Result<Value> tag_resource(Call& call, const Value& in) {
  TRY(Tagged tagged, find_tagged(call, in["ResourceARN"].as_string()));
  Value tags = cloud::merge_tags(tagged.document["Tags"], in["Tags"]);
  if (tags.size() > tags_max) return limit_exceeded();
  call.put(tagged.table, tagged.id, tagged.document.set("Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> untag_resource(Call& call, const Value& in) {
  TRY(Tagged tagged, find_tagged(call, in["ResourceARN"].as_string()));
  Value tags = cloud::without_tags(tagged.document["Tags"], in["TagKeys"]);
  call.put(tagged.table, tagged.id, tagged.document.set("Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> list_tags(Call& call, const Value& in) {
  TRY(Tagged tagged, find_tagged(call, in["ResourceARN"].as_string()));
  return Value::map({{"Tags", tagged.document["Tags"]}});
}

}  // namespace mainstay::events
