// Our own verdict on what an update would do: from the templates, the parameters and the schemas of
// the resource types, without asking AWS.
#pragma once

#include "cfn/diff.hh"
#include "stacks/rendering.hh"

namespace mainstay::stacks {

// The schema of a resource type, or nullptr; lives as long as the run.
using SchemaSource = std::function<const cfn::Schema*(const std::string& type)>;

struct DiffSides {
  const DeployedStack& deployed;
  const std::string& deployed_body;
  const Rendered& rendered;
  const Submission& submission;
  const std::string& region;
};

// Errors: those of templates that cfn can't make sense of.
Result<std::vector<ResourceChange>> local_changes(const DiffSides& sides,
                                                  const SchemaSource& schemas);

// How many resources the rendered template makes, those left out whose condition is false; 0 where
// only AWS can tell. Not for templates with a Transform. The deployed side may be empty, but for
// its name and id.
size_t resource_count(const DiffSides& sides);

// CloudFormation's changes, each with our details where we have them. What only one of both sees
// is kept and marked so.
std::vector<ResourceChange> merge_changes(std::vector<ResourceChange> theirs,
                                          std::vector<ResourceChange> ours);

}  // namespace mainstay::stacks
