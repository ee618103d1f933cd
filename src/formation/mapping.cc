#include "formation/mapping.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "formation/inline_code.hh"
#include "policy/operand.hh"

namespace mainstay::formation {
namespace {

using Function = Value (*)(const Value& argument, const Value& form, const Scope& scope);

bool given(const Value& v) {
  return !v.is_null() && !(v.is_bool() && !v.as_bool());
}

Scope with_item(const Scope& scope, Value item) {
  Scope inner = scope;
  inner.variables.set("item", std::move(item));
  return inner;
}

Value each(const Value& argument, const Value& form, const Scope& scope) {
  Value out = Value::list();
  Value items = expand(argument, scope);
  for (const Value& item : items.items()) {
    Value made = expand(form["value"], with_item(scope, item));
    if (!made.is_null()) out.push_back(std::move(made));
  }
  return out.empty() ? Value() : out;
}

Value when(const Value& argument, const Value& form, const Scope& scope) {
  return expand(form[given(expand(argument, scope)) ? "value" : "else"], scope);
}

Value first(const Value& argument, const Value&, const Scope& scope) {
  for (const Value& choice : argument.items())
    if (Value v = expand(choice, scope); !v.is_null()) return v;
  return {};
}

Value json_text(const Value& argument, const Value&, const Scope& scope) {
  Value v = expand(argument, scope);
  return v.is_null() || v.is_string() ? v : Value(to_json(v));
}

Value json_with(const Value& argument, const Value& form, const Scope& scope) {
  auto object = parse_json(expand(argument, scope).as_string());
  if (!object.has_value() || !object->is_map()) return {};
  object->set(expand(form["member"], scope).to_text(), expand(form["value"], scope));
  return to_json(*object);
}

Value wrap(const Value& argument, const Value&, const Scope& scope) {
  Value v = expand(argument, scope);
  return v.is_null() || v.is_list() ? v : Value::list({v});
}

Value after(const Value& argument, const Value& form, const Scope& scope) {
  Value v = expand(argument, scope);
  if (!v.is_string()) return v;
  size_t at = v.as_string().rfind(form["text"].as_string());
  return at == std::string::npos
             ? v
             : Value(v.as_string().substr(at + form["text"].as_string().size()));
}

Value named(const Value& argument, const Value&, const Scope& scope) {
  Value v = expand(argument, scope);
  if (!v.is_list()) return v;
  Value out = Value::map({});
  for (const Value& pair : v.items()) out.set(pair["Key"].as_string(), pair["Value"]);
  return out;
}

Value pairs(const Value& argument, const Value&, const Scope& scope) {
  Value v = expand(argument, scope);
  if (!v.is_map()) return v;
  Value out = Value::list();
  for (const auto& [key, value] : v.members())
    out.push_back(Value::map({{"Key", key}, {"Value", value}}));
  return out;
}

// "ContainerName" is "containerName", "EFSVolumeConfiguration" "efsVolumeConfiguration": a run of
// capitals is one word, but for the capital that begins the next.
std::string small_name(const std::string& name) {
  auto is_capital = [&](size_t i) { return i < name.size() && name[i] >= 'A' && name[i] <= 'Z'; };
  auto is_small = [&](size_t i) { return i < name.size() && name[i] >= 'a' && name[i] <= 'z'; };
  std::string out = name;
  for (size_t i = 0; is_capital(i) && (i == 0 || !is_small(i + 1)); ++i)
    out[i] = static_cast<char>(out[i] - 'A' + 'a');
  return out;
}

// form: what "$small" says besides ("keep", "as").
Value with_small_names(const Value& v, const Value& form) {
  if (v.is_list()) {
    Value out = Value::list();
    for (const Value& item : v.items()) out.push_back(with_small_names(item, form));
    return out;
  }
  if (!v.is_map()) return v;
  Value out = Value::map({});
  for (const auto& [name, value] : v.members()) {
    const List& as_they_are = form["keep"].items();
    bool keeps =
        std::find(as_they_are.begin(), as_they_are.end(), Value(name)) != as_they_are.end();
    const Value& other = form["as"][name];
    out.set(other.is_string() ? other.as_string() : small_name(name),
            keeps ? value : with_small_names(value, form));
  }
  return out;
}

Value small(const Value& argument, const Value& form, const Scope& scope) {
  return with_small_names(expand(argument, scope), form);
}

Value tag_spec(const Value& argument, const Value&, const Scope& scope) {
  const Value& tags = scope.find("tags");
  if (tags.empty()) return {};
  return Value::list({Value::map({{"ResourceType", argument}, {"Tags", tags}})});
}

std::string plain_name(const std::string& name) {
  std::string out = to_lower(replace_all(name, "\\052", "*"));
  if (out.ends_with('.')) out.pop_back();
  return out;
}

Value where(const Value& argument, const Value& form, const Scope& scope) {
  Value items = expand(argument, scope);
  const Value wanted = expand(form["is"], scope);
  if (wanted.is_null()) return {};
  Value out = Value::list();
  for (const Value& item : items.items()) {
    const Value& found = item.at_path(form["member"].as_string());
    if (!found.is_null() && alike(form["alike"].as_string(), found.to_text(), wanted.to_text()))
      out.push_back(item);
  }
  return out.empty() ? Value() : out;
}

Value find(const Value& argument, const Value& form, const Scope& scope) {
  const Value found = where(argument, form, scope);
  if (found.is_null()) return {};
  return form.has("get") ? found.at(0).at_path(form["get"].as_string()) : found.at(0);
}

Value decode(const Value& argument, const Value&, const Scope& scope) {
  Value v = expand(argument, scope);
  return v.is_string() ? Value(percent_decode(v.as_string())) : v;
}

Value choose(const Value& argument, const Value& form, const Scope& scope) {
  Value v = expand(argument, scope);
  const Value* chosen = form["from"].find(v.to_text());
  return chosen ? *chosen : v;
}

// A text that can't be packed stays as it is, for the service to refuse.
Value inline_code(const Value& argument, const Value& form, const Scope& scope) {
  Value code = expand(argument, scope);
  if (!code["ZipFile"].is_string()) return code;
  auto zip =
      pack_inline_code(expand(form["runtime"], scope).as_string(), code["ZipFile"].as_string());
  return zip.has_value() ? code.set("ZipFile", Bytes{std::move(*zip)}) : code;
}

Value use(const Value& argument, const Value& form, const Scope& scope) {
  const Value& macro = scope.macros ? (*scope.macros)[argument.as_string()] : Value();
  if (!form.has("with")) return expand(macro, scope);
  return expand(macro, with_item(scope, expand(form["with"], scope)));
}

struct Named {
  std::string_view name;
  Function function;
};
constexpr Named functions[] = {{"$each", each},
                               {"$when", when},
                               {"$first", first},
                               {"$json", json_text},
                               {"$json_with", json_with},
                               {"$wrap", wrap},
                               {"$after", after},
                               {"$named", named},
                               {"$pairs", pairs},
                               {"$small", small},
                               {"$tag_spec", tag_spec},
                               {"$where", where},
                               {"$find", find},
                               {"$decode", decode},
                               {"$choose", choose},
                               {"$use", use},
                               {"$inline_code", inline_code}};

Value interpolate(const std::string& text, const Scope& scope) {
  std::string out;
  size_t at = 0;
  for (size_t open; (open = text.find("${", at)) != std::string::npos;) {
    size_t close = text.find('}', open);
    out += text.substr(at, open - at);
    const Value& v = scope.find(std::string_view(text).substr(open + 2, close - open - 2));
    if (v.is_null()) return {};
    out += v.to_text();
    at = close + 1;
  }
  return out + text.substr(at);
}

Value expand_map(const Value& pattern, const Scope& scope) {
  const auto& [key, argument] = *pattern.members().begin();
  for (const Named& f : functions)
    if (f.name == key) return f.function(argument, pattern, scope);
  Value out = Value::map({});
  for (const auto& [name, part] : pattern.members())
    if (Value v = expand(part, scope); !v.is_null()) out.set(name, std::move(v));
  return out.empty() ? Value() : out;
}

}  // namespace

const Value& Scope::find(std::string_view path) const {
  bool is_property = !path.empty() && path[0] >= 'A' && path[0] <= 'Z';
  return (is_property ? properties : variables).at_path(path);
}

Value expand(const Value& pattern, const Scope& scope) {
  if (pattern.is_map()) return pattern.empty() ? pattern : expand_map(pattern, scope);
  if (pattern.is_list()) {
    Value out = Value::list();
    for (const Value& part : pattern.items())
      if (Value v = expand(part, scope); !v.is_null()) out.push_back(std::move(v));
    return out.empty() && !pattern.empty() ? Value() : out;
  }
  if (!pattern.is_string()) return pattern;
  const std::string& text = pattern.as_string();
  if (text.contains("${")) return interpolate(text, scope);
  return text.starts_with("$") ? scope.find(std::string_view(text).substr(1)) : pattern;
}

bool alike(std::string_view kind, const std::string& a, const std::string& b) {
  if (a == b) return true;
  if (kind == "domain") return plain_name(a) == plain_name(b);
  if (kind != "network") return false;
  auto one = policy::Network::parse(a), other = policy::Network::parse(b);
  return one && other && one->contains(*other) && other->contains(*one);
}

bool mentions(const Value& pattern, std::string_view property) {
  if (pattern.is_string()) {
    const std::string& text = pattern.as_string();
    for (size_t at = 0; (at = text.find(property, at)) != std::string::npos; ++at) {
      char next = at + property.size() < text.size() ? text[at + property.size()] : '\0';
      char before = at > 0 ? text[at - 1] : '\0';
      if ((before == '$' || before == '{') && (next == '\0' || next == '.' || next == '}'))
        return true;
    }
    return false;
  }
  for (const Value& part : pattern.items())
    if (mentions(part, property)) return true;
  for (const auto& [name, part] : pattern.members())
    if (mentions(part, property)) return true;
  return false;
}

}  // namespace mainstay::formation
