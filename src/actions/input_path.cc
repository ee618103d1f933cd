#include "actions/input_path.hh"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.hh"

namespace mainstay::actions {
namespace {

using Text = std::optional<std::string>;

std::string_view without_slash(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  return text;
}

// "/hostedzone/Z1" and "https://sqs.../123456789012/name" end in what is meant.
Text last_segment(std::string_view text) {
  return std::string(text.substr(text.rfind('/') + 1));
}

Text owner_in_url(std::string_view text) {
  auto parts = split(text, "/");
  if (parts.size() < 2 || parts[parts.size() - 2].size() != 12) return {};
  return parts[parts.size() - 2];
}

Text copy_bucket(std::string_view text) {
  auto source = parse_copy_source(text);
  return source ? Text(source->bucket) : Text();
}

Text copy_key(std::string_view text) {
  auto source = parse_copy_source(text);
  return source ? Text(source->key) : Text();
}

Text copy_version(std::string_view text) {
  auto source = parse_copy_source(text);
  return source ? source->version : Text();
}

// A parameter's name may carry a version or label: "/a/b:3" (SSM user guide, parameter labels).
Text parameter_name(std::string_view text) {
  size_t name = text.starts_with("arn:") ? text.find(":parameter/") : 0;
  if (name == std::string_view::npos) return std::string(text);
  std::string_view whole = text.substr(0, text.find(':', name + 1));
  return std::string(name == 0 ? without_slash(whole) : whole);
}

Text key_id(std::string_view text) {
  if (text.starts_with("alias/")) return {};
  return std::string(text);
}

Text alias_name(std::string_view text) {
  if (!text.starts_with("alias/")) return {};
  return std::string(text.substr(6));
}

// A secret's ARN ends in six random characters after its name (Secrets Manager user guide), which
// a name in a request doesn't tell.
Text secret_name(std::string_view text) {
  if (text.starts_with("arn:")) return std::string(text);
  return std::string(text) + "-??????";
}

Text table_name(std::string_view text) {
  if (!text.starts_with("arn:")) return std::string(text);
  size_t at = text.find(":table/");
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + 7);
  return std::string(text.substr(0, text.find('/')));
}

Text arn_part(std::string_view text, size_t place) {
  auto parts = split(text, ":");
  if (parts.size() < 6 || parts[0] != "arn") return {};
  return parts[place];
}

Text arn_region(std::string_view text) {
  return arn_part(text, 3);
}

Text arn_account(std::string_view text) {
  return arn_part(text, 4);
}

Text account_number(std::string_view text) {
  if (text.size() != 12 || text.find_first_not_of("0123456789") != std::string_view::npos)
    return {};
  return std::string(text);
}

// The table of a PartiQL statement that begins with verb: the word after FROM, INTO or UPDATE
// (DynamoDB developer guide, PartiQL statements). Quotes are dropped; "table"."index" is the table.
Text partiql_table(std::string_view text, std::string_view verb) {
  std::string_view before = verb == "insert" ? "into" : verb == "update" ? "update" : "from";
  bool first = true;
  bool next = false;
  for (std::string& word : split(replace_all(std::string(text), "\n", " "), " ")) {
    if (word.empty()) continue;
    if (next) {
      std::string name = replace_all(replace_all(word, "\"", ""), "'", "");
      return name.substr(0, name.find('.'));
    }
    std::string folded = to_lower(word);
    if (first && folded != verb) return {};
    first = false;
    next = folded == before;
  }
  return {};
}

// Of a transform with an argument, "after:ou-": what follows the ':'.
std::string_view argument_of(std::string_view name) {
  return name.substr(std::min(name.find(':'), name.size() - 1) + 1);
}

using Transform = Text (*)(std::string_view text, std::string_view argument);
template <Text (*plain)(std::string_view)>
Text without_argument(std::string_view text, std::string_view) {
  return plain(text);
}

Text no_slash(std::string_view text) {
  return std::string(without_slash(text));
}

// "ou-abcd-1" without what its ARN's template has already.
Text after(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return {};
  return std::string(text.substr(prefix.size()));
}

// "true" as another word.
Text if_true(std::string_view text, std::string_view word) {
  return text == "true" ? Text(word) : Text();
}

// "Normalized": lower case, no dot at the end, and but for a-z, 0-9, '-', '_' and '.' codes of
// three octal digits (Route 53 developer guide, "Using IAM policy conditions for fine-grained
// access control").
Text record_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  const std::string lower = to_lower(text);
  std::string out;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (lower[i] == '\\' && i + 3 < lower.size()) {
      out += lower.substr(i, 4);
      i += 3;
    } else if (plain.contains(lower[i])) {
      out += lower[i];
    } else {
      auto byte = static_cast<unsigned char>(lower[i]);
      out += '\\';
      for (int shift : {6, 3, 0}) out += static_cast<char>('0' + (byte >> shift & 7));
    }
  }
  return out;
}

Text only(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return {};
  return std::string(text);
}

