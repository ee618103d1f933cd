#include "stacks/pinned_zones.hh"

#include <algorithm>

#include "base/printable.hh"
#include "base/text.hh"

namespace mainstay::stacks {
namespace {

bool is_zone(const std::string& name) {
  return name.size() > 2 && name.back() >= 'a' && name.back() <= 'z' &&
         name[name.size() - 2] >= '0' && name[name.size() - 2] <= '9';
}

std::string region_of(const std::string& zone) {
  return zone.substr(0, zone.size() - 1);
}

bool asks_for(const Value& argument, const std::string& region) {
  bool own = argument.is_null() || argument["Ref"].as_string() == "AWS::Region";
  return own ||
         (argument.is_string() && (argument.as_string().empty() || argument.as_string() == region));
}

}  // namespace

Result<ZoneNames> read_zones(const Value& v) {
  ZoneNames zones;
  if (v.is_list()) {
    for (const Value& item : v.items()) zones.push_back(item.to_text());
  } else if (!v.is_null()) {
    for (const std::string& part : split(v.to_text(), ","))
      if (std::string name(trim(part)); !name.empty()) zones.push_back(std::move(name));
  }
  for (const std::string& zone : zones) {
    if (!is_zone(zone))
      return Error("ConfigInvalid", "zones: " + printable(zone) + " is no availability zone")
          .with_hint("zones are named as us-east-1a, with commas between");
    if (region_of(zone) != region_of(zones.front()))
      return Error("ConfigInvalid",
                   "zones: " + zones.front() + " and " + zone + " are not of one region");
  }
  return zones;
}

Value with_zones(const Value& root, const ZoneNames& zones) {
  if (root.is_list()) {
    Value out = Value::list();
    for (const Value& item : root.items()) out.push_back(with_zones(item, zones));
    return out;
  }
  if (!root.is_map()) return root;
  if (const Value* argument = root.find("Fn::GetAZs");
      argument && root.size() == 1 && asks_for(*argument, region_of(zones.front())))
    return Value::texts(zones);
  Value out = Value::map();
  for (const auto& [name, item] : root.members()) out.set(name, with_zones(item, zones));
  return out;
}

Result<ZoneNames> zones_to_pin(const ZoneStanding& standing) {
  if (standing.gave.size() != 1)
    return Error("PinRefused", "the template asks Fn::GetAZs about " +
                                   std::to_string(standing.gave.size()) +
                                   " regions, and only one can be pinned");
  const auto& [region, gave] = *standing.gave.begin();
  ZoneNames zones = gave;
  const ZoneNames& gives = standing.gives.at(region);
  auto is_free = [&](const std::string& name) {
    return std::ranges::find(zones, name) == zones.end();
  };
  for (std::string& zone : zones) {
    if (!zone.empty()) continue;
    auto free = std::ranges::find_if(gives, is_free);
    zone = free != gives.end()
               ? *free
               : *std::ranges::find_if(gave, [](const std::string& name) { return !name.empty(); });
  }
  return zones;
}

std::string pin_key(const std::string& stack) {
  std::string key = stack;
  for (char& c : key)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return key + "_zones";
}

std::string with_zones_key(const std::string& text, const PinText& pin) {
  const cfn::Document& document = pin.config.document;
  bool is_named = document.root["stacks"].is_list();
  cfn::Path path = pin.stack.path;
  // In a list after the line of its name; in a map, before its first key.
  const Value* stack = &document.root;
  for (const std::string& step : pin.stack.path)
    stack = stack->is_list() ? &stack->at(static_cast<size_t>(parse_int(step).value_or(0)))
                             : &(*stack)[step];
  path.push_back(is_named || stack->empty() ? "name" : stack->members().begin()->first);
  Position at = document.key_at(path);
  std::vector<std::string> lines = split(text, "\n");
  size_t line = std::min<size_t>(at.line - (is_named ? 0 : 1), lines.size());
  std::string added = std::string(at.column > 0 ? at.column - 1 : 0, ' ') + "zones: " + pin.value;
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(line), added);
  return join(lines, "\n");
}

}  // namespace mainstay::stacks
