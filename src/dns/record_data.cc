#include "dns/record_data.hh"

#include <arpa/inet.h>

#include <algorithm>

#include "base/text.hh"

namespace mainstay::dns {
namespace {

constexpr size_t string_max = 255;

// Fields by letter: a, 6 an address; n a name; 1, 2, 4 a number of so many bytes; s a string; w a
// word; S strings to the end; h hexadecimal digits to the end; * the rest as it is.
struct TypeForm {
  std::string_view type, fields;
  bool single = false;
};
constexpr TypeForm forms[] = {{"A", "a"},
                              {"AAAA", "6"},
                              {"CAA", "1ws"},
                              {"CNAME", "n", true},
                              {"DS", "211h"},
                              {"HTTPS", "2n*"},
                              {"MX", "2n"},
                              {"NAPTR", "22sssn"},
                              {"NS", "n"},
                              {"PTR", "n"},
                              {"SOA", "nn44444", true},
                              {"SPF", "S"},
                              {"SRV", "222n"},
                              {"SSHFP", "11h"},
                              {"SVCB", "2n*"},
                              {"TLSA", "111h"},
                              {"TXT", "S"}};

const TypeForm* form_of(std::string_view type) {
  for (const TypeForm& form : forms)
    if (form.type == type) return &form;
  return nullptr;
}

std::string quoted(std::string_view bytes) {
  std::string out = "\"";
  for (char c : bytes) {
    if (c == '"')
      out += "\\\"";
    else if (c == '\\' || static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) > 126)
      out += octal_escape(c);
    else
      out += c;
  }
  return out + "\"";
}

// Reads the fields of one value, one after the other.
class DataReader {
 public:
  DataReader(std::string_view text, const DataReading& reading)
      : text_(trim(text)), reading_(reading) {}

  Result<std::string> field(char kind) {
    skip_spaces();
    switch (kind) {
      case 's':
        return string();
      case 'S':
        return strings();
      case '*':
        return rest();
      case 'h':
        return hex();
      default:
        break;
    }
    std::string word = next_word();
    if (word.empty()) return zone_error("a field is missing at the end");
    switch (kind) {
      case 'a':
        return address(AF_INET, word);
      case '6':
        return address(AF_INET6, word);
      case 'n':
        return name(word);
      case 'w':
        return to_lower(word);
      default:
        return number(word, kind - '0');
    }
  }
  bool at_end() {
    skip_spaces();
    return at_ == text_.size();
  }
  std::string_view left() const { return text_.substr(at_); }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t'; }
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  std::string next_word() {
    size_t from = at_;
    while (at_ < text_.size() && !is_space(text_[at_])) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  Result<std::string> string() {
    if (at_ == text_.size()) return zone_error("a string is missing at the end");
    bool quotes = text_[at_] == '"';
    if (quotes) ++at_;
    std::string bytes;
    while (at_ < text_.size() && (quotes ? text_[at_] != '"' : !is_space(text_[at_]))) {
      auto byte = read_byte(text_, at_, reading_.escapes);
      if (!byte) return zone_error("an escape is cut short or no byte: " + std::string(left()));
      bytes += *byte;
    }
    if (quotes && at_++ == text_.size()) return zone_error("a quotation mark is not closed");
    if (bytes.size() > string_max)
      return zone_error("a string has " + std::to_string(bytes.size()) +
                        " bytes, and 255 is the most: write it as several, \"...\" \"...\"");
    return quoted(bytes);
  }

  Result<std::string> strings() {
    std::vector<std::string> all;
    do {
      TRY(std::string one, string());
      all.push_back(std::move(one));
    } while (!at_end());
    return join(all, " ");
  }

  Result<std::string> rest() {
    std::vector<std::string> words;
    while (!at_end()) words.push_back(next_word());
    return join(words, " ");
  }

  Result<std::string> hex() {
    std::string digits;
    while (!at_end()) digits += next_word();
    auto bytes = hex_decode(digits);
    if (!bytes || bytes->empty()) return zone_error("no hexadecimal digits: \"" + digits + "\"");
    return to_upper(digits);
  }

  static Result<std::string> address(int family, const std::string& word) {
    unsigned char raw[16];
    char text[INET6_ADDRSTRLEN];
    if (::inet_pton(family, word.c_str(), raw) != 1)
      return zone_error("\"" + word + "\" is no IPv" + (family == AF_INET ? "4" : "6") +
                        " address");
    return std::string(::inet_ntop(family, raw, text, sizeof text));
  }

  Result<std::string> name(const std::string& word) const {
    std::string whole = word == "@" && !reading_.origin.empty()     ? reading_.origin
                        : reading_.origin.empty() || is_whole(word) ? word
                                                                    : word + "." + reading_.origin;
    auto normal = normal_name(whole, reading_.escapes);
    if (!normal) return zone_error("\"" + word + "\" is no domain name");
    if (reading_.strict && !is_whole(word))
      return std::move(zone_error("\"" + word + "\" does not end in a dot"))
          .with_hint("write the whole name: " + word + ".");
    return shown_name(*normal);
  }

  // The times of a SOA may have units in master files.
  Result<std::string> number(const std::string& word, int bytes) const {
    auto value = parse_int(word);
    if (!value && bytes == 4 && reading_.escapes == Escapes::decimal) value = parse_ttl(word);
    int64_t max = (int64_t{1} << (8 * bytes)) - 1;
    if (!value || *value < 0 || *value > max)
      return zone_error("\"" + word + "\" is no number from 0 to " + std::to_string(max));
    return std::to_string(*value);
  }

  std::string_view text_;
  const DataReading& reading_;
  size_t at_ = 0;
};

}  // namespace

const std::vector<std::string>& known_types() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> types;
    for (const TypeForm& form : forms) types.emplace_back(form.type);
    return types;
  }();
  return all;
}

