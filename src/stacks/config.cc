#include "stacks/config.hh"

#include <set>

#include "base/text.hh"
#include "host/files.hh"
#include "stacks/config_hooks.hh"
#include "stacks/config_keys.hh"
#include "stacks/config_merge.hh"
#include "stacks/naming.hh"
#include "stacks/pinned_zones.hh"
#include "stacks/substitute.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t stacks_max = 2'000;

std::vector<Tag> tags_in(const Value& map) {
  std::vector<Tag> tags;
  for (const auto& [key, value] : map.members()) tags.push_back({key, value.to_text()});
  return tags;
}

// The line that a position names, without the position's column.
std::string_view line_of(std::string_view text, int number) {
  size_t from = 0;
  for (int i = 1; i < number && from != std::string_view::npos; ++i) {
    from = text.find('\n', from);
    if (from != std::string_view::npos) ++from;
  }
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find('\n', from) - from);
}

class Reader {
 public:
  Reader(std::string_view raw, Config& config)
      : raw_(raw), config_(config), doc_(config.document) {}

  Status read() {
    const Value& root = doc_.root;
    if (!root.is_map())
      return Error("ConfigInvalid", "a configuration is a map of keys such as namespace and stacks")
          .where({doc_.file, 1, 1});
    CHECK_OK(check_keys(doc_, {}, root, top_level_keys(), "the configuration",
                        [&](const cfn::Path& path) { return holds_anchor(path); }));
    CHECK_OK(refuse_missing_at_top());
    read_top(root);
    CHECK_OK(read_namespace(root));
    TRY(config_.hooks, read_hooks(doc_));
    CHECK_OK(read_each("stacks", stack_keys(), "a stack",
                       [&](const Value& v, const cfn::Path& path, const std::string& name) {
                         return add_stack(v, path, name);
                       }));
    CHECK_OK(read_each("targets", target_keys(), "a target",
                       [&](const Value& v, const cfn::Path&, const std::string& name) -> Status {
                         config_.targets.push_back(
                             {name, texts_of(v["requires"]), texts_of(v["required_by"])});
                         return {};
                       }));
    if (config_.stacks.empty()) config_.warnings.push_back("the configuration has no stacks");
    return check_names();
  }

 private:
  // "key: &anchor" only keeps something for others to refer to; so does a key that starts "x-".
  bool holds_anchor(const cfn::Path& path) const {
    if (path.back().starts_with("x-")) return true;
    std::string_view line = line_of(raw_, doc_.key_at(path).line);
    size_t colon = line.find(':');
    return colon != std::string_view::npos && trim(line.substr(colon + 1)).starts_with('&');
  }

  Error missing(const std::string& key, const cfn::Path& path) const {
    return Error("MissingVariable", "the environment has no \"" + key + "\"")
        .where(doc_.at(path))
        .with_hint("add it to the environment file, or give it with -e " + key + "=...");
  }

  Status refuse_missing(const Value& v, cfn::Path& path) const {
    if (v.is_string())
      if (auto key = missing_key(v.as_string())) return missing(*key, path);
    auto inside = [&](const std::string& step, const Value& part) {
      path.push_back(step);
      Status status = refuse_missing(part, path);
      path.pop_back();
      return status;
    };
    for (size_t i = 0; i < v.items().size(); ++i) CHECK_OK(inside(std::to_string(i), v.items()[i]));
    for (const auto& [key, part] : v.members()) CHECK_OK(inside(key, part));
    return {};
  }

  // Of what is used; stacks are looked at one by one, as the disabled ones may lack anything.
  Status refuse_missing_at_top() const {
    for (const auto& [key, value] : doc_.root.members()) {
      auto spec = std::ranges::find(top_level_keys(), key, &KeySpec::key);
      bool used = spec != top_level_keys().end() && spec->support != KeySupport::accepted;
      cfn::Path path{key};
      if (used && key != "stacks") CHECK_OK(refuse_missing(value, path));
    }
    return {};
  }

