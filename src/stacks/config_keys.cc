#include "stacks/config_keys.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::stacks {
namespace {

using enum KeyKind;
using enum KeySupport;

constexpr KeySpec top_level[] = {
    {"namespace", text},
    {"namespace_delimiter", text},
    {"stacker_bucket", text},
    {"stacker_bucket_region", text},
    {"stacker_cache_dir", text, accepted},
    {"sys_path", text},
    {"service_role", text},
    {"tags", map},
    {"template_indent", any, accepted},
    {"mappings", map},
    {"lookups", map, unsupported},
    {"log_formats", map, accepted},
    {"package_sources", map, unsupported},
    {"pre_build", list_or_map, unsupported},
    {"post_build", list_or_map, unsupported},
    {"pre_destroy", list_or_map, unsupported},
    {"post_destroy", list_or_map, unsupported},
    {"targets", list_or_map},
    {"stacks", list_or_map},
};

constexpr KeySpec of_stack[] = {
    {"name", text},
    {"stack_name", text},
    {"region", text},
    {"profile", text},
    {"class_path", text},
    {"template_path", text},
    {"description", text},
    {"requires", texts},
    {"required_by", texts},
    {"locked", boolean},
    {"enabled", boolean},
    {"protected", boolean},
    {"variables", map},
    {"parameters", map, unsupported},  // of stacker before 1.0, which refuses it too
    {"tags", map},
    {"stack_policy_path", text},
    {"in_progress_behavior", text},
    {"notification_arns", texts},
};

constexpr KeySpec of_target[] = {{"name", text}, {"requires", texts}, {"required_by", texts}};

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

// A hook that is switched off asks for nothing.
bool asks_for_something(const Value& v) {
  if (v.is_scalar() || v.empty()) return false;
  if (!v.is_list()) return true;
  return std::ranges::any_of(
      v.items(), [](const Value& item) { return !item.is_map() || item["enabled"].as_bool(true); });
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

std::span<const KeySpec> top_level_keys() {
  return top_level;
}
std::span<const KeySpec> stack_keys() {
  return of_stack;
}
std::span<const KeySpec> target_keys() {
  return of_target;
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
    if (spec->support == KeySupport::unsupported && asks_for_something(value))
      return Error("NotSupported", "\"" + key + "\" is not supported by mainstay yet")
          .where(document.key_at(at));
    if (!has_kind(value, spec->kind))
      return Error("ConfigInvalid", "\"" + key + "\" must be " +
                                        std::string(kind_text(spec->kind)) + ", but is " +
                                        kind_name(value.kind()))
          .where(document.at(at));
  }
  return {};
}

}  // namespace mainstay::stacks
