#include "dns/zone_writer.hh"

#include <algorithm>

#include "base/text.hh"
#include "cfn/yaml_scalar.hh"
#include "dns/name.hh"
#include "dns/record_data.hh"
#include "dns/routing.hh"
#include "dns/zone_file.hh"

namespace mainstay::dns {
namespace {

bool is_plain(std::string_view text) {
  const auto harmless = [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '/' || c == '_' || c == '-' || c == '=' || c == ' ';
  };
  return !text.empty() && std::isalnum(static_cast<unsigned char>(text[0])) && text.back() != ' ' &&
         std::ranges::all_of(text, harmless) && cfn::resolve_plain_scalar(text).is_string();
}

std::string scalar(const Value& value) {
  if (!value.is_string()) return value.to_text();
  const std::string& text = value.as_string();
  return is_plain(text) ? text : "'" + replace_all(text, "'", "''") + "'";
}

// In flow style, on one line.
std::string flow(const Value& value) {
  std::vector<std::string> parts;
  for (const Value& item : value.items()) parts.push_back(flow(item));
  for (const auto& [key, member] : value.members()) parts.push_back(key + ": " + flow(member));
  if (value.is_list()) return "[" + join(parts, ", ") + "]";
  return value.is_map() ? "{" + join(parts, ", ") + "}" : scalar(value);
}

// A text of one string needs no quotation marks of its own.
std::string value_text(const std::string& type, const std::string& value) {
  if (type != "TXT" && type != "SPF") return value;
  std::string inner = value.substr(1, value.size() - 2);
  bool is_one = !inner.empty() && inner.find_first_of("\"\\") == std::string::npos &&
                trim(inner) == inner && quoted_strings(inner) == value;
  return is_one ? inner : value;
}

Value record_of(const RecordSet& set, const std::string& zone, const std::string& zone_id) {
  Value out = Value::map({{"type", set.key.type}});
  if (!set.alias) out.set("ttl", set.ttl);
  const Value routing = routing_to_file(set);
  for (const auto& [key, value] : routing.members()) out.set(key, value);
  if (set.alias) {
    Value alias =
        Value::map({{"name", in_zone(set.alias->name, zone) ? relative_name(set.alias->name, zone)
                                                            : shown_name(set.alias->name)}});
    bool own = set.alias->zone == zone_id || set.alias->zone == own_zone;
    if (!own) alias.set("zone", set.alias->zone).set("name", shown_name(set.alias->name));
    if (set.alias->evaluate_health) alias.set("evaluate_health", true);
    return out.set("alias", std::move(alias));
  }
  Value values = Value::list();
  for (const std::string& value : set.values) values.push_back(value_text(set.key.type, value));
  return values.size() == 1 ? out.set("value", values.at(0)) : out.set("values", std::move(values));
}

}  // namespace

std::string zone_file_text(const std::vector<RecordSet>& sets, const std::string& zone,
                           const std::string& zone_id) {
  std::string out;
  for (size_t i = 0; i < sets.size();) {
    size_t end = i;
    while (end < sets.size() && sets[end].key.name == sets[i].key.name) ++end;
    out += scalar(relative_name(sets[i].key.name, zone)) + ":";
    if (end - i == 1) out += " " + flow(record_of(sets[i], zone, zone_id)) + "\n";
    if (end - i > 1) out += "\n";
    for (size_t k = i; end - i > 1 && k < end; ++k)
      out += "  - " + flow(record_of(sets[k], zone, zone_id)) + "\n";
    i = end;
  }
  return out.empty() ? "{}\n" : out;
}

}  // namespace mainstay::dns
