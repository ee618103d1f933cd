#include "stacks/config_keys.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::stacks {
namespace {

using enum KeyKind;
using enum KeySupport;

constexpr KeySpec top_level[] = {
    {"namespace", text, "starts the name of every stack; may be empty"},
    {"namespace_delimiter", text, "between the namespace and a stack's name; a dash unless given"},
    {"stacker_bucket", text, "bucket for templates; empty: templates are sent inline"},
    {"stacker_bucket_region", text, "its region"},
    {"stacker_cache_dir", text, "where package sources are kept; ~/.stacker unless given"},
    {"sys_path", text, "a folder where templates are looked for as well"},
    {"persistent_graph_key", text,
     "where it is kept what `up` has made: a key in the bucket, or file://PATH"},
    {"service_role", text, "role that CloudFormation works with"},
    {"tags", map, "tags of all stacks"},
    {"template_indent", any, "accepted, without effect", accepted},
    {"mappings", map, "put into every blueprint's template"},
    {"lookups", map, "lookups of your own: the path of the Python class by name"},
    {"log_formats", map, "accepted, without effect", accepted},
    {"package_sources", map, "modules, templates and configurations from elsewhere"},
    {"pre_build", list_or_map, "hooks before up"},
    {"post_build", list_or_map, "hooks after up"},
    {"pre_destroy", list_or_map, "hooks before down"},
    {"post_destroy", list_or_map, "hooks after down"},
    {"targets", list_or_map, "names for several stacks"},
    {"stacks", list_or_map, "the stacks, a list or a map by name"},
};

constexpr KeySpec of_stack[] = {
    {"name", text, "its name in the configuration"},
    {"stack_name", text, "its name in AWS, after the namespace"},
    {"region", text, "other than the run's"},
    {"profile", text, "AWS profile, other than the run's"},
    {"assume_role", text, "role that the run takes on for it: its ARN"},
    {"class_path", text, "a blueprint: one of the program's own, or a Python class"},
    {"template_path", text, "a template in YAML or JSON, or one that Jinja makes (.j2)"},
    {"command", any, "a program that reads variables as JSON and prints a template"},
    {"description", text, "CloudFormation's description"},
    {"requires", texts, "stacks and targets that must be there first"},
    {"required_by", texts, "stacks and targets that need this one first"},
    {"locked", boolean, "not updated unless forced"},
    {"enabled", boolean, "false: left out"},
    {"protected", boolean, "updated only after a yes, never deleted"},
    {"variables", map, "of the blueprint, or values of the template's parameters"},
    {"parameters", map, "the variables, as they were called before stacker 1.0"},
    {"termination_protection", boolean, "whether AWS refuses to delete it; as it is unless given"},
    {"timeout", text, "minutes after which its creation fails"},
    {"on_failure", text, "of its creation: ROLLBACK (unless given), DELETE or DO_NOTHING"},
    {"tags", map, "tags of this stack"},
    {"stack_policy_path", text, "file of a stack policy"},
    {"in_progress_behavior", text, "what to do while something else works on the stack", used,
     "wait"},
    {"zones", any, "availability zones in the place of Fn::GetAZs: us-east-1a,us-east-1c"},
    {"notification_arns", texts, "topics that get its events"},
};

constexpr KeySpec of_target[] = {{"name", text, "its name"},
                                 {"requires", texts, "stacks and targets that belong to it"},
                                 {"required_by", texts, "targets that it belongs to"}};

constexpr KeySpec of_hook[] = {
    {"path", text, "one of stacker's hooks, or a Python function"},
    {"required", boolean, "false: the run goes on if it fails"},
    {"enabled", boolean, "false: left out"},
    {"data_key", text, "under which lookups find what it gives"},
    {"args", map, "its arguments; lookups in them are resolved"},
    {"requires", texts, "stacks that must be there before it runs"},
    {"required_by", texts, "stacks that it must run before"},
};

constexpr KeySpec of_git[] = {{"uri", text, "the repository"},
                              {"branch", text, "a branch; the remote's HEAD unless given"},
                              {"tag", text, "a tag"},
                              {"commit", text, "a commit"},
                              {"paths", texts, "folders in it for modules; itself unless given"},
                              {"configs", texts, "configurations in it, merged underneath"}};
constexpr KeySpec of_s3[] = {{"bucket", text, "the bucket"},
                             {"key", text, "an archive: .tar.gz, .tar or .zip"},
                             {"use_latest", boolean, "false: one that is cached is not looked at"},
                             {"requester_pays", boolean, "the download is paid for by us"},
                             {"paths", texts, "folders in it for modules; itself unless given"},
                             {"configs", texts, "configurations in it, merged underneath"}};
constexpr KeySpec of_local[] = {{"source", text, "a folder"},
                                {"paths", texts, "folders in it for modules; itself unless given"},
                                {"configs", texts, "configurations in it, merged underneath"}};

bool all_scalars(const Value& v) {
  return v.is_list() && std::ranges::all_of(v.items(), &Value::is_scalar);
}

bool has_kind(const Value& v, KeyKind kind) {
  switch (kind) {
    case text:
      return v.is_scalar();
    case boolean:
      return v.is_bool();
    case texts:
      return all_scalars(v);
    case map:
      return v.is_map();
    case list:
      return v.is_list();
    case list_or_map:
      return v.is_list() || v.is_map();
    case any:
      return true;
  }
  return false;
}

std::string_view kind_text(KeyKind kind) {
  static constexpr std::string_view names[] = {
      "text", "true or false", "a list of texts", "a map", "a list", "a list or a map", "anything"};
  return names[static_cast<size_t>(kind)];
}

Error unknown_key(const std::string& key, std::span<const KeySpec> keys, std::string_view what) {
  std::vector<std::string> names;
  for (const KeySpec& spec : keys) names.emplace_back(spec.key);
  Error error("ConfigInvalid", std::string(what) + " has no key \"" + printable(key) + "\"");
  auto near = nearest(key, names);
  error.hint = near ? "did you mean \"" + *near + "\"?" : "known are " + join(names, ", ");
  return error;
}

}  // namespace

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& item : list.items()) texts.push_back(item.to_text());
  return texts;
}

