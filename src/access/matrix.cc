#include "access/matrix.hh"

#include <algorithm>
#include <atomic>
#include <map>

#include "access/own_grants.hh"

#include "base/text.hh"

namespace mainstay::access {
namespace {

constexpr size_t group_min = 4;  // narrowing pays from so many resources on

// Resources that differ in nothing but their ARN and policy, as far as a decision can tell.
struct Group {
  std::vector<size_t> members;
  bool plain = true;
};

// Text that is the same for two targets if one narrowed evaluator will do for both.
std::string group_key(const Target& target) {
  std::string key = target.account + (target.key ? " key" : target.role ? " role" : "");
  if (target.bucket) key += " " + target.bucket->region;
  for (const policy::Policy* policy : target.resource_control)
    key += " " + std::to_string(reinterpret_cast<uintptr_t>(policy));
  for (const policy::Context::Entry& entry : target.keys.entries())
    key += "\n" + entry.key + "=" + join(entry.values, "\t");
  return key;
}

std::vector<Group> grouped(const World& world, const std::string& action,
                           const std::vector<Target>& targets) {
  std::map<std::string, Group> by_key;
  Group special{{}, false};
  for (size_t i = 0; i < targets.size(); ++i)
    (has_rules_of_its_own(world, targets[i]) || targets[i].account == "aws" ||
             rule_of_aws(action, targets[i])
         ? special
         : by_key[group_key(targets[i])])
        .members.push_back(i);
  std::vector<Group> out;
  if (!special.members.empty()) out.push_back(std::move(special));
  for (auto& [key, group] : by_key) {
    group.plain = group.members.size() >= group_min;
    out.push_back(std::move(group));
  }
  return out;
}

// Keys of the caller: a condition on one of them is asked caller by caller.
bool of_caller(const std::string& key) {
  return key.starts_with("aws:principal") || key == "aws:userid" || key == "aws:username" ||
         key == "kms:calleraccount";
}

// Whether a statement of a resource's policy can matter to anyone who asks for this action on it.
bool can_matter(const policy::Rule& rule, const std::string& action, const Target& target,
                const policy::Context& context) {
  if (!rule.covers_action(action)) return false;
  if (has_variables(rule)) return true;
  if (!rule.covers_resource(target.arn, context)) return false;
  return std::ranges::all_of(rule.tests(), [&](const policy::Test& test) {
    return of_caller(test.key()) || test.holds(context);
  });
}

// What is left of the resources' own policies for one action: found once, then asked by every
// caller. Most resources are left with nothing.
class OwnPolicies {
 public:
  OwnPolicies(const Matrix& matrix, const policy::Context& context) {
    Actor nobody;
    std::string action = to_lower(matrix.action);
    left_.resize(matrix.targets.size());
    for (size_t i = 0; i < matrix.targets.size(); ++i) {
      const Target& target = matrix.targets[i];
      policy::Request request = request_of(nobody, matrix.action, target, context);
      for (const policy::Policy* policy : policies_of(nobody, target, request).resource)
        keep(i, *policy, action, request.context, target);
    }
  }

  const policy::PolicyList& of(size_t target) const { return left_[target]; }

 private:
  void keep(size_t index, const policy::Policy& policy, const std::string& action,
            const policy::Context& context, const Target& target) {
    policy::Document document = policy.document();
    document.statements.clear();
    for (const policy::Rule& rule : policy.rules())
      if (can_matter(rule, action, target, context)) {
        document.statements.push_back(rule.statement());
        document.statements.back().actions = {"*"};
        document.statements.back().not_action = false;
      }
    if (document.statements.empty()) return;
    kept_.push_back(std::make_unique<const policy::Policy>(policy.name(), std::move(document)));
    left_[index].push_back(kept_.back().get());
  }

  std::vector<policy::PolicyList> left_;
  std::vector<std::unique_ptr<const policy::Policy>> kept_;
};

class Filler {
 public:
  Filler(const World& world, Matrix& matrix, const policy::Context& context)
      : world_(world),
        matrix_(matrix),
        context_(context),
        groups_(grouped(world, matrix.action, matrix.targets)),
        own_(matrix, context) {}

  void fill_row(size_t row) const {
    for (const Group& group : groups_) {
      if (group.plain)
        fill_narrowed(row, group);
      else
        for (size_t column : group.members) set(row, column, by_answer(row, column));
    }
  }

