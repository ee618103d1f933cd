#include "stacks/lookups.hh"

#include "base/text.hh"
#include "stacks/lookup_aws.hh"
#include "stacks/lookup_file.hh"
#include "stacks/lookup_query.hh"
#include "stacks/lookup_text.hh"

namespace mainstay::stacks {
namespace {

using Handler = Result<Value> (*)(const std::string& data, const LookupContext& context);

struct Lookup {
  std::string_view name;
  Handler handle;
  bool is_remote = false;  // only AWS knows
};

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

Result<Value> look_up_hook_data(const std::string& data, const LookupContext& context) {
  TRY(Pair pair, split_pair(data, "DATA_KEY::FIELD"));
  return context.hook_data(pair.first, pair.second);
}

constexpr Lookup lookups[] = {
    {"output", look_up_output},
    {"xref", look_up_xref, true},
    {"rxref", look_up_rxref, true},
    {"envvar", look_up_envvar},
    {"default", look_up_default},
    {"split", look_up_split},
    {"file", look_up_file},
    {"kms", look_up_kms, true},
    {"ssmstore", look_up_ssmstore, true},
    {"ami", look_up_ami, true},
    {"dynamodb", look_up_dynamodb, true},
    {"hook_data", look_up_hook_data},
    {"cfn", look_up_cfn, true},
    {"env", look_up_env},
    {"var", look_up_var},
    {"ssm", look_up_ssm, true},
    {"ecr", look_up_ecr, true},
    {"random.string", look_up_random_string},
};

// A lookup of the program's own. Those of the configuration go before them, as stacker has it.
Result<const Lookup*> find_lookup(const std::string& name, const Map& custom) {
  std::vector<std::string> names;
  for (const auto& [own, path] : custom) names.push_back(own);
  for (const Lookup& lookup : lookups) {
    if (lookup.name == name) return &lookup;
    names.emplace_back(lookup.name);
  }
  Error error("LookupInvalid", "there is no lookup \"" + printable(name) + "\"");
  auto near = nearest(name, names);
  error.hint = near ? "did you mean \"" + *near + "\"?" : "there are " + join(names, ", ");
  return error;
}

Value not_known(const std::string& name, const Value& data) {
  return "<" + name + " " + data.to_text() + ": not known yet>";
}

Result<Value> look_up(const std::string& name, const Value& data, const LookupContext& context) {
  static const Map none;
  const Map& custom = context.custom ? *context.custom : none;
  const Value* path = custom.find(name);
  if (path && context.offline) return not_known(name, data);
  if (path) return context.program(path->as_string(), data.as_string());
  TRY(const Lookup* lookup, find_lookup(name, custom));
  if (lookup->is_remote && context.offline) return not_known(name, data);
  return lookup->handle(data.as_string(), context);
}

Result<Value> join_pieces(const std::vector<LookupPiece>& pieces, const LookupContext& context) {
  std::string text;
  for (const LookupPiece& piece : pieces) {
    if (!piece.is_lookup) {
      text += piece.text;
      continue;
    }
    TRY(Value data, join_pieces(piece.inside, context));
    if (!data.is_string())
      return Error("LookupInvalid", "the lookup inside \"" + piece.text + "\" gives " +
                                        kind_name(data.kind()) + ", where text is needed");
    TRY(Value value, look_up(piece.text, data, context));
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

Status check_pieces(const std::vector<LookupPiece>& pieces, const Map& custom) {
  for (const LookupPiece& piece : pieces) {
    if (!piece.is_lookup) continue;
    if (!custom.contains(piece.text)) CHECK_OK(find_lookup(piece.text, custom));
    CHECK_OK(check_pieces(piece.inside, custom));
  }
  return {};
}

Status check_at(const Value& v, const Map& custom, const cfn::Document& document, cfn::Path& path) {
  if (v.is_string()) {
    auto pieces = parse_lookups(v.as_string());
    Status good = pieces ? check_pieces(*pieces, custom) : Status(pieces.error());
    return good ? good : std::move(good.error()).where(document.at(path));
  }
  for (size_t i = 0; i < v.size(); ++i) {
    path.push_back(v.is_list() ? std::to_string(i) : v.members().nth(i).first);
    const Value& part = v.is_list() ? v.items()[i] : v.members().nth(i).second;
    CHECK_OK(check_at(part, custom, document, path));
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

Status check_lookups(const Value& v, const Map& custom, const cfn::Document& document,
                     const cfn::Path& path) {
  cfn::Path at = path;
  return check_at(v, custom, document, at);
}

}  // namespace mainstay::stacks
