#include "cfn/template.hh"

#include <algorithm>
#include <array>

#include "base/text.hh"
#include "cfn/for_each.hh"
#include "cfn/messages.hh"
#include "cfn/parameters.hh"
#include "cfn/template_check.hh"
#include "cfn/transform.hh"

namespace mainstay::cfn {
namespace {

constexpr std::string_view sections[] = {"AWSTemplateFormatVersion",
                                         "Description",
                                         "Metadata",
                                         "Parameters",
                                         "Rules",
                                         "Mappings",
                                         "Conditions",
                                         "Transform",
                                         "Resources",
                                         "Outputs",
                                         "Hooks"};
constexpr std::string_view parameter_members[] = {
    "Type",        "Default",   "AllowedPattern", "AllowedValues", "ConstraintDescription",
    "Description", "MaxLength", "MaxValue",       "MinLength",     "MinValue",
    "NoEcho"};
constexpr std::string_view resource_members[] = {"Type",           "Properties",
                                                 "DependsOn",      "Condition",
                                                 "DeletionPolicy", "UpdateReplacePolicy",
                                                 "UpdatePolicy",   "CreationPolicy",
                                                 "Metadata",       "Version"};
constexpr std::string_view output_members[] = {"Value", "Description", "Export", "Condition"};
constexpr std::string_view policies[] = {"Delete", "Retain", "Snapshot", "RetainExceptOnCreate"};

template <size_t N>
bool is_in(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_alphanumeric(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c));
  });
}

Error format_error(const std::string& message) {
  return template_error("Template format error: " + message);
}

// One section's name and what its members are called and limited to (AWS quotas).
struct SectionRule {
  const char* section;
  const char* singular;
  size_t count_max;
};
constexpr SectionRule parameters_rule{"Parameters", "Parameter", 200};
constexpr SectionRule mappings_rule{"Mappings", "Mapping", 200};
constexpr SectionRule resources_rule{"Resources", "Resource", 500};
constexpr SectionRule outputs_rule{"Outputs", "Output", 200};
constexpr SectionRule conditions_rule{"Conditions", "Condition", 2000};
constexpr SectionRule rules_rule{"Rules", "Rule", 200};

class Parser {
 public:
  Parser(Template& out, const TemplateInputs& inputs) : out_(out), inputs_(inputs) {}

  Status parse() {
    CHECK_OK(top_level());
    CHECK_OK(section(parameters_rule, [&](auto& name, auto& v) { return parameter(name, v); }));
    TRY(bool expanded, expand_for_each(out_, inputs_));
    if (expanded) CHECK_OK(top_level());
    CHECK_OK(section(mappings_rule, [&](auto& name, auto& v) { return mapping(name, v); }));
    CHECK_OK(section(conditions_rule, [&](auto& name, auto& v) { return condition(name, v); }));
    CHECK_OK(section(rules_rule, [&](auto& name, auto& v) { return rule(name, v); }));
    CHECK_OK(section(resources_rule, [&](auto& name, auto& v) { return resource(name, v); }));
    CHECK_OK(section(outputs_rule, [&](auto& name, auto& v) { return output(name, v); }));
    out_.metadata = root()["Metadata"];
    return known_types();
  }

 private:
  const Value& root() const { return out_.document.root; }
  Position at(Path path) const { return out_.document.key_at(path); }

  Status top_level() {
    if (!root().is_map()) return format_error("unsupported structure.").where(at({}));
    if (root().has("Fn::Transform"))
      return template_error("Fn::Transform has not been run: only CloudFormation runs transforms")
          .where(at({"Fn::Transform"}));
    CHECK_OK(transforms());
    std::vector<std::string> unknown;
    for (const auto& [name, value] : root().members())
      if (!is_in(sections, name)) unknown.push_back(name);
    if (!unknown.empty())
      return template_error("Invalid template property or properties [" + join(unknown, ", ") + "]")
          .where(at({unknown[0]}));
    const Value& version = root()["AWSTemplateFormatVersion"];
    if (!version.is_null() && version.to_text() != "2010-09-09")
      return format_error("unsupported value for AWSTemplateFormatVersion.")
          .where(at({"AWSTemplateFormatVersion"}))
          .with_hint("2010-09-09 is the only version");
    const Value& description = root()["Description"];
    if (!description.is_null() && !description.is_string())
      return format_error("Every Description member must be a string.").where(at({"Description"}));
    if (description.as_string().size() > 1024)
      return format_error("'Description' length is greater than 1024.").where(at({"Description"}));
    out_.description = description.as_string();
    if (root()["Resources"].is_map() && !root()["Resources"].empty()) return {};
    return format_error("At least one Resources member must be defined.").where(at({"Resources"}));
  }

