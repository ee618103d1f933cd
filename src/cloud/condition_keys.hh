// The condition keys of services: where each comes from, as data/condition_keys.json says, and for
// which actions and resource types it counts (Service Authorization Reference). A policy never sees
// a key that AWS does not have for the action and the resource type that are decided about.
// Threads: any. One table for all clouds of a process.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "actions/action_table.hh"
#include "base/value.hh"
#include "policy/request.hh"

namespace mainstay::cloud {

class Authorization;
class Call;

class ConditionKeys {
 public:
  static const ConditionKeys& table();

  // What the request's input says.
  void add_of_request(policy::Context& context, const Call& call, const Value& in) const;
  // What the document of a resource that is there says; type as the action data names it.
  void add_of_resource(Authorization& authorization, const Call& call, const Value& document) const;
  // The context once for each of several resources of this type that the request asks for (the
  // volumes of RunInstances), or as it is.
  std::vector<policy::Context> each(const policy::Context& context, const Call& call,
                                    const Value& in, std::string_view type) const;
  // Without those keys of services that AWS does not have for this action and type, but for
  // `kept`'s.
  void restrict(policy::Context& context, std::string_view action, std::string_view type,
                const std::vector<std::pair<std::string, std::string>>& kept) const;

  // For checks of the data: each key's name with '*' for what varies, by service as botocore names
  // it.
  std::vector<std::string> names(std::string_view service) const;
  const Value& data() const { return data_; }

 private:
  using Paths = std::vector<std::string>;  // the first that has a value counts
  struct Row {
    std::string key;
    bool is_list = false;
    Paths always;
    std::unordered_map<std::string, Paths> by_operation;
  };
  using Rows = std::vector<Row>;
  struct Items {
    std::string of;  // a path of lists
    Rows rows;
  };
  struct OfService {
    Rows request;
    std::unordered_map<std::string, Rows> resources;  // by type
    std::unordered_map<std::string, std::unordered_map<std::string, Items>>
        items;  // operation, type
  };
  struct Allowed {
    std::unordered_set<std::string> names;  // lower case
    std::vector<std::string> beginnings;    // of "ec2:resourcetag/${tagkey}"
  };

  ConditionKeys();
  Row read_row(const std::string& key, const Value& paths) const;
  Rows read_rows(const Value& rows) const;
  const OfService* of(std::string_view service) const;
  const Allowed* allowed(std::string_view action, std::string_view type) const;

  actions::ActionTable actions_;
  Value data_;
  std::unordered_map<std::string, OfService> services_;
  // Made when first asked for. Bound: the actions and types of AWS.
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::unique_ptr<const Allowed>> allowed_;
};

}  // namespace mainstay::cloud
