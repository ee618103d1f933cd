// SQL on a live PostgreSQL, by the program psql; read-only. The password goes by the environment,
// never into arguments or texts.
//
// Errors: "SqlFailed" with psql's own words; "ProgramNotFound". Threads: any.
#pragma once

#include <string>

#include "host/process.hh"

namespace mainstay::databases {

struct SqlPlace {
  std::string host, user, password, database;
  int64_t port = 0;
};

// What it prints: fields with | between them, one row a line, without the end of the last.
// Limit: 1 MB, ten minutes.
Result<std::string> run_psql(Processes& processes, const std::string& path, const SqlPlace& place,
                             const std::string& sql);

}  // namespace mainstay::databases
