#include "stacks/lookup_aws.hh"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.hh"
#include "stacks/lookup_file.hh"

namespace mainstay::stacks {
namespace {

struct Located {
  std::string region, rest;
};

// "[REGION@]REST"
Located split_region(const std::string& text, const char* otherwise) {
  size_t at = text.find('@');
  if (at == std::string::npos) return {otherwise, text};
  return {text.substr(0, at), text.substr(at + 1)};
}

constexpr std::string_view ami_form =
    "[REGION@]owners:OWNER,... name_regex:REGEX [executable_users:...] [FILTER:VALUE,...]";

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

Result<std::map<std::string, std::string>> ami_words(const std::string& text) {
  std::map<std::string, std::string> words;
  for (const std::string& word : split(text, " ")) {
    if (trim(word).empty()) continue;
    size_t colon = word.find(':');
    if (colon == std::string::npos || !is_word(word.substr(0, colon)))
      return wrong_form(word, ami_form);
    words[word.substr(0, colon)] = word.substr(colon + 1);
  }
  for (const char* needed : {"owners", "name_regex"})
    if (words[needed].empty())
      return Error("LookupInvalid", std::string("ami needs ") + needed)
          .with_hint("the form is " + std::string(ami_form));
  return words;
}

// The parts of a key of dynamodb: "name[S]".
struct KeyStep {
  std::string name, type = "S";
};

Result<std::vector<KeyStep>> key_steps(const std::string& text) {
  std::vector<KeyStep> steps;
  for (const std::string& part : split(text, ".")) {
    size_t open = part.find('[');
    if (open == std::string::npos) {
      steps.push_back({part, "S"});
      continue;
    }
    KeyStep step{part.substr(0, open), part.substr(open + 1)};
    bool known = step.type == "S]" || step.type == "N]" || step.type == "M]" || step.type == "L]";
    if (!known)
      return Error("LookupInvalid", "\"" + printable(part) +
                                        "\" has a type that dynamodb "
                                        "lookups don't know; there are [S], [N], [M] and [L]");
    step.type.pop_back();
    steps.push_back(std::move(step));
  }
  return steps;
}

// Follows the steps into an item; what is found is plain data.
Result<Value> value_in_item(const Value& item, const std::vector<KeyStep>& steps,
                            const std::string& data) {
  const Value* at = &item;
  for (size_t i = 1; i < steps.size(); ++i) {
    const Value* found = at->find(steps[i].name);
    const Value* typed = found ? found->find(steps[i].type) : nullptr;
    if (!typed)
      return Error("LookupFailed", "the record of \"" + printable(data) + "\" has no " +
                                       printable(steps[i].name) + " of type " + steps[i].type);
    at = typed;
  }
  const std::string& type = steps.back().type;
  if (type == "N") {
    if (auto whole = parse_int(at->to_text())) return Value(*whole);
    return Value(at->to_text());
  }
  if (type != "L") return Value(at->to_text());
  Value list = Value::list();
  for (const Value& one : at->items())
    for (const auto& [kind, value] : one.members()) list.push_back(value);
  return list;
}

}  // namespace

Error wrong_form(const std::string& data, std::string_view form) {
  return Error("LookupInvalid",
               "\"" + printable(data) + "\" should have the form " + std::string(form));
}

// stacker's default region for parameters is us-east-1, whatever the stack's.
Result<Value> look_up_ssmstore(const std::string& data, const LookupContext& context) {
  TRY(std::string text, read_file_reference(data, context));
  Located where = split_region(std::string(trim(text)), "us-east-1");
  Value input = Value::map({{"Names", Value::list({where.rest})}, {"WithDecryption", true}});
  TRY(Value answer, context.call("ssm", "GetParameters", input, where.region));
  const Value& value = answer["Parameters"].at(0)["Value"];
  if (!value.is_string())
    return Error("LookupFailed",
                 "there is no SSM parameter \"" + printable(where.rest) + "\" in " + where.region);
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
  Located where = split_region(std::string(trim(text)), "");
  auto blob = base64_decode(where.rest);
  if (!blob) return wrong_form(data, "[REGION@]BASE64");
  Value input = Value::map({{"CiphertextBlob", Bytes{*blob}}});
  TRY(Value answer, context.call("kms", "Decrypt", input, where.region));
  const std::string& plain = answer["Plaintext"].as_bytes();
  if (context.secrets) context.secrets->add(plain);
  return Value(plain);
}

// The newest of the owners' images whose whole name the expression matches.
Result<Value> look_up_ami(const std::string& data, const LookupContext& context) {
  TRY(std::string text, read_file_reference(data, context));
  Located where = split_region(std::string(trim(text)), "");
  TRY(auto words, ami_words(where.rest));
  RE2 name(words["name_regex"], RE2::Quiet);
  if (!name.ok()) return Error("LookupInvalid", "name_regex can't be read: " + name.error());
  auto texts = [&](const std::string& word) { return Value::texts(split(words[word], ",")); };
  Value input = Value::map({{"Owners", texts("owners")}});
  if (words.contains("executable_users")) input.set("ExecutableUsers", texts("executable_users"));
  Value filters = Value::list();
  for (const auto& [word, value] : words)
    if (word != "owners" && word != "name_regex" && word != "executable_users")
      filters.push_back(Value::map({{"Name", word}, {"Values", texts(word)}}));
  if (!filters.empty()) input.set("Filters", std::move(filters));
  TRY(Value answer, context.call("ec2", "DescribeImages", input, where.region));
  const Value* newest = nullptr;
  for (const Value& image : answer["Images"].items()) {
    if (!RE2::FullMatch(image["Name"].as_string(), name)) continue;
    if (!newest || (*newest)["CreationDate"].to_text() < image["CreationDate"].to_text())
      newest = &image;
  }
  if (!newest)
    return Error("LookupFailed", "no image is as \"" + printable(where.rest) + "\" says");
  return (*newest)["ImageId"];
}

Result<Value> look_up_dynamodb(const std::string& data, const LookupContext& context) {
  constexpr std::string_view form = "[REGION:]TABLE@KEY:VALUE.FIELD[TYPE]...";
  TRY(std::string text, read_file_reference(data, context));
  Located table = split_region(std::string(trim(text)), "");
  size_t colon = table.rest.find(':');
  if (table.region.empty() || colon == std::string::npos) return wrong_form(data, form);
  std::string region, name = table.region;
  if (size_t at = name.find(':'); at != std::string::npos) {
    region = name.substr(0, at);
    name = name.substr(at + 1);
  }
  TRY(auto steps, key_steps(table.rest.substr(colon + 1)));
  if (steps.size() < 2) return wrong_form(data, form);
  Value key =
      Value::map({{table.rest.substr(0, colon), Value::map({{steps[0].type, steps[0].name}})}});
  Value input = Value::map({{"TableName", name}, {"Key", std::move(key)}});
  TRY(Value answer, context.call("dynamodb", "GetItem", input, region));
  if (!answer["Item"].is_map())
    return Error("LookupFailed",
                 "the table " + printable(name) + " has no record " + printable(steps[0].name));
  return value_in_item(answer["Item"], steps, data);
}

}  // namespace mainstay::stacks