  void read_top(const Value& root) {
    const Value& delimiter = root["namespace_delimiter"];
    if (!delimiter.is_null()) config_.delimiter = delimiter.to_text();
    if (root["stacker_bucket"].is_string()) config_.bucket = root["stacker_bucket"].as_string();
    config_.bucket_region = root["stacker_bucket_region"].to_text();
    config_.service_role = root["service_role"].to_text();
    config_.graph_key = root["persistent_graph_key"].to_text();
    if (root["tags"].is_map()) config_.tags = tags_in(root["tags"]);
    if (root["mappings"].is_map()) config_.mappings = root["mappings"];
    if (root["sys_path"].is_string()) config_.search_paths = {root["sys_path"].as_string()};
    if (root["lookups"].is_map()) config_.lookups = root["lookups"].members();
  }

  Status read_namespace(const Value& root) {
    const Value* given = root.find("namespace");
    if (!given || given->is_null())
      return Error("ConfigInvalid", "the configuration has no namespace")
          .where({doc_.file, 1, 1})
          .with_hint("add \"namespace: NAME\"; it starts the name of every stack");
    std::string raw = given->to_text();
    config_.name_space = clean_namespace(raw);
    if (config_.name_space.empty() && !raw.empty())
      return Error("ConfigInvalid", "nothing of the namespace \"" + printable(raw) +
                                        "\" can be part of a stack's name")
          .where(doc_.at(cfn::Path{"namespace"}))
          .with_hint("use letters, digits and dashes, a letter first");
    if (config_.name_space != raw)
      config_.warnings.push_back("namespace \"" + printable(raw) +
                                 "\" has characters that stack names can't have; using \"" +
                                 config_.name_space + "\" (or give -e namespace=NAME)");
    return {};
  }

  // A list of maps that have a name, or a map by name.
  template <class Add>
  Status read_each(const char* section, std::span<const KeySpec> keys, std::string_view what,
                   Add add) {
    const Value& all = doc_.root[section];
    if (all.size() > stacks_max)
      return Error("ConfigInvalid", std::string(section) + " has more than " +
                                        std::to_string(stacks_max) + " entries")
          .where(doc_.at(cfn::Path{section}));
    for (size_t i = 0; i < all.size(); ++i) {
      std::string key = all.is_map() ? all.members().nth(i).first : std::to_string(i);
      const Value& item = all.is_map() ? all.members().nth(i).second : all.items()[i];
      cfn::Path path{section, key};
      if (!item.is_map())
        return Error("ConfigInvalid", std::string(what) + " must be a map").where(doc_.at(path));
      CHECK_OK(check_keys(doc_, path, item, keys, what));
      std::string name = item["name"].to_text();
      if (name.empty() && all.is_map()) name = key;
      if (name.empty())
        return Error("ConfigInvalid", std::string(what) + " has no name").where(doc_.at(path));
      CHECK_OK(add(item, path, name));
    }
    return {};
  }

  Status add_stack(const Value& v, const cfn::Path& path, const std::string& name) {
    StackConfig stack;
    stack.name = name;
    stack.path = path;
    stack.enabled = v["enabled"].as_bool(true);
    if (stack.enabled) {
      cfn::Path at = path;
      CHECK_OK(refuse_missing(v, at));
    }
    stack.stack_name = v["stack_name"].to_text();
    stack.region = v["region"].to_text();
    stack.profile = v["profile"].to_text();
    CHECK_OK(read_role(stack, v["assume_role"].to_text()));
    stack.class_path = v["class_path"].to_text();
    stack.template_path = v["template_path"].to_text();
    stack.description = v["description"].to_text();
    stack.requires_stacks = texts_of(v["requires"]);
    stack.required_by = texts_of(v["required_by"]);
    stack.locked = v["locked"].as_bool();
    stack.is_protected = v["protected"].as_bool();
    if (v["variables"].is_map()) stack.variables = v["variables"];
    CHECK_OK(read_parameters(stack, v));
    CHECK_OK(read_command(stack, v["command"]));
    if (v["tags"].is_map()) stack.tags = tags_in(v["tags"]);
    stack.stack_policy_path = v["stack_policy_path"].to_text();
    stack.notification_arns = texts_of(v["notification_arns"]);
    auto zones = read_zones(v["zones"]);
    if (!zones) return std::move(zones.error()).where(config_.at(stack, "zones"));
    stack.zones = std::move(*zones);
    CHECK_OK(read_protection(stack, v));
    CHECK_OK(check_stack(stack));
    config_.stacks.push_back(std::move(stack));
    return {};
  }

