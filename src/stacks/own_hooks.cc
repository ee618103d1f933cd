#include "stacks/own_hooks.hh"

#include "base/text.hh"

namespace mainstay::stacks {
namespace {

struct NamedHook {
  std::string_view name;
  OwnHook hook;
};

constexpr NamedHook hooks[] = {
    {"aws_lambda.upload_lambda_functions", upload_lambda_functions},
    {"command.run_command", run_command},
    {"ecs.create_clusters", create_clusters},
    {"iam.create_ecs_service_role", create_ecs_service_role},
    {"iam.ensure_server_cert_exists", ensure_server_cert_exists},
    {"keypair.ensure_keypair_exists", ensure_keypair_exists},
    {"route53.create_domain", create_domain},
};

constexpr std::string_view prefixes[] = {"stacker.hooks.", "runway.cfngin.hooks.",
                                         "runway.hooks.cfngin."};

std::string_view short_name(std::string_view path) {
  for (std::string_view prefix : prefixes)
    if (path.starts_with(prefix)) return path.substr(prefix.size());
  return path;
}

constexpr const char* ecs_assume_role_policy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":)"
    R"({"Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}]})";

// What the ECS agent and service were given before service-linked roles: Amazon ECS Developer
// Guide, "Legacy IAM policies"; the statement is that of stacker's hook.
constexpr const char* ecs_service_policy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":["*"],"Action":)"
    R"(["ecs:CreateCluster","ecs:DeregisterContainerInstance","ecs:DiscoverPollEndpoint",)"
    R"("ecs:Poll","ecs:Submit*"]}]})";

// The variable BaseDomain of a stack, for configurations older than the hook's argument.
std::string base_domain(const Config& config) {
  for (const StackConfig& stack : config.stacks)
    if (stack.enabled && !stack.variables["BaseDomain"].to_text().empty())
      return stack.variables["BaseDomain"].to_text();
  return "";
}

// AWS gives ids as "/hostedzone/Z1", and takes "Z1".
std::string bare_id(const std::string& id) {
  return id.substr(id.rfind('/') + 1);
}

Result<std::string> zone_named(const HookCall& call, const std::string& name) {
  TRY(Value found, call.call("route53", "ListHostedZonesByName", Value::map({{"DNSName", name}})));
  for (const Value& zone : found["HostedZones"].items())
    if (zone["Name"] == Value(name) && !zone["Config"]["PrivateZone"].as_bool())
      return bare_id(zone["Id"].as_string());
  TRY(Value made,
      call.call("route53", "CreateHostedZone",
                Value::map({{"Name", name},
                            {"CallerReference", hex_encode(call.session.around.random(16))}})));
  return bare_id(made["HostedZone"]["Id"].as_string());
}

// The seventh field of the zone's SOA record: how long an answer "there is no such name" is kept.
Status shorten_negative_answers(const HookCall& call, const std::string& zone,
                                const std::string& name) {
  constexpr const char* wanted_s = "300";
  TRY(Value found, call.call("route53", "ListResourceRecordSets",
                             Value::map({{"HostedZoneId", zone},
                                         {"StartRecordName", name},
                                         {"StartRecordType", "SOA"},
                                         {"MaxItems", "1"}})));
  Value record = found["ResourceRecordSets"].at(0);
  std::vector<std::string> fields =
      split(record["ResourceRecords"].at(0)["Value"].as_string(), " ");
  if (record["Type"] != Value("SOA") || fields.size() != 7)
    return hook_error("the zone " + name + " has no SOA record of the usual form");
  if (fields[6] == wanted_s) return {};
  fields[6] = wanted_s;
  record.set("ResourceRecords", Value::list({Value::map({{"Value", join(fields, " ")}})}));
  Value change = Value::map({{"Action", "UPSERT"}, {"ResourceRecordSet", std::move(record)}});
  Value batch = Value::map({{"Comment", "Negative answers are kept for 300 s"},
                            {"Changes", Value::list({std::move(change)})}});
  CHECK_OK(call.call("route53", "ChangeResourceRecordSets",
                     Value::map({{"HostedZoneId", zone}, {"ChangeBatch", std::move(batch)}})));
  return {};
}

}  // namespace

OwnHook find_own_hook(const std::string& path) {
  for (const NamedHook& hook : hooks)
    if (hook.name == short_name(path)) return hook.hook;
  return nullptr;
}

bool stays_in_aws(const std::string& path) {
  OwnHook own = find_own_hook(path);
  return own && own != run_command && own != ensure_keypair_exists;
}

std::string near_own_hook(const std::string& path) {
  std::vector<std::string> names;
  for (const NamedHook& hook : hooks) names.emplace_back(hook.name);
  auto near = nearest(std::string(short_name(path)), names);
  return near ? "stacker.hooks." + *near : "";
}

Result<Value> create_domain(const HookCall& call) {
  std::string domain = call.args["domain"].to_text();
  if (domain.empty()) domain = base_domain(call.session.config);
  if (domain.empty()) {
    call.session.warn_once(
        "the hook route53.create_domain has made no zone: neither its argument domain nor a "
        "variable BaseDomain names one");
    return Value(true);
  }
  std::string name = to_lower(domain.ends_with('.') ? domain : domain + ".");
  TRY(std::string zone, zone_named(call, name));
  CHECK_OK(shorten_negative_answers(call, zone, name));
  return Value::map({{"domain", domain}, {"zone_id", zone}});
}

Result<Value> create_clusters(const HookCall& call) {
  const Value& given = call.args["clusters"];
  Value names = given.is_list() ? given : Value::list({given});
  if (given.is_null() || names.empty()) return hook_error("it needs the argument clusters");
  Value made = Value::map();
  for (const Value& name : names.items()) {
    TRY(Value answer,
        call.call("ecs", "CreateCluster", Value::map({{"clusterName", name.to_text()}})));
    made.set(answer["cluster"]["clusterName"].as_string(), answer);
  }
  return Value::map({{"clusters", std::move(made)}});
}

Result<Value> create_ecs_service_role(const HookCall& call) {
  std::string name = call.args["role_name"].to_text();
  if (name.empty()) name = "ecsServiceRole";
  auto made = call.call(
      "iam", "CreateRole",
      Value::map({{"RoleName", name}, {"AssumeRolePolicyDocument", ecs_assume_role_policy}}));
  if (!made && made.error().code != "EntityAlreadyExists") return made;
  CHECK_OK(call.call("iam", "PutRolePolicy",
                     Value::map({{"RoleName", name},
                                 {"PolicyName", "AmazonEC2ContainerServiceRolePolicy"},
                                 {"PolicyDocument", ecs_service_policy}})));
  return Value(true);
}

}  // namespace mainstay::stacks
