#include "access/grants.hh"

#include <algorithm>
#include <array>
#include <optional>

#include "access/matrix.hh"
#include "access/own_grants.hh"
#include "base/text.hh"

namespace mainstay::access {
namespace {

// Names of writing actions that take something away.
constexpr std::array removing{"delete",      "terminate", "remove",     "purge",
                              "batchdelete", "destroy",   "deregister", "schedulekeydeletion"};

constexpr size_t narrowing_min = 32;  // from so many resources on, picking statements first pays

std::vector<const actions::Action*> covered_by(const policy::Rule& rule,
                                               const actions::ActionTable& table) {
  std::vector<const actions::Action*> out;
  if (rule.statement().not_action) {
    for (const actions::Action* action : table.matching("*"))
      if (rule.covers_action(to_lower(action->name))) out.push_back(action);
    return out;
  }
  for (const std::string& pattern : rule.statement().actions)
    for (const actions::Action* action : table.matching(pattern)) out.push_back(action);
  return out;
}

// The patterns by which the actor's own policies may allow an action.
std::set<std::string> patterns_of(const OwnGrants& grants) {
  std::set<std::string> out;
  if (grants.all()) out.insert("*");
  for (const policy::Rule* rule : grants.rules()) {
    const policy::Statement& statement = rule->statement();
    if (statement.not_resource)
      out.insert("*");
    else
      out.insert(statement.resources.begin(), statement.resources.end());
  }
  return out;
}

}  // namespace

Grants::Grants(const World& world, const actions::ActionTable& table,
               const policy::Context& context)
    : world_(world), table_(table), context_(context) {
  for (const std::string& arn : world.resources())
    if (auto target = world.target(arn))
      for (const policy::Policy* policy : target->policies)
        for (const policy::Rule& rule : policy->rules())
          if (rule.allows()) offers_.push_back({&rule, covered_by(rule, table)});
}

Grants::ActionSet Grants::actions_of(const Actor& actor) const {
  ActionSet out;
  auto add = [&](const std::vector<const actions::Action*>& actions) {
    out.insert(actions.begin(), actions.end());
  };
  if (actor.principal.kind == policy::Principal::Kind::root) add(table_.matching("*"));
  for (const policy::Policy* policy : actor.identity)
    for (const policy::Rule& rule : policy->rules())
      if (rule.allows()) add(covered_by(rule, table_));
  for (const Offer& offer : offers_)
    if (offer.rule->reaches(actor.principal) != policy::Reach::none) add(offer.actions);
  return out;
}

bool Grants::allowed(const Actor& actor, const actions::Action& action,
                     const Target& target) const {
  return answer(world_, {&actor, action.name, &target, context_, {}}, Detail::verdict).allowed();
}

// A pattern, or something of which the snapshot says nothing, is taken to be of the own account.
Target Grants::pattern_target(const Actor& actor, const std::string& pattern) const {
  Target out;
  out.arn = pattern;
  if (auto target = world_.target(pattern)) out = std::move(*target);
  if (out.account.empty()) out.account = actor.principal.account;
  return out;
}

const std::vector<Target>& Grants::known(const actions::Action& action) {
  std::string types;
  for (const actions::ActionResource& one : action.resources) types += one.type->arn + "\n";
  auto [kept, fresh] = known_.try_emplace(types);
  if (fresh)
    for (const std::string& arn : known_resources(world_, table_, action.name))
      if (auto target = world_.target(arn)) kept->second.push_back(std::move(*target));
  return kept->second;
}

Granted Grants::ask(const Actor& actor, const actions::Action& action) {
  Granted out{&action, {}, {}, {}};
  OwnGrants own(actor, action.name);
  for (const std::string& pattern : patterns_of(own))
    if (allowed(actor, action, pattern_target(actor, pattern))) out.resources.push_back(pattern);
  if (action.resources.empty()) return out;
  const std::vector<std::string> patterns = out.resources;
  const std::vector<Target>& targets = known(action);
  std::optional<NarrowedActor> narrow;
  if (targets.size() >= narrowing_min) narrow.emplace(actor, action.name);
  for (const Target& target : targets) {
    bool foreign = target.account != actor.principal.account;
    // Nothing that is said on either side allows it.
    if (target.policies.empty() && !has_rules_of_its_own(world_, target) &&
        (foreign || !own.could(target.arn, actor.keys)))
      continue;
    // Of other accounts only what is allowed says something: a pattern does not mean them.
    bool covered = !foreign && std::ranges::any_of(patterns, [&](const std::string& one) {
      return glob_match(one, target.arn);
    });
    bool by_key = target.object && target.bucket->encryption.starts_with("aws:kms");
    bool may = allowed(narrow && !by_key ? narrow->actor() : actor, action, target);
    if (may) out.data.push_back(target.arn);
    if (may != covered) (covered ? out.exceptions : out.resources).push_back(target.arn);
  }
  return out;
}

std::vector<Granted> Grants::of(const Actor& actor) {
  std::vector<Granted> out;
  for (const actions::Action* action : actions_of(actor)) {
    Granted granted = ask(actor, *action);
    if (!granted.resources.empty()) out.push_back(std::move(granted));
  }
  std::ranges::sort(out, {}, [](const Granted& one) { return one.action->name; });
  return out;
}

const char* effect_name(Effect effect) {
  constexpr const char* names[] = {"read", "change", "delete", "escalate"};
  return names[static_cast<size_t>(effect)];
}

Effect effect_of(const actions::Action& action) {
  std::string name = to_lower(action.name);
  if (name == "iam:passrole" || name.starts_with("sts:assumerole")) return Effect::escalate;
  if (name == "kms:decrypt") return Effect::read;  // AWS lists it under "Write"
  switch (action.level) {
    case actions::Level::read:
    case actions::Level::list:
      return Effect::read;
    case actions::Level::permissions:
      return Effect::escalate;
    case actions::Level::write:
    case actions::Level::tagging:
      break;
  }
  std::string_view verb = std::string_view(name).substr(name.find(':') + 1);
  bool removes =
      std::ranges::any_of(removing, [&](const char* word) { return verb.starts_with(word); });
  return removes ? Effect::remove : Effect::change;
}

std::string_view service_of(const Granted& granted) {
  std::string_view name = granted.action->name;
  return name.substr(0, name.find(':'));
}

}  // namespace mainstay::access
