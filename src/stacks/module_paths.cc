#include "stacks/module_paths.hh"

#include <algorithm>
#include <filesystem>

#include "host/files.hh"

namespace mainstay::stacks {

std::string absolute_path(const std::string& path) {
  std::error_code failed;
  auto absolute = std::filesystem::absolute(path.empty() ? "." : path, failed).lexically_normal();
  std::string text = failed ? path : absolute.string();
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

std::vector<std::string> module_paths(const Config& config) {
  std::vector<std::string> paths;
  auto add = [&](const std::string& path) {
    std::string absolute = absolute_path(path);
    if (std::ranges::find(paths, absolute) == paths.end()) paths.push_back(absolute);
  };
  for (const std::string& path : config.search_paths) {
    add(path);
    add(join_path(config.directory, path));
  }
  for (const std::string& path : config.package_paths) add(path);
  add(config.directory);
  return paths;
}

}  // namespace mainstay::stacks
