#include "actions/service_principals.hh"

#include <set>
#include <string>

#include "base/json.hh"
#include "base/text.hh"
#include "base/value.hh"
#include "data/archive.hh"

namespace mainstay::actions {
namespace {

std::set<std::string> read_labels() {
  std::set<std::string> labels;
  auto text = data::read("service-principals");
  if (!text.has_value()) return labels;
  if (auto list = parse_json(*text); list.has_value())
    for (const Value& label : list->items()) labels.insert(label.as_string());
  return labels;
}

// "eu-west-1", "us-gov-east-1": it ends with a number, which no service's label does after a dash.
bool is_region(std::string_view label) {
  size_t dash = label.rfind('-');
  return dash != std::string_view::npos && parse_int(label.substr(dash + 1)).has_value();
}

}  // namespace

bool is_service_principal(std::string_view name) {
  static const std::set<std::string> labels = read_labels();
  if (name.ends_with(".aws.internal")) return true;  // services among themselves
  for (std::string_view end : {".amazonaws.com", ".amazonaws.com.cn"})
    if (name.ends_with(end)) {
      auto parts = split(name.substr(0, name.size() - end.size()), ".");
      if (parts.size() > 1 && is_region(parts.back())) parts.pop_back();
      return labels.contains(parts.back());
    }
  return false;
}

}  // namespace mainstay::actions
