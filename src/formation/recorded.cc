#include "formation/recorded.hh"

#include <algorithm>
#include <optional>

#include "base/text.hh"
#include "formation/types.hh"

namespace mainstay::formation {
namespace {

constexpr std::string_view hexadecimal = "0123456789abcdef";

// "AWS::Service::Kind" taken apart, in lower case.
std::string service_of(std::string_view type) {
  auto parts = split(type, "::");
  return parts.size() > 1 ? to_lower(parts[1]) : "custom";
}
std::string kind_of(std::string_view type) {
  return to_lower(type.substr(type.rfind(':') + 1));
}

bool has_suffix(std::string_view name, std::string_view suffix) {
  return to_lower(name).ends_with(suffix);
}

std::string arn(const Whereabouts& w, std::string_view name) {
  return "arn:aws:" + service_of(w.type) + ":" + w.region + ":" + w.account + ":" +
         kind_of(w.type) + "/" + std::string(name);
}

// Guesses by the schema, for types without a form.
Value guessed_attribute(const Recorded& r, std::string_view name, const std::string& physical_id) {
  const Whereabouts& w = r.where;
  const cfn::Schema& schema = r.schema;
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

std::string guessed_id(const Recorded& r) {
  const Whereabouts& w = r.where;
  const cfn::Schema& schema = r.schema;
  const Value& properties = r.properties;
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
      parts.push_back(kind_of(w.type) + "-0" + stable_text(w, member, 16, hexadecimal));
    else
      parts.push_back(name);
  }
  return parts.empty() ? name : join(parts, "|");
}

// One part of a pattern: the text between "${" and "}".
class Form {
 public:
  Form(const Recorded& r, const std::string& ref) : r_(r), ref_(ref) {}

  std::string expand(std::string_view pattern) const {
    std::string out;
    while (true) {
      size_t from = pattern.find("${");
      out += pattern.substr(0, from);
      if (from == std::string_view::npos) return out;
      size_t to = pattern.find('}', from);
      out += first_of(std::string(pattern.substr(from + 2, to - from - 2)));
      pattern.remove_prefix(to + 1);
    }
  }

 private:
  std::string first_of(const std::string& choices) const {
    for (const std::string& choice : split(choices, "|"))
      if (auto value = one(choice)) return *value;
    return "";
  }

  std::optional<std::string> one(const std::string& choice) const {
    if (choice == "ref") return ref_;
    if (choice == "region") return r_.where.region;
    if (choice == "account") return r_.where.account;
    if (choice == "partition")
      return std::string(r_.where.region.starts_with("cn-")       ? "aws-cn"
                         : r_.where.region.starts_with("us-gov-") ? "aws-us-gov"
                                                                  : "aws");
    if (choice == "uuid") return uuid();
    if (auto made_up = letters(choice)) return made_up;
    if (choice.starts_with("name")) return name(split(choice, ":"));
    if (choice[0] >= 'A' && choice[0] <= 'Z') return property(choice);
    return choice;
  }

  std::string uuid() const {
    std::string hex = stable_text(r_.where, "uuid", 32, hexadecimal);
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
           hex.substr(16, 4) + "-" + hex.substr(20);
  }

  std::optional<std::string> letters(const std::string& choice) const {
    constexpr std::pair<std::string_view, std::string_view> alphabets[] = {
        {"hex", hexadecimal},
        {"HEX", "0123456789ABCDEF"},
        {"digits", "0123456789"},
        {"alnum", "abcdefghijklmnopqrstuvwxyz0123456789"},
        {"ALNUM", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"},
        {"Alnum", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"}};
    size_t colon = choice.find(':');
    if (colon == std::string::npos) return std::nullopt;
    auto count = parse_int(choice.substr(colon + 1));
    std::string purpose = choice.substr(0, colon);
    for (auto [known, alphabet] : alphabets)
      if (count && (purpose == known || purpose == std::string(known) + "2"))
        return stable_text(r_.where, purpose, static_cast<size_t>(*count), alphabet);
    return std::nullopt;
  }

  std::string name(const std::vector<std::string>& parts) const {
    NameStyle style;
    for (size_t i = 1; i < parts.size(); ++i)
      if (auto most = parse_int(parts[i]))
        style.length_max = static_cast<size_t>(*most);
      else
        style.lower_case = parts[i] == "lower";
    return physical_name(r_.where, style);
  }

  std::optional<std::string> property(const std::string& choice) const {
    size_t end = choice.find_first_of(":/?");
    const Value& value = r_.properties.at_path(choice.substr(0, end));
    if (end == std::string::npos || choice[end] != '?') {
      if (value.is_null() || value.to_text().empty()) return std::nullopt;
      if (end == std::string::npos) return value.to_text();
    }
    std::string rest = choice.substr(end + 1);
    if (choice[end] == '?') return mapped(value.to_text(), rest);
    if (choice[end] == '/') return replaced(value.to_text(), rest);
    if (rest == "lower") return to_lower(value.to_text());
    std::string text = value.to_text();
    return text.substr(text.rfind('/') + 1);
  }

  static std::string mapped(const std::string& text, const std::string& map) {
    std::string found;
    for (const std::string& pair : split(map, ",")) {
      size_t equals = pair.find('=');
      found = pair.substr(equals + 1);
      if (!text.empty() && text.starts_with(pair.substr(0, equals))) break;
    }
    return found;
  }

  // "from/to/", where "\\/" is a slash.
  static std::string replaced(const std::string& text, const std::string& rule) {
    constexpr char slash = '\x01';
    auto parts = split(replace_all(rule, "\\/", std::string(1, slash)), "/");
    for (std::string& part : parts) std::replace(part.begin(), part.end(), slash, '/');
    return replace_all(text, parts[0], parts.size() > 1 ? parts[1] : "");
  }

  const Recorded& r_;
  const std::string& ref_;
};

}  // namespace

std::string recorded_id(const Recorded& r) {
  const Value& form = Types::all().recorded(r.where.type);
  return form.is_null() ? guessed_id(r) : Form(r, "").expand(form["ref"].as_string());
}

Value recorded_attribute(const Recorded& r, std::string_view name, const std::string& physical_id) {
  const Value& form = Types::all().recorded(r.where.type)["attributes"][name];
  if (!form.is_string()) return guessed_attribute(r, name, physical_id);
  std::string text = Form(r, physical_id).expand(form.as_string());
  const std::string type = r.schema.resolve(r.schema.node(split(name, ".")))["type"].to_text();
  if (type == "array") return Value::list({text});
  auto number = type == "integer" ? parse_int(text) : std::nullopt;
  return number ? Value(*number) : Value(text);
}

Value recorded_attributes(const Recorded& r, const std::string& physical_id) {
  Value out = Value::map({});
  for (const std::string& name : r.schema.read_only())
    if (!name.contains('*')) out.set(name, recorded_attribute(r, name, physical_id));
  for (const auto& [name, form] : Types::all().recorded(r.where.type)["attributes"].members())
    out.set(name, recorded_attribute(r, name, physical_id));
  return out;
}

}  // namespace mainstay::formation
