// mainstay cloud serve: the embedded cloud on a port, until it is told to stop.
#pragma once

#include <string>
#include <vector>

namespace mainstay::cli {

struct ServeOptions {
  std::string host = "127.0.0.1";
  int port = 4566;              // 0: any that is free
  std::string state_directory;  // "": the default one
  bool memory = false;
  bool strict = false;
  bool sync = false;
  int threads = 4;
  size_t compact_at = size_t{16} << 20;                 // bytes
  std::string time = "instant";                         // cloud/clock.hh, TimePlan
  std::vector<std::string> allow_hosts, allow_origins;  // cloud::WebGuardOptions
};

// Returns the exit code (docs/stacks.md).
int cloud_serve(const ServeOptions& options);

}  // namespace mainstay::cli