std::span<const KeySpec> top_level_keys() {
  return top_level;
}
std::span<const KeySpec> stack_keys() {
  return of_stack;
}
std::span<const KeySpec> target_keys() {
  return of_target;
}
std::span<const KeySpec> git_source_keys() {
  return of_git;
}
std::span<const KeySpec> s3_source_keys() {
  return of_s3;
}
std::span<const KeySpec> local_source_keys() {
  return of_local;
}
std::span<const KeySpec> hook_keys() {
  return of_hook;
}

Status check_keys(const cfn::Document& document, const cfn::Path& path, const Value& map,
                  std::span<const KeySpec> keys, std::string_view what,
                  const std::function<bool(const cfn::Path&)>& spared) {
  for (const auto& [key, value] : map.members()) {
    cfn::Path at = path;
    at.push_back(key);
    auto spec = std::ranges::find(keys, key, &KeySpec::key);
    if (spec == keys.end()) {
      if (spared && spared(at)) continue;
      return unknown_key(key, keys, what).where(document.key_at(at));
    }
    if (value.is_null()) continue;
    if (!spec->choice.empty() && value.to_text() != spec->choice)
      return Error("ConfigInvalid", key + " can only be \"" + std::string(spec->choice) + "\"")
          .where(document.at(at));
    if (!has_kind(value, spec->kind))
      return Error("ConfigInvalid", "\"" + key + "\" must be " +
                                        std::string(kind_text(spec->kind)) + ", but is " +
                                        kind_name(value.kind()))
          .where(document.at(at));
  }
  return {};
}

}  // namespace mainstay::stacks
