// AddPermission and RemovePermission: statements put into a resource's policy by label, as SQS, SNS
// and Lambda have it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/value.hh"

namespace mainstay::cloud {

struct Permission {
  std::string label;
  std::vector<std::string> accounts;  // whom: the accounts' roots
  std::vector<std::string> actions;   // "SQS:SendMessage"
  std::string resource;
  std::string_view partition = "aws";
};

bool has_statement(const Value& policy, std::string_view label);
// One principal or action stands as a text, several as a list (recorded answers of SQS and SNS).
void add_statement(Value& policy, const Permission& permission);
// Whether there was one.
bool remove_statement(Value& policy, std::string_view label);

}  // namespace mainstay::cloud
