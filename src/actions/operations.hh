// From a request to what IAM must allow for it: which actions, on which resources.
//
// Mostly an operation needs the action of its own name under its service's prefix; the embedded
// data/action_overrides.json says what differs and where in the input the parts of a resource's ARN
// stand. Pure: what only the service's state knows (an existing role's path, the random end of a
// secret's ARN) is '*' or '?' here, and the caller may put the real ARN in its place by Needed's
// type. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actions/action_table.hh"
#include "base/value.hh"

namespace mainstay::actions {

// Every one of the resources must be allowed.
struct Needed {
  std::string action;                  // "s3:GetObject"
  std::string type;                    // the resource type's name; empty with resource "*"
  std::vector<std::string> resources;  // ARNs, or the one "*"
  // Condition keys that come with this action ("ec2:CreateAction", "iam:PassedToService").
  std::vector<std::pair<std::string, std::string>> context;
};

struct Where {
  std::string account;
  std::string region;
  std::string user;  // of IAM users: path and name ("ops/ann"), for requests about oneself
  std::string partition = "aws";
};

class Operations {
 public:
  // The table must outlive this.
  explicit Operations(const ActionTable& table);

  // service and operation as botocore's models name them. Never empty, but for an operation whose
  // parts all fall away (DeleteObjects without an object). One entry an action and resource type,
  // in the data's order, so that an operation with several required resources (RunInstances)
  // has several.
  std::vector<Needed> needed(std::string_view service, std::string_view operation, const Value& in,
                             const Where& where) const;

  // IAM's prefix of a service: "monitoring" signs CloudWatch's requests, "cloudwatch" is its
  // prefix.
  std::string prefix(std::string_view service) const;

 private:
  struct Request;
  void add(const Request& request, const Value& need, std::vector<Needed>& out) const;

  const ActionTable& table_;
  Value data_;
  Value prefixes_;    // service: prefix
  Value operations_;  // service: operation: needs
};

}  // namespace mainstay::actions
