// stacker's configuration, as it stands: see docs/stacks.md for what is supported. Read from YAML
// into plain data; every mistake is an error with file, line and column, never skipped.
//
// Limits: those of cfn::ParseOptions::for_config; 2,000 stacks.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "cfn/document.hh"
#include "host/files.hh"
#include "stacks/environment_file.hh"

namespace mainstay::stacks {

struct Tag {
  std::string key, value;
};

struct StackConfig {
  std::string name;
  std::string stack_name;  // the name in AWS without the namespace; "" for name
  std::string region;
  std::string profile;  // "" for the run's own; the ARN of a role where it has assume_role
  std::string class_path, template_path;  // one of them,
  std::vector<std::string> command;       // or this: a program that prints the template
  std::string description;
  std::vector<std::string> requires_stacks, required_by;
  bool locked = false, enabled = true, is_protected = false;
  Value variables = Value::map();
  std::vector<Tag> tags;
  std::string stack_policy_path;
  std::vector<std::string> notification_arns;
  std::optional<bool> termination_protection;  // nothing: as it is
  int64_t timeout_minutes = 0;                 // of its creation; 0: none
  std::vector<std::string> zones;              // in the place of Fn::GetAZs; none: as it answers
  std::string on_failure;                      // of its creation; "" for AWS's own way
  cfn::Path path;                              // in the document
};

enum class HookStage : uint8_t { pre_build, post_build, pre_destroy, post_destroy };
std::string_view stage_name(HookStage stage);  // "pre_build"

struct HookConfig {
  HookStage stage = HookStage::pre_build;
  std::string path;  // dotted
  bool required = true, enabled = true;
  std::string data_key;
  Value args = Value::map();
  std::vector<std::string> requires_stacks, required_by;  // with either, a node of the graph
  std::string node;  // its name in the graph; "" where it runs before or after all stacks
  cfn::Path at;      // in the document
};

struct TargetConfig {
  std::string name;
  std::vector<std::string> requires_stacks, required_by;
};

// What package sources give.
struct PackageFolders {
  std::vector<std::string> paths;    // for modules and templates; absolute
  std::vector<std::string> configs;  // files that are merged underneath
};

struct Config {
  std::string name_space;  // fit for stack names, but for case and dots
  std::string delimiter = "-";
  std::optional<std::string> bucket;  // nothing: not said; "": templates are sent inline
  std::string bucket_region;
  std::string service_role;
  std::string graph_key;  // of the persistent graph; "" where none is kept
  std::optional<std::vector<Tag>> tags;
  Value mappings = Value::map();
  std::vector<std::string> search_paths;   // for modules and templates, from sys_path
  std::vector<std::string> package_paths;  // the same, from package_sources; absolute
  Map lookups;                             // lookups of its own: the dotted path by name
  std::vector<TargetConfig> targets;
  std::vector<StackConfig> stacks;
  std::vector<HookConfig> hooks;  // in the order of each stage
  cfn::Document document;
  std::string directory;  // of the file
  std::vector<std::string> warnings;

  const StackConfig* find(std::string_view name) const;
  bool has_hook(std::string_view data_key) const;
  const HookConfig* find_hook(std::string_view node) const;
  Position at(const StackConfig& stack, const std::string& key = "") const;
  // "namespace-name", lower case as far as the namespace goes, dots as dashes.
  std::string full_name(std::string_view stack_name) const;
  std::string full_name(const StackConfig& stack) const;
  // The configuration's tags under the stack's; by default stacker_namespace.
  std::vector<Tag> tags_of(const StackConfig& stack) const;
};

// Gets what package_sources name; called only where there are some.
using PackageFetch = std::function<Result<PackageFolders>(const cfn::Document& document)>;

// Errors: "ConfigInvalid", "MissingVariable", "NotSupported", each with its place; those of the
// fetch. Without one, package sources are left out with a warning.
Result<Config> parse_config(std::string_view text, const std::string& file,
                            const EnvironmentFile& environment, const Files* files = nullptr,
                            const PackageFetch& fetch = nullptr);

}  // namespace mainstay::stacks
