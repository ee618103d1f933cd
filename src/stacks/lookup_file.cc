#include "stacks/lookup_file.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t file_bytes_max = 1024 * 1024;

bool is_parameter_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ':' || c == '|' || c >= 0x80;
  });
}

// {"Fn::Join": ["", [text, {"Ref": name}, ...]]}, or the text itself where it refers to nothing.
Value parameterize_text(std::string_view text) {
  Value parts = Value::list();
  size_t from = 0;
  for (size_t open = text.find("{{"); open != std::string_view::npos;
       open = text.find("{{", open + 1)) {
    size_t close = text.find("}}", open);
    if (close == std::string_view::npos) break;
    std::string_view name = text.substr(open + 2, close - open - 2);
    if (!is_parameter_name(name)) continue;
    parts.push_back(text.substr(from, open - from));
    parts.push_back(Value::map({{"Ref", name}}));
    from = close + 2;
    open = close;
  }
  if (parts.empty()) return Value(text);
  parts.push_back(text.substr(from));
  return Value::map({{"Fn::Join", Value::list({"", std::move(parts)})}});
}

Value parameterize(const Value& v) {
  if (v.is_string()) return parameterize_text(v.as_string());
  if (v.is_list()) {
    Value out = Value::list();
    for (const Value& item : v.items()) out.push_back(parameterize(item));
    return out;
  }
  if (v.is_map()) {
    Value out = Value::map();
    for (const auto& [key, part] : v.members()) out.set(key, parameterize(part));
    return out;
  }
  return v;
}

Result<Value> read_yaml(const std::string& text) {
  TRY(cfn::Document document, cfn::parse_document(text, "", cfn::ParseOptions::for_config()));
  return document.root;
}

constexpr std::string_view file_scheme = "file://";

// What can't be decoded says where in its file; text that stands in the configuration itself has
// its place there.
Error undecodable(Error error, std::string_view reference) {
  if (reference.starts_with(file_scheme))
    error.at.file = reference.substr(file_scheme.size());
  else
    error.at = {};
  return error;
}

using Codec = Result<Value> (*)(const std::string& text);
struct NamedCodec {
  std::string_view name;
  Codec decode;
};

constexpr NamedCodec codecs[] = {
    {"plain", [](const std::string& text) -> Result<Value> { return Value(text); }},
    {"base64", [](const std::string& text) -> Result<Value> { return Value(base64_encode(text)); }},
    {"parameterized",
     [](const std::string& text) -> Result<Value> { return parameterize_text(text); }},
    {"parameterized-b64",
     [](const std::string& text) -> Result<Value> {
       return Value::map({{"Fn::Base64", parameterize_text(text)}});
     }},
    {"yaml", read_yaml},
    {"yaml-parameterized",
     [](const std::string& text) -> Result<Value> {
       TRY(Value v, read_yaml(text));
       return parameterize(v);
     }},
    {"json", [](const std::string& text) { return parse_json(text); }},
    {"json-parameterized",
     [](const std::string& text) -> Result<Value> {
       TRY(Value v, parse_json(text));
       return parameterize(v);
     }},
};

}  // namespace

Result<std::string> read_file_reference(const std::string& text, const LookupContext& context) {
  if (!text.starts_with(file_scheme)) return text;
  return context.files->read(join_path(context.directory, text.substr(file_scheme.size())),
                             file_bytes_max);
}

Result<Value> look_up_file(const std::string& data, const LookupContext& context) {
  size_t colon = data.find(':');
  std::string name = data.substr(0, colon);
  std::vector<std::string> names;
  for (const NamedCodec& codec : codecs) {
    names.emplace_back(codec.name);
    if (codec.name != name || colon == std::string::npos) continue;
    std::string reference = data.substr(colon + 1);
    TRY(std::string text, read_file_reference(reference, context));
    auto decoded = codec.decode(text);
    if (!decoded) return undecodable(std::move(decoded.error()), reference);
    return decoded;
  }
  if (colon != std::string::npos && !name.empty() && !name.contains('/')) {
    auto near = nearest(name, names);
    return Error("LookupInvalid", "there is no codec \"" + printable(name) + "\"")
        .with_hint(near ? "did you mean \"" + *near + "\"?" : "codecs are " + join(names, ", "));
  }
  return Error("LookupInvalid",
               "\"" + printable(data) + "\" should have the form CODEC:file://PATH")
      .with_hint("codecs are " + join(names, ", "));
}

}  // namespace mainstay::stacks