  Status transforms() {
    out_.transforms.clear();
    auto calls = template_transforms(root());
    if (!calls.has_value()) return std::move(calls).error().where(at({"Transform"}));
    for (const TransformCall& call : *calls) {
      if (call.name != language_extensions)
        return template_error("No transform named " + call.name + " found.")
            .where(at({"Transform"}))
            .with_hint(
                "CloudFormation runs macros; before it has, only AWS::LanguageExtensions can be "
                "read");
      out_.transforms.push_back(call.name);
    }
    return {};
  }

  template <class Each>
  Status section(const SectionRule& rule, Each each) {
    const Value& v = root()[rule.section];
    if (v.is_null()) return {};
    std::string name = rule.section;
    if (!v.is_map()) return format_error(name + " must be an object.").where(at({name}));
    if (v.size() > rule.count_max)
      return format_error("Number of " + to_lower(name) + ", " + std::to_string(v.size()) +
                          ", is greater than maximum allowed, " + std::to_string(rule.count_max))
          .where(at({name}));
    for (const auto& [id, member] : v.members()) {
      if (!is_alphanumeric(id) && &rule != &conditions_rule)
        return format_error(std::string(rule.singular) + " name " + id + " is non alphanumeric.")
            .where(at({name, id}));
      if (id.size() > 255)
        return format_error(std::string(rule.singular) + " name exceeds 255 characters.")
            .where(at({name, id}));
      Status done = each(id, member);
      if (!done.has_value()) return std::move(done).error().where(at({name, id}));
    }
    return {};
  }

  // Member names that AWS does not know, and members that are not maps.
  template <size_t N>
  Status members(const char* section, const char* what, const std::string& id, const Value& v,
                 const std::string_view (&allowed)[N]) {
    if (!v.is_map())
      return format_error(std::string("Any ") + section + " member must be an object.");
    for (const auto& [name, member] : v.members())
      if (!is_in(allowed, name))
        return template_error(std::string("Invalid template ") + what + " property '" + name + "'")
            .where(at({section, id, name}));
    return {};
  }

  // Text of an optional member that must be a string.
  Result<std::string> text_member(const char* section, const std::string& id, const Value& v,
                                  const char* name) {
    const Value& member = v[name];
    if (member.is_list() || member.is_map())
      return format_error(std::string("Every ") + name + " member must be a string.")
          .where(at({section, id, name}));
    return member.to_text();
  }

  Status parameter(const std::string& name, const Value& v) {
    CHECK_OK(members("Parameters", "parameter", name, v, parameter_members));
    TRY(Parameter p, parse_parameter(name, v));
    out_.parameter_index[name] = out_.parameters.size();
    out_.parameters.push_back(std::move(p));
    return {};
  }

  Status mapping(const std::string& name, const Value& v) {
    if (!v.is_map()) return format_error("Every Mappings member " + name + " must be a map");
    for (const auto& [key, attributes] : v.members()) {
      if (!attributes.is_map())
        return format_error("[/Mappings/" + name + "/" + key +
                            "] Every Mappings attribute must be a map")
            .where(at({"Mappings", name, key}));
      for (const auto& [attribute, value] : attributes.members())
        if (value.is_map())
          return format_error("[/Mappings/" + name + "/" + key + "/" + attribute +
                              "] Every Mappings attribute must be a String or a List.")
              .where(at({"Mappings", name, key, attribute}));
    }
    out_.mappings.set(name, v);
    return {};
  }

  Status condition(const std::string& name, const Value& v) {
    if (!v.is_map() || v.size() != 1)
      return format_error(
          "Conditions can only be boolean operations on parameters and other conditions");
    out_.conditions.set(name, v);
    return {};
  }

  Status rule(const std::string& name, const Value& v) {
    if (!v["Assertions"].is_list())
      return format_error("Every Rules object must contain an Assertions list.");
    out_.rules.set(name, v);
    return {};
  }

  Status policy(const std::string& id, const char* name, const Value& v, Value& out) {
    out = v;
    if (v.is_null() || v.is_map() || is_in(policies, v.as_string())) return {};
    return format_error(std::string("Unrecognized ") + name + " " + v.to_text() + " for resource " +
                        id)
        .where(at({"Resources", id, name}))
        .with_hint("Delete, Retain, RetainExceptOnCreate or Snapshot");
  }

