#include "services/events/rule.hh"

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/events/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::events {
namespace {

constexpr size_t rules_max = 300;  // "Amazon EventBridge quotas": rules an event bus
constexpr size_t compiled_max = 10'000;
constexpr std::string_view rule_resource = "rule/";

Value shown_rule(Call& call, const Value& rule) {
  Value out = with_members(rule, {"Name", "EventPattern", "State", "Description",
                                  "ScheduleExpression", "RoleArn", "EventBusName"});
  return out.set("Arn", rule_arn(call, rule));
}

Status check_rule(const Value& in, const std::string& bus) {
  if (!in.has("EventPattern") && !in.has("ScheduleExpression"))
    return validation("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  if (in.has("EventPattern")) CHECK_OK(compiled_pattern(in["EventPattern"].as_string()));
  if (!in.has("ScheduleExpression")) return {};
  if (bus != default_bus)
    return validation("ScheduleExpression is supported only on the default event bus.");
  return check_schedule(in);
}

size_t count_rules(Call& call, const std::string& bus) {
  std::string prefix = rule_prefix(bus);
  size_t count = 0;
  const auto& all = call.all("rule");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    ++count;
  return count;
}

Result<Value> set_state(Call& call, const Value& in, const char* state) {
  TRY(Value rule, find_rule(call, bus_name_of(in["EventBusName"]), in["Name"].as_string()));
  rule.set("State", state);
  keep_schedule(call, rule);
  put_rule_document(call, rule);
  return Value::map({});
}

}  // namespace

std::string rule_prefix(const std::string& bus) {
  return bus + "|";
}

std::string rule_key(const std::string& bus, const std::string& name) {
  return rule_prefix(bus) + name;
}

std::string rule_arn(const Call& call, const std::string& bus, const std::string& name) {
  return call.arn(std::string(rule_resource) + (bus == default_bus ? "" : bus + "/") + name);
}

std::string rule_arn(const Call& call, const Value& rule) {
  return rule_arn(call, rule["EventBusName"].as_string(), rule["Name"].as_string());
}

RuleName parse_rule_arn(const std::string& arn) {
  auto parsed = wire::parse_arn(arn);
  if (!parsed.has_value() || !parsed->resource.starts_with(rule_resource)) return {};
  std::string rest = parsed->resource.substr(rule_resource.size());
  size_t slash = rest.rfind('/');
  if (slash == std::string::npos) return {std::string(default_bus), rest};
  return {rest.substr(0, slash), rest.substr(slash + 1)};
}

Result<Value> find_rule(Call& call, const std::string& bus, const std::string& name) {
  CHECK_OK(find_bus(call, bus));
  if (const Value* rule = call.find("rule", rule_key(bus, name))) return *rule;
  return not_found("Rule " + printable(name) + " does not exist on EventBus " + bus + ".");
}

void put_rule_document(Call& call, const Value& rule) {
  call.put("rule", rule_key(rule["EventBusName"].as_string(), rule["Name"].as_string()), rule);
  // From now on it may want what the cloud tells of itself.
  if (rule["EventBusName"].as_string() == default_bus && rule.has("EventPattern"))
    call.after_commit.push_back([&cloud = call.cloud, account = call.account, region = call.region,
                                 all = rule["State"].as_string() == enabled_for_all] {
      cloud.audience().add(account, region, all);
    });
}

bool has_rules(Call& call, const std::string& bus) {
  return count_rules(call, bus) > 0;
}

bool is_enabled(const Value& rule) {
  return rule["State"].as_string() != "DISABLED";
}

Result<patterns::Pattern> compiled_pattern(const std::string& text) {
  static std::shared_mutex mutex;
  static std::unordered_map<std::string, patterns::Pattern> compiled;
  {
    std::shared_lock lock(mutex);
    if (auto it = compiled.find(text); it != compiled.end()) return it->second;
  }
  auto pattern = patterns::Pattern::parse(text);
  if (!pattern.has_value())
    return aws_error("InvalidEventPatternException",
                     "Event pattern is not valid. Reason: " + pattern.error().message);
  std::unique_lock lock(mutex);
  if (compiled.size() >= compiled_max) compiled.clear();
  compiled.emplace(text, *pattern);
  return *pattern;
}

Result<Value> put_rule(Call& call, const Value& in) {
  std::string bus = bus_name_of(in["EventBusName"]);
  CHECK_OK(find_bus(call, bus));
  CHECK_OK(check_rule(in, bus));
  const std::string& name = in["Name"].as_string();
  const Value* before = call.find("rule", rule_key(bus, name));
  if (!before && count_rules(call, bus) >= rules_max) return limit_exceeded();
  Value rule =
      with_members(in, {"Name", "EventPattern", "ScheduleExpression", "Description", "RoleArn"});
  rule.set("EventBusName", bus).set("State", in.has("State") ? in["State"] : Value("ENABLED"));
  rule.set("CreatedBy", before ? (*before)["CreatedBy"] : Value(call.caller.account));
  rule.set("Targets", before ? (*before)["Targets"] : Value::list());
  rule.set("Tags", before ? (*before)["Tags"] : in["Tags"].is_list() ? in["Tags"] : Value::list());
  if (before && (*before)["ScheduleExpression"] == rule["ScheduleExpression"])
    rule.set("_Start", (*before)["_Start"]);
  keep_schedule(call, rule);
  put_rule_document(call, rule);
  return Value::map({{"RuleArn", rule_arn(call, bus, name)}});
}

Result<Value> describe_rule(Call& call, const Value& in) {
  TRY(Value rule, find_rule(call, bus_name_of(in["EventBusName"]), in["Name"].as_string()));
  return shown_rule(call, rule).set("CreatedBy", rule["CreatedBy"]);
}

Result<Value> delete_rule(Call& call, const Value& in) {
  std::string bus = bus_name_of(in["EventBusName"]);
  CHECK_OK(find_bus(call, bus));
  const Value* rule = call.find("rule", rule_key(bus, in["Name"].as_string()));
  if (!rule) return Value::map({});
  if (!(*rule)["Targets"].empty()) return validation("Rule can't be deleted since it has targets.");
  drop_schedule(call, *rule);
  call.remove("rule", rule_key(bus, in["Name"].as_string()));
  return Value::map({});
}

Result<Value> enable_rule(Call& call, const Value& in) {
  return set_state(call, in, "ENABLED");
}

Result<Value> disable_rule(Call& call, const Value& in) {
  return set_state(call, in, "DISABLED");
}

Result<Value> list_rules(Call& call, const Value& in) {
  std::string bus = bus_name_of(in["EventBusName"]);
  CHECK_OK(find_bus(call, bus));
  return page_of(call, in, "rule", rule_key(bus, in["NamePrefix"].as_string()), "Rules",
                 shown_rule);
}

}  // namespace mainstay::events
