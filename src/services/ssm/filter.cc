#include "services/ssm/filter.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::ssm {
namespace {

std::vector<std::string> options_of(const std::string& key) {
  if (key == "Path") return {"OneLevel", "Recursive"};
  if (key == "Name") return {"BeginsWith", "Contains", "Equals"};
  return {"BeginsWith", "Equals"};
}

// "/x" and "x" are one name to a filter.
std::string_view bare(std::string_view name) {
  return name.starts_with("/") ? name.substr(1) : name;
}

bool compares(std::string_view text, const std::string& option, std::string_view value) {
  if (option == "BeginsWith") return text.starts_with(value);
  if (option == "Contains") return text.find(value) != std::string_view::npos;
  return text == value;
}

bool has_label(Call& call, const Value& parameter, const Value& label) {
  for (const Value& version : versions_of(call, parameter["Name"].as_string())) {
    const List& labels = version["Labels"].items();
    if (std::find(labels.begin(), labels.end(), label) != labels.end()) return true;
  }
  return false;
}

bool passes_value(Call& call, const Value& parameter, const std::string& key,
                  const std::string& option, const Value& value) {
  const std::string& wanted = value.as_string();
  if (key == "Path") return is_below(parameter["Name"].as_string(), wanted, option == "Recursive");
  if (key == "Name") return compares(bare(parameter["Name"].as_string()), option, bare(wanted));
  if (key == "Label") return has_label(call, parameter, value);
  if (key.starts_with("tag:")) {
    const Value* tag = cloud::find_tag(parameter["_Tags"], key.substr(4));
    return tag && compares(tag->as_string(), option, wanted);
  }
  return compares(parameter[key].as_string(), option, wanted);
}

bool passes_one(Call& call, const Value& parameter, const Value& filter) {
  const std::string& key = filter["Key"].as_string();
  const List& values = filter["Values"].items();
  if (values.empty())
    return key.starts_with("tag:") ? cloud::find_tag(parameter["_Tags"], key.substr(4)) != nullptr
                                   : parameter.has(key);
  return std::any_of(values.begin(), values.end(), [&](const Value& value) {
    return passes_value(call, parameter, key, filter["Option"].as_string(), value);
  });
}

}  // namespace

bool is_below(std::string_view name, std::string_view path, bool recursive) {
  std::string prefix(path);
  if (!prefix.ends_with("/")) prefix += "/";
  std::string full = name.starts_with("/") ? std::string(name) : "/" + std::string(name);
  if (!full.starts_with(prefix) || full.size() == prefix.size()) return false;
  return recursive || full.find('/', prefix.size()) == std::string::npos;
}

Status check_filters(const Value& filters, const std::vector<std::string>& keys) {
  for (const Value& filter : filters.items()) {
    const std::string& key = filter["Key"].as_string();
    bool known = std::any_of(keys.begin(), keys.end(), [&](const std::string& k) {
      return k == key || (k == "tag:" && key.starts_with(k));
    });
    if (!known)
      return aws_error("InvalidFilterKey", "The following filter key is not valid: " + key +
                                               ". Valid filter keys include: [" + join(keys, ", ") +
                                               "].");
    std::vector<std::string> options = options_of(key);
    const std::string& option = filter["Option"].as_string();
    if (!option.empty() && std::find(options.begin(), options.end(), option) == options.end())
      return aws_error("InvalidFilterOption",
                       "The following filter option is not valid: " + option +
                           ". Valid options include: [" + join(options, ", ") + "].");
  }
  return {};
}

bool passes(Call& call, const Value& parameter, const Value& filters) {
  const List& all = filters.items();
  return std::all_of(all.begin(), all.end(),
                     [&](const Value& f) { return passes_one(call, parameter, f); });
}

}  // namespace mainstay::ssm
