#include "access/grants.hh"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "access/matrix.hh"
#include "base/text.hh"

namespace mainstay::access {
namespace {

// Names of writing actions that take something away.
constexpr std::array removing{"delete",      "terminate", "remove",     "purge",
                              "batchdelete", "destroy",   "deregister", "schedulekeydeletion"};

using ActionSet = std::set<const actions::Action*>;

void add_actions(const policy::Policy& policy, const policy::Principal* principal,
                 const actions::ActionTable& table, ActionSet& out) {
  for (const policy::Rule& rule : policy.rules()) {
    if (!rule.allows()) continue;
    if (principal && rule.reaches(*principal) == policy::Reach::none) continue;
    if (rule.statement().not_action) {
      for (const actions::Action* action : table.matching("*"))
        if (rule.covers_action(to_lower(action->name))) out.insert(action);
      continue;
    }
    for (const std::string& pattern : rule.statement().actions)
      for (const actions::Action* action : table.matching(pattern)) out.insert(action);
  }
}

// The patterns by which the actor's own policies may allow an action.
std::vector<std::string> patterns_for(const Actor& actor, const std::string& action) {
  std::set<std::string> out;
  std::string lower = to_lower(action);
  for (const policy::Policy* policy : actor.identity)
    for (const policy::Rule& rule : policy->rules())
      if (rule.allows() && rule.covers_action(lower)) {
        if (rule.statement().not_resource)
          out.insert("*");
        else
          out.insert(rule.statement().resources.begin(), rule.statement().resources.end());
      }
  if (actor.principal.kind == policy::Principal::Kind::root) out.insert("*");
  return {out.begin(), out.end()};
}

class Asker {
 public:
  Asker(const World& world, const actions::ActionTable& table, const Actor& actor,
        const policy::Context& context)
      : world_(world), table_(table), actor_(actor), context_(context) {}

  Granted ask(const actions::Action& action) {
    Granted out{&action, {}, {}, {}};
    for (const std::string& pattern : patterns_for(actor_, action.name))
      if (allowed(action, pattern)) out.resources.push_back(pattern);
    if (action.resources.empty()) return out;
    size_t patterns = out.resources.size();
    for (const std::string& arn : known(action)) {
      // Of other accounts only what is allowed says something: a pattern does not mean them.
      bool covered = !foreign(arn) &&
                     std::any_of(out.resources.begin(),
                                 out.resources.begin() + static_cast<std::ptrdiff_t>(patterns),
                                 [&](const std::string& one) { return glob_match(one, arn); });
      bool may = allowed(action, arn);
      if (may) out.data.push_back(arn);
      if (may == covered) continue;
      (covered ? out.exceptions : out.resources).push_back(arn);
    }
    return out;
  }

 private:
  bool allowed(const actions::Action& action, const std::string& resource) const {
    auto target = world_.target(resource);
    Target bare;
    if (!target) {  // a pattern, or something of which the snapshot says nothing
      bare.arn = resource;
      bare.account = actor_.principal.account;
    }
    Target asked = target ? std::move(*target) : std::move(bare);
    if (asked.account.empty()) asked.account = actor_.principal.account;
    return answer(world_, {&actor_, action.name, &asked, context_, {}}, Detail::verdict).allowed();
  }

  bool foreign(const std::string& arn) const {
    auto target = world_.target(arn);
    return target && target->account != actor_.principal.account;
  }

  // The known resources of an action's types; the same for every action of those types.
  const std::vector<std::string>& known(const actions::Action& action) {
    std::string types;
    for (const actions::ActionResource& one : action.resources) types += one.type->arn + "\n";
    auto [kept, fresh] = known_.try_emplace(types);
    if (fresh) kept->second = known_resources(world_, table_, action.name);
    return kept->second;
  }

  const World& world_;
  const actions::ActionTable& table_;
  const Actor& actor_;
  const policy::Context& context_;
  std::map<std::string, std::vector<std::string>> known_;
};

}  // namespace

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

std::vector<Granted> grants_of(const World& world, const actions::ActionTable& table,
                               const Actor& actor, const policy::Context& context) {
  ActionSet actions;
  for (const policy::Policy* policy : actor.identity) add_actions(*policy, nullptr, table, actions);
  if (actor.principal.kind == policy::Principal::Kind::root)
    for (const actions::Action* action : table.matching("*")) actions.insert(action);
  for (const std::string& arn : world.resources())
    if (auto target = world.target(arn))
      for (const policy::Policy* policy : target->policies)
        add_actions(*policy, &actor.principal, table, actions);
  Asker asker(world, table, actor, context);
  std::vector<Granted> out;
  for (const actions::Action* action : actions) {
    Granted granted = asker.ask(*action);
    if (!granted.resources.empty()) out.push_back(std::move(granted));
  }
  std::ranges::sort(out, {}, [](const Granted& one) { return one.action->name; });
  return out;
}

std::string_view service_of(const Granted& granted) {
  std::string_view name = granted.action->name;
  return name.substr(0, name.find(':'));
}

}  // namespace mainstay::access
