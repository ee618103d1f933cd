// Document paths: finding what they lead to, and taking an item's parts by them.
#include <algorithm>
#include <map>

#include "services/dynamodb/expression.hh"
#include "services/dynamodb/tokens.hh"

namespace mainstay::dynamodb {
namespace {

// Paths as a tree, so that a list's parts come out in their order.
struct Branch {
  bool whole = false;
  std::map<std::string, Branch> names;
  std::map<size_t, Branch> indexes;
};

Branch tree_of(const std::vector<Path>& paths) {
  Branch root;
  for (const Path& path : paths) {
    Branch* at = &root;
    for (const Step& step : path)
      at = step.is_index ? &at->indexes[step.index] : &at->names[step.name];
    at->whole = true;
  }
  return root;
}

Value take_part(const Value& attribute, const Branch& branch);

Value take_names(const Value& map, const Branch& branch) {
  Value out = Value::map({});
  for (const auto& [name, below] : branch.names) {
    const Value* member = map.find(name);
    Value part = member ? take_part(*member, below) : Value();
    if (!part.is_null()) out.set(name, std::move(part));
  }
  return out;
}

// Null where nothing of it lies on a path.
Value take_part(const Value& attribute, const Branch& branch) {
  if (branch.whole) return attribute;
  const std::string& type = type_of(attribute);
  const Value& content = content_of(attribute);
  if (type == "M") {
    Value out = take_names(content, branch);
    return out.empty() ? Value() : Value::map({{"M", std::move(out)}});
  }
  if (type != "L") return Value();
  Value out = Value::list();
  for (const auto& [index, below] : branch.indexes)
    if (index < content.size())
      if (Value part = take_part(content.at(index), below); !part.is_null())
        out.push_back(std::move(part));
  return out.empty() ? Value() : Value::map({{"L", std::move(out)}});
}

bool leads_through(const Path& shorter, const Path& longer) {
  return shorter.size() <= longer.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin());
}

}  // namespace

std::string text_of(const Path& path) {
  std::string out = "[";
  for (const Step& step : path) {
    if (out.size() > 1) out += ", ";
    out += step.is_index ? "[" + std::to_string(step.index) + "]" : step.name;
  }
  return out + "]";
}

const Value* find(const Value& item, const Path& path) {
  const Value* at = item.find(path[0].name);
  for (size_t i = 1; at && i < path.size(); ++i) {
    const Value& content = content_of(*at);
    if (path[i].is_index)
      at = type_of(*at) == "L" && path[i].index < content.size() ? &content.at(path[i].index)
                                                                 : nullptr;
    else
      at = type_of(*at) == "M" ? content.find(path[i].name) : nullptr;
  }
  return at;
}

Value project(const Value& item, const std::vector<Path>& paths) {
  return take_names(item, tree_of(paths));
}

// Sorted, a path stands right before those that it leads through.
Status check_overlap(const std::vector<Path>& paths, std::string_view what) {
  std::vector<Path> sorted = paths;
  std::sort(sorted.begin(), sorted.end(), [](const Path& a, const Path& b) {
    return std::lexicographical_compare(
        a.begin(), a.end(), b.begin(), b.end(), [](const Step& x, const Step& y) {
          return std::tie(x.is_index, x.index, x.name) < std::tie(y.is_index, y.index, y.name);
        });
  });
  for (size_t i = 1; i < sorted.size(); ++i)
    if (leads_through(sorted[i - 1], sorted[i]))
      return invalid(what,
                     "Two document paths overlap with each other; must remove or rewrite one of "
                     "these paths; path one: " +
                         text_of(sorted[i - 1]) + ", path two: " + text_of(sorted[i]));
  return {};
}

}  // namespace mainstay::dynamodb
