#include "backings/packages.hh"

#include <filesystem>

#include "base/digest.hh"
#include "base/text.hh"
#include "zip/zip.hh"

namespace mainstay::backings {

std::shared_ptr<Packages::Place> Packages::place_of(const std::string& key) {
  std::scoped_lock lock(mutex_);
  if (places_.size() >= packages_max)
    for (auto it = places_.begin(); it != places_.end();) {
      // Held by nobody: neither the place by who fills it, nor its folder by an environment.
      bool is_used = it->second.use_count() > 1 || it->second->folder.use_count() > 1;
      std::error_code ignored;
      if (!is_used && it->second->folder) std::filesystem::remove_all(*it->second->folder, ignored);
      it = is_used ? std::next(it) : places_.erase(it);
    }
  std::shared_ptr<Place>& place = places_[key];
  if (!place) place = std::make_shared<Place>();
  return place;
}

Result<Packages::Folder> Packages::fill(const std::string& key,
                                        const std::vector<const Package*>& packages) {
  std::shared_ptr<Place> place = place_of(key);
  std::scoped_lock lock(place->unpacking);
  if (place->folder) return place->folder;
  std::string folder = folder_ + "/" + key;
  std::error_code error;
  std::filesystem::remove_all(folder, error);  // half unpacked by a try that failed
  std::filesystem::create_directories(folder, error);
  if (error) return Error("FileUnwritable", folder + ": " + error.message());
  for (const Package* package : packages) {
    TRY(std::string bytes, package->load());
    CHECK_OK(unzip(bytes, folder, {unpacked_bytes_max_}));
  }
  place->folder = std::make_shared<const std::string>(folder);
  return place->folder;
}

Result<Packages::Folder> Packages::unpack(const Package& package) {
  return fill(package.digest, {&package});
}

Result<Packages::Folder> Packages::unpack_over(const std::vector<Package>& packages) {
  if (packages.empty()) return Folder();
  std::string digests;
  std::vector<const Package*> all;
  for (const Package& package : packages) {
    digests += package.digest + "+";
    all.push_back(&package);
  }
  return fill("layers-" + hex_encode(sha256(digests)), all);
}

}  // namespace mainstay::backings
