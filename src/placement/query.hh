// Expressions of the cluster query language: which container instances are meant.
//
//   attribute:ecs.instance-type =~ g2.* and not (task:group == service:batch)
//
// Source: "Create expressions to define container instances for Amazon ECS tasks", developer guide.
// An attribute that an instance lacks satisfies nothing but !exists. Matching is of whole values,
// by regular expressions without look-around. Compiled once, then immutable; threads: any. Limits:
// text_max, depth_max.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/time.hh"

namespace mainstay::placement {

// What expressions can ask of a container instance.
struct Facts {
  std::string id, ec2_id;
  std::map<std::string, std::string> attributes;
  bool agent_connected = true;
  std::string agent_version;
  Time registered_at;
  int running_tasks = 0;
  std::map<std::string, int> groups;  // how many tasks it runs of each
};

class Query {
 public:
  static constexpr size_t text_max = 2000;
  static constexpr int depth_max = 32;

  // Error "QueryInvalid": what is wrong, and at which column.
  static Result<Query> parse(std::string_view text);

  bool matches(const Facts& facts) const;
  // Whether the answer depends on what runs where (task:group, runningTasksCount).
  bool asks_for_tasks() const;

  struct Node;  // query.cc

 private:
  explicit Query(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  std::shared_ptr<const Node> root_;
};

}  // namespace mainstay::placement
