#include "stacks/refactor.hh"

#include <algorithm>
#include <set>

#include "base/text.hh"
#include "stacks/local_diff.hh"
#include "stacks/refactor_members.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t stacks_at_once_max = 5;  // user guide, "Stack refactoring"

using MemberList = std::vector<RefactorMember*>;

cfn::PseudoParameters pseudo_of(const RefactorMember& m, const std::string& known_id) {
  cfn::PseudoParameters pseudo;
  pseudo.region = m.cloud.region();
  pseudo.stack_name = m.name;
  pseudo.stack_id = m.deployed ? m.deployed->id : "the id of " + m.name;
  // arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/ID
  auto arn = split(known_id, ":");
  if (arn.size() > 5) {
    pseudo.partition = arn[1];
    pseudo.account_id = arn[4];
  }
  return pseudo;
}

Result<MoveStack> side_of(const RefactorMember& m, const cfn::Document& document, const Map& given,
                          cfn::PseudoParameters pseudo,
                          const std::vector<std::string>& notification_arns) {
  pseudo.notification_arns = notification_arns;
  TRY(LocalTemplate read, with_parameters(document, given, pseudo));
  return MoveStack{m.name, std::move(read.tmpl), std::move(read.parameters), pseudo};
}

// Of stacks in one account and region.
Result<std::vector<ResourceMove>> moves_among(const MemberList& members, const MoveMap& pairs) {
  std::string known_id;
  for (const RefactorMember* m : members)
    if (m->deployed) known_id = m->deployed->id;
  std::vector<MoveStack> before, after;
  for (const RefactorMember* m : members) {
    cfn::PseudoParameters pseudo = pseudo_of(*m, known_id);
    if (m->deployed && !m->there.root["Resources"].empty()) {
      TRY(MoveStack side,
          side_of(*m, m->there, m->deployed->parameters, pseudo, m->deployed->notification_arns));
      before.push_back(std::move(side));
    }
    if (m->is_leaving) continue;
    const DeployedStack* deployed = m->deployed ? &*m->deployed : nullptr;
    TRY(MoveStack side, side_of(*m, m->rendered.document,
                                submitted_parameters(deployed, m->rendered, m->submission), pseudo,
                                m->submission.notification_arns));
    after.push_back(std::move(side));
  }
  TRY(MoveSide is, MoveSide::of(before));
  TRY(MoveSide will_be, MoveSide::of(after));
  return find_moves(is, will_be, pairs);
}

class RefactorPlanner {
 public:
  explicit RefactorPlanner(const MemberList& members, std::vector<ResourceMove> moves)
      : members_(members), moves_(std::move(moves)) {}

  // Stacks that exchange resources move together.
  Result<std::vector<std::pair<RefactorPlan, MemberList>>> plans() {
    for (const ResourceMove& move : moves_) join_stacks(move.from.stack, move.to.stack);
    for (const RefactorMember* m : members_)
      if (m->has_placeholder) leader(m->name);
    std::map<std::string, std::pair<RefactorPlan, MemberList>> by_leader;
    for (RefactorMember* m : members_) {
      if (!leaders_.contains(m->name)) continue;
      auto& [plan, concerned] = by_leader[leader(m->name)];
      concerned.push_back(m);
      if (!m->deployed) plan.made.push_back(m->name);
      if (m->is_leaving) plan.emptied.push_back(m->name);
    }
    for (const ResourceMove& move : moves_)
      by_leader[leader(move.to.stack)].first.moves.push_back(move);
    std::vector<std::pair<RefactorPlan, MemberList>> out;
    for (auto& [name, planned] : by_leader) {
      CHECK_OK(check(planned.second));
      out.push_back(std::move(planned));
    }
    return out;
  }

 private:
  std::string leader(const std::string& name) {
    std::string at = leaders_.try_emplace(name, name).first->second;
    return at == name ? at : leaders_[name] = leader(at);
  }
  void join_stacks(const std::string& a, const std::string& b) {
    std::string one = leader(a), other = leader(b);
    leaders_[other] = one;
  }

  static Status check(const MemberList& concerned) {
    for (const RefactorMember* m : concerned)
      if (m->stack->locked && !m->is_leaving)
        return Error("RefactorRefused", "stack " + m->stack->name + " is locked, and would change");
    if (concerned.size() <= stacks_at_once_max) return {};
    std::vector<std::string> names;
    for (const RefactorMember* m : concerned) names.push_back(m->name);
    return Error("NotSupported",
                 "CloudFormation moves resources among five stacks at once, and these hang "
                 "together: " +
                     join(names, ", "))
        .with_hint("move some of them first, by a configuration in between");
  }

  const MemberList& members_;
  std::vector<ResourceMove> moves_;
  std::map<std::string, std::string> leaders_;
};

}  // namespace

Result<RunResult> refactor_stacks(Session& session, const RefactorRequest& request) {
  TRY(MoveMap pairs, parse_move_pairs(request.pairs, session.config, request.from));
  TRY(auto all, refactor_members(session, request.from));
  std::map<std::string, MemberList> by_place;
  for (RefactorMember& m : all) by_place[m.where].push_back(&m);
  std::vector<std::pair<RefactorPlan, MemberList>> work;
  size_t known_pairs = 0;
  for (const auto& [where, members] : by_place) {
    std::set<std::string> names;
    for (const RefactorMember* m : members) names.insert(m->name);
    MoveMap here;
    for (const auto& [from, to] : pairs)
      if (names.contains(from.stack) && names.contains(to.stack)) here[from] = to;
    known_pairs += here.size();
    TRY(auto moves, moves_among(members, here));
    TRY(auto plans, RefactorPlanner(members, std::move(moves)).plans());
    std::ranges::move(plans, std::back_inserter(work));
  }
  if (known_pairs != pairs.size())
    return Error("UsageInvalid",
                 "--map: both stacks must be deployed or made in one account and region");
  RunResult result;
  if (work.empty()) return result;
  std::vector<RefactorPlan> plans;
  for (const auto& [plan, members] : work) plans.push_back(plan);
  CHECK_OK(request.confirm(plans));
  if (request.only_look) {
    result.done = plans.size();
    return result;
  }
  for (const auto& [plan, members] : work) {
    CHECK_OK(carry_out_refactor(session, plan, members));
    result.done += members.size();
    result.changed += members.size();
  }
  return result;
}

}  // namespace mainstay::stacks