 private:
  void set(size_t row, size_t column, bool may) const {
    matrix_.cells[row * matrix_.targets.size() + column] = may ? 1 : 0;
  }

  bool by_answer(size_t row, size_t column) const {
    Question question{matrix_.actors[row], matrix_.action, &matrix_.targets[column], context_, {}};
    return answer(world_, question, Detail::verdict).allowed();
  }

  void fill_narrowed(size_t row, const Group& group) const {
    const Actor& actor = *matrix_.actors[row];
    const Target& first = matrix_.targets[group.members.front()];
    policy::Request request = request_of(actor, matrix_.action, first, context_);
    policy::Policies policies = policies_of(actor, first, request);
    policy::Narrowed narrowed(request, policies, {});
    OwnGrants grants(actor, matrix_.action);
    bool cross = request.cross_account();
    for (size_t column : group.members) {
      const policy::PolicyList& own = own_.of(column);
      if (cross && own.empty()) continue;  // nothing of the resource's side allows it
      const Target& target = matrix_.targets[column];
      if (own.empty() && !grants.could(target.arn, request.context)) continue;
      bool may = narrowed.decide(target.arn, target.account, own).allowed();
      // An encrypted object asks for its key, too.
      bool by_key = may && target.object && target.bucket->encryption.starts_with("aws:kms");
      set(row, column, by_key ? by_answer(row, column) : may);
    }
  }

  const World& world_;
  Matrix& matrix_;
  const policy::Context& context_;
  std::vector<Group> groups_;
  OwnPolicies own_;
};

bool can_be_about(const actions::Action& action, const std::string& arn) {
  return std::ranges::any_of(action.resources, [&](const actions::ActionResource& resource) {
    return resource.type->form.fits(arn);
  });
}

}  // namespace

size_t Matrix::count(size_t actor) const {
  auto row = cells.begin() + static_cast<std::ptrdiff_t>(actor * targets.size());
  return static_cast<size_t>(
      std::count(row, row + static_cast<std::ptrdiff_t>(targets.size()), uint8_t{1}));
}

Result<Matrix> fill_matrix(const World& world, const std::string& action,
                           std::vector<const Actor*> actors, std::vector<Target> targets,
                           const policy::Context& context, Executor& executor) {
  if (targets.size() > 0 && actors.size() > matrix_cells_max / targets.size())
    return Error("TooMuch", std::to_string(actors.size()) + " principals times " +
                                std::to_string(targets.size()) + " resources are too many")
        .with_hint("name fewer resources, or fewer accounts with --account");
  Matrix matrix{action, std::move(actors), std::move(targets), {}};
  matrix.cells.resize(matrix.actors.size() * matrix.targets.size());
  Filler filler(world, matrix, context);
  // In pieces, so that two cores share the work without a task for each row.
  constexpr size_t piece = 16;
  std::atomic<size_t> left = 0;
  for (size_t begin = 0; begin < matrix.actors.size(); begin += piece) {
    ++left;
    executor.submit([&, begin] {
      size_t end = std::min(begin + piece, matrix.actors.size());
      for (size_t row = begin; row < end; ++row) filler.fill_row(row);
      --left;
    });
  }
  executor.wait_until([&] { return left == 0; });
  return matrix;
}

std::vector<std::string> known_resources(const World& world, const actions::ActionTable& table,
                                         const std::string& name) {
  const actions::Action* action = table.find(name);
  std::vector<std::string> out;
  if (!action || action->resources.empty()) return {"*"};
  for (const std::string& arn : world.resources()) {
    if (can_be_about(*action, arn)) out.push_back(arn);
    if (arn.starts_with("arn:aws:s3:::") && can_be_about(*action, arn + "/*"))
      out.push_back(arn + "/*");
  }
  return out;
}

Result<std::vector<Target>> targets_of(const World& world, const actions::ActionTable& table,
                                       const std::string& action,
                                       const std::vector<std::string>& texts) {
  std::vector<Target> out;
  std::vector<std::string> known;
  for (const std::string& text : texts) {
    if (text == "*" || text.find_first_of("*?") != std::string::npos) {
      if (known.empty()) known = known_resources(world, table, action);
      size_t before = out.size();
      for (const std::string& arn : known) {
        if (!glob_match(text, arn)) continue;
        TRY(Target target, world.target(arn));
        out.push_back(std::move(target));
      }
      if (out.size() > before) continue;
    }
    TRY(Target target, world.target(text));
    out.push_back(std::move(target));
  }
  return out;
}

}  // namespace mainstay::access
