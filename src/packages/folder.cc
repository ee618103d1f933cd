#include "packages/folder.hh"

#include <stdlib.h>

#include <filesystem>

namespace mainstay::packages {
namespace {

namespace fs = std::filesystem;

Error unwritable(const std::string& path, const std::error_code& why) {
  return Error("FileUnwritable", path + ": " + why.message());
}

}  // namespace

Status make_folder(const std::string& folder,
                   const std::function<Status(const std::string& fresh)>& fill) {
  std::error_code failed, ignored;
  if (fs::is_directory(folder, ignored)) return {};
  fs::create_directories(fs::path(folder).parent_path(), failed);
  if (failed) return unwritable(folder, failed);
  std::string fresh = folder + ".XXXXXX";
  if (!::mkdtemp(fresh.data()))
    return unwritable(fresh, std::error_code(errno, std::generic_category()));
  Status filled = fill(fresh);
  if (filled) fs::rename(fresh, folder, failed);
  // Somebody else may have been quicker; theirs is as good.
  if (failed && !fs::is_directory(folder, ignored)) filled = unwritable(folder, failed);
  fs::remove_all(fresh, ignored);
  return filled;
}

}  // namespace mainstay::packages
