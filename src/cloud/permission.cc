#include "cloud/permission.hh"

#include <algorithm>

namespace mainstay::cloud {
namespace {

Value one_or_many(const std::vector<std::string>& texts) {
  return texts.size() == 1 ? Value(texts[0]) : Value::texts(texts);
}

}  // namespace

bool has_statement(const Value& policy, std::string_view label) {
  const List& all = policy["Statement"].items();
  return std::any_of(all.begin(), all.end(),
                     [&](const Value& s) { return s["Sid"].as_string() == label; });
}

void add_statement(Value& policy, const Permission& permission) {
  std::vector<std::string> principals;
  for (const std::string& account : permission.accounts)
    principals.push_back("arn:" + std::string(permission.partition) + ":iam::" + account + ":root");
  policy.member("Statement")
      .push_back(Value::map({{"Sid", permission.label},
                             {"Effect", "Allow"},
                             {"Principal", Value::map({{"AWS", one_or_many(principals)}})},
                             {"Action", one_or_many(permission.actions)},
                             {"Resource", permission.resource}}));
}

bool remove_statement(Value& policy, std::string_view label) {
  return std::erase_if(policy.member("Statement").make_list(),
                       [&](const Value& s) { return s["Sid"].as_string() == label; }) > 0;
}

}  // namespace mainstay::cloud
