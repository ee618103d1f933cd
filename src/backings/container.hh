// Containers that run: images, and what is made of them. The words are those of the Docker Engine
// API, whose daemon is the real implementation (docker_engine.hh).
//
// Errors: "EngineMissing" (no daemon answers, and what would help), "ImageMissing",
// "ContainerMissing", "ContainerConflict" (a name or port that is taken, a state that does not
// allow it), "ContainerTimeout", "EngineFailed" (its own words).
// Threads: any. Limits: see each. Owner: the containers are the engine's; whoever makes them labels
// them (reconcile.hh), so that nothing is lost with this program.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::backings {

struct ContainerSpec {
  struct Port {
    uint16_t container = 0, host = 0;   // TCP; host 0: any that is free
    std::string address = "127.0.0.1";  // a loopback address
    auto operator<=>(const Port&) const = default;
  };
  struct Mount {
    std::string host_path, container_path;
    bool read_only = false;
    bool operator==(const Mount&) const = default;
  };
  std::string name;  // "" lets the engine choose
  std::string image;
  std::vector<std::string> entrypoint, command;  // empty: the image's
  std::vector<std::string> environment;          // "NAME=value", over the image's
  std::string directory, user;                   // "": the image's
  std::string network;  // "none", "host", a network's name; "": the engine's default
  std::map<std::string, std::string> labels;
  std::vector<Port> ports;
  std::vector<Mount> mounts;
  uint64_t memory_bytes = 0;  // 0: no limit
  int64_t nano_cpus = 0;      // billionths of a processor; 0: no limit

  Value to_value() const;  // as the engine's CreateContainer takes it
};

struct ContainerState {
  std::string id, name, image;
  std::map<std::string, std::string> labels;
  std::string status;  // "created", "running", "paused", "restarting", "removing", "exited", "dead"
  int exit_code = 0;   // of one that has exited
  bool out_of_memory = false;
  std::map<uint16_t, uint16_t> ports;  // of the host, by the container's
  // Told by inspect() alone.
  int64_t pid = 0;      // of its main process here, 0 where it doesn't run
  std::string restart;  // its restart policy: "no", "always", "on-failure", "unless-stopped"
  int64_t nano_cpus = 0, cpu_quota = 0, cpu_period = 0;  // its limits, 0 for none
  bool is_running() const { return status == "running"; }
};

struct ContainerOutput {
  int exit_code = 0;
  std::string output, errors;
};

class Containers {
 public:
  virtual ~Containers() = default;
  // "28.2.2", for people.
  virtual Result<std::string> version() = 0;

  virtual Result<bool> has_image(const std::string& reference) = 0;
  // A root file system as a tar file, under "name:tag". Limit: image_bytes_max.
  virtual Status import_image(const std::string& reference, std::string_view tar) = 0;
  virtual Status remove_image(const std::string& reference) = 0;
  static constexpr size_t image_bytes_max = size_t{1} << 30;

  virtual Result<std::string> create(const ContainerSpec& spec) = 0;  // the id
  virtual Status start(const std::string& id) = 0;                    // one that runs is no error
  // SIGTERM, then SIGKILL after timeout_s.
  virtual Status stop(const std::string& id, int timeout_s) = 0;
  virtual Status kill(const std::string& id, std::string_view signal) = 0;  // "SIGHUP"
  virtual Status pause(const std::string& id) = 0;    // all of its processes stand still
  virtual Status unpause(const std::string& id) = 0;  // and go on
  // Of a container that runs; microseconds of processor in each period, 0 and 0 for no limit.
  virtual Status limit_cpu(const std::string& id, int64_t quota, int64_t period) = 0;
  // With its volumes without a name. force: also one that runs.
  virtual Status remove(const std::string& id, bool force) = 0;
  virtual Result<ContainerState> inspect(const std::string& id) = 0;
  // All that carry these labels, running or not, without exit codes.
  virtual Result<std::vector<ContainerState>> list(
      const std::map<std::string, std::string>& labels) = 0;
  // The exit code. "ContainerTimeout" loses nothing.
  virtual Result<int> wait(const std::string& id, int64_t timeout_ms) = 0;
  // The last lines of both streams; 16 MiB at most. The exit code is not told.
  virtual Result<ContainerOutput> logs(const std::string& id, int64_t lines_max) = 0;
  // Runs a program in one that runs, to its end.
  virtual Result<ContainerOutput> exec(const std::string& id,
                                       const std::vector<std::string>& command,
                                       int64_t timeout_ms) = 0;
};

}  // namespace mainstay::backings
