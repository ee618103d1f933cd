#include "access/path.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::access {
namespace {

// Services that act with a role that a caller hands them, so that the caller gets to use it: the
// service as trust policies name it, and what starts it. Source: IAM user guide, "Grant a user
// permissions to pass a role to an AWS service"; each service's "how it works with IAM" page; the
// Service Authorization Reference (dependent actions iam:PassRole).
struct Launch {
  const char* service;
  std::vector<const char*> actions;
  bool instance_profile = false;
};
const std::vector<Launch>& launches() {
  static const std::vector<Launch> table{
      {"ec2.amazonaws.com", {"ec2:RunInstances"}, true},
      {"lambda.amazonaws.com", {"lambda:CreateFunction", "lambda:InvokeFunction"}},
      {"ecs-tasks.amazonaws.com", {"ecs:RegisterTaskDefinition", "ecs:RunTask"}},
      {"cloudformation.amazonaws.com", {"cloudformation:CreateStack"}},
      {"codebuild.amazonaws.com", {"codebuild:CreateProject", "codebuild:StartBuild"}},
      {"glue.amazonaws.com", {"glue:CreateJob", "glue:StartJobRun"}},
      {"sagemaker.amazonaws.com", {"sagemaker:CreateNotebookInstance"}},
      {"elasticmapreduce.amazonaws.com", {"elasticmapreduce:RunJobFlow"}},
      {"datapipeline.amazonaws.com",
       {"datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition",
        "datapipeline:ActivatePipeline"}},
      {"states.amazonaws.com", {"states:CreateStateMachine", "states:StartExecution"}},
      {"ssm.amazonaws.com", {"ssm:StartAutomationExecution"}},
  };
  return table;
}

// What makes somebody else's identity one's own. Source: IAM API reference of each action.
struct TakeOver {
  const char* action;
  Entity::Kind of;
};
constexpr TakeOver take_overs[] = {{"iam:CreateAccessKey", Entity::Kind::user},
                                   {"iam:CreateLoginProfile", Entity::Kind::user},
                                   {"iam:UpdateLoginProfile", Entity::Kind::user},
                                   {"iam:UpdateAssumeRolePolicy", Entity::Kind::role}};

bool is_role(const Actor& actor) {
  return actor.entity && actor.entity->kind == Entity::Kind::role;
}

// Whether a trust policy has a statement that may reach this principal; the rest is decided.
bool trust_reaches(const World& world, const Actor& role, const policy::Principal& principal) {
  auto target = world.target(role.arn);
  if (!target) return false;
  for (const policy::Policy* policy : target->policies)
    for (const policy::Rule& rule : policy->rules())
      if (rule.allows() && rule.reaches(principal) != policy::Reach::none) return true;
  return false;
}

}  // namespace

bool could_ever(const Actor& actor, const std::string& action) {
  std::string lower = to_lower(action);
  for (const policy::Policy* policy : actor.identity)
    for (const policy::Rule& rule : policy->rules())
      if (rule.allows() && rule.covers_action(lower)) return true;
  return actor.principal.kind == policy::Principal::Kind::root;
}

std::optional<std::string> Closure::allowed(const Actor& actor, const std::string& action,
                                            const std::string& resource,
                                            const policy::Context& more) const {
  auto target = world_.target(resource);
  if (!target) return std::nullopt;
  if (target->account.empty()) target->account = actor.principal.account;
  Answer found = answer(world_, {&actor, action, &*target, more, {}}, Detail::verdict);
  if (!found.allowed()) return std::nullopt;
  return reason(found.steps.front());
}

std::optional<Hop> Closure::assume(size_t from, size_t to) const {
  const Actor &actor = world_.actors()[from], &role = world_.actors()[to];
  if (!trust_reaches(world_, role, actor.principal)) return std::nullopt;
  auto why = allowed(actor, "sts:AssumeRole", role.arn, context_);
  if (!why) return std::nullopt;
  return Hop{from, to, "sts:AssumeRole", {"sts:AssumeRole"}, *why};
}

std::optional<Hop> Closure::pass(size_t from, size_t to) const {
  const Actor &actor = world_.actors()[from], &role = world_.actors()[to];
  if (actor.account != role.account || !could_ever(actor, "iam:PassRole")) return std::nullopt;
  for (const Launch& launch : launches()) {
    if (launch.instance_profile && !role.entity->instance_profile) continue;
    auto service = policy::Principal::from_text(launch.service);
    if (!service || !trust_reaches(world_, role, *service)) continue;
    policy::Context more = context_;
    more.set("iam:PassedToService", launch.service);
    auto why = allowed(actor, "iam:PassRole", role.arn, more);
    bool all = why && std::ranges::all_of(launch.actions, [&](const char* action) {
                 return allowed(actor, action, "*", context_).has_value();
               });
    if (!all) continue;
    Hop hop{from, to, std::string("iam:PassRole to ") + launch.service, {"iam:PassRole"}, *why};
    hop.actions.insert(hop.actions.end(), launch.actions.begin(), launch.actions.end());
    return hop;
  }
  return std::nullopt;
}

std::optional<Hop> Closure::take_over(size_t from, size_t to) const {
  const Actor &actor = world_.actors()[from], &other = world_.actors()[to];
  if (actor.account != other.account) return std::nullopt;
  for (const TakeOver& way : take_overs) {
    if (way.of != other.entity->kind || !could_ever(actor, way.action)) continue;
    if (auto why = allowed(actor, way.action, other.arn, context_))
      return Hop{from, to, way.action, {way.action}, *why};
  }
  return std::nullopt;
}

std::vector<Hop> Closure::hops(size_t from, const std::set<size_t>& known) const {
  std::vector<Hop> out;
  // "You cannot use the root user's credentials to call AssumeRole" (STS API reference); and who
  // has the root of an account has all of it, so its hops say nothing.
  if (!world_.actors()[from].entity) return out;
  for (size_t to = 0; to < world_.actors().size(); ++to) {
    const Actor& other = world_.actors()[to];
    if (!other.entity || known.contains(to)) continue;
    std::optional<Hop> hop;
    if (is_role(other)) {
      hop = assume(from, to);
      if (!hop) hop = pass(from, to);
    }
    if (!hop) hop = take_over(from, to);
    if (hop) out.push_back(std::move(*hop));
  }
  return out;
}

Reached Closure::from(size_t actor, const std::function<bool(const Actor&)>& stop_at) const {
  Reached reached;
  std::set<size_t> seen{actor};
  reached.nodes.push_back({actor, std::nullopt, 0});
  for (size_t at = 0; at < reached.nodes.size(); ++at) {
    if (stop_at && stop_at(world_.actors()[reached.nodes[at].actor])) {
      reached.nodes.resize(at + 1);
      return reached;
    }
    size_t depth = reached.nodes[at].depth + 1;
    if (depth > hops_max) break;
    for (Hop& hop : hops(reached.nodes[at].actor, seen)) {
      size_t to = hop.to;
      seen.insert(to);
      reached.nodes.push_back({to, std::move(hop), depth});
    }
  }
  return reached;
}

std::vector<Hop> Reached::way_to(size_t node) const {
  std::vector<Hop> way;
  for (const Node* at = &nodes[node]; at->by;) {
    way.push_back(*at->by);
    size_t from = at->by->from;
    at = &*std::ranges::find(nodes, from, &Node::actor);
  }
  std::ranges::reverse(way);
  return way;
}

}  // namespace mainstay::access
