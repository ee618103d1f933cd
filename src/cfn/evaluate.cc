#include "cfn/evaluate.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cfn/intrinsics.hh"
#include "cfn/references.hh"

namespace mainstay::cfn {
namespace {

constexpr std::string_view resolve_start = "{{resolve:";
constexpr size_t text_size_max = 4 << 20;  // of what a function may make

constexpr std::string_view supported =
    "Fn::Base64, Fn::GetAtt, Fn::GetAZs, Fn::ImportValue, Fn::Join, Fn::Split, Fn::FindInMap, "
    "Fn::Select, Ref, Fn::Equals, Fn::If, Fn::Not, Condition, Fn::And, Fn::Or, Fn::Contains, "
    "Fn::EachMemberEquals, Fn::EachMemberIn, Fn::ValueOf, Fn::ValueOfAll, Fn::RefAll, Fn::Sub, "
    "Fn::Cidr, Fn::Length, Fn::ToJsonString, Fn::ForEach";

Error unsupported(std::string_view function) {
  if (function == "Fn::Transform")
    return template_error("Fn::Transform has not been run: only CloudFormation runs transforms");
  return template_error(
      "Template Error: Encountered unsupported function: " + std::string(function) +
      " Supported functions are: [" + std::string(supported) + "]");
}

Result<Value> call(std::string_view name, const Value& argument, Context& context) {
  const Intrinsic* function = find_intrinsic(name);
  if (!function) return unsupported(name);
  if (function->lazy) return function->apply(argument, context);
  TRY(Value evaluated, evaluate_at(argument, context, std::string(name)));
  if (has_unknown(evaluated)) return unknown(name, evaluated);
  return function->apply(evaluated, context);
}

Result<Value> evaluate_list(const Value& v, Context& context) {
  List out;
  out.reserve(v.size());
  for (size_t i = 0; i < v.size(); ++i) {
    TRY(Value item, evaluate_at(v.at(i), context, std::to_string(i)));
    if (!item.is_null()) out.push_back(std::move(item));
  }
  return Value(std::move(out));
}

Result<Value> evaluate_map(const Value& v, Context& context) {
  Map out;
  for (const auto& [key, member] : v.members()) {
    if (key == "Fn::Transform") return unsupported(key).where(context.tmpl->at(context.path));
    TRY(Value item, evaluate_at(member, context, key));
    if (!item.is_null()) out.set(key, std::move(item));
  }
  return Value(std::move(out));
}

// The argument with unknowns as the text that names them, for people to read.
Value with_text(const Value& v) {
  if (v.is_bytes()) return v.as_bytes();
  Value out = v;
  if (v.is_list())
    for (Value& item : out.make_list()) item = with_text(item);
  for (const auto& [key, member] : v.members()) out.set(key, with_text(member));
  return out;
}

// A function that stands alone in its map; {"Condition": ...} is one only where a boolean is due.
bool is_call(std::string_view name) {
  return !name.empty() && name != "Condition";
}

// Conditions refer to each other; each is evaluated once.
class ConditionSet {
 public:
  ConditionSet(const Template& t, Context& context) : t_(t), context_(context) {}

  Result<Map> all() {
    context_.conditions = &done_;
    for (const auto& [name, v] : t_.conditions) CHECK_OK(one(name));
    return std::move(done_);
  }

 private:
  Status one(const std::string& name) {
    if (done_.contains(name)) return {};
    if (std::find(open_.begin(), open_.end(), name) != open_.end())
      return template_error("Template format error: Circular dependency between conditions: [" +
                            join(open_, ", ") + "]")
          .where(t_.at({"Conditions", name}));
    const Value* v = t_.conditions.find(name);
    if (!v)
      return template_error("Template error: unresolved condition dependency " + name +
                            " in Condition")
          .where(t_.at({"Conditions", open_.empty() ? name : open_.back()}));
    open_.push_back(name);
    TRY(auto references, find_references(*v, {"Conditions", name}));
    for (const Reference& r : references)
      if (r.kind == Reference::Kind::condition) CHECK_OK(one(r.name));
    open_.pop_back();
    context_.path = {"Conditions", name};
    TRY(bool value, evaluate_boolean(*v, context_,
                                     "Template format error: Conditions can only be boolean "
                                     "operations on parameters and other conditions"));
    done_.set(name, value);
    return {};
  }

