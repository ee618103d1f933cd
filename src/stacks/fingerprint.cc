#include "stacks/fingerprint.hh"

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t plan_id_length = 12;

Value value_of(const DeployedStack& deployed) {
  return Value::map({{"id", deployed.id},
                     {"status", deployed.status},
                     {"changed_at", deployed.changed_at},
                     {"parameters", deployed.parameters}});
}

Value value_of(const Submission& submission) {
  Value parameters = Value::map();
  for (const ParameterValue& p : submission.parameters)
    parameters.set(p.key, p.use_previous ? Value() : Value(p.value));
  Value tags = Value::map();
  for (const Tag& tag : submission.tags) tags.set(tag.key, tag.value);
  Value topics = Value::list();
  for (const std::string& arn : submission.notification_arns) topics.push_back(arn);
  return Value::map({{"name", submission.stack_name},
                     {"template", submission.template_body},
                     {"parameters", std::move(parameters)},
                     {"tags", std::move(tags)},
                     {"topics", std::move(topics)},
                     {"role", submission.role_arn},
                     {"policy", submission.policy_body}});
}

}  // namespace

std::string fingerprint(const std::optional<DeployedStack>& deployed,
                        const Submission& submission) {
  Value both = Value::list({deployed ? value_of(*deployed) : Value(), value_of(submission)});
  return hex_encode(sha256(to_canonical_json(both)));
}

std::string plan_id(const std::string& where, const std::map<std::string, std::string>& stacks) {
  Value all = Value::map({{"where", where}});
  for (const auto& [name, print] : stacks) all.set("stack " + name, print);
  return hex_encode(sha256(to_canonical_json(all))).substr(0, plan_id_length);
}

}  // namespace mainstay::stacks
