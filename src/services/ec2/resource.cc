#include "services/ec2/resource.hh"

#include <algorithm>

#include "base/text.hh"
#include "cloud/paging.hh"

namespace mainstay::ec2 {
namespace {

constexpr size_t page_default = 1000;
constexpr ptrdiff_t tags_max = 50;
constexpr std::string_view whole_tag = "Tags";
constexpr size_t filter_values_max = 200;  // of a call ("List and filter your resources")

// Does any text at the path, through lists, satisfy the test?
template <class Test>
bool any_at(const Value& v, std::string_view path, const Test& test) {
  if (v.is_list())
    return std::any_of(v.items().begin(), v.items().end(),
                       [&](const Value& item) { return any_at(item, path, test); });
  if (path.empty()) return !v.is_null() && !v.is_map() && test(v.to_text());
  size_t dot = path.find('.');
  return any_at(v[path.substr(0, dot)],
                dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1), test);
}

bool any_value_matches(const Value& values, std::string_view text) {
  return std::any_of(values.items().begin(), values.items().end(),
                     [&](const Value& v) { return glob_match(v.to_text(), text); });
}

bool matches(const Value& document, std::string_view path, const Value& values) {
  return any_at(document, path,
                [&](const std::string& text) { return any_value_matches(values, text); });
}

bool matches_tag(const Value& document, std::string_view key, const Value& values) {
  const Value* value = cloud::find_tag(document["Tags"], key);
  return value && any_value_matches(values, value->as_string());
}

// "tag", whose values are "KEY=VALUE": "the key/value combination of a tag".
bool matches_combination(const Value& document, const Value& values) {
  const List& tags = document["Tags"].items();
  return std::any_of(tags.begin(), tags.end(), [&](const Value& tag) {
    return any_value_matches(values, tag["Key"].as_string() + "=" + tag["Value"].as_string());
  });
}

// One condition of a Filters list, resolved against a kind's table.
struct Condition {
  std::string_view tag;   // of tag:KEY
  std::string_view path;  // otherwise
  const Value* values;

  bool holds(const Value& document) const {
    if (path == whole_tag) return matches_combination(document, *values);
    return tag.data() ? matches_tag(document, tag, *values) : matches(document, path, *values);
  }
};

Result<std::vector<Condition>> read_filters(const Value& in, const Kind& kind) {
  std::vector<Condition> out;
  const Value& filters = in.has("Filters") ? in["Filters"] : in["Filter"];
  size_t values = 0;
  for (const Value& filter : filters.items()) values += filter["Values"].size();
  if (values > filter_values_max)
    return aws_error("FilterLimitExceeded",
                     "The maximum number of filter values specified on a single call is 200");
  for (const Value& filter : filters.items()) {
    std::string_view name = filter["Name"].as_string();
    Condition condition{{}, {}, &filter["Values"]};
    if (name.starts_with("tag:")) {
      condition.tag = name.substr(4);
    } else if (name == "tag") {
      condition.path = whole_tag;
    } else if (name == "tag-key") {
      condition.path = "Tags.Key";
    } else if (name == "tag-value") {
      condition.path = "Tags.Value";
    } else if (condition.path = filter_path(kind.table, name); condition.path.empty()) {
      return aws_error("InvalidParameterValue",
                       "The filter '" + std::string(name) + "' is invalid");
    }
    if (filter["Values"].empty())
      return aws_error("InvalidParameterValue",
                       "The filter '" + std::string(name) + "' has no values");
    out.push_back(condition);
  }
  return out;
}

// Where one filter names plain values of an indexed member, only those documents are looked at.
List candidates(Call& call, const Kind& kind, const std::vector<Condition>& conditions) {
  List out;
  for (const Condition& c : conditions) {
    bool indexed = std::any_of(
        call.service.indexes.begin(), call.service.indexes.end(),
        [&](const store::Index& i) { return i.table == kind.table && i.path == c.path; });
    bool plain = std::none_of(
        c.values->items().begin(), c.values->items().end(),
        [](const Value& v) { return v.as_string().find_first_of("*?") != std::string::npos; });
    if (c.tag.data() || !indexed || !plain) continue;
    std::set<std::string> ids;
    for (const Value& v : c.values->items())
      for (std::string& id : call.find_by(kind.table, c.path, v.as_string()))
        ids.insert(std::move(id));
    for (const std::string& id : ids) out.push_back(*call.find(kind.table, id));
    return out;
  }
  for (const auto& [id, document] : call.all(kind.table)) out.push_back(document);
  return out;
}

Result<Value> page_of(const Value& in, List documents, const Kind& kind) {
  if (in.has("MaxResults") && !in[kind.ids].empty())
    return aws_error(
        "InvalidParameterCombination",
        "The parameter " + std::string(kind.ids) + " cannot be used with the parameter maxResults");
  size_t count = static_cast<size_t>(in["MaxResults"].as_int(page_default));
  auto key = [&](const Value& v) { return v[kind.id_member].as_string(); };
  TRY(cloud::Page page,
      cloud::paginate(std::move(documents), key, in["NextToken"].as_string(),
                      in.has("MaxResults") ? count : static_cast<size_t>(-1),
                      aws_error("InvalidNextToken",
                                "The token '" + in["NextToken"].as_string() + "' is invalid")));
  Value out = Value::map({{std::string(kind.list), Value(std::move(page.items))}});
  if (!page.next.empty()) out.set("NextToken", page.next);
  return out;
}

}  // namespace

