#include "stacks/policy_holdings.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "stacks/placeholder.hh"
#include "stacks/rendering.hh"

namespace mainstay::stacks {
namespace {

using cfn::ResolvedResource;
using policy::Kind;

enum class Shape : uint8_t {
  document,  // the property is a policy
  inlines,   // a list of {PolicyName, PolicyDocument}
  arns       // a list of managed policies
};

// Where a type keeps policies, and which property names who they are attached to ("": the
// resource itself). Source: CloudFormation template reference, the types' properties.
struct PolicyPlace {
  std::string_view type, property;
  Shape shape;
  Kind kind;
  std::string_view holder = "";
};
constexpr PolicyPlace places[] = {
    {"AWS::IAM::Role", "AssumeRolePolicyDocument", Shape::document, Kind::trust},
    {"AWS::IAM::Role", "Policies", Shape::inlines, Kind::identity},
    {"AWS::IAM::Role", "ManagedPolicyArns", Shape::arns, Kind::identity},
    {"AWS::IAM::User", "Policies", Shape::inlines, Kind::identity},
    {"AWS::IAM::User", "ManagedPolicyArns", Shape::arns, Kind::identity},
    {"AWS::IAM::Group", "Policies", Shape::inlines, Kind::identity},
    {"AWS::IAM::Group", "ManagedPolicyArns", Shape::arns, Kind::identity},
    {"AWS::IAM::Policy", "PolicyDocument", Shape::document, Kind::identity, "Roles"},
    {"AWS::IAM::Policy", "PolicyDocument", Shape::document, Kind::identity, "Users"},
    {"AWS::IAM::Policy", "PolicyDocument", Shape::document, Kind::identity, "Groups"},
    // Attached from elsewhere, if not here: then it is its own holder.
    {"AWS::IAM::ManagedPolicy", "PolicyDocument", Shape::document, Kind::identity},
    {"AWS::IAM::ManagedPolicy", "PolicyDocument", Shape::document, Kind::identity, "Roles"},
    {"AWS::IAM::ManagedPolicy", "PolicyDocument", Shape::document, Kind::identity, "Users"},
    {"AWS::IAM::ManagedPolicy", "PolicyDocument", Shape::document, Kind::identity, "Groups"},
    {"AWS::IAM::RolePolicy", "PolicyDocument", Shape::document, Kind::identity, "RoleName"},
    {"AWS::IAM::UserPolicy", "PolicyDocument", Shape::document, Kind::identity, "UserName"},
    {"AWS::IAM::GroupPolicy", "PolicyDocument", Shape::document, Kind::identity, "GroupName"},
    {"AWS::S3::BucketPolicy", "PolicyDocument", Shape::document, Kind::resource, "Bucket"},
    {"AWS::SQS::QueuePolicy", "PolicyDocument", Shape::document, Kind::resource, "Queues"},
    {"AWS::SNS::TopicPolicy", "PolicyDocument", Shape::document, Kind::resource, "Topics"},
    {"AWS::KMS::Key", "KeyPolicy", Shape::document, Kind::resource},
    {"AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", Shape::document, Kind::resource,
     "SecretId"},
    {"AWS::EC2::VPCEndpoint", "PolicyDocument", Shape::document, Kind::endpoint},
};

// What only AWS can tell ("${import X}") becomes a text that is no policy variable: "<import X>".
std::string readable(const std::string& text) {
  bool whole = text.starts_with("${") && text.ends_with("}");
  return whole ? "<" + text.substr(2, text.size() - 3) + ">" : text;
}

// Where a policy has ARNs, what is not known is one that is equal to itself only.
std::string as_arn(const std::string& text) {
  if (text == hidden_text) return "arn:aws:unknown:::<hidden>";
  bool unknown = text.starts_with("<import ") || text.starts_with("<ssm ");
  return unknown ? "arn:aws:unknown:::" + text : text;
}

Value as_text(const Value& v, bool arns = false) {
  if (v.is_bytes() || v.is_string()) {
    std::string text = v.is_bytes() ? readable(v.as_bytes()) : v.as_string();
    return arns ? as_arn(text) : text;
  }
  if (v.is_list()) {
    Value out = Value::list();
    for (const Value& item : v.items()) out.push_back(as_text(item, arns));
    return out;
  }
  if (!v.is_map()) return v;
  Value out = Value::map();
  for (const auto& [key, item] : v.members())
    out.set(key, as_text(item, key == "Resource" || key == "NotResource" || key == "AWS"));
  return out;
}

class Collector {
 public:
  Collector(const std::vector<ResolvedResource>& resources, const Knowledge& knowledge)
      : resources_(resources), knowledge_(knowledge) {
    for (const ResolvedResource& r : resources_) find_names(r);
  }

  Holdings collect() {
    for (const ResolvedResource& r : resources_)
      for (const PolicyPlace& place : places)
        if (place.type == r.type) take(r, place);
    return std::move(holdings_);
  }

