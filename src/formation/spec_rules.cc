#include "formation/spec_rules.hh"

#include <algorithm>
#include <map>

#include "base/json.hh"
#include "base/text.hh"
#include "formation/mapping.hh"
#include "formation/special.hh"

namespace mainstay::formation {

std::string item_key(const Value& item, const Value& by) {
  return by.is_string() ? item[by.as_string()].to_text() : to_canonical_json(item);
}

bool claims(const Value& spec, std::string_view name) {
  for (const char* list : {"steps", "changes"}) {
    for (const Value& step : spec[list].items()) {
      if (step["added"].as_string() == name || step["removed"].as_string() == name) return true;
      for (const Value& on : step["on"].items())
        if (on.as_string() == name) return true;
    }
  }
  return false;
}

namespace {

// Whether an item of a list, told by its key, is another now: {"AttributeDefinitions":
// "AttributeName"} in a spec's "replace_edited".
bool edits_item(const Value& spec, const std::string& name, const Value& before,
                const Value& after) {
  const Value& key = spec["replace_edited"][name];
  if (key.is_null()) return false;
  std::map<std::string, const Value*> known;
  for (const Value& item : before[name].items()) known[item_key(item, key)] = &item;
  for (const Value& item : after[name].items()) {
    auto it = known.find(item_key(item, key));
    if (it != known.end() && *it->second != item) return true;
  }
  return false;
}

}  // namespace

// A property that the spec can set but not change is replaced along with its resource, whatever the
// schema says: better than leaving it as it was.
cfn::Recreation Provider::recreation(const std::string& type, const cfn::Path& path,
                                     const Value& before, const Value& after) const {
  const Value& spec = Types::all().spec(type);
  const cfn::Schema* schema = Types::all().schema(type);
  cfn::Recreation said = schema ? schema->recreation(path) : cfn::Recreation::never;
  if (said == cfn::Recreation::always || path.empty()) return said;
  const std::string& name = path.front();
  const List& replacing = spec["replace"].items();
  if (std::find(replacing.begin(), replacing.end(), Value(name)) != replacing.end() ||
      edits_item(spec, name, before, after))
    return cfn::Recreation::always;
  if (find_special(type) || spec.is_null() || (schema && schema->tag_property() == name))
    return said;
  return mentions(spec["create"], name) && !claims(spec, name) ? cfn::Recreation::always : said;
}

// By the spec, or by the schema's identifier where that is a name that one may give.
std::string Provider::custom_name(const std::string& type, const Value& properties) const {
  const Value& named = Types::all().spec(type)["name"]["property"];
  if (named.is_string()) return properties[named.as_string()].to_text();
  const cfn::Schema* schema = Types::all().schema(type);
  if (!schema || find_special(type) || !Types::all().spec(type).is_null()) return "";
  const auto& identifier = schema->primary_identifier();
  if (identifier.size() != 1 || schema->is_read_only(identifier[0])) return "";
  bool is_name = identifier[0].ends_with("Name") || identifier[0].ends_with("Identifier");
  return is_name ? properties[identifier[0]].to_text() : "";
}

bool Provider::replaces(const std::string& type, const Value& before, const Value& after) const {
  for (const cfn::PropertyChange& c :
       cfn::diff_properties(before, after, Types::all().schema(type)))
    if (recreation(type, c.path, before, after) == cfn::Recreation::always) return true;
  return false;
}

}  // namespace mainstay::formation
