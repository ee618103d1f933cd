// The targets of rules.
#include <algorithm>

#include "cloud/paging.hh"
#include "services/events/delivery.hh"
#include "services/events/handlers.hh"
#include "services/events/rule.hh"

namespace mainstay::events {
namespace {

constexpr size_t targets_max = 5;  // "Amazon EventBridge quotas": targets a rule

bool sends_to(Call&, const Value& rule, const Value& in) {
  const List& targets = rule["Targets"].items();
  return std::any_of(targets.begin(), targets.end(),
                     [&](const Value& target) { return target["Arn"] == in["TargetArn"]; });
}

Value name_of(Call&, const Value& rule) {
  return rule["Name"];
}

Value none_failed() {
  return Value::map({{"FailedEntryCount", 0}, {"FailedEntries", Value::list()}});
}

Value without_targets(const Value& targets, const Value& ids) {
  Value out = Value::list();
  for (const Value& target : targets.items()) {
    const List& gone = ids.items();
    if (std::find(gone.begin(), gone.end(), target["Id"]) == gone.end()) out.push_back(target);
  }
  return out;
}

}  // namespace

Result<Value> put_targets(Call& call, const Value& in) {
  TRY(Value rule, find_rule(call, bus_name_of(in["EventBusName"]), in["Rule"].as_string()));
  Value ids = Value::list();
  for (const Value& target : in["Targets"].items()) {
    CHECK_OK(check_target(call, target));
    ids.push_back(target["Id"]);
  }
  Value targets = without_targets(rule["Targets"], ids);
  for (const Value& target : in["Targets"].items()) {
    targets = without_targets(targets, Value::list({target["Id"]}));
    targets.push_back(target);
  }
  if (targets.size() > targets_max) return limit_exceeded();
  put_rule_document(call, rule.set("Targets", std::move(targets)));
  return none_failed();
}

Result<Value> remove_targets(Call& call, const Value& in) {
  TRY(Value rule, find_rule(call, bus_name_of(in["EventBusName"]), in["Rule"].as_string()));
  Value targets = without_targets(rule["Targets"], in["Ids"]);
  put_rule_document(call, rule.set("Targets", std::move(targets)));
  return none_failed();
}

Result<Value> list_targets_by_rule(Call& call, const Value& in) {
  TRY(Value rule, find_rule(call, bus_name_of(in["EventBusName"]), in["Rule"].as_string()));
  auto page = cloud::paginate(
      rule["Targets"].items(), [](const Value& target) { return target["Id"].as_string(); },
      in["NextToken"].as_string(), static_cast<size_t>(in["Limit"].as_int(100)),
      validation("The specified NextToken is invalid."));
  if (!page.has_value()) return page.error();
  Value out = Value::map({{"Targets", Value(std::move(page->items))}});
  if (!page->next.empty()) out.set("NextToken", page->next);
  return out;
}

Result<Value> list_rule_names_by_target(Call& call, const Value& in) {
  std::string bus = bus_name_of(in["EventBusName"]);
  CHECK_OK(find_bus(call, bus));
  return page_of(call, in, "rule", rule_prefix(bus), "RuleNames", name_of, sends_to);
}

}  // namespace mainstay::events