 private:
  // A role with a name of its own is named by it or by Ref: both mean the same holder.
  void find_names(const ResolvedResource& r) {
    const cfn::Schema* schema = knowledge_.schema ? knowledge_.schema(r.type) : nullptr;
    if (schema && !schema->primary_identifier().empty()) {
      const Value& name = r.properties[schema->primary_identifier()[0]];
      if (name.is_string()) names_[name.as_string()] = r.id;
    }
    if (r.type == "AWS::IAM::ManagedPolicy") managed_[r.id] = &r;
  }

  std::string holder_named(const Value& v) const {
    std::string text = as_text(v).to_text();
    auto name = names_.find(text);
    if (name != names_.end()) return name->second;
    // "arn:aws:sns:...:<Topic>" and "<Topic>" are the resource Topic.
    size_t from = text.rfind('<');
    return from == std::string::npos ? text : without_brackets(text.substr(from));
  }

  void take(const ResolvedResource& r, const PolicyPlace& place) {
    const Value& property = r.properties[place.property];
    std::vector<std::string> holders;
    if (place.holder.empty()) {
      if (!is_attached(r)) holders.push_back(r.id);
    } else if (const Value& named = r.properties[place.holder]; named.is_list()) {
      for (const Value& one : named.items()) holders.push_back(holder_named(one));
    } else if (!named.is_null()) {
      holders.push_back(holder_named(named));
    }
    for (const std::string& holder : holders) {
      Holding& holding = holdings_[{holder, place.kind}];
      if (place.kind == Kind::identity && place.holder.empty())
        holding.boundary = as_text(r.properties["PermissionsBoundary"]).to_text();
      for (HeldPolicy& held : policies_in(r, place, property))
        holding.policies.push_back(std::move(held));
    }
  }

  static bool is_attached(const ResolvedResource& r) {
    return r.type == "AWS::IAM::ManagedPolicy" &&
           !(r.properties["Roles"].empty() && r.properties["Users"].empty() &&
             r.properties["Groups"].empty());
  }

  std::vector<HeldPolicy> policies_in(const ResolvedResource& r, const PolicyPlace& place,
                                      const Value& property) const {
    std::vector<HeldPolicy> out;
    switch (place.shape) {
      case Shape::document:
        if (!property.is_null())
          out.push_back(read(r, property, place.kind));
        else if (place.kind == Kind::endpoint)
          out.push_back(read(r, full_access(), place.kind));
        break;
      case Shape::inlines:
        for (const Value& one : property.items())
          out.push_back(read(r, one["PolicyDocument"], place.kind));
        break;
      case Shape::arns:
        for (const Value& arn : property.items()) out.push_back(managed(r, as_text(arn).to_text()));
        break;
    }
    return out;
  }

  // An endpoint without a policy lets everything through. Source: AWS PrivateLink guide, "Control
  // access to VPC endpoints using endpoint policies".
  static Value full_access() {
    return Value::map(
        {{"Statement",
          Value::list({Value::map(
              {{"Effect", "Allow"}, {"Principal", "*"}, {"Action", "*"}, {"Resource", "*"}})})}});
  }

  static HeldPolicy read(const ResolvedResource& r, const Value& document, Kind kind) {
    HeldPolicy held;
    held.from = &r;
    Value written = as_text(document);
    held.text = to_canonical_json(written);
    auto parsed = policy::from_value(written, kind);
    if (parsed)
      held.policy = std::make_shared<const policy::Policy>(r.id, std::move(*parsed));
    else
      held.problem = parsed.error().message;
    return held;
  }

  HeldPolicy managed(const ResolvedResource& r, const std::string& arn) const {
    size_t from = arn.rfind('<');
    if (from != std::string::npos) {
      auto own = managed_.find(without_brackets(arn.substr(from)));
      if (own != managed_.end())
        return read(*own->second, own->second->properties["PolicyDocument"], Kind::identity);
    }
    HeldPolicy held;
    held.from = &r;
    held.text = arn;
    auto text = knowledge_.managed_policy ? knowledge_.managed_policy(arn)
                                          : Error("PolicyUnknown", "no managed policies are known");
    auto parsed =
        text ? policy::parse(*text, Kind::identity) : Result<policy::Document>(text.error());
    if (parsed)
      held.policy = std::make_shared<const policy::Policy>(arn, std::move(*parsed));
    else
      held.problem = "what " + arn + " allows is not known here";
    return held;
  }

  const std::vector<ResolvedResource>& resources_;
  const Knowledge& knowledge_;
  std::map<std::string, std::string> names_;                // physical name to logical id
  std::map<std::string, const ResolvedResource*> managed_;  // by logical id
  Holdings holdings_;
};

}  // namespace

Holdings policy_holdings(const std::vector<ResolvedResource>& resources,
                         const Knowledge& knowledge) {
  return Collector(resources, knowledge).collect();
}

}  // namespace mainstay::stacks
