#include "stacks/lookup_query.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "stacks/lookup_aws.hh"

namespace mainstay::stacks {
namespace {

struct Query {
  std::string text;
  std::map<std::string, std::string> arguments;

  std::string argument(const std::string& name, const std::string& otherwise = "") const {
    auto found = arguments.find(name);
    return found == arguments.end() ? otherwise : found->second;
  }
  bool flag(const std::string& name, bool otherwise) const {
    return argument(name, otherwise ? "true" : "false") == "true";
  }
};

constexpr std::string_view common_arguments[] = {"default", "get", "load", "region", "transform"};

Result<Query> parse_query(const std::string& data, const std::vector<std::string>& further = {}) {
  Query query;
  size_t colons = data.find("::");
  query.text = std::string(trim(data.substr(0, colons)));
  if (colons == std::string::npos) return query;
  for (const std::string& part : split(data.substr(colons + 2), ",")) {
    size_t equals = part.find('=');
    std::string name(trim(part.substr(0, equals)));
    bool known = std::ranges::find(common_arguments, name) != std::end(common_arguments) ||
                 std::ranges::find(further, name) != further.end();
    if (equals == std::string::npos || !known)
      return Error("LookupInvalid", "\"" + printable(part) + "\" is no argument of a lookup")
          .with_hint("arguments are default, get, load, region and transform, each as NAME=VALUE");
    query.arguments[name] = std::string(trim(part.substr(equals + 1)));
  }
  return query;
}

Result<Value> loaded(const Value& v, const std::string& format) {
  if (format.empty() || !v.is_string()) return v;
  if (format == "json" || format == "troposphere") return parse_json(v.as_string());
  if (format != "yaml")
    return Error("LookupInvalid",
                 "load can be json, yaml or troposphere, not \"" + printable(format) + "\"");
  TRY(auto document, cfn::parse_document(v.as_string(), "", cfn::ParseOptions::for_config()));
  return document.root;
}

Result<Value> transformed(const Value& v, const std::string& kind) {
  if (kind.empty()) return v;
  if (kind == "str") return Value(v.is_scalar() ? v.to_text() : to_json(v));
  if (kind == "bool") {
    std::string text = to_lower(v.to_text());
    for (const char* yes : {"true", "yes", "on", "1", "y", "t"})
      if (text == yes) return Value(true);
    for (const char* no : {"false", "no", "off", "0", "n", "f", ""})
      if (text == no) return Value(false);
    return Error("LookupInvalid", "\"" + printable(text) + "\" is neither true nor false");
  }
  return Error("LookupInvalid", "transform can be str or bool, not \"" + printable(kind) + "\"");
}

// What was found, or the default, as the arguments want it: load, then get, then transform.
Result<Value> finished(Result<Value> found, const Query& query) {
  if (!found) {
    bool missing = found.error().code == "LookupFailed";
    if (!missing || !query.arguments.contains("default")) return found;
    found = Value(query.argument("default"));
  }
  TRY(Value value, loaded(*found, query.argument("load")));
  std::string path = query.argument("get");
  if (!path.empty()) {
    const Value& part = value.at_path(path);
    if (part.is_null()) {
      if (!query.arguments.contains("default"))
        return Error("LookupFailed", "there is no \"" + printable(path) + "\" in what was found");
      value = query.argument("default");
    } else {
      value = Value(part);
    }
  }
  return transformed(value, query.argument("transform"));
}

Result<Value> parameter_value(const Query& query, const LookupContext& context) {
  Value input = Value::map({{"Name", query.text}, {"WithDecryption", true}});
  auto answer = context.call("ssm", "GetParameter", input, query.argument("region"));
  if (!answer && answer.error().code == "ParameterNotFound")
    return Error("LookupFailed", "there is no SSM parameter \"" + printable(query.text) + "\"");
  if (!answer) return answer;
  const Value& parameter = (*answer)["Parameter"];
  const std::string& text = parameter["Value"].as_string();
  const std::string& type = parameter["Type"].as_string();
  if (context.secrets)
    type == "SecureString" ? context.secrets->add(text) : context.secrets->add_value(text);
  if (type == "StringList") return Value::texts(split(text, ","));
  return Value(text);
}

}  // namespace

Result<Value> look_up_cfn(const std::string& data, const LookupContext& context) {
  TRY(Query query, parse_query(data));
  size_t dot = query.text.rfind('.');
  if (dot == std::string::npos || dot == 0) return wrong_form(data, "FULLNAME.OUTPUT[::ARGUMENTS]");
  std::string stack = query.text.substr(0, dot), output = query.text.substr(dot + 1);
  if (query.argument("region").empty()) {
    auto found = context.xref(stack, output);
    return finished(found ? Result<Value>(Value(*found)) : Result<Value>(found.error()), query);
  }
  auto answer = context.call("cloudformation", "DescribeStacks", Value::map({{"StackName", stack}}),
                             query.argument("region"));
  Result<Value> found =
      Error("LookupFailed", "the stack " + printable(stack) + " in " + query.argument("region") +
                                " has no output " + printable(output));
  if (!answer && answer.error().code != "ValidationError") return answer;
  if (answer)
    for (const Value& one : (*answer)["Stacks"].at(0)["Outputs"].items())
      if (one["OutputKey"] == Value(output)) found = one["OutputValue"];
  return finished(std::move(found), query);
}

Result<Value> look_up_env(const std::string& data, const LookupContext& context) {
  TRY(Query query, parse_query(data));
  auto value = context.process->get(query.text);
  if (value) return finished(Value(*value), query);
  return finished(
      Error("LookupFailed", "the environment variable " + printable(query.text) + " is not set"),
      query);
}

Result<Value> look_up_var(const std::string& data, const LookupContext& context) {
  TRY(Query query, parse_query(data));
  const Value* whole = context.environment->find(query.text);
  const Value found = whole ? *whole : Value(*context.environment).at_path(query.text);
  if (!found.is_null()) return finished(found, query);
  return finished(Error("LookupFailed", "the environment has no \"" + printable(query.text) + "\""),
                  query);
}

Result<Value> look_up_ssm(const std::string& data, const LookupContext& context) {
  TRY(Query query, parse_query(data));
  return finished(parameter_value(query, context), query);
}

Result<Value> look_up_ecr(const std::string& data, const LookupContext& context) {
  TRY(Query query, parse_query(data));
  if (query.text != "login-password") return wrong_form(data, "login-password[::ARGUMENTS]");
  TRY(Value answer,
      context.call("ecr", "GetAuthorizationToken", Value::map(), query.argument("region")));
  auto token = base64_decode(answer["authorizationData"].at(0)["authorizationToken"].as_string());
  size_t colon = token ? token->find(':') : std::string::npos;
  if (colon == std::string::npos)
    return Error("LookupFailed", "ECR's authorization token has another form than USER:PASSWORD");
  std::string password = token->substr(colon + 1);
  if (context.secrets) context.secrets->add(password);
  return finished(Value(password), query);
}

// Another text every time: for hooks, and for what is only read when a stack is made.
Result<Value> look_up_random_string(const std::string& data, const LookupContext& context) {
  constexpr int64_t length_max = 4096;
  TRY(Query query, parse_query(data, {"digits", "lowercase", "uppercase", "punctuation"}));
  auto length = parse_int(query.text);
  if (!length || *length < 1 || *length > length_max)
    return wrong_form(data, "LENGTH[::digits=...,lowercase=...,uppercase=...,punctuation=...]");
  std::string letters;
  if (query.flag("digits", true)) letters += "0123456789";
  if (query.flag("lowercase", true)) letters += "abcdefghijklmnopqrstuvwxyz";
  if (query.flag("uppercase", true)) letters += "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (query.flag("punctuation", false)) letters += "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  if (letters.empty())
    return Error("LookupInvalid", "a random string needs at least one kind of character");
  std::string text;
  while (text.size() < static_cast<size_t>(*length))
    for (unsigned char c : context.random(64))
      // Bytes beyond the last whole round would make the first letters likelier.
      if (c < 256 / letters.size() * letters.size() && text.size() < static_cast<size_t>(*length))
        text += letters[c % letters.size()];
  return finished(Value(text), query);
}

}  // namespace mainstay::stacks
