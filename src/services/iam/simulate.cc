// SimulatePrincipalPolicy and SimulateCustomPolicy: what policies say of requests that nobody
// makes, by the engine that decides the real ones ("Testing IAM policies with the IAM policy
// simulator", user guide; the shape of the answers is recorded on AWS). Condition keys of the
// request are the ContextEntries alone, beside what follows from who asks; service control policies
// count for a principal of an organization.
#include <algorithm>
#include <set>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/standing.hh"
#include "policy/decide.hh"
#include "policy/statement_places.hh"
#include "services/iam/handlers.hh"
#include "services/iam/managed_policy.hh"

namespace mainstay::iam {
namespace {

using PolicyPointer = std::shared_ptr<const policy::Policy>;

struct Source {
  std::string id;
  PolicyPointer policy;
  std::vector<policy::StatementPlace> places;
};

// What is simulated: who asks, and by which policies.
struct Scene {
  policy::Principal caller;
  std::vector<Source> identity, boundary, resource;
  std::vector<std::vector<Source>> control;  // the organization's levels
  policy::Context context;
  std::string owner;  // of the resources
  bool has_organization = false;
};

Error invalid_input(std::string message) {
  return aws_error("InvalidInput", std::move(message));
}

Status add(std::vector<Source>& to, std::string id, const std::string& text, policy::Kind kind) {
  auto read = policy::Policy::parse(id, text, kind);
  if (!read.has_value()) return invalid_input("Invalid Input " + id + ": " + read.error().message);
  to.push_back({std::move(id), std::move(*read), policy::statement_places(text)});
  return {};
}

Status add_list(std::vector<Source>& to, const Value& texts, const char* name, policy::Kind kind) {
  for (size_t i = 0; i < texts.size(); ++i)
    CHECK_OK(
        add(to, std::string(name) + "." + std::to_string(i + 1), texts.at(i).as_string(), kind));
  return {};
}

Status add_managed(Call& call, std::vector<Source>& to, const std::string& arn, policy::Kind kind) {
  TRY(Value found, find_policy(call, arn));
  TRY(std::string text, policy_text(found));
  return add(to, found["PolicyName"].as_string(), text, kind);
}

Status add_entity(Call& call, Scene& scene, const Entity& entity, const Value& document) {
  const std::string owner = std::string(entity.noun) + "_" + document[entity.name].as_string();
  for (const auto& [name, text] : document["_inline"].members())
    CHECK_OK(add(scene.identity, owner + "_" + name, text.as_string(), policy::Kind::identity));
  for (const Value& arn : document["_attached"].items())
    CHECK_OK(add_managed(call, scene.identity, arn.as_string(), policy::Kind::identity));
  const Value& boundary = document["PermissionsBoundary"]["PermissionsBoundaryArn"];
  if (boundary.is_string())
    CHECK_OK(add_managed(call, scene.boundary, boundary.as_string(), policy::Kind::boundary));
  return {};
}

// The user, group or role of PolicySourceArn, with its groups' policies.
Status add_principal(Call& call, Scene& scene, const std::string& arn) {
  for (const Entity* entity : {&user, &group, &role}) {
    if (!arn.contains(":" + std::string(entity->noun) + "/")) continue;
    const Value* found = call.find(entity->table, key_of(arn.substr(arn.rfind('/') + 1)));
    if (!found || (*found)["Arn"].as_string() != arn)
      return no_such_entity("The " + std::string(entity->noun) + " with name " +
                            arn.substr(arn.rfind('/') + 1) + " cannot be found.");
    CHECK_OK(add_entity(call, scene, *entity, *found));
    if (entity != &user) return {};
    for (const auto& [key, g] : call.all(group.table))
      if (member_of(g, *found)) CHECK_OK(add_entity(call, scene, group, g));
    return {};
  }
  return invalid_input("Invalid Entity Arn: " + arn +
                       " does not clearly define entity type and name.");
}

Status add_context(Scene& scene, const Value& entries) {
  for (const Value& entry : entries.items()) {
    std::vector<std::string> values;
    for (const Value& v : entry["ContextKeyValues"].items()) values.push_back(v.as_string());
    const std::string& name = entry["ContextKeyName"].as_string();
    if (name.empty()) return invalid_input("A context entry has no ContextKeyName.");
    if (entry["ContextKeyType"].as_string().ends_with("List"))
      scene.context.set_list(name, std::move(values));
    else if (!values.empty())
      scene.context.set(name, std::move(values[0]));
  }
  return {};
}

// Without the state's lock, since Organizations makes roles in IAM.
Status add_organization(Call& call, Scene& scene) {
  cloud::Standing standing;
  call.outside([&] { call.cloud.describe_standing(call.account, standing); });
  scene.has_organization = standing.member;
  if (standing.management) return {};
  for (const cloud::ControlLevel& level : standing.service_control) {
    scene.control.emplace_back();
    for (const cloud::ControlPolicy& p : level.policies)
      CHECK_OK(add(scene.control.back(), p.arn, p.text, policy::Kind::service_control));
  }
  return {};
}

Status refuse_unknown(const Value& in) {
  for (const char* member : {"PolicyExclusionList", "OrderedOrganizationPolicyInputList"})
    if (!in[member].empty())
      return aws_error("NotImplemented",
                       std::string("mainstay's embedded cloud does not simulate with ") + member,
                       501);
  return {};
}

Result<Scene> make_scene(Call& call, const Value& in, const std::string& source) {
  CHECK_OK(refuse_unknown(in));
  Scene scene;
  const std::string caller = in.has("CallerArn") ? in["CallerArn"].as_string() : source;
  // Whoever a group's or nobody's policies stand for: a user of the account without a name.
  scene.caller.kind = policy::Principal::Kind::user;
  scene.caller.account = call.account;
  auto who = policy::Principal::from_text(caller);
  if (who.has_value()) scene.caller = *who;
  if (in.has("CallerArn") && scene.caller.kind != policy::Principal::Kind::user)
    return invalid_input("CallerArn: " + caller + " must be an IAM user.");
  if (who.has_value()) scene.caller.add_keys(scene.context);
  scene.owner = call.account;
  if (const std::string& owner = in["ResourceOwner"].as_string(); !owner.empty())
    scene.owner = owner.starts_with("arn:") ? split(owner, ":").at(4) : owner;
  CHECK_OK(
      add_list(scene.identity, in["PolicyInputList"], "PolicyInputList", policy::Kind::identity));
  CHECK_OK(add_list(scene.boundary, in["PermissionsBoundaryPolicyInputList"],
                    "PermissionsBoundaryPolicyInputList", policy::Kind::boundary));
  if (in.has("ResourcePolicy"))
    CHECK_OK(add(scene.resource, "ResourcePolicy", in["ResourcePolicy"].as_string(),
                 policy::Kind::resource));
  CHECK_OK(add_context(scene, in["ContextEntries"]));
  return scene;
}

policy::PolicyList pointers(const std::vector<Source>& sources) {
  policy::PolicyList out;
  for (const Source& source : sources) out.push_back(source.policy.get());
  return out;
}

Value position(const policy::TextPlace& place) {
  return Value::map({{"Line", place.line}, {"Column", place.column}});
}

// The statements that the decision rests on.
Value matched(const Scene& scene, const policy::Trace& trace, bool denied) {
  Value out = Value::list();
  for (const policy::TraceRow& row : trace) {
    if (row.outcome != policy::TraceRow::Outcome::applies || row.rule->allows() == denied) continue;
    for (const auto* sources : {&scene.identity, &scene.resource})
      for (const Source& source : *sources) {
        if (source.policy.get() != row.policy) continue;
        const auto& rules = row.policy->rules();
        size_t index = static_cast<size_t>(row.rule - rules.data());
        bool of_resource = sources == &scene.resource;
        Value statement =
            Value::map({{"SourcePolicyId", source.id},
                        {"SourcePolicyType", of_resource ? "Resource Policy" : "IAM Policy"}});
        if (index < source.places.size())
          statement.set("StartPosition", position(source.places[index].start))
              .set("EndPosition", position(source.places[index].end));
        out.push_back(std::move(statement));
      }
  }
  return out;
}

// The keys that the policies ask for, in conditions and as variables.
std::set<std::string> keys_of(const std::vector<Source>& sources) {
  std::set<std::string> out;
  for (const Source& source : sources)
    for (const policy::Rule& rule : source.policy->rules()) {
      for (const policy::Condition& condition : rule.statement().conditions)
        out.insert(condition.key);
      for (const policy::ResourcePattern& resource : rule.resources())
        for (const policy::Pattern::Part& part : resource.pattern().parts())
          if (part.variable) out.insert(part.text);
    }
  return out;
}

Value missing_keys(const Scene& scene) {
  Value out = Value::list();
  for (const auto* sources : {&scene.identity, &scene.resource})
    for (const std::string& key : keys_of(*sources))
      if (!scene.context.find(key)) out.push_back(key);
  return out;
}

const char* word_of(policy::Verdict verdict) {
  if (verdict == policy::Verdict::allow) return "allowed";
  return verdict == policy::Verdict::explicit_deny ? "explicitDeny" : "implicitDeny";
}

bool allows_by(const policy::Request& request, const std::vector<Source>& sources) {
  policy::Policies alone;
  alone.identity = pointers(sources);
  policy::Request plain = request;
  plain.resource_account = request.principal.account;
  return policy::decide(plain, alone).allowed();
}

Value evaluate(const Scene& scene, const std::string& action, const std::string& resource) {
  policy::Request request{scene.caller, action, resource, scene.owner, scene.context};
  policy::Policies policies;
  policies.identity = pointers(scene.identity);
  policies.boundary = pointers(scene.boundary);
  policies.resource = pointers(scene.resource);
  for (const auto& level : scene.control) policies.service_control.push_back(pointers(level));
  policy::Trace trace;
  policy::Decision decision = policy::decide(request, policies, &trace);
  bool denied = decision.verdict == policy::Verdict::explicit_deny;
  Value statements = decision.verdict == policy::Verdict::implicit_deny
                         ? Value::list()
                         : matched(scene, trace, denied);
  Value specific = Value::map({{"EvalResourceName", resource},
                               {"EvalResourceDecision", word_of(decision.verdict)},
                               {"MatchedStatements", statements},
                               {"MissingContextValues", missing_keys(scene)}});
  Value out = Value::map({{"EvalActionName", action},
                          {"EvalResourceName", resource},
                          {"EvalDecision", word_of(decision.verdict)},
                          {"MatchedStatements", statements},
                          {"MissingContextValues", missing_keys(scene)},
                          {"EvalDecisionDetails", Value::map({})}});
  if (!scene.boundary.empty()) {
    Value detail =
        Value::map({{"AllowedByPermissionsBoundary", allows_by(request, scene.boundary)}});
    out.set("PermissionsBoundaryDecisionDetail", detail);
    specific.set("PermissionsBoundaryDecisionDetail", std::move(detail));
  }
  return out.set("ResourceSpecificResults", Value::list({std::move(specific)}));
}

Status check_actions(const Value& names) {
  for (const Value& name : names.items())
    if (!name.as_string().contains(':'))
      return invalid_input("ActionNames: " + name.as_string() + " must be service:action.");
  return {};
}

Result<Value> simulate(const Scene& scene, const Value& in, bool of_principal) {
  CHECK_OK(check_actions(in["ActionNames"]));
  const List everything{Value("*")};
  const List& resources = in["ResourceArns"].empty() ? everything : in["ResourceArns"].items();
  List results;
  for (const Value& action : in["ActionNames"].items())
    for (const Value& resource : resources) {
      Value one = evaluate(scene, action.as_string(), resource.as_string());
      if (of_principal) {
        policy::Request request{scene.caller, action.as_string(), resource.as_string(), "",
                                scene.context};
        bool allowed = std::all_of(scene.control.begin(), scene.control.end(),
                                   [&](const auto& level) { return allows_by(request, level); });
        one.set("OrganizationsDecisionDetail", Value::map({{"AllowedByOrganizations", allowed}}));
      }
      results.push_back(std::move(one));
    }
  size_t order = 0;
  for (Value& one : results) {
    std::string number = std::to_string(order++);
    one.set("Order", std::string(6 - std::min<size_t>(6, number.size()), '0') + number);
  }
  TRY(Value out, page(in, std::move(results), "EvaluationResults", "Order"));
  for (Value& one : out.member("EvaluationResults").make_list()) one.erase("Order");
  return out;
}

Value key_names(const Scene& scene) {
  Value names = Value::list();
  for (const std::string& key : keys_of(scene.identity)) names.push_back(key);
  return Value::map({{"ContextKeyNames", std::move(names)}});
}

}  // namespace

Result<Value> simulate_principal_policy(Call& call, const Value& in) {
  const std::string& source = in["PolicySourceArn"].as_string();
  TRY(Scene scene, make_scene(call, in, source));
  CHECK_OK(add_principal(call, scene, source));
  CHECK_OK(add_organization(call, scene));
  return simulate(scene, in, true);
}

Result<Value> simulate_custom_policy(Call& call, const Value& in) {
  TRY(Scene scene, make_scene(call, in, ""));
  return simulate(scene, in, false);
}

Result<Value> get_context_keys_for_custom_policy(Call&, const Value& in) {
  Scene scene;
  CHECK_OK(
      add_list(scene.identity, in["PolicyInputList"], "PolicyInputList", policy::Kind::identity));
  return key_names(scene);
}

Result<Value> get_context_keys_for_principal_policy(Call& call, const Value& in) {
  Scene scene;
  CHECK_OK(
      add_list(scene.identity, in["PolicyInputList"], "PolicyInputList", policy::Kind::identity));
  CHECK_OK(add_principal(call, scene, in["PolicySourceArn"].as_string()));
  return key_names(scene);
}

}  // namespace mainstay::iam
