#include "cloud/cors.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::cloud {
namespace {

// A pattern has one "*" at most, which stands for anything ("Elements of a CORS configuration").
bool matches(std::string_view pattern, std::string_view text) {
  size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  return text.size() + 1 >= pattern.size() && text.starts_with(pattern.substr(0, star)) &&
         text.ends_with(pattern.substr(star + 1));
}

const Value* matching(const Value& patterns, std::string_view text) {
  for (const Value& pattern : patterns.items())
    if (matches(pattern.as_string(), text)) return &pattern;
  return nullptr;
}

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  for (const std::string& item : split(list, ","))
    if (std::string_view name = trim(item); !name.empty()) names.push_back(to_lower(name));
  return names;
}

bool allows_headers(const Value& rule, const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    const List& allowed = rule["AllowedHeaders"].items();
    return std::any_of(allowed.begin(), allowed.end(), [&](const Value& pattern) {
      return matches(to_lower(pattern.as_string()), name);
    });
  });
}

std::string joined(const Value& texts) {
  std::vector<std::string> parts;
  for (const Value& text : texts.items()) parts.push_back(text.as_string());
  return join(parts, ", ");
}

}  // namespace

// The headers as S3 was recorded to send them: "*" and no credentials where the rule's origin is
// "*", else the origin itself.
std::optional<Headers> cors_answer(const Value& rules, const CorsQuestion& question) {
  std::vector<std::string> headers = names_in(question.headers);
  for (const Value& rule : rules.items()) {
    const Value* origin = matching(rule["AllowedOrigins"], question.origin);
    if (!origin || !matching(rule["AllowedMethods"], question.method)) continue;
    if (!allows_headers(rule, headers)) continue;
    bool anyone = origin->as_string() == "*";
    Headers out;
    out.add("Access-Control-Allow-Origin", anyone ? "*" : std::string(question.origin));
    out.add("Access-Control-Allow-Methods", joined(rule["AllowedMethods"]));
    if (!headers.empty()) out.add("Access-Control-Allow-Headers", join(headers, ", "));
    if (!rule["ExposeHeaders"].empty())
      out.add("Access-Control-Expose-Headers", joined(rule["ExposeHeaders"]));
    if (rule.has("MaxAgeSeconds"))
      out.add("Access-Control-Max-Age", std::to_string(rule["MaxAgeSeconds"].as_int()));
    if (!anyone) out.add("Access-Control-Allow-Credentials", "true");
    out.add("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    return out;
  }
  return std::nullopt;
}

}  // namespace mainstay::cloud
