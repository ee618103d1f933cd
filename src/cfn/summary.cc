#include "cfn/summary.hh"

#include <algorithm>

#include "cfn/template_check.hh"

namespace mainstay::cfn {
namespace {

// The types, with the property that names such a resource ("" where there is none).
struct IamType {
  std::string_view type;
  const char* name_property;
};
constexpr IamType iam_types[] = {
    {"AWS::IAM::AccessKey", ""},
    {"AWS::IAM::Group", "GroupName"},
    {"AWS::IAM::InstanceProfile", "InstanceProfileName"},
    {"AWS::IAM::ManagedPolicy", "ManagedPolicyName"},
    {"AWS::IAM::Policy", ""},
    {"AWS::IAM::Role", "RoleName"},
    {"AWS::IAM::User", "UserName"},
    {"AWS::IAM::UserToGroupAddition", ""},
};

const IamType* iam_type(const std::string& type) {
  const auto* it = std::find_if(std::begin(iam_types), std::end(iam_types),
                                [&](const IamType& known) { return known.type == type; });
  return it == std::end(iam_types) ? nullptr : it;
}

}  // namespace

Capabilities required_capabilities(const Template& t) {
  std::vector<std::string> types;
  bool named = false;
  for (const Resource& r : t.resources) {
    const IamType* iam = iam_type(r.type);
    if (!iam) continue;
    types.push_back(r.type);
    named |= r.properties.has(iam->name_property);
  }
  if (types.empty()) return {};
  return {{named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM"},
          "The following resource(s) require capabilities: " + name_list(types)};
}

std::vector<std::string> resource_types(const Template& t) {
  std::vector<std::string> out;
  for (const Resource& r : t.resources)
    if (std::find(out.begin(), out.end(), r.type) == out.end()) out.push_back(r.type);
  return out;
}

}  // namespace mainstay::cfn
