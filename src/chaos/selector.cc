#include "chaos/selector.hh"

#include <algorithm>

namespace mainstay::chaos {
namespace {

bool has(const backings::ContainerState& container, const Selector::Label& label) {
  auto found = container.labels.find(label.first);
  return found != container.labels.end() && (!label.second || found->second == *label.second);
}

bool is_one_of(const std::vector<std::string>& all, const std::string& one) {
  return all.empty() || std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

Result<Selector::Label> Selector::parse_label(const std::string& text) {
  size_t equals = text.find('=');
  if (text.empty() || equals == 0)
    return Error("SelectorInvalid", "\"" + text + "\" is no label, as app=api or app");
  if (equals == std::string::npos) return Label{text, std::nullopt};
  return Label{text.substr(0, equals), text.substr(equals + 1)};
}

bool Selector::matches(const backings::ContainerState& container) const {
  auto is_there = [&](const Label& label) { return has(container, label); };
  return std::all_of(labels.begin(), labels.end(), is_there) && is_one_of(names, container.name) &&
         is_one_of(images, container.image) &&
         std::none_of(excluded.begin(), excluded.end(), is_there);
}

Result<std::vector<backings::ContainerState>> select(
    const Selector& selector, const std::vector<backings::ContainerState>& all) {
  bool says_something =
      !selector.labels.empty() || !selector.names.empty() || !selector.images.empty();
  if (!says_something && !selector.everything)
    return Error("SelectorEmpty", "nothing says which containers are meant; none was touched")
        .with_hint("--label app=api, --name or --image; --all for every container of this host");
  std::vector<backings::ContainerState> out;
  for (const backings::ContainerState& one : all)
    if (one.is_running() && selector.matches(one)) out.push_back(one);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  if (out.empty())
    return Error("NothingSelected", "no container that runs is meant by that; none was touched")
        .with_hint("docker ps --filter label=... shows what there is");
  if (selector.count && *selector.count < out.size()) out.resize(*selector.count);
  return out;
}

}  // namespace mainstay::chaos