bool is_known_type(std::string_view type) {
  return form_of(type) != nullptr;
}

bool is_single_valued(std::string_view type) {
  const TypeForm* form = form_of(type);
  return form && form->single;
}

Result<std::string> normal_data(std::string_view type, std::string_view text,
                                const DataReading& reading) {
  const TypeForm* form = form_of(type);
  if (!form) return zone_error("Route 53 has no records of type " + std::string(type));
  DataReader reader(text, reading);
  std::string out;
  for (char kind : form->fields) {
    auto field = reader.field(kind);
    if (!field) {
      Error error = field.error();
      error.message = std::string(type) + ": " + error.message;
      return error;
    }
    if (!field->empty()) out += (out.empty() ? "" : " ") + *field;
  }
  if (!reader.at_end())
    return zone_error(std::string(type) + ": there is more than its fields: \"" +
                      std::string(reader.left()) + "\"");
  return out;
}

std::optional<int64_t> parse_ttl(std::string_view text) {
  constexpr std::pair<char, int64_t> units[] = {
      {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
  int64_t total = 0, number = -1;
  for (char c : text) {
    if (c >= '0' && c <= '9') {
      number = std::max<int64_t>(number, 0) * 10 + (c - '0');
      if (number > ttl_max) return std::nullopt;
      continue;
    }
    char lower = static_cast<char>(c | 32);
    auto unit = std::ranges::find(units, lower, [](const auto& u) { return u.first; });
    if (unit == std::end(units) || number < 0) return std::nullopt;
    total += number * unit->second;
    number = -1;
  }
  if (text.empty()) return std::nullopt;
  total += std::max<int64_t>(number, 0);
  return total <= ttl_max ? std::optional(total) : std::nullopt;
}

std::string quoted_strings(std::string_view text) {
  std::string out;
  for (size_t at = 0; at == 0 || at < text.size(); at += string_max)
    out += (out.empty() ? "" : " ") + quoted(text.substr(at, string_max));
  return out;
}

}  // namespace mainstay::dns