  const Template& t_;
  Context& context_;
  Map done_;
  std::vector<std::string> open_;
};

Status check_rule(const std::string& name, const Value& rule, Context& context) {
  context.path = {"Rules", name};
  if (rule.has("RuleCondition")) {
    TRY(bool applies, evaluate_boolean(rule["RuleCondition"], context,
                                       "Template error: the RuleCondition of rule " + name +
                                           " must be true or false"));
    if (!applies) return {};
  }
  for (const Value& assertion : rule["Assertions"].items()) {
    TRY(bool holds,
        evaluate_boolean(assertion["Assert"], context,
                         "Template error: each Assert of rule " + name + " must be true or false"));
    if (holds) continue;
    std::string why = assertion["AssertDescription"].to_text();
    if (why.empty()) why = "Rule " + name + " is not satisfied";
    return template_error("Template validation error: " + why)
        .where(context.tmpl->at({"Rules", name}));
  }
  return {};
}

Result<Value> resolve_text(const std::string& text, const Environment& environment) {
  std::string out;
  size_t from = 0;
  for (;;) {
    size_t start = text.find(resolve_start, from);
    size_t end = start == std::string::npos ? start : text.find("}}", start);
    if (end == std::string::npos) return Value(out + text.substr(from));
    out += text.substr(from, start - from);
    std::string inside =
        text.substr(start + resolve_start.size(), end - start - resolve_start.size());
    size_t colon = inside.find(':');
    std::string service = inside.substr(0, colon);
    bool known = service == "ssm" || service == "ssm-secure" || service == "secretsmanager";
    if (!known || colon == std::string::npos || !environment.resolve)
      return template_error("Could not parse dynamic reference {{resolve:" + inside + "}}")
          .with_hint("services are ssm, ssm-secure and secretsmanager");
    TRY(std::string value, environment.resolve(service, inside.substr(colon + 1)));
    out += value;
    from = end + 2;
  }
}

}  // namespace

const Intrinsic* find_intrinsic(std::string_view name) {
  if (const Intrinsic* f = find_text_function(name)) return f;
  if (const Intrinsic* f = find_list_function(name)) return f;
  return find_logic_function(name);
}

Value unknown(std::string_view function, const Value& argument) {
  return Bytes{std::string(function) + " " + to_canonical_json(with_text(argument))};
}

Result<Value> evaluate_at(const Value& v, Context& context, std::string step) {
  context.path.push_back(std::move(step));
  auto out = evaluate(v, context);
  context.path.pop_back();
  return out;
}

Result<Value> evaluate(const Value& v, Context& context) {
  if (v.is_list()) return evaluate_list(v, context);
  if (!v.is_map()) return v;
  std::string_view name = function_name(v);
  if (!is_call(name)) return evaluate_map(v, context);
  auto out = call(name, v.members().nth(0).second, context);
  if (!out.has_value()) {
    Position at = context.tmpl ? context.tmpl->at(context.path) : Position();
    return std::move(out).error().where(at);
  }
  if (out->is_string() && out->as_string().size() > text_size_max)
    return template_error("the result of " + std::string(name) + " is longer than " +
                          std::to_string(text_size_max) + " bytes");
  return out;
}

Result<bool> evaluate_boolean(const Value& v, Context& context, std::string_view complaint) {
  Value result;
  if (function_name(v) == "Condition") {
    const Value* known =
        context.conditions ? context.conditions->find(v["Condition"].as_string()) : nullptr;
    if (!known)
      return template_error("Template error: unresolved condition dependency " +
                            v["Condition"].to_text() + " in Condition");
    result = *known;
  } else {
    TRY(result, evaluate(v, context));
  }
  if (result.is_bool()) return result.as_bool();
  if (result.as_string() == "true") return true;
  if (result.as_string() == "false") return false;
  return template_error(complaint);
}

Result<Map> evaluate_conditions(const Template& t, const Map& parameters,
                                const Environment& environment) {
  Context context;
  context.tmpl = &t;
  context.parameters = &parameters;
  context.environment = &environment;
  return ConditionSet(t, context).all();
}

Status check_rules(const Template& t, const Map& parameters, const Environment& environment) {
  Context context;
  context.tmpl = &t;
  context.parameters = &parameters;
  context.environment = &environment;
  for (const auto& [name, rule] : t.rules) CHECK_OK(check_rule(name, rule, context));
  return {};
}

Result<Value> resolve_dynamic_references(const Value& v, const Environment& environment) {
  if (v.is_string()) {
    if (!v.as_string().contains(resolve_start)) return v;
    return resolve_text(v.as_string(), environment);
  }
  if (!has_dynamic_reference(v)) return v;
  Value out = v;
  if (v.is_list()) {
    for (Value& item : out.make_list()) {
      TRY(item, resolve_dynamic_references(item, environment));
    }
    return out;
  }
  for (const auto& [key, member] : v.members()) {
    TRY(Value resolved, resolve_dynamic_references(member, environment));
    out.set(key, std::move(resolved));
  }
  return out;
}

bool has_dynamic_reference(const Value& v) {
  if (v.is_string()) return v.as_string().contains(resolve_start);
  if (v.is_list()) return std::any_of(v.items().begin(), v.items().end(), has_dynamic_reference);
  return std::any_of(v.members().begin(), v.members().end(),
                     [](const auto& m) { return has_dynamic_reference(m.second); });
}

bool has_unknown(const Value& v) {
  if (v.is_bytes()) return true;
  if (v.is_list()) return std::any_of(v.items().begin(), v.items().end(), has_unknown);
  return std::any_of(v.members().begin(), v.members().end(),
                     [](const auto& m) { return has_unknown(m.second); });
}

}  // namespace mainstay::cfn
