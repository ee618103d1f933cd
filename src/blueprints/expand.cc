#include "blueprints/expand.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::blueprints {
namespace {

constexpr int depth_max = 64;
using Expanded = Result<std::optional<Value>>;

Error senseless(const std::string& why) {
  return Error("BlueprintInvalid", "a declaration that makes no sense: " + why);
}

// "Buckets.Logs.Name": a name of the scope, and members below it.
Result<Value> look(std::string_view path, const Scope& scope) {
  size_t dot = path.find('.');
  const Value* found = scope.find(path.substr(0, dot));
  if (!found) return senseless("nothing is called " + std::string(path));
  if (dot == std::string_view::npos) return *found;
  return Value(found->at_path(path.substr(dot + 1)));
}

// "@(Name)" alone is what Name stands for; within other text it is written into it.
Result<Value> fill_in(const std::string& text, const Scope& scope) {
  if (!text.contains("@(")) return Value(text);
  std::string out;
  for (size_t from = 0;;) {
    size_t open = text.find("@(", from);
    out += text.substr(from, open - from);
    if (open == std::string::npos) return Value(out);
    size_t close = text.find(')', open);
    if (close == std::string::npos) return senseless(text);
    TRY(Value value, look(std::string_view(text).substr(open + 2, close - open - 2), scope));
    if (open == 0 && close + 1 == text.size()) return value;
    if (!value.is_scalar()) return senseless(text + " has something else than text in it");
    out += value.to_text();
    from = close + 1;
  }
}

class Expander {
 public:
  Expander(const Scope& scope, int depth) : scope_(scope), depth_(depth) {}

  Expanded expand_part(const Value& part) {
    if (depth_ > depth_max) return senseless("it is nested too deeply");
    if (part.is_string()) {
      TRY(Value value, fill_in(part.as_string(), scope_));
      return std::optional(std::move(value));
    }
    if (part.is_list()) return expand_list(part);
    if (!part.is_map()) return std::optional(part);
    if (part.size() > 0 && part.members().nth(0).first.starts_with('$')) return directive(part);
    return expand_map(part);
  }

 private:
  Expanded inner(const Value& part) { return Expander(scope_, depth_ + 1).expand_part(part); }

  Result<Value> needed(const Value& part) {
    TRY(auto value, inner(part));
    return value.value_or(Value());
  }

  Expanded expand_list(const Value& part) {
    Value out = Value::list();
    for (const Value& item : part.items()) {
      TRY(auto value, inner(item));
      if (!value) continue;
      bool many = item.is_map() && item.has("$for");
      if (!many) out.push_back(std::move(*value));
      for (const Value& one : many ? value->items() : List()) out.push_back(one);
    }
    return std::optional(std::move(out));
  }

  // Members under "$1", "$2"... are maps that are merged into this one.
  Expanded expand_map(const Value& part) {
    Value out = Value::map();
    for (const auto& [key, item] : part.members()) {
      TRY(auto value, inner(item));
      if (!value) continue;
      TRY(Value name, fill_in(key, scope_));
      if (!key.starts_with('$'))
        out.set(name.to_text(), std::move(*value));
      else
        merge(out, *value);
    }
    return std::optional(std::move(out));
  }

  static void merge(Value& out, const Value& more) {
    for (const auto& [key, value] : more.members()) out.set(key, value);
    for (const Value& map : more.items()) merge(out, map);
  }

  Expanded directive(const Value& part) {
    const auto& [name, argument] = part.members().nth(0);
    if (name.size() > 1 && std::isdigit(static_cast<unsigned char>(name[1])))
      return expand_map(part);
    if (name == "$if") {
      TRY(bool holds, condition(argument));
      const Value* branch = part.find(holds ? "then" : "else");
      if (!branch) return std::optional<Value>();
      return inner(*branch);
    }
    if (name == "$for") return loop(part);
    TRY(Value given, needed(argument));
    return function(name, given);
  }

  // {"$for": "x", "in": list} or {"$for": "key, value", "in": map}; a list of what "do" gives.
  Expanded loop(const Value& part) {
    std::vector<std::string> names = split(part["$for"].as_string(), ", ");
    TRY(Value all, needed(part["in"]));
    Value out = Value::list();
    for (size_t i = 0; i < all.size(); ++i) {
      Scope inside = scope_;
      if (all.is_map()) {
        inside.set(names[0], all.members().nth(i).first);
        if (names.size() > 1) inside.set(names[1], all.members().nth(i).second);
      } else {
        inside.set(names[0], all.items()[i]);
        if (names.size() > 1) inside.set(names[1], i);
      }
      TRY(auto value, Expander(inside, depth_ + 1).expand_part(part["do"]));
      if (value) out.push_back(std::move(*value));
    }
    return std::optional(std::move(out));
  }

