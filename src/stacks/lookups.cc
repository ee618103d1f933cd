#include "stacks/lookups.hh"

#include "base/text.hh"
#include "stacks/lookup_file.hh"
#include "stacks/lookup_text.hh"

namespace mainstay::stacks {
namespace {

using Handler = Result<Value> (*)(const std::string& data, const LookupContext& context);

struct Lookup {
  std::string_view name;
  Handler handle;  // null: known to stacker, not supported here yet
};

Error wrong_form(const std::string& data, std::string_view form) {
  return Error("LookupInvalid",
               "\"" + printable(data) + "\" should have the form " + std::string(form));
}

struct Pair {
  std::string first, second;
};

Result<Pair> split_pair(const std::string& data, std::string_view form) {
  size_t colons = data.find("::");
  if (colons == std::string::npos || colons == 0) return wrong_form(data, form);
  return Pair{data.substr(0, colons), data.substr(colons + 2)};
}

constexpr std::string_view output_form = "STACK::OUTPUT";

Result<Value> look_up_output(const std::string& data, const LookupContext& context) {
  TRY(Pair pair, split_pair(data, output_form));
  TRY(std::string value, context.output(pair.first, pair.second));
  return Value(value);
}

Result<Value> look_up_xref(const std::string& data, const LookupContext& context) {
  TRY(Pair pair, split_pair(data, output_form));
  TRY(std::string value, context.xref(pair.first, pair.second));
  return Value(value);
}

Result<Value> look_up_rxref(const std::string& data, const LookupContext& context) {
  TRY(Pair pair, split_pair(data, output_form));
  TRY(std::string value, context.xref(context.full_name(pair.first), pair.second));
  return Value(value);
}

Result<Value> look_up_envvar(const std::string& data, const LookupContext& context) {
  TRY(std::string name, read_file_reference(data, context));
  name = trim(name);
  auto value = context.process->get(name);
  if (!value)
    return Error("LookupFailed", "the environment variable " + printable(name) + " is not set");
  return Value(*value);
}

Result<Value> look_up_default(const std::string& data, const LookupContext& context) {
  TRY(Pair pair, split_pair(data, "KEY::VALUE"));
  const Value* value = context.environment->find(pair.first);
  return value ? *value : Value(pair.second);
}

Result<Value> look_up_split(const std::string& data, const LookupContext&) {
  TRY(Pair pair, split_pair(data, "DELIMITER::TEXT"));
  Value parts = Value::list();
  for (std::string& part : split(pair.second, pair.first)) parts.push_back(std::move(part));
  return parts;
}

// "[REGION@]REST"
Pair split_region(const std::string& text, const char* otherwise) {
  size_t at = text.find('@');
  if (at == std::string::npos) return {otherwise, text};
  return {text.substr(0, at), text.substr(at + 1)};
}

// stacker's default region for parameters is us-east-1, whatever the stack's.
Result<Value> look_up_ssmstore(const std::string& data, const LookupContext& context) {
  TRY(std::string text, read_file_reference(data, context));
  Pair where = split_region(std::string(trim(text)), "us-east-1");
  Value input = Value::map({{"Names", Value::list({where.second})}, {"WithDecryption", true}});
  TRY(Value answer, context.call("ssm", "GetParameters", input, where.first));
  const Value& value = answer["Parameters"].at(0)["Value"];
  if (!value.is_string())
    return Error("LookupFailed",
                 "there is no SSM parameter \"" + printable(where.second) + "\" in " + where.first);
  if (context.secrets) {
    // Plain parameters may hold words like "prod", which must stay in names.
    bool secure = answer["Parameters"].at(0)["Type"] == Value("SecureString");
    secure ? context.secrets->add(value.as_string())
           : context.secrets->add_value(value.as_string());
  }
  return value;
}

Result<Value> look_up_kms(const std::string& data, const LookupContext& context) {
  TRY(std::string text, read_file_reference(data, context));
  Pair where = split_region(std::string(trim(text)), "");
  auto blob = base64_decode(where.second);
  if (!blob) return wrong_form(data, "[REGION@]BASE64");
  Value input = Value::map({{"CiphertextBlob", Bytes{*blob}}});
  TRY(Value answer, context.call("kms", "Decrypt", input, where.first));
  const std::string& plain = answer["Plaintext"].as_bytes();
  if (context.secrets) context.secrets->add(plain);
  return Value(plain);
}

constexpr Lookup lookups[] = {
    {"output", look_up_output}, {"xref", look_up_xref},       {"rxref", look_up_rxref},
    {"envvar", look_up_envvar}, {"default", look_up_default}, {"split", look_up_split},
    {"file", look_up_file},     {"kms", look_up_kms},         {"ssmstore", look_up_ssmstore},
    {"ami", nullptr},           {"dynamodb", nullptr},        {"hook_data", nullptr},
};

Result<const Lookup*> find_lookup(const std::string& name) {
  std::vector<std::string> names;
  for (const Lookup& lookup : lookups) {
    if (lookup.name == name && lookup.handle) return &lookup;
    if (lookup.name == name)
      return Error("NotSupported", "the lookup \"" + name + "\" is not supported by mainstay yet");
    if (lookup.handle) names.emplace_back(lookup.name);
  }
  Error error("LookupInvalid", "there is no lookup \"" + printable(name) + "\"");
  auto near = nearest(name, names);
  error.hint = near ? "did you mean \"" + *near + "\"?" : "there are " + join(names, ", ");
  return error;
}

Result<Value> join_pieces(const std::vector<LookupPiece>& pieces, const LookupContext& context) {
  std::string text;
  for (const LookupPiece& piece : pieces) {
    if (!piece.is_lookup) {
      text += piece.text;
      continue;
    }
    TRY(const Lookup* lookup, find_lookup(piece.text));
    TRY(Value data, join_pieces(piece.inside, context));
    if (!data.is_string())
      return Error("LookupInvalid", "the lookup inside \"" + piece.text + "\" gives " +
                                        kind_name(data.kind()) + ", where text is needed");
    TRY(Value value, lookup->handle(data.as_string(), context));
    if (pieces.size() == 1) return value;
    if (!value.is_scalar())
      return Error("LookupInvalid", "the lookup \"" + piece.text + "\" gives " +
                                        kind_name(value.kind()) +
                                        ", so nothing may stand beside it");
    text += value.to_text();
  }
  return Value(text);
}

Result<Value> resolve_text(const Value& v, const LookupContext& context) {
  if (!v.as_string().contains("${")) return v;
  TRY(auto pieces, parse_lookups(v.as_string()));
  return join_pieces(pieces, context);
}

Status check_pieces(const std::vector<LookupPiece>& pieces) {
  for (const LookupPiece& piece : pieces) {
    if (!piece.is_lookup) continue;
    CHECK_OK(find_lookup(piece.text));
    CHECK_OK(check_pieces(piece.inside));
  }
  return {};
}

Status check_text(const Value& v) {
  TRY(auto pieces, parse_lookups(v.as_string()));
  return check_pieces(pieces);
}

Status check_at(const Value& v, const cfn::Document& document, cfn::Path& path) {
  if (v.is_string()) {
    Status good = check_text(v);
    return good ? good : std::move(good.error()).where(document.at(path));
  }
  for (size_t i = 0; i < v.size(); ++i) {
    path.push_back(v.is_list() ? std::to_string(i) : v.members().nth(i).first);
    CHECK_OK(check_at(v.is_list() ? v.items()[i] : v.members().nth(i).second, document, path));
    path.pop_back();
  }
  return {};
}

Result<Value> resolve_at(const Value& v, const LookupContext& context,
                         const cfn::Document& document, cfn::Path& path) {
  if (v.is_string()) {
    auto resolved = resolve_text(v, context);
    if (resolved) return resolved;
    Error& error = resolved.error();
    // Some speak of a place in a file that is looked up.
    Position wanted_at = document.at(path);
    if (error.at.known() && wanted_at.known())
      return std::move(error).because("for " + wanted_at.to_string());
    return std::move(error).where(wanted_at);
  }
  if (v.is_scalar()) return v;
  Value out = v.is_list() ? Value::list() : Value::map();
  for (size_t i = 0; i < v.size(); ++i) {
    path.push_back(v.is_list() ? std::to_string(i) : v.members().nth(i).first);
    const Value& part = v.is_list() ? v.items()[i] : v.members().nth(i).second;
    TRY(Value resolved, resolve_at(part, context, document, path));
    if (v.is_list())
      out.push_back(std::move(resolved));
    else
      out.set(path.back(), std::move(resolved));
    path.pop_back();
  }
  return out;
}

}  // namespace

Result<Value> resolve_lookups(const Value& v, const LookupContext& context,
                              const cfn::Document& document, const cfn::Path& path) {
  cfn::Path at = path;
  return resolve_at(v, context, document, at);
}

Status check_lookups(const Value& v, const cfn::Document& document, const cfn::Path& path) {
  cfn::Path at = path;
  return check_at(v, document, at);
}

}  // namespace mainstay::stacks
