#include "services/cloudtrail/event.hh"

#include <algorithm>
#include <array>

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "wire/model.hh"

namespace mainstay::cloudtrail {
namespace {

using Kind = cloud::Caller::Kind;

constexpr std::string_view hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

// Secrets that the models do not all mark, in lower case.
constexpr std::array<std::string_view, 5> secret_members = {
    "password", "secretaccesskey", "sessiontoken", "masteruserpassword", "authtoken"};

bool is_secret(const std::string& name, const wire::Shape* shape) {
  if (shape && shape->sensitive) return true;
  std::string lower = to_lower(name);
  return lower.ends_with("password") ||
         std::find(secret_members.begin(), secret_members.end(), lower) != secret_members.end();
}

// "VpcId" is "vpcId", "DBName" is "dBName": the first letter alone changes.
std::string lower_first(std::string name) {
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] + 32);
  return name;
}

const wire::Shape* shape_of(const wire::Shape* parent, const std::string& name) {
  if (!parent) return nullptr;
  if (parent->type == wire::Type::map) return parent->value().shape;
  const wire::Member* member =
      parent->type == wire::Type::structure ? parent->member(name) : nullptr;
  return member ? member->shape : nullptr;
}

// Parameters as records show them; null for what they do not show.
Value shown(const Value& value, const wire::Shape* shape) {
  if (value.is_bytes()) return Value();
  if (value.is_time()) return format_iso8601(value.as_time());
  if (value.is_list()) {
    Value out = Value::list();
    for (const Value& item : value.items())
      out.push_back(
          shown(item, shape && shape->type == wire::Type::list ? shape->element().shape : nullptr));
    return out;
  }
  if (!value.is_map()) return value;
  bool keeps_names = shape && shape->type == wire::Type::map;
  Value out = Value::map({});
  for (const auto& [name, member] : value.members()) {
    if (name.starts_with("_")) continue;
    const wire::Shape* of = shape_of(shape, name);
    Value item = is_secret(name, of) && !member.is_bytes() ? Value(hidden) : shown(member, of);
    if (!item.is_null()) out.set(keeps_names ? name : lower_first(name), std::move(item));
  }
  return out;
}

// Of CloudFormation's parameters records have the keys alone ("Logging AWS CloudFormation API calls
// with AWS CloudTrail", user guide). Templates may have secrets as defaults, and are left out too.
Value without_secrets(const TrailEvent& event) {
  Value in = event.in;
  if (event.service != "cloudformation") return in;
  in.erase("TemplateBody");
  if (in.has("Parameters"))
    for (Value& parameter : in.member("Parameters").make_list()) parameter.erase("ParameterValue");
  return in;
}

Value shown_or_null(const Value& value, const wire::Shape* shape) {
  Value out = shown(value, shape);
  return out.empty() ? Value() : out;
}

// What a session's credential says of the role that it is of.
Value session_context(const Value& credential) {
  const std::string& role = credential["RoleArn"].as_string();
  std::string user_id = credential["UserId"].as_string();
  return Value::map(
      {{"sessionIssuer", Value::map({{"type", "Role"},
                                     {"principalId", user_id.substr(0, user_id.find(':'))},
                                     {"arn", role},
                                     {"accountId", credential["Account"]},
                                     {"userName", role.substr(role.rfind('/') + 1)}})},
       {"attributes",
        Value::map({{"creationDate", format_iso8601(credential["CreateDate"].as_time())},
                    {"mfaAuthenticated", "false"}})}});
}

std::string identity_type(const cloud::Caller& caller) {
  switch (caller.kind) {
    case Kind::root:
      return "Root";
    case Kind::user:
      return "IAMUser";
    case Kind::session:
      return caller.details.has("RoleArn") ? "AssumedRole" : "FederatedUser";
    case Kind::service:
      return "AWSService";
    case Kind::anonymous:
      return "Unknown";
  }
  return "Unknown";
}

Value identity_of(const TrailEvent& event) {
  const cloud::Caller& caller = event.caller;
  Value out = Value::map({{"type", identity_type(caller)}});
  if (caller.kind == Kind::service) return out.set("invokedBy", caller.asking_service());
  out.set("principalId", caller.user_id);
  out.set("arn", caller.arn);
  out.set("accountId", caller.account);
  if (!caller.access_key.empty()) out.set("accessKeyId", caller.access_key);
  if (caller.kind == Kind::user) out.set("userName", username_of(event));
  if (caller.details.has("RoleArn")) out.set("sessionContext", session_context(caller.details));
  if (!caller.via.empty()) out.set("invokedBy", caller.asking_service());
  return out;
}

Value record_resources(const TrailEvent& event) {
  Value out = Value::list();
  Value found = resources_of(event);
  for (const Value& resource : found.items())
    if (resource["ResourceName"].as_string().starts_with("arn:"))
      out.push_back(Value::map({{"accountId", event.caller.account},
                                {"type", resource["ResourceType"]},
                                {"ARN", resource["ResourceName"]}}));
  return out;
}

}  // namespace

std::string source_of(const TrailEvent& event) {
  return event.service + ".amazonaws.com";
}

std::string username_of(const TrailEvent& event) {
  const cloud::Caller& caller = event.caller;
  if (caller.kind == Kind::root) return "root";
  if (caller.kind == Kind::service) return caller.asking_service();
  return caller.arn.substr(caller.arn.rfind('/') + 1);
}

std::string event_id_of(const TrailEvent& event) {
  std::string hex = hex_encode(sha256("event " + event.request_id));
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-a" +
         hex.substr(17, 3) + "-" + hex.substr(20, 12);
}

std::string record_of(const cloud::Cloud& cloud, const TrailEvent& event) {
  auto loaded = cloud.models().load(event.service);
  const wire::Operation* operation =
      loaded.has_value() ? loaded->model->operation(event.operation) : nullptr;
  bool by_service = !event.caller.via.empty();
  Value out = Value::map(
      {{"eventVersion", "1.09"},
       {"userIdentity", identity_of(event)},
       {"eventTime", format_iso8601(event.at)},
       {"eventSource", source_of(event)},
       {"eventName", event.operation},
       {"awsRegion", event.region},
       {"sourceIPAddress", by_service ? event.caller.asking_service() : event.caller.source_ip},
       {"userAgent", event.user_agent}});
  if (!event.error_code.empty()) {
    out.set("errorCode", (event.service == "ec2" ? "Client." : "") + event.error_code);
    out.set("errorMessage", event.error_message);
  }
  out.set("requestParameters",
          shown_or_null(without_secrets(event), operation ? operation->input : nullptr));
  out.set("responseElements", shown_or_null(event.out, operation ? operation->output : nullptr));
  out.set("requestID", event.request_id);
  out.set("eventID", event_id_of(event));
  out.set("readOnly", event.read_only);
  if (Value resources = record_resources(event); !resources.empty())
    out.set("resources", std::move(resources));
  out.set("eventType", "AwsApiCall");
  out.set("managementEvent", true);
  out.set("recipientAccountId", event.caller.account);
  out.set("eventCategory", "Management");
  return to_json(out);
}

}  // namespace mainstay::cloudtrail