  Status resource(const std::string& id, const Value& v) {
    CHECK_OK(members("Resources", "resource", id, v, resource_members));
    if (!v["Type"].is_string())
      return format_error("[/Resources/" + id +
                          "] Every Resources object must contain a Type member.");
    Resource r;
    r.id = id;
    r.type = v["Type"].as_string();
    r.properties = v["Properties"];
    if (!r.properties.is_null() && !r.properties.is_map())
      return format_error("[/Resources/" + id +
                          "/Properties] Any Properties member must be an object.")
          .where(at({"Resources", id, "Properties"}));
    for (const Value& item :
         v["DependsOn"].is_list() ? v["DependsOn"].items() : List{v["DependsOn"]}) {
      if (item.is_null()) continue;
      if (!item.is_string())
        return format_error("Every DependsOn value must be a string.")
            .where(at({"Resources", id, "DependsOn"}));
      r.depends_on.push_back(item.as_string());
    }
    TRY(r.condition, text_member("Resources", id, v, "Condition"));
    CHECK_OK(policy(id, "DeletionPolicy", v["DeletionPolicy"], r.deletion_policy));
    CHECK_OK(policy(id, "UpdateReplacePolicy", v["UpdateReplacePolicy"], r.update_replace_policy));
    r.update_policy = v["UpdatePolicy"];
    r.creation_policy = v["CreationPolicy"];
    r.metadata = v["Metadata"];
    r.version = v["Version"];
    out_.resource_index[id] = out_.resources.size();
    out_.resources.push_back(std::move(r));
    return {};
  }

  Status output(const std::string& id, const Value& v) {
    CHECK_OK(members("Outputs", "output", id, v, output_members));
    if (!v.has("Value"))
      return format_error("Output " + id +
                          " is malformed. Every Outputs member must contain a Value object");
    Output o;
    o.id = id;
    o.value = v["Value"];
    TRY(o.description, text_member("Outputs", id, v, "Description"));
    TRY(o.condition, text_member("Outputs", id, v, "Condition"));
    if (v.has("Export") && !v["Export"].has("Name"))
      return format_error(
          "Output " + id +
          " is malformed. The Name field of every Export member must be specified.");
    o.export_name = v["Export"]["Name"];
    out_.outputs.push_back(std::move(o));
    return {};
  }

  Status known_types() {
    if (!inputs_.is_known_type) return {};
    std::vector<std::string> unknown;
    std::string first;
    for (const Resource& r : out_.resources) {
      bool custom =
          r.type.starts_with("Custom::") || r.type == "AWS::CloudFormation::CustomResource";
      if (custom || inputs_.is_known_type(r.type)) continue;
      if (first.empty()) first = r.id;
      if (std::find(unknown.begin(), unknown.end(), r.type) == unknown.end())
        unknown.push_back(r.type);
    }
    if (unknown.empty()) return {};
    return format_error("Unrecognized resource types: [" + join(unknown, ", ") + "]")
        .where(out_.document.at(Path{"Resources", first, "Type"}));
  }

  Template& out_;
  const TemplateInputs& inputs_;
};

}  // namespace

const Resource* Template::find_resource(std::string_view id) const {
  auto it = resource_index.find(std::string(id));
  return it == resource_index.end() ? nullptr : &resources[it->second];
}

const Parameter* Template::find_parameter(std::string_view name) const {
  auto it = parameter_index.find(std::string(name));
  return it == parameter_index.end() ? nullptr : &parameters[it->second];
}

const Output* Template::find_output(std::string_view id) const {
  auto it =
      std::find_if(outputs.begin(), outputs.end(), [&](const Output& o) { return o.id == id; });
  return it == outputs.end() ? nullptr : &*it;
}

std::optional<Value> PseudoParameters::find(std::string_view name) const {
  if (name == "AWS::AccountId") return Value(account_id);
  if (name == "AWS::Region") return Value(region);
  if (name == "AWS::Partition") return Value(partition);
  if (name == "AWS::URLSuffix") return Value(url_suffix);
  if (name == "AWS::StackId") return Value(stack_id);
  if (name == "AWS::StackName") return Value(stack_name);
  if (name == "AWS::NoValue") return Value();
  if (name != "AWS::NotificationARNs") return std::nullopt;
  return Value(List(notification_arns.begin(), notification_arns.end()));
}

Result<Template> parse_template(Document document, const TemplateInputs& inputs) {
  Template out;
  out.document = std::move(document);
  CHECK_OK(Parser(out, inputs).parse());
  CHECK_OK(check_references(out));
  return out;
}

Result<Template> parse_template_text(std::string_view text, std::string_view file_name,
                                     const TemplateInputs& inputs) {
  TRY(Document document, parse_document(text, file_name, ParseOptions::for_template()));
  return parse_template(std::move(document), inputs);
}

}  // namespace mainstay::cfn
