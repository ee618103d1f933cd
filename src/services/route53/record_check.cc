#include <arpa/inet.h>

#include <algorithm>

#include "base/text.hh"
#include "services/route53/zone.hh"

// What a record set may hold, by type ("Supported DNS record types" of the developer guide).
namespace mainstay::route53 {
namespace {

constexpr size_t string_max = 255, txt_max = 4000;

std::string fatal(const char* code, const char* explanation, const std::string& value) {
  return std::string("Invalid Resource Record: 'FATAL problem: ") + code + " (" + explanation +
         ") encountered with '" + value + "''";
}

std::vector<std::string> fields(const std::string& value) {
  std::vector<std::string> out;
  for (std::string& f : split(value, " "))
    if (!f.empty()) out.push_back(std::move(f));
  return out;
}

bool is_number(const std::string& text, int64_t max) {
  auto n = parse_int(text);
  return n && *n >= 0 && *n <= max;
}

std::string check_address(int family, const char* code, const char* words,
                          const std::string& value) {
  unsigned char raw[16];
  if (value.find(' ') != std::string::npos)
    return fatal("ARRDATANotSingleField", "Value contains spaces", value);
  return ::inet_pton(family, value.c_str(), raw) == 1 ? "" : fatal(code, words, value);
}

std::string check_a(const std::string& value) {
  return check_address(AF_INET, "ARRDATAIllegalIPv4Address", "Value is not a valid IPv4 address",
                       value);
}

std::string check_aaaa(const std::string& value) {
  return check_address(AF_INET6, "AAAARRDATAIllegalIPv6Address",
                       "Value is not a valid IPv6 address", value);
}

std::string check_domain(const std::string& value) {
  if (value.find(' ') != std::string::npos)
    return fatal("RRDATANotSingleField", "Value contains spaces", value);
  return normal_name(value) ? "" : fatal("DomainLabelEmpty", "Domain label is empty", value);
}

// One or more strings in quotation marks, each of at most 255 characters.
std::string check_txt(const std::string& value) {
  size_t total = 0, i = 0;
  while (i < value.size()) {
    if (value[i] == ' ') {
      ++i;
      continue;
    }
    if (value[i] != '"')
      return fatal("InvalidCharacterString", "Value should be enclosed in quotation marks", value);
    size_t length = 0;
    for (++i; i < value.size() && value[i] != '"'; ++i, ++length) {
      if (value[i] != '\\') continue;
      bool octal = i + 3 < value.size() && value[i + 1] >= '0' && value[i + 1] <= '7';
      i += octal ? 3 : 1;
    }
    if (i >= value.size())
      return fatal("InvalidCharacterString", "Value should be enclosed in quotation marks", value);
    if (length > string_max) return fatal("CharacterStringTooLong", "Value is too long", value);
    total += length;
    ++i;
  }
  if (total > txt_max) return fatal("TXTRDATATooLong", "Value is too long", value);
  return value.empty() ? fatal("InvalidCharacterString", "Value is empty", value) : "";
}

std::string check_mx(const std::string& value) {
  auto f = fields(value);
  if (f.size() != 2) return fatal("MXRRDATANotTwoFields", "MX record doesn't have 2 fields", value);
  if (!is_number(f[0], 65535))
    return fatal("MXRRDATAInvalidPreference", "Preference is not a number", value);
  return check_domain(f[1]);
}

std::string check_srv(const std::string& value) {
  auto f = fields(value);
  if (f.size() != 4)
    return fatal("SRVRRDATANotFourFields", "SRV record doesn't have 4 fields", value);
  for (size_t i = 0; i < 3; ++i)
    if (!is_number(f[i], 65535)) return fatal("SRVRRDATANotNumber", "Value is not a number", value);
  return check_domain(f[3]);
}

std::string check_caa(const std::string& value) {
  auto f = fields(value);
  if (f.size() < 3 || !is_number(f[0], 255) || f[2].size() < 2 || f[2].front() != '"' ||
      !value.ends_with('"'))
    return fatal("CAARRDATAInvalid", "CAA record is not of the form: flags tag \"value\"", value);
  return "";
}

std::string check_soa(const std::string& value) {
  auto f = fields(value);
  if (f.size() != 7)
    return fatal("SOARRDATANotSevenFields", "SOA record doesn't have 7 fields", value);
  for (size_t i = 2; i < 7; ++i)
    if (!is_number(f[i], 4294967295))
      return fatal("SOARRDATANotNumber", "Value is not a number", value);
  return "";
}

std::string check_any(const std::string& value) {
  return trim(value).empty() ? fatal("RRDATAEmpty", "Value is empty", value) : "";
}

struct TypeRule {
  std::string_view type;
  std::string (*check)(const std::string& value);
  bool single;
};
constexpr TypeRule rules[] = {
    {"A", check_a, false},       {"AAAA", check_aaaa, false},  {"CNAME", check_domain, true},
    {"NS", check_domain, false}, {"PTR", check_domain, false}, {"TXT", check_txt, false},
    {"SPF", check_txt, false},   {"MX", check_mx, false},      {"SRV", check_srv, false},
    {"CAA", check_caa, false},   {"SOA", check_soa, true},     {"DS", check_any, false},
    {"NAPTR", check_any, false}, {"TLSA", check_any, false},   {"SSHFP", check_any, false},
    {"HTTPS", check_any, false}, {"SVCB", check_any, false}};

}  // namespace

std::string check_record(const Value& record, const Value& zone) {
  const std::string& type = record["Type"].as_string();
  const std::string& name = record["Name"].as_string();
  const std::string& zone_name = zone["Name"].as_string();
  if (type == "CNAME" && name == zone_name)
    return "RRSet of type CNAME with DNS name " + name + " is not permitted at apex in zone " +
           zone_name;
  const TypeRule* rule = std::find_if(std::begin(rules), std::end(rules),
                                      [&](const TypeRule& r) { return r.type == type; });
  if (rule == std::end(rules)) return "Unsupported record type: " + type;
  const Value& values = record["ResourceRecords"];
  if (rule->single && values.size() > 1)
    return "RRSet of type " + type + " with DNS name " + name + " must contain exactly one value.";
  std::set<std::string_view> seen;
  for (const Value& v : values.items()) {
    const std::string& value = v["Value"].as_string();
    if (std::string wrong = rule->check(value); !wrong.empty()) return wrong;
    if (!seen.insert(value).second) return "Duplicate Resource Record: '" + value + "'";
  }
  return "";
}

}  // namespace mainstay::route53
