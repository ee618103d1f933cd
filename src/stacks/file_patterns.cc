#include "stacks/file_patterns.hh"

#include <algorithm>
#include <span>

#include "base/text.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t files_max = 20'000;
constexpr int depth_max = 64;

// formic's own list: https://formic.readthedocs.io, "FileSet", default_excludes
const std::vector<std::string> left_out = {"**/__pycache__/**",
                                           "**/*~",
                                           "**/#*#",
                                           "**/.#*",
                                           "**/%*%",
                                           "**/._*",
                                           "**/CVS/**",
                                           "**/SCCS/**",
                                           "**/.svn/**",
                                           "**/.git/**",
                                           "**/.gitattributes",
                                           "**/.hg/**",
                                           "**/.bzr/**",
                                           "**/.gitmodules",
                                           "**/.gitignore",
                                           "**/.hgignore",
                                           "**/*.pyc",
                                           "**/.bzrignore",
                                           "**/.DS_Store",
                                           "**/.cvsignore"};

bool matches_name(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*')
    return matches_name(pattern.substr(1), name) ||
           (!name.empty() && matches_name(pattern, name.substr(1)));
  return !name.empty() && (pattern[0] == '?' || pattern[0] == name[0]) &&
         matches_name(pattern.substr(1), name.substr(1));
}

using Parts = std::span<const std::string>;

bool matches_parts(Parts pattern, Parts path) {
  if (pattern.empty()) return path.empty();
  if (pattern[0] == "**")
    return matches_parts(pattern.subspan(1), path) ||
           (!path.empty() && matches_parts(pattern, path.subspan(1)));
  return !path.empty() && matches_name(pattern[0], path[0]) &&
         matches_parts(pattern.subspan(1), path.subspan(1));
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view path) {
  return std::ranges::any_of(patterns,
                             [&](const std::string& p) { return matches_pattern(p, path); });
}

struct Search {
  const Files& files;
  const std::string& root;
  const std::vector<std::string>& include;
  const std::vector<std::string>& exclude;
  bool follow_symlinks;
  std::vector<FoundFile> found = {};

  Status look(const std::string& folder, int depth) {
    if (depth > depth_max) return Error("FileTooLarge", root + " is more than 64 folders deep");
    TRY(auto names, files.list(folder.empty() ? root : join_path(root, folder)));
    for (const std::string& name : names) {
      std::string path = folder.empty() ? name : folder + "/" + name;
      TRY(FileFacts facts, files.facts(join_path(root, path)));
      CHECK_OK(take(path, facts, depth));
    }
    return {};
  }

  Status take(const std::string& path, FileFacts facts, int depth) {
    bool link = facts.kind == FileFacts::Kind::symlink;
    if (link && !follow_symlinks) return {};
    bool folder = facts.kind == FileFacts::Kind::directory ||
                  (link && files.list(join_path(root, path)).has_value());
    if (folder) return look(path, depth + 1);
    if (facts.kind == FileFacts::Kind::other) return {};
    if (!matches_any(include, path) || matches_any(exclude, path) || matches_any(left_out, path))
      return {};
    if (found.size() >= files_max)
      return Error("FileTooLarge", root + " has more than 20,000 files that match");
    found.push_back({path, facts.executable && !link});
    return {};
  }
};

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view path) {
  std::string whole(pattern);
  if (whole.ends_with('/')) whole += "**";
  bool anchored = whole.starts_with('/');
  std::vector<std::string> parts = split(anchored ? whole.substr(1) : whole, "/");
  if (!anchored && parts[0] != "**") parts.insert(parts.begin(), "**");
  return matches_parts(parts, split(path, "/"));
}

Result<std::vector<FoundFile>> find_files(const Files& files, const std::string& folder,
                                          const std::vector<std::string>& include,
                                          const std::vector<std::string>& exclude,
                                          bool follow_symlinks) {
  Search search{files, folder, include, exclude, follow_symlinks};
  CHECK_OK(search.look("", 0));
  std::ranges::sort(search.found, {}, &FoundFile::path);
  return std::move(search.found);
}

}  // namespace mainstay::stacks
