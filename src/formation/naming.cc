#include "formation/naming.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "formation/records.hh"

namespace mainstay::formation {
namespace {

constexpr std::string_view capitals = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view hexadecimal = "0123456789abcdef";
constexpr size_t suffix_size = 12;

// "AWS::Service::Kind" taken apart, in lower case.
std::string service_of(std::string_view type) {
  auto parts = split(type, "::");
  return parts.size() > 1 ? to_lower(parts[1]) : "custom";
}
std::string kind_of(std::string_view type) {
  return to_lower(type.substr(type.rfind(':') + 1));
}

// Prefixes of ids as the services' references show them.
std::string id_prefix(std::string_view type) {
  constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"AWS::EC2::Instance", "i"},
      {"AWS::EC2::LaunchTemplate", "lt"},
      {"AWS::EC2::Volume", "vol"},
      {"AWS::EC2::FlowLog", "fl"},
      {"AWS::EC2::TransitGateway", "tgw"},
      {"AWS::EC2::TransitGatewayAttachment", "tgw-attach"},
      {"AWS::EC2::VPNGateway", "vgw"},
      {"AWS::EC2::CustomerGateway", "cgw"},
      {"AWS::EC2::VPCEndpointService", "vpce-svc"},
      {"AWS::EC2::PrefixList", "pl"},
      {"AWS::EFS::FileSystem", "fs"},
      {"AWS::EFS::MountTarget", "fsmt"},
      {"AWS::EFS::AccessPoint", "fsap"}};
  for (auto [name, prefix] : known)
    if (name == type) return std::string(prefix);
  return kind_of(type);
}

bool has_suffix(std::string_view name, std::string_view suffix) {
  return to_lower(name).ends_with(suffix);
}

std::string arn(const Whereabouts& w, std::string_view name) {
  return "arn:aws:" + service_of(w.type) + ":" + w.region + ":" + w.account + ":" +
         kind_of(w.type) + "/" + std::string(name);
}

}  // namespace

std::string stable_text(const Whereabouts& w, std::string_view purpose, size_t count,
                        std::string_view alphabet) {
  std::string digest = sha256(w.stack_id + "\n" + w.logical_id + "\n" +
                              std::to_string(w.generation) + "\n" + std::string(purpose));
  std::string out;
  for (size_t i = 0; i < count; ++i)
    out += alphabet[static_cast<unsigned char>(digest[i % digest.size()]) % alphabet.size()];
  return out;
}

std::string physical_name(const Whereabouts& w, const NameStyle& style) {
  std::string suffix = "-" + stable_text(w, "name", suffix_size, capitals);
  std::string head = name_of(w.stack_id);
  std::string tail = "-" + w.logical_id;
  size_t room = style.length_max - suffix.size();
  if (head.size() + tail.size() > room) {
    size_t half = room / 2;
    if (head.size() > half) head.resize(std::max(half, room - std::min(room, tail.size())));
    tail.resize(std::min(tail.size(), room - head.size()));
  }
  std::string name = head + tail + suffix;
  return style.lower_case ? to_lower(name) : name;
}

Value recorded_attribute(const Whereabouts& w, const cfn::Schema& schema, std::string_view name,
                         const std::string& physical_id) {
  const auto& identifier = schema.primary_identifier();
  if (identifier.size() == 1 && identifier[0] == name) return physical_id;
  cfn::Path path = split(name, ".");
  const std::string type = schema.resolve(schema.node(path))["type"].to_text();
  if (type == "integer" || type == "number") return 0;
  if (type == "boolean") return false;
  std::string id = physical_id.starts_with("arn:")
                       ? physical_id.substr(physical_id.find_last_of(":/") + 1)
                       : physical_id;
  std::string text = kind_of(w.type) + "-" + stable_text(w, name, 17, hexadecimal);
  if (has_suffix(name, "arn"))
    text = arn(w, id);
  else if (has_suffix(name, "port"))
    text = "443";
  else if (has_suffix(name, "ip") || has_suffix(name, "ipaddress"))
    text = "10.0.0.10";
  else if (has_suffix(name, "dnsname") || has_suffix(name, "domainname") ||
           has_suffix(name, "address") || has_suffix(name, "endpoint"))
    text = to_lower(id) + "." + w.region + "." + service_of(w.type) + ".amazonaws.com";
  else if (has_suffix(name, "url"))
    text =
        "https://" + service_of(w.type) + "." + w.region + ".amazonaws.com/" + w.account + "/" + id;
  else if (name == "Id" || has_suffix(name, "name"))
    text = id;
  return type == "array" ? Value::list({text, text + "-2"}) : Value(text);
}

std::string recorded_id(const Whereabouts& w, const cfn::Schema& schema, const Value& properties) {
  std::string name = physical_name(w, {64, false});
  std::vector<std::string> parts;
  for (const std::string& member : schema.primary_identifier()) {
    const Value& given = properties.at_path(member);
    if (!given.is_null())
      parts.push_back(given.to_text());
    else if (!schema.is_read_only(member))
      parts.push_back(name);
    else if (has_suffix(member, "arn"))
      parts.push_back(arn(w, name));
    else if (has_suffix(member, "url"))
      parts.push_back("https://" + service_of(w.type) + "." + w.region + ".amazonaws.com/" +
                      w.account + "/" + name);
    else if (has_suffix(member, "id") && member != "Id")
      parts.push_back(id_prefix(w.type) + "-0" + stable_text(w, member, 16, hexadecimal));
    else
      parts.push_back(name);
  }
  return parts.empty() ? name : join(parts, "|");
}

Value recorded_attributes(const Whereabouts& w, const cfn::Schema& schema,
                          const std::string& physical_id) {
  Value out = Value::map({});
  for (const std::string& name : schema.read_only())
    if (!name.contains('*')) out.set(name, recorded_attribute(w, schema, name, physical_id));
  return out;
}

}  // namespace mainstay::formation
