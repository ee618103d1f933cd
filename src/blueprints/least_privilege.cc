#include "blueprints/least_privilege.hh"

#include "base/text.hh"
#include "proofs/symbolic.hh"

namespace mainstay::blueprints {
namespace {

using policy::proofs::Answer, policy::proofs::Comparison;

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

Value statement(std::string_view effect, std::string_view sid,
                const std::vector<std::string_view>& actions,
                const std::vector<std::string>& resources) {
  Value list = Value::list();
  for (std::string_view action : actions) list.push_back(action);
  return Value::map(
      {{"Sid", sid}, {"Effect", effect}, {"Action", list}, {"Resource", Value::texts(resources)}});
}

Result<policy::Document> sample_document(const Value& document) {
  return policy::from_value(
      mapped(document, [](const std::string& text) { return Value(in_sample_account(text)); }),
      policy::Kind::identity);
}

Value anything_but(std::string_view not_element, const std::vector<std::string>& patterns) {
  bool actions = not_element == "NotAction";
  return Value::map(
      {{"Effect", "Allow"},
       {actions ? "NotAction" : "Action", actions ? Value::texts(patterns) : Value("*")},
       {actions ? "Resource" : "NotResource", actions ? Value("*") : Value::texts(patterns)}});
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

Limit never_allows(const std::vector<std::string>& actions) {
  return {"never allows " + join(actions, ", "), Value::list({anything_but("NotAction", actions)})};
}

Limit stays_on(const std::vector<std::string>& resources) {
  return {"stays on " + join(resources, ", "), Value::list({allow("", {"*"}, resources)})};
}

Limit never_reaches(const std::vector<std::string>& resources) {
  return {"never reaches " + join(resources, ", "),
          Value::list({anything_but("NotResource", resources)})};
}

Limit only_where(std::string what, const std::vector<std::string>& actions, Value condition) {
  Value there = Value::map({{"Effect", "Allow"},
                            {"Action", Value::texts(actions)},
                            {"Resource", "*"},
                            {"Condition", std::move(condition)}});
  return {std::move(what), Value::list({anything_but("NotAction", actions), std::move(there)})};
}

Limit only_on(std::string what, const std::vector<std::string>& actions,
              const std::vector<std::string>& resources) {
  Value there = Value::map({{"Effect", "Allow"},
                            {"Action", Value::texts(actions)},
                            {"Resource", Value::texts(resources)}});
  return {std::move(what), Value::list({anything_but("NotAction", actions), std::move(there)})};
}

Status prove(const Value& document, const std::vector<Limit>& limits) {
  TRY(policy::Document parsed, sample_document(document));
  policy::Policy generated("the generated policy", std::move(parsed));
  for (const Limit& limit : limits) {
    TRY(policy::Document outermost, sample_document(policy_of(limit.statements)));
    policy::Policy within("the limit", std::move(outermost));
    Comparison found = policy::proofs::compare({&within}, {&generated});
    if (found.answer == Answer::no_more) continue;
    std::string rule = "a policy that " + limit.what;
    if (found.answer == Answer::undecided)
      return Error("BlueprintInvalid",
                   "whether this is " + rule + " could not be decided: " + found.reason);
    const policy::Request& request = found.witnesses.at(0).request;
    return Error("BlueprintInvalid", "this is not " + rule + ": it would allow " + request.action +
                                         " on " + request.resource);
  }
  return {};
}

}  // namespace mainstay::blueprints
