// Templates: a document checked for CloudFormation's structure and split into its sections.
//
// Errors carry code ValidationError, AWS's message and our position. Limits are AWS's quotas: 500
// resources, 200 parameters, outputs and mappings (CloudFormation user guide, "quotas").
// Fn::ForEach is expanded while parsing, with or without the AWS::LanguageExtensions transform;
// no other transform is known. A Template is immutable after parsing and may be shared by threads.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "cfn/document.hh"

namespace mainstay::cfn {

struct Parameter {
  std::string name;
  std::string type;  // "String", "List<AWS::EC2::Subnet::Id>", ...
  std::string description;
  std::string constraint_description;
  std::string allowed_pattern;
  std::optional<std::string> default_value;
  std::vector<std::string> allowed_values;
  std::optional<double> min_value, max_value;
  std::optional<int64_t> min_length, max_length;
  bool no_echo = false;
};

struct Resource {
  std::string id;
  std::string type;
  Value properties;  // a map, or null
  std::vector<std::string> depends_on;
  std::string condition;
  Value deletion_policy;        // text or a function; null where the template has none
  Value update_replace_policy;  // the same
  Value update_policy;
  Value creation_policy;
  Value metadata;
  Value version;  // of a custom resource type

  Path path() const { return {"Resources", id}; }
};

struct Output {
  std::string id;
  Value value;
  std::string description;
  std::string condition;
  Value export_name;  // null where it is not exported
};

struct Template {
  Document document;  // with Fn::ForEach expanded
  std::string description;
  Value metadata;
  std::vector<Parameter> parameters;
  Map mappings;
  Map conditions;
  Map rules;
  std::vector<std::string> transforms;
  std::vector<Resource> resources;
  std::vector<Output> outputs;

  const Resource* find_resource(std::string_view id) const;
  const Parameter* find_parameter(std::string_view name) const;
  const Output* find_output(std::string_view id) const;
  Position at(const Path& path) const { return document.at(path); }

  // Filled by parse_template; indexes into the vectors above.
  std::unordered_map<std::string, size_t> resource_index, parameter_index;
};

// AWS::Region and the other pseudo parameters.
struct PseudoParameters {
  std::string account_id = "123456789012";
  std::string region = "us-east-1";
  std::string partition = "aws";
  std::string url_suffix = "amazonaws.com";
  std::string stack_id;
  std::string stack_name;
  std::vector<std::string> notification_arns;

  // Of the name with its "AWS::"; nullopt where there is no such pseudo parameter.
  // AWS::NoValue is null.
  std::optional<Value> find(std::string_view name) const;
};

// What parsing may need from outside.
struct TemplateInputs {
  Map parameters;  // name to text, given by the caller; defaults fill in. For Fn::ForEach only.
  PseudoParameters pseudo;
  // Which resource types exist; every type where empty.
  std::function<bool(std::string_view)> is_known_type;
};

Result<Template> parse_template(Document document, const TemplateInputs& inputs = {});

// Both steps: the text of a template body, then its sections.
Result<Template> parse_template_text(std::string_view text, std::string_view file_name,
                                     const TemplateInputs& inputs = {});

}  // namespace mainstay::cfn
