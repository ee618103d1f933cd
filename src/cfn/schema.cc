#include "cfn/schema.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::cfn {
namespace {

const Value nothing;
constexpr int ref_hops_max = 16;

// "/properties/A/*/B" as "A.B": list positions carry no meaning.
std::vector<std::string> property_names(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) {
    std::string_view text = item.as_string();
    if (!text.starts_with("/properties/")) continue;
    std::vector<std::string> steps = split(text.substr(12), "/");
    std::erase(steps, "*");
    out.push_back(join(steps, "."));
  }
  return out;
}

bool is_index(const std::string& step) {
  return !step.empty() &&
         std::all_of(step.begin(), step.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Does one name equal the other, or lead to it?
bool touches(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  return b.starts_with(a) && (a.size() == b.size() || b[a.size()] == '.');
}

bool any_touches(const std::vector<std::string>& names, const std::string& name) {
  return std::any_of(names.begin(), names.end(), [&](const auto& n) { return touches(n, name); });
}

bool same_scalar(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null() || a.is_bytes() != b.is_bytes()) return a == b;
  return a.to_text() == b.to_text();
}

bool equal_values(const Value& a, const Value& b) {
  if (a.is_scalar() && b.is_scalar()) return same_scalar(a, b);
  if (a.kind() != b.kind() || a.size() != b.size()) return false;
  if (a.is_list())
    return std::equal(a.items().begin(), a.items().end(), b.items().begin(), equal_values);
  return std::all_of(a.members().begin(), a.members().end(), [&](const auto& m) {
    const Value* other = b.find(m.first);
    return other && equal_values(m.second, *other);
  });
}

// Scalars of v as texts, so that sorting sees no difference between 80 and "80".
Value normal(const Value& v) {
  if (v.is_scalar()) return v.is_bytes() ? v : Value(v.to_text());
  Value out = v;
  if (v.is_list()) {
    for (Value& item : out.make_list()) item = normal(item);
  } else {
    for (const auto& [key, member] : v.members()) out.set(key, normal(member));
  }
  return out;
}

bool same_set(const Value& a, const Value& b) {
  if (a.size() != b.size()) return false;
  auto sorted = [](const Value& list) {
    std::vector<std::string> out;
    for (const Value& item : list.items()) out.push_back(to_canonical_json(normal(item)));
    std::sort(out.begin(), out.end());
    return out;
  };
  return sorted(a) == sorted(b);
}

class Differ {
 public:
  explicit Differ(const Schema* schema) : schema_(schema) {}

  void compare(const Value& before, const Value& after, Path& path) {
    if (before.is_map() && after.is_map()) return maps(before, after, path);
    if (before.is_list() && after.is_list()) return lists(before, after, path);
    if (!equal_values(before, after)) report(before, after, path);
  }

  std::vector<PropertyChange> found;

 private:
  void report(const Value& before, const Value& after, const Path& path) {
    Recreation r = schema_ ? schema_->recreation(path) : Recreation::never;
    found.push_back({path, before, after, r});
  }

  void step(const Value& before, const Value& after, Path& path, std::string name) {
    path.push_back(std::move(name));
    compare(before, after, path);
    path.pop_back();
  }

  void maps(const Value& before, const Value& after, Path& path) {
    for (const auto& [key, value] : before.members()) step(value, after[key], path, key);
    for (const auto& [key, value] : after.members())
      if (!before.has(key)) step(nothing, value, path, key);
  }

  void lists(const Value& before, const Value& after, Path& path) {
    bool unordered = schema_ && schema_->node(path).find("insertionOrder") &&
                     !schema_->node(path)["insertionOrder"].as_bool(true);
    bool tags = !path.empty() && path.back() == "Tags";
    if ((unordered || tags) && same_set(before, after)) return;
    if (before.size() != after.size()) return report(before, after, path);
    for (size_t i = 0; i < before.size(); ++i)
      step(before.at(i), after.at(i), path, std::to_string(i));
  }

  const Schema* schema_;
};

}  // namespace

const char* recreation_name(Recreation r) {
  static constexpr const char* names[] = {"Never", "Conditionally", "Always"};
  return names[static_cast<size_t>(r)];
}

Result<Schema> Schema::parse(std::string_view json) {
  Schema s;
  TRY(s.root_, parse_json(json));
  if (s.type_name().empty() || !s.root_["properties"].is_map())
    return Error("SchemaInvalid", "a resource schema has a typeName and properties");
  s.primary_identifier_ = property_names(s.root_["primaryIdentifier"]);
  s.read_only_ = property_names(s.root_["readOnlyProperties"]);
  s.create_only_ = property_names(s.root_["createOnlyProperties"]);
  s.write_only_ = property_names(s.root_["writeOnlyProperties"]);
  s.conditional_ = property_names(s.root_["conditionalCreateOnlyProperties"]);
  return s;
}

bool Schema::is_read_only(std::string_view name) const {
  return std::find(read_only_.begin(), read_only_.end(), name) != read_only_.end();
}

std::string Schema::tag_property() const {
  const Value& tagging = root_["tagging"];
  if (tagging.is_map() && !tagging["taggable"].as_bool(true)) return "";
  std::string named = tagging["tagProperty"].as_string();
  if (named.starts_with("/properties/")) named.erase(0, 12);
  if (named.empty()) named = "Tags";
  return has_property(named) ? named : "";
}

const Value& Schema::resolve(const Value& node) const {
  const Value* v = &node;
  for (int hops = 0; hops < ref_hops_max; ++hops) {
    std::string_view ref = (*v)["$ref"].as_string();
    if (!ref.starts_with("#/")) return *v;
    const Value* target = &root_;
    for (const std::string& step : split(ref.substr(2), "/")) target = &(*target)[step];
    v = target;
  }
  return nothing;
}

const Value& Schema::node(const Path& path) const {
  const Value* v = &root_;
  for (const std::string& step : path) {
    const Value& here = resolve(*v);
    if (here.has("items") && is_index(step)) {
      v = &here["items"];
    } else if (const Value* property = here["properties"].find(step)) {
      v = property;
    } else {
      return nothing;
    }
  }
  return resolve(*v);
}

Recreation Schema::recreation(const Path& path) const {
  std::vector<std::string> steps;
  for (const std::string& step : path)
    if (!is_index(step)) steps.push_back(step);
  std::string name = join(steps, ".");
  if (any_touches(create_only_, name)) return Recreation::always;
  return any_touches(conditional_, name) ? Recreation::conditionally : Recreation::never;
}

std::vector<PropertyChange> diff_properties(const Value& before, const Value& after,
                                            const Schema* schema) {
  Differ differ(schema);
  Path path;
  Value empty = Value::map();
  differ.compare(before.is_null() ? empty : before, after.is_null() ? empty : after, path);
  return std::move(differ.found);
}

}  // namespace mainstay::cfn
