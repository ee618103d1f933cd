// Rules as documents: table "rule" by bus and name, {Name, EventBusName, EventPattern?,
// ScheduleExpression?, State, Description?, RoleArn?, CreatedBy, Targets, Tags, _Start (when a
// rate began)}. Targets are as PutTargets took them.
#pragma once

#include <memory>
#include <string>

#include "patterns/pattern.hh"
#include "services/events/bus.hh"

namespace mainstay::events {

inline constexpr std::string_view enabled_for_all = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

std::string rule_key(const std::string& bus, const std::string& name);
std::string rule_prefix(const std::string& bus);  // of all its rules' keys
std::string rule_arn(const Call& call, const std::string& bus, const std::string& name);
std::string rule_arn(const Call& call, const Value& rule);
// {bus, name} of "arn:...:rule/[bus/]name"; empty where it is none.
struct RuleName {
  std::string bus, name;
};
RuleName parse_rule_arn(const std::string& arn);

// Error ResourceNotFoundException, of the bus or the rule.
Result<Value> find_rule(Call& call, const std::string& bus, const std::string& name);
void put_rule_document(Call& call, const Value& rule);
bool has_rules(Call& call, const std::string& bus);
bool is_enabled(const Value& rule);

// Compiled patterns by their text. Threads: any. Bounded: begins anew when full.
// Error InvalidEventPatternException.
Result<patterns::Pattern> compiled_pattern(const std::string& text);

// schedule.cc: sets or takes away the timer of a rule.
void keep_schedule(Call& call, Value& rule);
void drop_schedule(Call& call, const Value& rule);
// Error ValidationException.
Status check_schedule(const Value& rule);

}  // namespace mainstay::events
