#include "dns/record_value.hh"

#include "base/text.hh"
#include "dns/record_data.hh"

namespace mainstay::dns {
namespace {

constexpr size_t value_max = 4000;  // characters: ResourceRecord in the API reference

// octoDNS's names of fields ("octoDNS, docs/records.md"), older ones after a slash; in quotes: a
// string.
struct FieldNames {
  std::string_view type, names;
};
constexpr FieldNames field_names[] = {
    {"MX", "preference/priority exchange/value"},
    {"SRV", "priority weight port target"},
    {"CAA", "flags tag 'value"},
    {"NAPTR", "order preference 'flags 'service 'regexp replacement"},
    {"SSHFP", "algorithm fingerprint_type fingerprint"},
    {"TLSA", "certificate_usage selector matching_type certificate_association_data"},
    {"DS", "key_tag algorithm digest_type digest"},
    {"SVCB", "svcpriority targetname"},
    {"HTTPS", "svcpriority targetname"}};

Result<std::string> text_of_fields(std::string_view type, const Value& map) {
  for (const FieldNames& form : field_names) {
    if (form.type != type) continue;
    std::vector<std::string> words;
    size_t found = 0;
    for (std::string name : split(form.names, " ")) {
      bool is_string = name.starts_with('\'');
      if (is_string) name.erase(0, 1);
      const Value* value = nullptr;
      for (const std::string& spelling : split(name, "/"))
        if (!value) value = map.find(spelling);
      if (!value && !(type == "CAA" && name == "flags"))
        return zone_error(std::string(type) + " lacks its field " + split(name, "/")[0]);
      if (value) ++found;
      std::string text = value ? value->to_text() : "0";
      words.push_back(is_string ? quoted_strings(text) : text);
    }
    if (found < map.size())
      return zone_error(std::string(type) + " has fields beside " +
                        join(split(form.names, " "), ", "))
          .with_hint("the value can be written as one text, as in a master file");
    return join(words, " ");
  }
  return zone_error(std::string(type) + " is written as a text");
}

Result<std::string> read_any(std::string_view type, const Value& value) {
  DataReading reading{.origin = "", .escapes = Escapes::octal, .strict = true};
  if (value.is_map()) {
    TRY(std::string text, text_of_fields(type, value));
    return normal_data(type, text, reading);
  }
  if (!value.is_scalar() || value.is_null()) return zone_error("a value is wanted here");
  std::string text = value.to_text();
  if ((type == "TXT" || type == "SPF") && !trim(text).starts_with('"'))
    return quoted_strings(replace_all(text, "\\;", ";"));
  return normal_data(type, text, reading);
}

}  // namespace

Result<std::string> read_value(std::string_view type, const Value& value) {
  TRY(std::string text, read_any(type, value));
  if (text.size() <= value_max) return text;
  return zone_error("a value of " + std::to_string(text.size()) +
                    " characters is longer than the 4000 that Route 53 takes");
}

}  // namespace mainstay::dns
