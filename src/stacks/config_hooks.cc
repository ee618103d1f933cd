#include "stacks/config_hooks.hh"

#include <set>

#include "base/text.hh"
#include "stacks/config_keys.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t hooks_max = 1'000;

Result<HookConfig> read_hook(const cfn::Document& document, const Value& v, const cfn::Path& path,
                             HookStage stage) {
  if (!v.is_map())
    return Error("ConfigInvalid", "a hook is a map with a path").where(document.at(path));
  CHECK_OK(check_keys(document, path, v, hook_keys(), "a hook"));
  HookConfig hook;
  hook.at = path;
  hook.stage = stage;
  hook.path = v["path"].to_text();
  hook.required = v["required"].as_bool(true);
  hook.enabled = v["enabled"].as_bool(true);
  hook.data_key = v["data_key"].to_text();
  if (v["args"].is_map()) hook.args = v["args"];
  hook.requires_stacks = texts_of(v["requires"]);
  hook.required_by = texts_of(v["required_by"]);
  bool node = !hook.requires_stacks.empty() || !hook.required_by.empty();
  if (node && stage >= HookStage::pre_destroy)
    return Error("ConfigInvalid", "only hooks of up can say what they require")
        .where(document.at(path));
  if (node && hook.enabled)
    hook.node = "hook " + std::string(stage_name(stage)) + " " + path.back();
  if (hook.enabled && hook.path.empty())
    return Error("ConfigInvalid", "a hook has no path").where(document.at(path));
  return hook;
}

}  // namespace

std::string_view stage_name(HookStage stage) {
  static constexpr std::string_view names[] = {"pre_build", "post_build", "pre_destroy",
                                               "post_destroy"};
  return names[static_cast<size_t>(stage)];
}

Result<std::vector<HookConfig>> read_hooks(const cfn::Document& document) {
  std::vector<HookConfig> hooks;
  std::set<std::string> keys[2];  // of those that run with up, and with down
  for (HookStage stage : {HookStage::pre_build, HookStage::post_build, HookStage::pre_destroy,
                          HookStage::post_destroy}) {
    std::string section(stage_name(stage));
    const Value& all = document.root[section];
    if (all.size() > hooks_max)
      return Error("ConfigInvalid", section + " has more than 1,000 hooks")
          .where(document.at(cfn::Path{section}));
    for (size_t i = 0; i < all.size(); ++i) {
      std::string key = all.is_map() ? all.members().nth(i).first : std::to_string(i);
      cfn::Path path{section, key};
      const Value& one = all.is_map() ? all.members().nth(i).second : all.items()[i];
      TRY(HookConfig hook, read_hook(document, one, path, stage));
      bool at_end = stage >= HookStage::pre_destroy;
      bool twice =
          hook.enabled && !hook.data_key.empty() && !keys[at_end].insert(hook.data_key).second;
      if (twice)
        return Error("ConfigInvalid",
                     "two hooks have the data_key \"" + printable(hook.data_key) + "\"")
            .where(document.at(path));
      hooks.push_back(std::move(hook));
    }
  }
  return hooks;
}

}  // namespace mainstay::stacks
