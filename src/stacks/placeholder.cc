#include "stacks/placeholder.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::stacks {
namespace {

// What comes before the name in a type's ARN: the service (where it isn't the type's own), whether
// region and account stand in it, and the kind of resource. Source: Service Authorization
// Reference, "Resource types defined by" each service.
struct ArnForm {
  std::string_view type, service;
  bool region, account;
  std::string_view kind;
};
constexpr ArnForm forms[] = {
    {"AWS::S3::Bucket", "s3", false, false, ""},
    {"AWS::IAM::Role", "iam", false, true, "role/"},
    {"AWS::IAM::User", "iam", false, true, "user/"},
    {"AWS::IAM::Group", "iam", false, true, "group/"},
    {"AWS::IAM::ManagedPolicy", "iam", false, true, "policy/"},
    {"AWS::IAM::InstanceProfile", "iam", false, true, "instance-profile/"},
    {"AWS::DynamoDB::Table", "dynamodb", true, true, "table/"},
    {"AWS::KMS::Key", "kms", true, true, "key/"},
    {"AWS::Lambda::Function", "lambda", true, true, "function:"},
    {"AWS::Logs::LogGroup", "logs", true, true, "log-group:"},
    {"AWS::SecretsManager::Secret", "secretsmanager", true, true, "secret:"},
};

std::string arn_of(const std::string& id, const std::string& type,
                   const cfn::PseudoParameters& pseudo) {
  auto form = std::ranges::find(forms, type, &ArnForm::type);
  auto parts = split(type, "::");
  ArnForm general{type, "", true, true, ""};
  std::string service = parts.size() > 1 ? to_lower(parts[1]) : "unknown";
  if (form != std::end(forms)) {
    general = *form;
    service = form->service;
  }
  return "arn:" + pseudo.partition + ":" + service + ":" + (general.region ? pseudo.region : "") +
         ":" + (general.account ? pseudo.account_id : "") + ":" + std::string(general.kind) + "<" +
         id + ">";
}

// Ref gives a type's primary identifier, which for some is the ARN. Source: CloudFormation template
// reference, "Return values" of the types.
bool ref_is_arn(const std::string& type, const cfn::Schema* schema) {
  if (type == "AWS::SecretsManager::Secret") return true;  // its identifier is called Id
  return schema && schema->primary_identifier().size() == 1 &&
         schema->primary_identifier()[0].ends_with("Arn");
}

}  // namespace

std::string placeholder(const std::string& logical_id, const std::string& type,
                        const std::string& attribute, const cfn::Schema* schema,
                        const cfn::PseudoParameters& pseudo) {
  bool arn = attribute.empty() ? ref_is_arn(type, schema) : attribute.ends_with("Arn");
  if (arn) return arn_of(logical_id, type, pseudo);
  return "<" + logical_id + (attribute.empty() ? "" : "." + attribute) + ">";
}

std::string without_brackets(const std::string& text) {
  bool bracketed = text.size() > 2 && text.front() == '<' && text.back() == '>';
  return bracketed ? text.substr(1, text.size() - 2) : text;
}

}  // namespace mainstay::stacks
