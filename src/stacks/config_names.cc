// What a configuration answers about its stacks.
#include <algorithm>

#include "stacks/config.hh"
#include "stacks/naming.hh"

namespace mainstay::stacks {

bool Config::has_hook(std::string_view data_key) const {
  return std::ranges::any_of(
      hooks, [&](const HookConfig& hook) { return hook.enabled && hook.data_key == data_key; });
}

const HookConfig* Config::find_hook(std::string_view node) const {
  auto it = std::ranges::find(hooks, node, &HookConfig::node);
  return it == hooks.end() ? nullptr : &*it;
}

const StackConfig* Config::find(std::string_view name) const {
  auto it = std::ranges::find(stacks, name, &StackConfig::name);
  return it == stacks.end() ? nullptr : &*it;
}

Position Config::at(const StackConfig& stack, const std::string& key) const {
  cfn::Path path = stack.path;
  if (!key.empty()) path.push_back(key);
  return document.at(path);
}

std::string Config::full_name(std::string_view stack_name) const {
  return full_stack_name(name_space, delimiter, stack_name);
}

std::string Config::full_name(const StackConfig& stack) const {
  return full_name(stack.stack_name.empty() ? stack.name : stack.stack_name);
}

std::vector<Tag> Config::tags_of(const StackConfig& stack) const {
  std::vector<Tag> all;
  if (tags)
    all = *tags;
  else if (!name_space.empty())
    all = {{"stacker_namespace", name_space}};
  for (const Tag& tag : stack.tags) {
    auto same = std::ranges::find(all, tag.key, &Tag::key);
    if (same != all.end())
      same->value = tag.value;
    else
      all.push_back(tag);
  }
  return all;
}

}  // namespace mainstay::stacks
