#include "services/events/input.hh"

#include "base/json.hh"
#include "services/events/event_path.hh"
#include "services/events/input_template.hh"
#include "services/events/rule.hh"

namespace mainstay::events {
namespace {

constexpr size_t paths_max = 100;  // InputTransformer, "InputPathsMap"

Result<Value> variables_for(Call& call, const Value& rule, const Value& transformer,
                            const Event& event) {
  Value out = Value::map({});
  for (const auto& [name, path] : transformer["InputPathsMap"].members()) {
    TRY(EventPath parsed, EventPath::parse(path.as_string()));
    out.set(name, parsed.find_in(event.body).value_or(Value()));
  }
  out.set("aws.events.rule-arn", rule_arn(call, rule));
  out.set("aws.events.rule-name", rule["Name"]);
  out.set("aws.events.event.ingestion-time", format_iso8601(call.now));
  Value without_detail = event.body;
  without_detail.erase("detail");
  out.set("aws.events.event", std::move(without_detail));
  out.set("aws.events.event.json", event.body);
  return out;
}

}  // namespace

Status check_input(const Value& target) {
  int ways = target.has("Input") + target.has("InputPath") + target.has("InputTransformer");
  if (ways > 1)
    return validation(
        "Only one of Input, InputPath, or InputTransformer must be provided for target " +
        target["Id"].as_string() + ".");
  if (target.has("Input") && !parse_json(target["Input"].as_string()).has_value())
    return validation("JSON syntax error in input for target " + target["Id"].as_string() + ".");
  if (target.has("InputPath")) {
    auto path = EventPath::parse(target["InputPath"].as_string());
    if (!path.has_value())
      return validation(path.error().message + " in target " + target["Id"].as_string() + ".");
  }
  const Value& paths = target["InputTransformer"]["InputPathsMap"];
  if (paths.size() > paths_max)
    return not_valid("InputPathsMap", "A target takes at most 100 variables.");
  for (const auto& [name, path] : paths.members()) {
    if (name.starts_with("AWS"))
      return not_valid("InputPathsMap", "Names of variables cannot start with \"AWS\".");
    auto parsed = EventPath::parse(path.as_string());
    if (!parsed.has_value())
      return validation(parsed.error().message + " in target " + target["Id"].as_string() + ".");
  }
  return {};
}

Result<std::string> input_for(Call& call, const Value& rule, const Value& target,
                              const Event& event) {
  if (target.has("Input")) return target["Input"].as_string();
  if (target.has("InputTransformer")) {
    const Value& transformer = target["InputTransformer"];
    TRY(Value variables, variables_for(call, rule, transformer, event));
    return fill_template(transformer["InputTemplate"].as_string(), variables);
  }
  if (!target.has("InputPath")) return to_json(event.body);
  TRY(EventPath path, EventPath::parse(target["InputPath"].as_string()));
  return to_json(path.find_in(event.body).value_or(Value()));
}

}  // namespace mainstay::events
