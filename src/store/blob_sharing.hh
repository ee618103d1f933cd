// Who may still read a blob that a state and its forks share. A fork sees what the original had
// when it was made, and what it writes itself; a blob can go once nobody sees it.
//
// Forks are numbered in the order they were made; the original is 0. Kept are only blobs that were
// written or let go while there are forks. Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::store {

class BlobSharing {
 public:
  using View = uint64_t;
  View fork();
  void written(View view, std::string_view name);
  // A view has no more use for a blob. True where nobody else sees it.
  bool let_go(View view, std::string_view name);
  // What a fork wrote, which nobody else sees; it keeps seeing what it shares.
  std::vector<std::string> empty(View fork);
  // The end of a fork: blobs that nobody sees any more.
  std::vector<std::string> drop(View fork);
  bool has_forks() const;

 private:
  using Names = std::set<std::string, std::less<>>;
  mutable std::mutex mutex_;
  View next_ = 1;
  std::map<View, Names> forks_;                              // and what each wrote
  std::map<std::string, View, std::less<>> born_;            // the first fork that sees it
  std::map<std::string, std::set<View>, std::less<>> seen_;  // only by these forks
};

}  // namespace mainstay::store
