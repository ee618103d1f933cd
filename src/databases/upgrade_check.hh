// What of a live PostgreSQL would make a major upgrade fail, or break after it, found before the
// instance is touched: read-only SQL in every database, each finding with its rows and what mends
// it. Source: RDS user guide, "How to perform a major version upgrade for RDS for PostgreSQL";
// pg_upgrade's own checks.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "databases/psql.hh"

namespace mainstay::databases {

struct UpgradeFinding {
  std::string check, database;    // "prepared transactions", "app"
  std::vector<std::string> rows;  // at most 100
  std::string fix;
  bool blocks = true;  // false: it has to be looked after, but stops nothing
};

using Ask = std::function<Result<std::string>(const SqlPlace&, const std::string& sql)>;

// Which checks there are, for people.
std::vector<std::string> upgrade_check_names();

// place.database: any that takes connections. Errors: "SqlFailed" naming the database; a check that
// could not be run is an error, never a pass.
Result<std::vector<UpgradeFinding>> check_upgrade(const Ask& ask, SqlPlace place);

}  // namespace mainstay::databases
