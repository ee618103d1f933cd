// Databases that are real: what stands behind an instance whose engine this machine has. Each has
// a folder of data and, while it runs, a server process on a port of the loopback interface. Copies
// are made of the folder while no server works on it.
//
// Errors: "EngineMissing" (no program of that version here), "DatabaseFailed" (what a program of
// the engine said), those of processes. Threads: any; calls for one database follow one
// another.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay::backings {

struct DatabaseSpec {
  std::string id;       // a folder's name: letters, digits, '-'
  std::string version;  // as asked for: its major version counts
  std::string user, password;
  std::string database;  // "" for none
};

class Databases {
 public:
  virtual ~Databases() = default;
  // The major versions whose programs are here, newest first ("15").
  virtual std::vector<std::string> versions() const = 0;
  virtual Status create(const DatabaseSpec& spec) = 0;
  // Returns its port: the one asked for where that is free. A running one says where it is.
  virtual Result<uint16_t> start(const std::string& id, uint16_t port) = 0;
  virtual Status stop(const std::string& id) = 0;
  virtual Status set_password(const std::string& id, const std::string& user,
                              const std::string& password) = 0;
  // All that is in one, under another id. A server that runs stands still meanwhile.
  virtual Status copy(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& id) = 0;
  virtual bool has(const std::string& id) const = 0;
};

// "15.4" is of major version 15, "9.6.24" of 9.6.
std::string postgres_major(std::string_view version);

}  // namespace mainstay::backings