Error not_found(const Kind& kind, std::string_view id) {
  std::string name(id);
  if (&kind == &nat_gateway_kind())
    return aws_error("NatGatewayNotFound", "NatGateway " + name + " was not found");
  return aws_error(std::string(kind.code) + ".NotFound",
                   "The " + std::string(kind.noun) + " '" + name + "' does not exist");
}

Result<Value> get(Call& call, const Kind& kind, std::string_view id) {
  if (id.empty()) return missing_parameter(kind.id_member);
  if (!id.starts_with(std::string(kind.prefix) + "-"))
    return aws_error(std::string(kind.code) + ".Malformed",
                     "Invalid id: \"" + std::string(id) + "\" (expecting \"" +
                         std::string(kind.prefix) + "-...\")");
  const Value* document = call.find(kind.table, id);
  if (!document) return not_found(kind, id);
  return *document;
}

Error invalid_parameter(std::string_view value, std::string_view parameter,
                        std::string_view explanation) {
  std::string message =
      "Value (" + std::string(value) + ") for parameter " + std::string(parameter) + " is invalid.";
  if (!explanation.empty()) message += " " + std::string(explanation);
  return aws_error("InvalidParameterValue", message);
}

Error missing_parameter(std::string_view name) {
  return aws_error("MissingParameter",
                   "The request must contain the parameter " + std::string(name));
}

Error dependency_violation(const Kind& kind, std::string_view id) {
  return aws_error("DependencyViolation", "The " + std::string(kind.table) + " '" +
                                              std::string(id) +
                                              "' has dependencies and cannot be deleted.");
}

Result<Value> describe(Call& call, const Value& in, const Kind& kind) {
  TRY(auto conditions, read_filters(in, kind));
  List found;
  if (!in[kind.ids].empty()) {
    for (const Value& id : in[kind.ids].items()) {
      TRY(Value document, get(call, kind, id.as_string()));
      found.push_back(std::move(document));
    }
  } else {
    found = candidates(call, kind, conditions);
  }
  std::erase_if(found, [&](const Value& document) {
    return !std::all_of(conditions.begin(), conditions.end(),
                        [&](const Condition& c) { return c.holds(document); });
  });
  return page_of(in, std::move(found), kind);
}

Result<Value> describe_list(const Value& in, List documents, const Kind& kind) {
  TRY(auto conditions, read_filters(in, kind));
  std::erase_if(documents, [&](const Value& document) {
    return !std::all_of(conditions.begin(), conditions.end(),
                        [&](const Condition& c) { return c.holds(document); });
  });
  return page_of(in, std::move(documents), kind);
}

// Tags of AWS's own don't count ("Tag your Amazon EC2 resources", tag restrictions).
Status check_tag_count(const Value& tags) {
  auto is_own = [](const Value& tag) { return !tag["Key"].as_string().starts_with("aws:"); };
  if (std::count_if(tags.items().begin(), tags.items().end(), is_own) <= tags_max) return {};
  return aws_error("TagLimitExceeded",
                   "The maximum number of Tags for a resource has been reached.");
}

// Limits: "Tag your Amazon EC2 resources", tag restrictions.
Status check_tags(const Call& call, const Value& tags) {
  bool ours = call.caller.may_use_reserved_tags();
  CHECK_OK(check_tag_count(tags));
  std::set<std::string_view> seen;
  for (const Value& tag : tags.items()) {
    const std::string& key = tag["Key"].as_string();
    if (key.empty()) return missing_parameter("Key");
    if (key.starts_with("aws:") && !ours)
      return aws_error("InvalidParameterValue",
                       "Tag keys starting with 'aws:' are reserved for internal use");
    if (key.size() > 127 * 4 || tag["Value"].as_string().size() > 255 * 4)
      return aws_error("InvalidParameterValue",
                       "Tag key exceeds the maximum length of 128 characters");
    if (!seen.insert(key).second)
      return aws_error("InvalidParameterValue", "Duplicate tag key '" + key + "' specified.");
  }
  return {};
}

Result<Value> requested_tags(const Call& call, const Value& in, std::string_view resource_type) {
  Value out = Value::list();
  for (const Value& specification : in["TagSpecifications"].items()) {
    const std::string& type = specification["ResourceType"].as_string();
    if (type != resource_type)
      return aws_error("InvalidParameterValue",
                       "'" + type + "' is not a valid taggable resource type for this operation.");
    out = cloud::merge_tags(out, specification["Tags"]);
  }
  CHECK_OK(check_tags(call, out));
  return out;
}

Result<Value> new_document(Call& call, const Value& in, const Kind& kind) {
  TRY(Value tags, requested_tags(call, in, kind.table));
  return Value::map({{std::string(kind.id_member), call.new_id(kind.prefix)},
                     {"OwnerId", call.account},
                     {"Tags", std::move(tags)}});
}

void put(Call& call, const Kind& kind, const Value& document) {
  call.put(kind.table, document[kind.id_member].as_string(), document);
}

Value answer_true() {
  return Value::map({{"Return", true}});
}

}  // namespace mainstay::ec2
