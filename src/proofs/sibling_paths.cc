#include "proofs/sibling_paths.hh"

#include <algorithm>
#include <map>
#include <string_view>

namespace mainstay::policy::proofs {
namespace {

// Up to the last slash of the resource's own part, with it; "" where there is none.
std::string parent_of(std::string_view arn) {
  size_t start = 0;
  for (int colons = 0; colons < 5; ++colons) {
    start = arn.find(':', start);
    if (start == std::string_view::npos) return "";
    ++start;
  }
  if (arn.ends_with("/*")) arn.remove_suffix(2);
  size_t slash = arn.rfind('/');
  if (slash == std::string_view::npos || slash < start) return "";
  return std::string(arn.substr(0, slash + 1));
}

// The deepest first, so that joined paths may join again above.
struct DeepestFirst {
  bool operator()(const std::string& a, const std::string& b) const {
    auto depth = [](const std::string& s) { return std::count(s.begin(), s.end(), '/'); };
    auto da = depth(a), db = depth(b);
    return da != db ? da > db : a < b;
  }
};

}  // namespace

std::string exact_pattern(const std::string& resource) {
  std::string out;
  for (size_t i = 0; i < resource.size(); ++i) {
    char c = resource[i];
    bool special = c == '*' || c == '?' || (c == '$' && resource.substr(i, 2) == "${");
    out += special ? std::string("${") + c + "}" : std::string(1, c);
  }
  return out;
}

std::vector<std::string> patterns_above(const std::string& resource) {
  std::vector<std::string> out;
  for (std::string at = parent_of(resource); !at.empty(); at = parent_of(at + "*"))
    out.push_back(at + "*");
  return out;
}

SiblingPaths join_siblings(const std::set<std::string>& resources, size_t siblings_max,
                           const std::function<bool(const std::string& pattern)>& accept) {
  std::map<std::string, std::set<std::string>, DeepestFirst> children;
  for (const std::string& resource : resources)
    if (std::string parent = parent_of(resource); !parent.empty())
      children[parent].insert(resource);
  std::set<std::string> joined;
  while (!children.empty()) {
    auto deepest = children.extract(children.begin());
    const std::string& path = deepest.key();
    if (deepest.mapped().size() <= siblings_max || !accept(path + "*")) continue;
    joined.insert(path + "*");
    if (std::string above = parent_of(path + "*"); !above.empty())
      children[above].insert(path + "*");
  }
  SiblingPaths out;
  std::map<std::string, size_t> counts;
  for (const std::string& resource : resources) {
    std::string top;
    for (std::string& pattern : patterns_above(resource))
      if (joined.contains(pattern)) top = std::move(pattern);
    if (top.empty())
      out.resources.insert(resource);
    else
      ++counts[top];
  }
  for (const auto& [pattern, count] : counts) {
    out.resources.insert(pattern);
    out.generalized.push_back(pattern + " for " + std::to_string(count) + " resources");
  }
  return out;
}

}  // namespace mainstay::policy::proofs
