// The real databases behind instances, as the service's background: made when the first is wanted,
// stopped with the cloud, and gone with a reset. Forks have none.
//
// A database's id is "ACCOUNT-REGION-RESOURCEID", a snapshot's data "…-SNAPSHOTRESOURCEID".
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backings/database.hh"
#include "cloud/cloud.hh"
#include "services/rds/kinds.hh"

namespace mainstay::rds {

class Host : public cloud::Background {
 public:
  explicit Host(bool makes_databases) : makes_databases_(makes_databases) {}
  ~Host() override;
  void start(cloud::Cloud& cloud) override;
  void stop() override;

  // Major versions of PostgreSQL that instances can really be of, newest first.
  std::vector<std::string> versions();
  bool can_run(const std::string& engine, const std::string& version);
  // A timer of a run that was killed may come before the host has started: it comes again.
  Status check_started();
  // Null where there are none.
  std::shared_ptr<backings::Databases> databases();

 private:
  void remove_strangers(cloud::Cloud& cloud);
  void resume_servers(cloud::Cloud& cloud);

  const bool makes_databases_;
  bool may_run_ = false, is_temporary_ = false;  // as the cloud's options say
  std::string root_;  // of a cloud that keeps nothing: made when the first is wanted
  std::mutex mutex_;
  bool is_started_ = false;
  std::shared_ptr<backings::Databases> databases_;
};

Host& host_of(const Call& call);
std::string database_id(const Call& call, const Value& document);

}  // namespace mainstay::rds