  // stacker before 1.0 called variables so; a value "STACK::OUTPUT" there is what `output` gives.
  Status read_parameters(StackConfig& stack, const Value& v) const {
    const Value& parameters = v["parameters"];
    if (!parameters.is_map()) return {};
    if (v["variables"].is_map() && !v["variables"].empty())
      return Error("ConfigInvalid", "stack \"" + printable(stack.name) +
                                        "\" has both variables and parameters, which is their "
                                        "older name")
          .where(config_.at(stack, "parameters"));
    stack.variables = Value::map();
    for (const auto& [key, value] : parameters.members()) {
      bool output = value.is_string() && is_old_output(value.as_string());
      stack.variables.set(key, output ? Value("${output " + value.as_string() + "}") : value);
    }
    return {};
  }

  Status read_role(StackConfig& stack, const std::string& role) const {
    if (role.empty()) return {};
    auto invalid = [&](const char* why) {
      return Error("ConfigInvalid", why).where(config_.at(stack, "assume_role"));
    };
    if (!stack.profile.empty())
      return invalid("profile and assume_role exclude each other; a profile may have a role_arn");
    auto parts = split(role, ":");
    constexpr size_t arn_parts = 6, account_part = 4;  // arn:PARTITION:iam::ACCOUNT:role/NAME
    if (parts.size() != arn_parts || parts[2] != "iam" || !parse_int(parts[account_part]) ||
        !parts.back().starts_with("role/"))
      return invalid("assume_role is the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME");
    stack.profile = role;
    return {};
  }

  // Limits: CloudFormation API reference, "CreateStack".
  Status read_protection(StackConfig& stack, const Value& v) const {
    if (v["termination_protection"].is_bool())
      stack.termination_protection = v["termination_protection"].as_bool();
    stack.on_failure = to_upper(v["on_failure"].to_text());
    constexpr std::string_view known[] = {"", "ROLLBACK", "DELETE", "DO_NOTHING"};
    if (std::ranges::find(known, stack.on_failure) == std::end(known))
      return Error("ConfigInvalid", "on_failure is ROLLBACK, DELETE or DO_NOTHING")
          .where(config_.at(stack, "on_failure"));
    std::string timeout = v["timeout"].to_text();
    stack.timeout_minutes = parse_int(timeout).value_or(0);
    if (!timeout.empty() && stack.timeout_minutes < 1)
      return Error("ConfigInvalid", "a timeout is a number of minutes, 1 or more")
          .where(config_.at(stack, "timeout"));
    return {};
  }

  bool is_old_output(const std::string& text) const {
    size_t colons = text.find("::");
    if (colons == std::string::npos || text.contains("${")) return false;
    const Value& all = doc_.root["stacks"];
    std::string name = text.substr(0, colons);
    if (all.is_map()) return all.has(name);
    return std::ranges::any_of(all.items(), [&](const Value& one) { return one["name"] == name; });
  }

  Status read_command(StackConfig& stack, const Value& command) const {
    if (command.is_null()) return {};
    if (command.is_list()) stack.command = texts_of(command);
    if (command.is_string() && !trim(command.as_string()).empty())
      stack.command = {"sh", "-c", command.as_string()};
    if (!stack.command.empty() && !stack.command[0].empty()) return {};
    return Error("ConfigInvalid",
                 "\"command\" must be a list of a program and its arguments, or "
                 "text for a shell")
        .where(config_.at(stack, "command"));
  }

  Status check_stack(const StackConfig& stack) const {
    auto invalid = [&](const std::string& why, const std::string& key) {
      return Error("ConfigInvalid", "stack \"" + printable(stack.name) + "\": " + why)
          .where(config_.at(stack, key));
    };
    bool has_class = !stack.class_path.empty(), has_template = !stack.template_path.empty();
    if (has_class && has_template)
      return invalid("class_path and template_path exclude each other", "template_path");
    if (!stack.command.empty() && (has_class || has_template))
      return invalid("a command excludes class_path and template_path", "command");
    // A locked one is left alone, and needs nothing to be made from.
    if (stack.enabled && !stack.locked && !has_class && !has_template && stack.command.empty())
      return invalid("needs a class_path, a template_path or a command", "");
    std::string full = config_.full_name(stack);
    if (stack.enabled && !is_stack_name(full))
      return invalid("its full name \"" + printable(full) +
                         "\" is no stack name; letters, digits and dashes are allowed, a letter "
                         "first, 128 at most",
                     stack.stack_name.empty() ? "name" : "stack_name");
    return {};
  }

