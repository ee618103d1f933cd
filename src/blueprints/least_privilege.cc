#include "blueprints/least_privilege.hh"

#include "base/text.hh"
#include "policy/symbolic.hh"

namespace mainstay::blueprints {
namespace {

using policy::Answer, policy::Comparison, policy::PolicyList;

// An account and region in place of the template's pseudo parameters.
std::string in_sample_account(std::string text) {
  text = replace_all(text, "${AWS::Partition}", "aws");
  text = replace_all(text, "${AWS::Region}", "us-east-1");
  return replace_all(text, "${AWS::AccountId}", "111122223333");
}

Value mapped(const Value& v, Value (*change)(const std::string&)) {
  if (v.is_string()) return change(v.as_string());
  Value out = v;
  if (v.is_list()) {
    out = Value::list();
    for (const Value& item : v.items()) out.push_back(mapped(item, change));
  } else if (v.is_map()) {
    for (const auto& [key, value] : v.members()) out.set(key, mapped(value, change));
  }
  return out;
}

Value texts_of(const std::vector<std::string>& texts) {
  Value out = Value::list();
  for (const std::string& text : texts) out.push_back(text);
  return out;
}

Value statement(std::string_view effect, std::string_view sid,
                const std::vector<std::string_view>& actions,
                const std::vector<std::string>& resources) {
  Value list = Value::list();
  for (std::string_view action : actions) list.push_back(action);
  return Value::map(
      {{"Sid", sid}, {"Effect", effect}, {"Action", list}, {"Resource", texts_of(resources)}});
}

Status proved(const Comparison& comparison, const std::string& what) {
  if (comparison.answer == Answer::no_more) return {};
  if (comparison.answer == Answer::undecided)
    return Error("BlueprintInvalid", "that the generated policy " + what +
                                         " could not be decided: " + comparison.reason);
  const policy::Request& request = comparison.witnesses.at(0).request;
  return Error("BlueprintInvalid", "the generated policy must not be: that it " + what +
                                       " is untrue, it would allow " + request.action + " on " +
                                       request.resource);
}

std::vector<std::string> in_sample_account(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  for (const std::string& text : texts) out.push_back(in_sample_account(text));
  return out;
}

}  // namespace

std::string arn_here(std::string_view service, std::string_view rest) {
  return "arn:${AWS::Partition}:" + std::string(service) +
         ":${AWS::Region}:${AWS::AccountId}:" + std::string(rest);
}

Value allow(std::string_view sid, const std::vector<std::string_view>& actions,
            const std::vector<std::string>& resources, Value condition) {
  Value out = statement("Allow", sid, actions, resources);
  if (!condition.is_null()) out.set("Condition", std::move(condition));
  return out;
}

Value deny(std::string_view sid, const std::vector<std::string_view>& actions,
           const std::vector<std::string>& resources) {
  return statement("Deny", sid, actions, resources);
}

Value policy_of(Value statements) {
  return Value::map({{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
}

Value substituted(const Value& document) {
  return mapped(document, [](const std::string& text) {
    return text.find("${AWS::") == std::string::npos ? Value(text)
                                                     : Value::map({{"Fn::Sub", text}});
  });
}

Value trust_for(std::string_view service) {
  Value condition =
      Value::map({{"StringEquals",
                   Value::map({{"aws:SourceAccount", Value::map({{"Ref", "AWS::AccountId"}})}})}});
  return policy_of(Value::list({Value::map({{"Effect", "Allow"},
                                            {"Principal", Value::map({{"Service", service}})},
                                            {"Action", "sts:AssumeRole"},
                                            {"Condition", std::move(condition)}})}));
}

Status prove(const Value& document, const Limits& limits) {
  Value sample =
      mapped(document, [](const std::string& text) { return Value(in_sample_account(text)); });
  TRY(policy::Document parsed, policy::from_value(sample, policy::Kind::identity));
  policy::Policy generated("the generated policy", std::move(parsed));
  PolicyList list{&generated};
  if (!limits.never.empty()) {
    TRY(Comparison found, policy::never(list, limits.never));
    CHECK_OK(proved(found, "never allows " + join(limits.never, ", ")));
  }
  if (!limits.only_on.empty()) {
    TRY(Comparison found, policy::only_on(list, in_sample_account(limits.only_on)));
    CHECK_OK(proved(found, "stays within " + join(limits.only_on, ", ")));
  }
  if (limits.never_on.empty()) return {};
  Value rest = policy_of(
      Value::list({Value::map({{"Effect", "Allow"},
                               {"Action", "*"},
                               {"NotResource", texts_of(in_sample_account(limits.never_on))}})}));
  TRY(policy::Document outside, policy::from_value(rest, policy::Kind::identity));
  policy::Policy allowed("all but what it must not reach", std::move(outside));
  return proved(policy::compare({&allowed}, list), "never reaches " + join(limits.never_on, ", "));
}

}  // namespace mainstay::blueprints
