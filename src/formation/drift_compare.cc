#include "formation/drift_compare.hh"

#include <algorithm>
#include <optional>

#include "base/json.hh"
#include "base/text.hh"
#include "formation/mapping.hh"

namespace mainstay::formation {
namespace {

bool is_absent(const Value& v) {
  return v.is_null() || ((v.is_list() || v.is_map()) && v.empty());
}

// The member that tells items of a list apart, where they have one.
std::optional<std::string> identity(const Value& item) {
  for (const char* member : {"Key", "Id", "PolicyName", "IndexName", "AttributeName", "Sid"})
    if (item.is_map() && item.has(member)) return item[member].to_text();
  return std::nullopt;
}

std::string shown_text(const Value& v) {
  return v.is_null() ? "null" : v.is_list() || v.is_map() ? to_json(v) : v.to_text();
}

std::string without_indexes(const cfn::Path& path) {
  std::vector<std::string> names;
  for (const std::string& step : path)
    if (!parse_int(step)) names.push_back(step);
  return join(names, "/");
}

// An account as a principal is shown as its root ("AWS account principals", IAM user guide).
bool is_same_account(const std::string& a, const std::string& b) {
  return a.size() == 12 && b.starts_with("arn:") && b.ends_with(":iam::" + a + ":root");
}

class Comparison {
 public:
  Comparison(const cfn::Schema* schema, const Value& spec) : schema_(schema), spec_(spec) {}

  void compare(const Value& expected, const Value& actual, cfn::Path& path) {
    if (is_unread(path) || (is_absent(expected) && is_absent(actual))) return;
    if (expected.is_string() && (actual.is_map() || actual.is_list()))
      if (auto read = parse_json(expected.as_string()); read.has_value() && !read->is_string())
        return compare(*read, actual, path);
    if (actual.is_string() && (expected.is_map() || expected.is_list()))
      if (auto read = parse_json(actual.as_string()); read.has_value() && !read->is_string())
        return compare(expected, *read, path);
    if (expected.is_map() && actual.is_map()) return maps(expected, actual, path);
    if (expected.is_list() && actual.is_list()) return lists(expected, actual, path);
    if (!same_scalar(expected, actual, path)) report(expected, actual, path);
  }

  std::vector<PropertyDifference> found;

 private:
  bool is_unread(const cfn::Path& path) const {
    const List& all = spec_["unread"].items();
    return std::find(all.begin(), all.end(), Value(without_indexes(path))) != all.end();
  }

  bool same_scalar(const Value& a, const Value& b, const cfn::Path& path) const {
    if (!a.is_scalar() || !b.is_scalar() || a.is_null() || b.is_null()) return false;
    const std::string names = without_indexes(path);
    if (names.ends_with("Principal/AWS") && is_same_account(a.to_text(), b.to_text())) return true;
    return alike(spec_["alike"][names].as_string(), a.to_text(), b.to_text());
  }

  void report(const Value& expected, const Value& actual, const cfn::Path& path) {
    found.push_back({"/" + join(path, "/"), is_absent(expected) ? Value() : expected,
                     is_absent(actual) ? Value() : actual});
  }

  void step(const Value& expected, const Value& actual, cfn::Path& path, std::string name) {
    path.push_back(std::move(name));
    compare(expected, actual, path);
    path.pop_back();
  }

  void maps(const Value& expected, const Value& actual, cfn::Path& path) {
    for (const auto& [key, value] : expected.members()) step(value, actual[key], path, key);
    if (schema_ && schema_->node(path)["properties"].is_map()) return;
    for (const auto& [key, value] : actual.members())
      if (!expected.has(key)) step({}, value, path, key);
  }

  bool equal(const Value& a, const Value& b, cfn::Path& path) const {
    Comparison inner(schema_, spec_);
    path.push_back("0");
    inner.compare(a, b, path);
    path.pop_back();
    return inner.found.empty();
  }

  bool is_ordered(const Value& list, const cfn::Path& path) const {
    if (schema_ && !schema_->node(path)["insertionOrder"].as_bool(true)) return false;
    return std::none_of(list.items().begin(), list.items().end(),
                        [](const Value& item) { return item.is_map(); });
  }

  void lists(const Value& expected, const Value& actual, cfn::Path& path) {
    if (is_ordered(expected, path)) {
      for (size_t i = 0; i < std::max(expected.size(), actual.size()); ++i)
        step(i < expected.size() ? expected.at(i) : Value(),
             i < actual.size() ? actual.at(i) : Value(), path, std::to_string(i));
      return;
    }
    std::vector<size_t> missing, more;  // items without an equal on the other side
    for (size_t i = 0; i < actual.size(); ++i) more.push_back(i);
    for (size_t i = 0; i < expected.size(); ++i) {
      auto same = std::find_if(more.begin(), more.end(),
                               [&](size_t j) { return equal(expected.at(i), actual.at(j), path); });
      if (same == more.end())
        missing.push_back(i);
      else
        more.erase(same);
    }
    unequal_items(expected, actual, missing, more, path);
  }

  // Items of one identity have changed, and so have those without one, each in its turn; what is
  // left over is on one side only.
  void unequal_items(const Value& expected, const Value& actual, const std::vector<size_t>& missing,
                     std::vector<size_t> more, cfn::Path& path) {
    for (size_t i : missing) {
      const Value& item = expected.at(i);
      auto match = std::find_if(more.begin(), more.end(), [&](size_t j) {
        return item.is_map() && actual.at(j).is_map() && identity(item) == identity(actual.at(j));
      });
      step(item, match == more.end() ? Value() : actual.at(*match), path, std::to_string(i));
      if (match != more.end()) more.erase(match);
    }
    for (size_t j : more) step({}, actual.at(j), path, std::to_string(j));
  }

  const cfn::Schema* schema_;
  const Value& spec_;
};

}  // namespace

Value PropertyDifference::shown() const {
  const char* type = expected.is_null() ? "ADD" : actual.is_null() ? "REMOVE" : "NOT_EQUAL";
  return Value::map({{"PropertyPath", path},
                     {"ExpectedValue", shown_text(expected)},
                     {"ActualValue", shown_text(actual)},
                     {"DifferenceType", type}});
}

std::vector<PropertyDifference> compare_properties(const Value& expected, const Value& actual,
                                                   const cfn::Schema* schema, const Value& spec) {
  Comparison comparison(schema, spec);
  for (const auto& [name, value] : expected.members()) {
    cfn::Path path{name};
    comparison.compare(value, actual[name], path);
  }
  return std::move(comparison.found);
}

}  // namespace mainstay::formation
