#include "cfn/short_forms.hh"

#include <algorithm>

namespace mainstay::cfn {
namespace {

// The functions that AWS lists with a short form (intrinsic function reference, and rule
// functions).
constexpr std::string_view with_short_form[] = {
    "And",          "Base64",      "Cidr",      "Contains",  "EachMemberEquals",
    "EachMemberIn", "Equals",      "FindInMap", "GetAZs",    "GetAtt",
    "If",           "ImportValue", "Join",      "Length",    "Not",
    "Or",           "RefAll",      "Select",    "Split",     "Sub",
    "ToJsonString", "Transform",   "ValueOf",   "ValueOfAll"};

}  // namespace

std::string long_form_name(std::string_view tag) {
  if (!tag.starts_with('!')) return "";
  tag.remove_prefix(1);
  if (tag == "Ref" || tag == "Condition") return std::string(tag);
  bool known = std::find(std::begin(with_short_form), std::end(with_short_form), tag) !=
               std::end(with_short_form);
  return known ? "Fn::" + std::string(tag) : "";
}

void apply_short_form(const std::string& name, Place tag_place, Value& value, Places& places) {
  if (name == "Fn::GetAtt" && value.is_string()) {
    std::string text = value.as_string();
    size_t dot = text.find('.');
    Place place = places.value;
    places.children.clear();
    if (dot != std::string::npos) {
      value = Value::list({text.substr(0, dot), text.substr(dot + 1)});
      Place second{place.line, place.column + static_cast<uint32_t>(dot) + 1};
      places.children = {Places{place, place, {}}, Places{second, second, {}}};
    }
  }
  Places outer{places.key, tag_place, {}};
  places.key = tag_place;
  outer.children.push_back(std::move(places));
  places = std::move(outer);
  value = Value::map({{name, std::move(value)}});
}

}  // namespace mainstay::cfn