  Status check_names() const {
    std::set<std::string> names;
    std::map<std::string, const StackConfig*> full_names;
    for (const StackConfig& stack : config_.stacks) {
      if (!names.insert(stack.name).second)
        return Error("ConfigInvalid", "two stacks are called \"" + printable(stack.name) + "\"")
            .where(config_.at(stack, "name"));
      std::string where = config_.full_name(stack) + " " + stack.region + " " + stack.profile;
      auto [other, fresh] = full_names.emplace(where, &stack);
      if (!fresh)
        return Error("ConfigInvalid", "stacks \"" + printable(other->second->name) + "\" and \"" +
                                          printable(stack.name) + "\" have the same full name " +
                                          config_.full_name(stack))
            .where(config_.at(stack, "stack_name"));
    }
    for (const TargetConfig& target : config_.targets)
      if (!names.insert(target.name).second)
        return Error("ConfigInvalid",
                     "the target \"" + printable(target.name) + "\" has the name of another")
            .where(doc_.at(cfn::Path{"targets"}));
    return {};
  }

  std::string_view raw_;
  Config& config_;
  const cfn::Document& doc_;
};

// A missing key can break the YAML around it ("[${a}, ${b}]"); then it is the better message.
std::optional<Error> missing_in_text(std::string_view text, const std::string& file) {
  int number = 0;
  for (const std::string& line : split(text, "\n")) {
    ++number;
    size_t comment = line.starts_with('#') ? 0 : line.find(" #");
    if (auto key = missing_key(std::string_view(line).substr(0, comment)))
      return Error("MissingVariable", "the environment has no \"" + *key + "\"")
          .where({file, number, 0})
          .with_hint("add it to the environment file, or give it with -e " + *key + "=...");
  }
  return std::nullopt;
}

Result<cfn::Document> read_document(std::string_view text, const std::string& file,
                                    const EnvironmentFile& environment) {
  std::string raw =
      environment.typed ? std::string(text) : substitute_text(text, environment.values);
  auto document = cfn::parse_document(raw, file, cfn::ParseOptions::for_config());
  if (!document) {
    if (auto missing = missing_in_text(raw, file)) return *missing;
    return document.error();
  }
  if (environment.typed) document->root = substitute_value(document->root, environment.values);
  return document;
}

Status take_packages(Config& config, const EnvironmentFile& environment, const Files* files,
                     const PackageFetch& fetch) {
  if (config.document.root["package_sources"].empty()) return {};
  if (!fetch || !files) {
    config.warnings.push_back("package_sources are left out here");
    return {};
  }
  TRY(PackageFolders folders, fetch(config.document));
  config.package_paths = std::move(folders.paths);
  for (const std::string& path : folders.configs) {
    TRY(std::string text, files->read(path, cfn::ParseOptions::for_config().size_max));
    TRY(cfn::Document under, read_document(text, path, environment));
    merge_under(config.document, under);
  }
  return {};
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::string& file,
                            const EnvironmentFile& environment, const Files* files,
                            const PackageFetch& fetch) {
  Config config;
  config.directory = directory_of(file);
  TRY(config.document, read_document(text, file, environment));
  CHECK_OK(take_packages(config, environment, files, fetch));
  // Before namespaces had a key of their own, they stood in the environment.
  const Value* fallback = environment.values.find("namespace");
  if (config.document.root.is_map() && !config.document.root.has("namespace") && fallback)
    config.document.root.set("namespace", *fallback);
  std::string raw =
      environment.typed ? std::string(text) : substitute_text(text, environment.values);
  CHECK_OK(Reader(raw, config).read());
  return config;
}

}  // namespace mainstay::stacks
