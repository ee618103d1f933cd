#include "policy/principal_names.hh"

#include <vector>

#include "base/json.hh"
#include "base/value.hh"

namespace mainstay::policy {
namespace {

// Where a scan of the text is: the objects and lists that are open, each with the key it has come
// to.
struct Open {
  bool is_object = false;
  bool wants_key = false;
  std::string key;
};

// The end of a string, behind its closing quote.
size_t string_end(std::string_view json, size_t from) {
  for (size_t i = from + 1; i < json.size(); ++i) {
    if (json[i] == '\\')
      ++i;
    else if (json[i] == '"')
      return i + 1;
  }
  return json.size();
}

std::string text_of(std::string_view quoted) {
  auto value = parse_json(quoted);
  return value.has_value() ? value->as_string() : "";
}

// {"Principal": {"AWS": here}} and {"Principal": {"AWS": [here]}}.
bool is_name(const std::vector<Open>& open) {
  size_t depth = open.size();
  if (depth > 0 && !open[depth - 1].is_object) --depth;
  if (depth < 2 || open[depth - 1].key != "AWS") return false;
  const Open& element = open[depth - 2];
  return element.is_object && (element.key == "Principal" || element.key == "NotPrincipal");
}

}  // namespace

std::string rename_principals(std::string_view json,
                              const std::function<std::string(std::string_view name)>& rename) {
  std::string out;
  std::vector<Open> open;
  for (size_t i = 0; i < json.size();) {
    char c = json[i];
    if (c == '"') {
      size_t end = string_end(json, i);
      std::string_view quoted = json.substr(i, end - i);
      bool is_key = !open.empty() && open.back().is_object && open.back().wants_key;
      if (is_key) {
        open.back().key = text_of(quoted);
        open.back().wants_key = false;
      }
      std::string name = !is_key && is_name(open) ? text_of(quoted) : "";
      std::string renamed = name.empty() ? "" : rename(name);
      out += renamed == name ? std::string(quoted) : to_json(Value(renamed));
      i = end;
      continue;
    }
    if (c == '{' || c == '[') open.push_back({c == '{', c == '{', ""});
    if ((c == '}' || c == ']') && !open.empty()) open.pop_back();
    if (c == ',' && !open.empty()) open.back().wants_key = open.back().is_object;
    out += c;
    ++i;
  }
  return out;
}

}  // namespace mainstay::policy
