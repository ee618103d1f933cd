// The filters of Describe operations: data/ec2_filters.json, by the table that they are of.
#include <map>

#include "base/json.hh"
#include "data/archive.hh"
#include "services/ec2/resource.hh"

namespace mainstay::ec2 {
namespace {

using Paths = std::map<std::string, std::string, std::less<>>;  // by the filter's name

std::map<std::string, Paths, std::less<>> read_filters() {
  std::map<std::string, Paths, std::less<>> out;
  auto text = data::read("ec2-filters");
  auto read = text.has_value() ? parse_json(*text) : Result<Value>(text.error());
  if (!read.has_value()) return out;
  for (const auto& [table, filters] : read->members())
    for (const auto& [name, path] : filters.members()) out[table][name] = path.as_string();
  return out;
}

}  // namespace

std::string_view filter_path(std::string_view table, std::string_view name) {
  static const auto filters = read_filters();
  auto of = filters.find(table);
  if (of == filters.end()) return "";
  auto path = of->second.find(name);
  return path == of->second.end() ? std::string_view() : std::string_view(path->second);
}

}  // namespace mainstay::ec2
