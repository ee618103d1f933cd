#include "services/rds/host.hh"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "backings/local_postgres.hh"
#include "base/text.hh"
#include "host/surroundings.hh"
#include "store/store.hh"

namespace mainstay::rds {
namespace {

constexpr const char* installed_by_debian = "/usr/lib/postgresql";

std::string installed_folder() {
  const char* given = std::getenv("MAINSTAY_POSTGRES");
  return given && *given ? given : installed_by_debian;
}

// Of a cloud that keeps nothing, by this process's number; those of processes that were killed go.
std::string temporary_folder() {
  namespace fs = std::filesystem;
  const std::string prefix = "mainstay-databases-";
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/tmp", none)) {
    std::string name = entry.path().filename();
    if (!name.starts_with(prefix)) continue;
    std::string pid = name.substr(prefix.size(), name.find('-', prefix.size()) - prefix.size());
    if (parse_int(pid) && !fs::exists("/proc/" + pid, none)) fs::remove_all(entry, none);
  }
  std::string pattern = "/tmp/" + prefix + std::to_string(process_id()) + "-XXXXXX";
  return ::mkdtemp(pattern.data()) ? pattern : "";
}

}  // namespace

Host::~Host() {
  databases_.reset();
  std::error_code ignored;
  if (is_temporary_ && !root_.empty()) std::filesystem::remove_all(root_, ignored);
}

// A cloud that was reset has no database any more; one that goes on has those of its state. What a
// killed run was about waits until the folder is swept (check_started).
void Host::start(cloud::Cloud& cloud) {
  const cloud::CloudOptions& options = cloud.options();
  may_run_ = makes_databases_ && !options.is_fork && !options.simulation;
  is_temporary_ = options.state_directory.empty();
  if (may_run_ && !is_temporary_)
    root_ = backings::databases_folder(std::filesystem::absolute(options.state_directory));
  if (!root_.empty()) remove_strangers(cloud);
  {
    std::scoped_lock lock(mutex_);
    is_started_ = true;
  }
  if (!root_.empty()) resume_servers(cloud);
}

void Host::resume_servers(cloud::Cloud& cloud) {
  for (store::Shard* shard : cloud.store().shards("rds")) {
    std::vector<std::string> ids;
    {
      store::Unit unit(cloud.store(), *shard, store::Mode::read);
      for (const auto& [id, instance] : unit.all(instance_kind.resource.table))
        if (instance.has("_Running")) ids.push_back(id);
    }
    if (ids.empty()) continue;
    (void)cloud.update("rds", shard->key.account, shard->key.region, [&](Call& call) -> Status {
      for (const std::string& id : ids)
        call.at(call.now, "resume", Value::map({{"Id", id}}), "resume/" + id);
      return {};
    });
  }
}

void Host::stop() {
  std::shared_ptr<backings::Databases> last;  // its servers stop without the lock
  std::scoped_lock lock(mutex_);
  last = std::move(databases_);
  is_started_ = false;
}

// Folders that no document names: of a state that was reset, or of a run that was killed.
void Host::remove_strangers(cloud::Cloud& cloud) {
  std::error_code none;
  if (!std::filesystem::exists(root_, none)) return;
  std::set<std::string> known;
  for (store::Shard* shard : cloud.store().shards("rds")) {
    store::Unit unit(cloud.store(), *shard, store::Mode::read);
    for (const Kind* kind : {&instance_kind, &snapshot_kind})
      for (const auto& [id, document] : unit.all(kind->resource.table))
        known.insert(document["_Database"].as_string());
  }
  for (const auto& entry : std::filesystem::directory_iterator(root_, none)) {
    std::string name = entry.path().filename();
    if (entry.is_directory() && !known.contains(name)) std::filesystem::remove_all(entry, none);
    bool is_log = name.ends_with(".log") && !known.contains(name.substr(0, name.size() - 4));
    if (is_log) std::filesystem::remove(entry, none);
  }
}

Status Host::check_started() {
  std::scoped_lock lock(mutex_);
  return is_started_ ? Status()
                     : Status(Error("NotStarted", "the databases' host has not started"));
}

std::shared_ptr<backings::Databases> Host::databases() {
  std::scoped_lock lock(mutex_);
  if (!may_run_ || !is_started_ || databases_) return databases_;
  if (root_.empty()) root_ = temporary_folder();
  if (!root_.empty())
    databases_ = std::make_shared<backings::LocalPostgres>(root_, installed_folder());
  return databases_;
}

std::vector<std::string> Host::versions() {
  auto here = databases();
  return here ? here->versions() : std::vector<std::string>();
}

bool Host::can_run(const std::string& engine, const std::string& version) {
  if (engine != "postgres") return false;
  auto here = versions();
  return std::find(here.begin(), here.end(), backings::postgres_major(version)) != here.end();
}

Host& host_of(const Call& call) {
  return static_cast<Host&>(*call.service.background);
}

std::string database_id(const Call& call, const Value& document) {
  const Value& id =
      document.has("_ResourceId") ? document["_ResourceId"] : document["DbiResourceId"];
  return call.account + "-" + call.region + "-" + id.as_string();
}

}  // namespace mainstay::rds
