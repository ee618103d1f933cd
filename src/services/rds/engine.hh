// Engines and their versions. Source: "CreateDBInstance", Engine; the release calendars of the RDS
// user guide. A version is known by its major version: which minor versions AWS offers changes by
// the month, so any minor version of a known major one is taken.
#pragma once

#include <string>
#include <string_view>

#include "cloud/call.hh"

namespace mainstay::rds {

using cloud::Call;

struct EngineVersion {
  std::string engine, version, family;
  int64_t port = 0;
  std::string license;
  bool is_of_clusters = false;  // instances of it are members of clusters only
};

// What a request means by Engine and EngineVersion ("" for its default). Errors: AWS's.
Result<EngineVersion> engine_version(Call& call, const std::string& engine,
                                     const std::string& version);

}  // namespace mainstay::rds
