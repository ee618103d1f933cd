// Functions that make text: Ref, GetAtt, Sub, Join, Split, Base64, ToJsonString.
#include "base/json.hh"
#include "base/text.hh"
#include "cfn/intrinsics.hh"
#include "cfn/references.hh"

namespace mainstay::cfn {
namespace {

Result<Value> ref(const Value& argument, Context& context) {
  TRY(Value name, evaluate_at(argument, context, "Ref"));
  if (name.as_string().empty()) return template_error(messages::ref_form);
  return evaluate_ref(name.as_string(), context);
}

Result<Value> get_att(const Value& argument, Context& context) {
  TRY(Value evaluated, evaluate_at(argument, context, "Fn::GetAtt"));
  TRY(auto parts, split_get_att(evaluated));
  if (!parts.first.is_string() || !parts.second.is_string())
    return template_error(messages::get_att_form);
  return evaluate_get_att(parts.first.as_string(), parts.second.as_string(), context);
}

// A variable of Fn::Sub: own, a resource's attribute, or what Ref gives.
Result<Value> sub_variable(const std::string& name, const Value& own, Context& context) {
  if (const Value* mine = own.find(name)) return *mine;
  size_t dot = name.find('.');
  if (dot == std::string::npos) return evaluate_ref(name, context);
  return evaluate_get_att(name.substr(0, dot), name.substr(dot + 1), context);
}

Result<Value> sub(const Value& argument, Context& context) {
  bool has_map = argument.is_list();
  const Value& text = has_map ? argument.at(0) : argument;
  bool well_formed =
      text.is_string() && (!has_map || (argument.size() == 2 && argument.at(1).is_map()));
  if (!well_formed) return template_error(messages::sub_form);
  TRY(Value own, evaluate_at(argument.at(1), context, "1"));
  TRY(auto pieces, parse_sub(text.as_string()));
  std::string out;
  bool is_unknown = false;
  for (const SubPiece& piece : pieces) {
    Value v = piece.text;
    if (piece.is_variable) {
      TRY(v, sub_variable(piece.text, own, context));
      if (!v.is_scalar() || v.is_null())
        return template_error("Template error: variable " + piece.text +
                              " in Fn::Sub expression does not resolve to a string");
    }
    out += v.to_text();
    is_unknown |= v.is_bytes();
  }
  if (is_unknown) return Value(Bytes{std::move(out)});  // "https://${Vpc.Arn}/x"
  return Value(std::move(out));
}

Result<Value> join_texts(const Value& argument, Context&) {
  Error malformed = template_error(
      "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and "
      "(2) a list of strings to be joined or a function that returns a list of strings (such as "
      "Fn::GetAZs) to be joined.");
  if (argument.size() != 2 || !argument.at(0).is_string() || !argument.at(1).is_list())
    return malformed;
  std::vector<std::string> parts;
  for (const Value& item : argument.at(1).items()) {
    if (!item.is_scalar()) return malformed;
    parts.push_back(item.to_text());
  }
  return Value(join(parts, argument.at(0).as_string()));
}

Result<Value> split_text(const Value& argument, Context&) {
  bool well_formed = argument.is_list() && argument.size() == 2 && argument.at(0).is_string() &&
                     argument.at(1).is_scalar() && !argument.at(0).as_string().empty();
  if (!well_formed)
    return template_error(
        "Template error: every Fn::Split object requires two parameters, (1) a string delimiter "
        "and (2) a string to be split or a function that returns a string to be split.");
  List out;
  for (std::string& part : split(argument.at(1).to_text(), argument.at(0).as_string()))
    out.emplace_back(std::move(part));
  return Value(std::move(out));
}

Result<Value> base64(const Value& argument, Context&) {
  if (!argument.is_scalar() || argument.is_null())
    return template_error(
        "Template error: every Fn::Base64 object must have a String-typed value.");
  return Value(base64_encode(argument.to_text()));
}

Result<Value> to_json_string(const Value& argument, Context&) {
  if (argument.is_scalar())
    return template_error(
        "Transform AWS::LanguageExtensions failed with: Fn::ToJsonString layout is incorrect");
  return Value(to_json(argument));
}

constexpr Intrinsic text_intrinsics[] = {
    {"Ref", true, ref},
    {"Fn::GetAtt", true, get_att},
    {"Fn::Sub", true, sub},
    {"Fn::Join", false, join_texts},
    {"Fn::Split", false, split_text},
    {"Fn::Base64", false, base64},
    {"Fn::ToJsonString", false, to_json_string},
};

}  // namespace

Result<Value> evaluate_ref(const std::string& name, Context& context) {
  if (const Value* v = context.parameters ? context.parameters->find(name) : nullptr) return *v;
  if (auto v = context.environment->pseudo.find(name)) return *v;
  if (context.tmpl && context.tmpl->find_resource(name) && context.environment->ref)
    return context.environment->ref(name);
  std::string block = context.path.empty() ? "Resources" : context.path[0];
  return template_error("Template format error: Unresolved resource dependencies [" + name +
                        "] in the " + block + " block of the template");
}

Result<Value> evaluate_get_att(const std::string& id, const std::string& attribute,
                               Context& context) {
  if (context.tmpl && context.tmpl->find_resource(id) && context.environment->get_att)
    return context.environment->get_att(id, attribute);
  return template_error("Template error: instance of Fn::GetAtt references undefined resource " +
                        id);
}

const Intrinsic* find_text_function(std::string_view name) {
  return find_in(text_intrinsics, name);
}

}  // namespace mainstay::cfn
