// What decisions about requests ask EventBridge: which bus or rule a request means, the bus's
// policy, and tags.
#include "cloud/authorization.hh"

#include "base/json.hh"
#include "services/events/handlers.hh"
#include "services/events/rule.hh"
#include "wire/arn.hh"

namespace mainstay::events {
namespace {

Status guard_bus(Call& call, const std::string& name, cloud::Authorization& authorization) {
  authorization.request.resource = bus_arn(call, name);
  const Value* bus = call.find("bus", name);
  if (!bus) return {};
  authorization.resource_tags((*bus)["Tags"]);
  const Value* text = bus->find("Policy");
  return text ? authorization.add(policy::Kind::resource, "policy of event bus " + name,
                                  text->as_string())
              : Status();
}

// What a rule's pattern lets in, as PutRule's keys have it.
void add_pattern(const Value& in, cloud::Authorization& authorization) {
  auto pattern = parse_json(in["EventPattern"].as_string());
  if (!pattern.has_value()) return;
  auto texts = [](const Value& of) {
    std::vector<std::string> out;
    for (const Value& item : of.items())
      if (item.is_string()) out.push_back(item.as_string());
    return out;
  };
  for (const char* member : {"source", "detail-type"})
    if (auto found = texts((*pattern)[member]); !found.empty())
      authorization.request.context.set_list(std::string("events:") + member, std::move(found));
  for (const char* path :
       {"detail.service", "detail.eventTypeCode", "detail.userIdentity.principalId"})
    if (auto found = texts(pattern->at_path(path)); !found.empty())
      authorization.request.context.set(std::string("events:") + path, std::move(found[0]));
}

Status guard_rule(Call& call, const std::string& bus, const std::string& name,
                  cloud::Authorization& authorization) {
  if (call.find("bus", bus)) CHECK_OK(guard_bus(call, bus, authorization));
  authorization.request.resource = rule_arn(call, bus, name);
  if (const Value* rule = call.find("rule", rule_key(bus, name)))
    authorization.resource_tags((*rule)["Tags"]);
  return {};
}

}  // namespace

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  if (call.operation == "PutEvents") {
    const Value& entry = in["Entries"].at(0);
    for (const char* member : {"Source", "DetailType"}) {
      std::string key =
          member == std::string_view("Source") ? "events:source" : "events:detail-type";
      if (entry.has(member))
        authorization.request.context.set_list(key, {entry[member].as_string()});
    }
    return guard_bus(call, bus_name_of(entry["EventBusName"]), authorization);
  }
  if (call.operation == "PutRule") add_pattern(in, authorization);
  bool of_rules = call.operation.ends_with("Rule") || call.operation.ends_with("Targets") ||
                  call.operation == "ListTargetsByRule";
  if (of_rules) {
    const Value& name = in.has("Rule") ? in["Rule"] : in["Name"];
    return guard_rule(call, bus_name_of(in["EventBusName"]), name.as_string(), authorization);
  }
  if (call.operation.ends_with("EventBus"))
    return guard_bus(call, bus_name_of(in["Name"]), authorization);
  if (call.operation.ends_with("Permission"))
    return guard_bus(call, bus_name_of(in["EventBusName"]), authorization);
  if (!in.has("ResourceARN")) return {};
  RuleName name = parse_rule_arn(in["ResourceARN"].as_string());
  if (!name.name.empty()) return guard_rule(call, name.bus, name.name, authorization);
  return guard_bus(call, bus_name_of(in["ResourceARN"]), authorization);
}

}  // namespace mainstay::events