constexpr std::array<std::pair<std::string_view, Transform>, 19> transforms = {{
    {"last", without_argument<last_segment>},
    {"owner", without_argument<owner_in_url>},
    {"noslash", without_argument<no_slash>},
    {"copy_bucket", without_argument<copy_bucket>},
    {"copy_key", without_argument<copy_key>},
    {"copy_version", without_argument<copy_version>},
    {"parameter", without_argument<parameter_name>},
    {"key_id", without_argument<key_id>},
    {"alias", without_argument<alias_name>},
    {"secret", without_argument<secret_name>},
    {"table", without_argument<table_name>},
    {"arn_region", without_argument<arn_region>},
    {"arn_account", without_argument<arn_account>},
    {"account", without_argument<account_number>},
    {"after", after},  // "after:ou-": of texts that begin so, what follows
    {"only", only},    // "only:igw-": texts that begin so
    {"partiql", partiql_table},
    {"if_true", if_true},  // "if_true:PRIMARY": that word where the value is true
    {"record_name", without_argument<record_name>},
}};

Transform transform_named(std::string_view name) {
  auto it = std::ranges::find(transforms, name.substr(0, name.find(':')),
                              &std::pair<std::string_view, Transform>::first);
  return it == transforms.end() ? nullptr : it->second;
}

void collect(const Value& in, std::string_view path, std::vector<std::string>& out);

// One step that names a list's items or a map's keys; path is what follows it.
void collect_each(const Value& of, std::string_view filter, std::string_view path,
                  std::vector<std::string>& out) {
  for (const Value& item : of.items()) {
    if (filter.starts_with('?') && !item.has(filter.substr(1))) continue;
    if (filter.starts_with('!') && item.has(filter.substr(1))) continue;
    collect(item, path, out);
  }
}

void collect(const Value& in, std::string_view path, std::vector<std::string>& out) {
  if (path.empty()) {
    if (in.is_scalar() && !in.is_null()) out.push_back(in.to_text());
    return;
  }
  size_t dot = path.find('.');
  std::string_view step = path.substr(0, dot);
  std::string_view rest = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  if (step.ends_with("{}")) {
    for (const auto& [key, value] : in[step.substr(0, step.size() - 2)].members())
      out.push_back(key);
    return;
  }
  size_t open = step.find('[');
  const Value& member = in[step.substr(0, open)];
  if (open == std::string_view::npos) return collect(member, rest, out);
  collect_each(member, step.substr(open + 1, step.size() - open - 2), rest, out);
}

std::vector<std::string> joined(const Value& in, std::string_view path) {
  std::string whole;
  for (const std::string& part : split(path, "+")) {
    std::vector<std::string> values;
    if (part.starts_with('\'')) {
      values.push_back(part.substr(1, part.size() - 2));
    } else {
      collect(in, part, values);
    }
    if (values.size() != 1) return {};
    whole += values[0];
  }
  return {whole};
}

}  // namespace

std::optional<CopySource> parse_copy_source(std::string_view text) {
  CopySource out;
  constexpr std::string_view mark = "?versionId=";
  if (size_t at = text.rfind(mark); at != std::string_view::npos) {
    out.version = std::string(text.substr(at + mark.size()));
    text = text.substr(0, at);
  }
  std::string whole = percent_decode(text);
  std::string_view path = without_slash(whole);
  size_t slash = path.find('/');
  if (slash == std::string_view::npos || slash + 1 == path.size()) return {};
  out.bucket = path.substr(0, slash);
  out.key = path.substr(slash + 1);
  return out;
}

std::vector<std::string> values_at(const Value& in, std::string_view path) {
  size_t bar = path.find('|');
  std::string_view where = path.substr(0, bar);
  std::vector<std::string> found;
  if (where.contains('+')) {
    found = joined(in, where);
  } else {
    collect(in, where, found);
  }
  if (bar == std::string_view::npos) return found;
  std::string_view name = path.substr(bar + 1);
  Transform change = transform_named(name);
  std::vector<std::string> out;
  for (const std::string& value : found)
    if (Text changed = change ? change(value, argument_of(name)) : Text())
      out.push_back(std::move(*changed));
  return out;
}

bool holds(const Value& in, std::string_view test) {
  if (test.contains(',')) {
    auto tests = split(test, ",");
    return std::ranges::any_of(tests, [&](const std::string& one) { return holds(in, one); });
  }
  size_t equals = test.find('=');
  if (equals == std::string_view::npos) return !values_at(in, test).empty();
  bool begins = equals > 0 && test[equals - 1] == '^';
  auto values = values_at(in, test.substr(0, equals - (begins ? 1 : 0)));
  std::string_view wanted = test.substr(equals + 1);
  return std::ranges::any_of(values, [&](const std::string& value) {
    return begins ? value.starts_with(wanted) : value == wanted;
  });
}

bool is_transform(std::string_view name) {
  return transform_named(name) != nullptr;
}

}  // namespace mainstay::actions
