// Bucket policies, and what S3 refuses of them when they are put ("Bucket policies", user guide;
// the words are those of AWS re:Post's "Invalid principal in policy", and of recorded answers in
// the issues of tools: "Policy has invalid resource", "Policy has invalid action", "Action does not
// apply to any resource(s) in statement").
#include <algorithm>

#include "actions/action_table.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/kept_policy.hh"
#include "policy/glob.hh"
#include "policy/s3.hh"
#include "services/s3/bucket.hh"

namespace mainstay::s3 {
namespace {

Error malformed_policy(std::string message) {
  return aws_error("MalformedPolicy", std::move(message));
}

// What a statement's resources cover of the bucket.
struct Covered {
  bool bucket = false, objects = false;
};

// "arn:aws:s3:::name", "arn:aws:s3:::name/key", the name and key as patterns. Nothing for what is
// no such ARN or another bucket's.
std::optional<Covered> covered_by(std::string_view resource, const std::string& bucket) {
  auto parts = split(resource, ":");
  if (parts.size() < 6 || parts[0] != "arn" || parts[2] != "s3" || !parts[3].empty() ||
      !parts[4].empty())
    return std::nullopt;
  std::string_view path = resource.substr(resource.find(":::") + 3);
  size_t slash = path.find('/');
  std::string_view name = path.substr(0, slash);
  if (!policy::Glob(name).matches(bucket)) return std::nullopt;
  bool open_end = name.ends_with('*');
  return Covered{slash == std::string_view::npos, slash != std::string_view::npos || open_end};
}

bool applies(const actions::Action& action, const Covered& covered) {
  return std::any_of(action.resources.begin(), action.resources.end(),
                     [&](const actions::ActionResource& resource) {
                       return (covered.bucket && resource.type->name == "bucket") ||
                              (covered.objects && resource.type->name == "object");
                     });
}

Status check_action(const std::string& pattern, const Covered& covered) {
  static const actions::ActionTable table;
  bool of_s3 = pattern == "*" || to_lower(pattern).starts_with("s3:");
  auto meant = of_s3 ? table.matching(pattern) : std::vector<const actions::Action*>();
  if (meant.empty()) return malformed_policy("Policy has invalid action");
  bool any = std::any_of(meant.begin(), meant.end(),
                         [&](const actions::Action* action) { return applies(*action, covered); });
  if (!any) return malformed_policy("Action does not apply to any resource(s) in statement");
  return {};
}

Status check_statement(const policy::Statement& statement, const std::string& bucket) {
  Covered covered{statement.not_resource, statement.not_resource};
  for (const std::string& resource : statement.resources) {
    auto one = covered_by(resource, bucket);
    if (!one) return malformed_policy("Policy has invalid resource");
    covered.bucket |= one->bucket;
    covered.objects |= one->objects;
  }
  if (statement.not_action) return {};
  for (const std::string& action : statement.actions) CHECK_OK(check_action(action, covered));
  return {};
}

// A public policy is refused while the bucket blocks them ("Blocking public access").
Status check_blocked(const Call& call, const Value& bucket, const policy::Document& document) {
  bool blocked = bucket["_PublicAccessBlockConfiguration"]["BlockPublicPolicy"].as_bool();
  if (!blocked || !policy::is_public(document)) return {};
  return aws_error("AccessDenied",
                   "User: " + call.caller.arn +
                       " is not authorized to perform: s3:PutBucketPolicy on resource: "
                       "\"arn:aws:s3:::" +
                       bucket["Name"].as_string() +
                       "\" because public policies are prevented by the BlockPublicPolicy "
                       "setting in S3 Block Public Access.",
                   403);
}

// Answers it as it is to be kept.
Result<std::string> take_bucket_policy(Call& call, const Value& bucket, const std::string& text) {
  constexpr size_t bytes_max = 20'480;  // "Bucket policies", user guide
  if (text.size() > bytes_max)
    return malformed_policy("Policy exceeds the maximum allowed document size.");
  auto parsed = parse_json(text);
  if (!parsed.has_value() || !parsed->is_map())
    return malformed_policy("Policies must be valid JSON and the first byte must be '{'");
  if (!parsed->has("Statement")) return malformed_policy("Missing required field Statement");
  auto taken = cloud::take_policy(call, text, policy::Kind::resource);
  if (!taken.has_value()) {
    auto refused = cloud::refused_principal(taken.error());
    if (!refused) return malformed_policy(taken.error().message);
    Error error = malformed_policy("Invalid principal in policy");
    error.fields = std::make_shared<const Value>(Value::map({{"Detail", *refused}}));
    return error;
  }
  for (const policy::Statement& statement : taken->document.statements)
    CHECK_OK(check_statement(statement, bucket["Name"].as_string()));
  CHECK_OK(check_blocked(call, bucket, taken->document));
  return std::move(taken->kept);
}

}  // namespace

Result<Value> put_bucket_policy(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  TRY(std::string kept, take_bucket_policy(call, bucket, in["Policy"].as_bytes()));
  put_bucket(call, bucket.set("_Policy", std::move(kept)));
  return Value::map({{":status", 204}});
}

Result<Value> get_bucket_policy(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  if (!bucket.has("_Policy")) {
    Error error = aws_error("NoSuchBucketPolicy", "The bucket policy does not exist", 404);
    error.fields = std::make_shared<const Value>(Value::map({{"BucketName", bucket["Name"]}}));
    return error;
  }
  return Value::map({{"Policy", cloud::shown_policy(call, bucket["_Policy"].as_string())}});
}

Result<Value> delete_bucket_policy(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  bucket.erase("_Policy");
  put_bucket(call, bucket);
  return Value::map({});
}

Result<Value> get_bucket_policy_status(Call& call, const Value& in) {
  TRY(Value policy, get_bucket_policy(call, in));
  TRY(policy::Document document,
      policy::parse(policy["Policy"].as_string(), policy::Kind::resource));
  return Value::map({{"PolicyStatus", Value::map({{"IsPublic", policy::is_public(document)}})}});
}

}  // namespace mainstay::s3