  Expanded function(const std::string& name, const Value& given) {
    auto result = [](Value v) { return std::optional(std::move(v)); };
    if (name == "$range") {
      Value numbers = Value::list();
      for (int64_t i = 0; i < std::min<int64_t>(given.as_int(), 1'000); ++i) numbers.push_back(i);
      return result(std::move(numbers));
    }
    if (name == "$split")
      return result(Value::texts(split(given.at(1).as_string(), given.at(0).as_string())));
    if (name == "$item") return result(item(given.at(0), given.at(1).as_int()));
    if (name == "$get") {
      const Value* found = given.at(0).find(given.at(1).as_string());
      return found ? result(*found) : std::optional<Value>();
    }
    if (name == "$lower") return result(Value(to_lower(given.to_text())));
    if (name == "$upper") return result(Value(to_upper(given.to_text())));
    if (name == "$md5")
      return result(Value(hex_encode(md5(given.at(0).to_text() + given.at(1).to_text()))));
    if (name == "$or") {
      for (const Value& one : given.items())
        if (is_truthy(one)) return result(one);
      return std::optional<Value>();
    }
    if (name == "$merge") {
      Value out = Value::map();
      merge(out, given);
      return result(std::move(out));
    }
    if (name == "$tags") return result(tags(given));
    if (name == "$without") return result(without(given.at(0), given.at(1)));
    if (name == "$safe") return result(Value(safe_name(given.to_text())));
    return senseless("there is no directive " + name);
  }

  // As Python counts: -1 is the last one.
  static Value item(const Value& list, int64_t i) {
    int64_t size = static_cast<int64_t>(list.size());
    return list.at(static_cast<size_t>(i < 0 ? i + size : i));
  }

  // troposphere's Tags(**map): sorted by key.
  static Value tags(const Value& map) {
    Map sorted = map.members();
    sorted.sort();
    Value out = Value::list();
    for (const auto& [key, value] : sorted)
      out.push_back(Value::map({{"Key", key}, {"Value", value}}));
    return out;
  }

  static Value without(Value map, const Value& keys) {
    for (const Value& key : keys.items()) map.erase(key.as_string());
    return map;
  }

  // stacker.util.cf_safe_name: letters and digits, each word with a capital.
  static std::string safe_name(const std::string& text) {
    std::string out;
    bool starts = true;
    for (char c : text) {
      bool word = std::isalnum(static_cast<unsigned char>(c)) != 0;
      if (word) out += starts ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
      starts = !word;
    }
    return out;
  }

  Result<bool> condition(const Value& c) {
    if (c.is_string()) {
      TRY(Value value, look(c.as_string(), scope_));
      return is_truthy(value);
    }
    if (const Value* inverse = c.find("not")) {
      TRY(bool holds, condition(*inverse));
      return !holds;
    }
    if (const Value* all = c.find("all")) {
      for (const Value& one : all->items()) {
        TRY(bool holds, condition(one));
        if (!holds) return false;
      }
      return true;
    }
    if (const Value* any = c.find("any")) {
      for (const Value& one : any->items()) {
        TRY(bool holds, condition(one));
        if (holds) return true;
      }
      return false;
    }
    if (const Value* equal = c.find("equal")) {
      TRY(Value sides, needed(*equal));
      return sides.at(0) == sides.at(1);
    }
    if (const Value* ends = c.find("ends")) {
      TRY(Value sides, needed(*ends));
      return sides.at(0).as_string().ends_with(sides.at(1).as_string());
    }
    return senseless("a condition has no such form");
  }

  const Scope& scope_;
  int depth_;
};

}  // namespace

bool is_truthy(const Value& v) {
  if (v.is_list() || v.is_map()) return !v.empty();
  if (v.is_string()) return !v.as_string().empty();
  if (v.is_number()) return v.as_real() != 0;
  return v.as_bool();
}

Result<std::optional<Value>> expand(const Value& part, const Scope& scope, int depth) {
  return Expander(scope, depth).expand_part(part);
}

}  // namespace mainstay::blueprints
