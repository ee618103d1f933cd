// PostgreSQL as it is installed on this machine (Debian's packages, or the folder that
// MAINSTAY_POSTGRES names: FOLDER/MAJOR/bin). Servers are children of this program and end with it;
// what a killed one leaves is recovered by PostgreSQL itself at the next start. As root, they run
// as the user "postgres", or "nobody" where there is none, since PostgreSQL refuses root.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "backings/database.hh"
#include "host/process.hh"

namespace mainstay::backings {

class LocalPostgres : public Databases {
 public:
  // root: the folder of all data; made when first needed.
  LocalPostgres(std::string root, std::string installed);
  ~LocalPostgres() override;

  std::vector<std::string> versions() const override;
  Status create(const DatabaseSpec& spec) override;
  Result<uint16_t> start(const std::string& id, uint16_t port) override;
  Status stop(const std::string& id) override;
  Status set_password(const std::string& id, const std::string& user,
                      const std::string& password) override;
  Status copy(const std::string& from, const std::string& to) override;
  Status remove(const std::string& id) override;
  bool has(const std::string& id) const override;

 private:
  struct Server {
    std::unique_ptr<Process> process;
    uint16_t port = 0;
  };
  struct User {
    uint32_t id, group;
  };
  // Held while something is done to the database of that id.
  std::unique_lock<std::mutex> turn(const std::string& id);
  Result<uint16_t> start_in_turn(const std::string& id, uint16_t port);
  Result<uint16_t> start_once(const std::string& id, uint16_t port);
  Status stop_in_turn(const std::string& id);
  Status remove_in_turn(const std::string& id);
  Status copy_folder(const std::string& from, const std::string& to);
  std::optional<uint16_t> port_of(const std::string& id);  // of one that runs
  std::string folder(const std::string& id) const { return root_ + "/" + id; }
  std::string program(const std::string& major, const char* name) const;
  Result<std::string> major_of(const std::string& id) const;
  Status make_root();
  Status own(const std::string& path) const;
  ProcessSpec spec_of(std::vector<std::string> argv) const;
  Status run(std::vector<std::string> argv, std::string_view input);
  Status run_alone(const std::string& id, std::string_view sql);
  Status await(Process& process, const std::string& id, uint16_t port);

  const std::string root_, installed_;
  std::optional<User> user_;  // as whom servers run; nothing for ourselves
  RealProcesses processes_;
  std::mutex mutex_;
  std::map<std::string, Server> servers_;  // that run
  std::map<std::string, std::unique_ptr<std::mutex>> turns_;
};

// Where a state's databases are: in its folder; as root in a folder that another user may enter, by
// the state's name.
std::string databases_folder(const std::string& state_directory);

}  // namespace mainstay::backings
