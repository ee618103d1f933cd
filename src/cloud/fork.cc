// Clouds out of a cloud: forks, and states put in the place of its own. See cloud.hh.
#include "cloud/cloud.hh"
#include "store/archive.hh"

namespace mainstay::cloud {

// Requests wait while the state is copied, which takes no time to speak of. What runs outside them
// goes on here; in the fork it begins as it would after this moment's kill -9.
Result<std::unique_ptr<Cloud>> Cloud::fork(std::vector<Service> services) {
  CloudOptions options = options_;
  options.state_directory.clear();
  options.sync = false;
  options.is_fork = true;
  options.own_api = {};
  options.seed = random().next();
  if (options.simulation) options.simulation = random().next();
  std::unique_ptr<Cloud> made(new Cloud(std::move(options), std::move(services)));
  {
    std::unique_lock lock(resetting_);
    TRY(made->store_, store_->fork());
    made->clock_.resume(clock_.document());
  }
  CHECK_OK(made->check_calls());
  made->begin_background();
  return made;
}

Result<store::ArchiveCounts> Cloud::import_from(std::string_view archive, bool replace) {
  end_background();
  std::unique_lock lock(resetting_);
  auto counts = store_->import_from(archive, replace);
  if (counts.has_value()) {
    trail_.clear();
    for (auto& entry : entries_) entry->prepared.clear();
  }
  begin_background();
  return counts;
}

}  // namespace mainstay::cloud
