// Code and layers, each unpacked once into a folder of its own and shared by the environments.
//
// Threads: any; one package is unpacked by one of them while the others wait for it.
// Limit: folders are kept as long as the program runs, packages_max of them; then those that no
// environment uses go.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backings/function.hh"

namespace mainstay::backings {

class Packages {
 public:
  // `folder` is there and is somebody else's to remove.
  Packages(std::string folder, uint64_t unpacked_bytes_max)
      : folder_(std::move(folder)), unpacked_bytes_max_(unpacked_bytes_max) {}

  // A folder that stays as long as somebody holds it. Errors: of loading and of unzip.
  using Folder = std::shared_ptr<const std::string>;
  Result<Folder> unpack(const Package& package);
  // Several as one, a later one's files over an earlier one's; null for none.
  Result<Folder> unpack_over(const std::vector<Package>& packages);

 private:
  static constexpr size_t packages_max = 200;
  struct Place {
    std::mutex unpacking;
    Folder folder;  // null until it is unpacked
  };
  std::shared_ptr<Place> place_of(const std::string& key);
  Result<Folder> fill(const std::string& key, const std::vector<const Package*>& packages);

  const std::string folder_;
  const uint64_t unpacked_bytes_max_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Place>> places_;  // by digests
};

}  // namespace mainstay::backings
