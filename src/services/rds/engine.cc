#include "services/rds/engine.hh"

#include <algorithm>

#include "base/text.hh"
#include "services/rds/handlers.hh"
#include "services/rds/host.hh"
#include "services/rds/kinds.hh"

namespace mainstay::rds {
namespace {

// majors: oldest first, with the minor version that is offered; the last is the default.
struct Engine {
  std::string_view engine, majors, family;
  int64_t port;
  std::string_view license;
  bool is_of_clusters = false;
};
constexpr Engine engines[] = {
    {"postgres", "9.3.25 9.4.26 9.5.25 9.6.24 10.23 11.22 12.22 13.22 14.19 15.14 16.10 17.6",
     "postgres", 5432, "postgresql-license"},
    {"mysql", "5.5.61 5.6.51 5.7.44 8.0.43 8.4.6", "mysql", 3306, "general-public-license"},
    {"mariadb", "10.3.39 10.4.34 10.5.29 10.6.23 10.11.14 11.4.8 11.8.3", "mariadb", 3306,
     "general-public-license"},
    {"aurora", "5.6.10a", "aurora", 3306, "general-public-license", true},
    {"aurora-mysql", "5.7.mysql_aurora.2.12.5 8.0.mysql_aurora.3.10.1", "aurora-mysql", 3306,
     "general-public-license", true},
    {"aurora-postgresql", "9.6.22 10.21 11.21 12.22 13.22 14.19 15.14 16.10 17.6",
     "aurora-postgresql", 5432, "postgresql-license", true},
    {"oracle-se2", "12.1.0.2.v25 19.0.0.0.ru-2025-07.rur-2025-07.r1", "oracle-se2", 1521,
     "license-included"},
    {"oracle-ee", "12.1.0.2.v25 19.0.0.0.ru-2025-07.rur-2025-07.r1", "oracle-ee", 1521,
     "bring-your-own-license"},
    {"sqlserver-ex", "14.00.3485.1.v1 15.00.4430.1.v1 16.00.4195.2.v1", "sqlserver-ex", 1433,
     "license-included"},
    {"sqlserver-web", "14.00.3485.1.v1 15.00.4430.1.v1 16.00.4195.2.v1", "sqlserver-web", 1433,
     "license-included"},
    {"sqlserver-se", "14.00.3485.1.v1 15.00.4430.1.v1 16.00.4195.2.v1", "sqlserver-se", 1433,
     "license-included"},
    {"sqlserver-ee", "14.00.3485.1.v1 15.00.4430.1.v1 16.00.4195.2.v1", "sqlserver-ee", 1433,
     "license-included"},
};

// "9.6" of 9.6.24 and "15" of 15.4 (PostgreSQL: one number since 10); else the first two numbers.
std::string major_of(const Engine& row, std::string_view version) {
  auto parts = split(version, ".");
  bool is_postgres = row.engine.contains("postgres");
  bool one = parts.size() < 2 || (is_postgres && parts[0] != "9");
  return one ? parts[0] : parts[0] + "." + parts[1];
}

// "postgres9.6", "mysql8.0", "oracle-se2-19", "sqlserver-ex-15.0" (DescribeDBEngineVersions).
std::string family_of(const Engine& row, const std::string& major) {
  std::string family(row.family);
  if (row.engine.starts_with("oracle")) return family + "-" + split(major, ".")[0];
  if (row.engine.starts_with("sqlserver")) return family + "-" + split(major, ".")[0] + ".0";
  return family + major;
}

EngineVersion made(const Engine& row, const std::string& version) {
  return {
      std::string(row.engine),  version,           family_of(row, major_of(row, version)), row.port,
      std::string(row.license), row.is_of_clusters};
}

// AWS's default moves on; here it is the newest that this machine can really run, if any.
std::string default_version(Call& call, const Engine& row) {
  auto versions = split(row.majors, " ");
  if (row.engine == "postgres")
    for (const std::string& installed : host_of(call).versions())
      for (const std::string& version : versions)
        if (major_of(row, version) == installed) return version;
  return versions.back();
}

Value described(const Engine& row, const std::string& version) {
  EngineVersion v = made(row, version);
  Value targets = Value::list();
  bool after = false;
  for (const std::string& other : split(row.majors, " ")) {
    if (after)
      targets.push_back(Value::map({{"Engine", v.engine},
                                    {"EngineVersion", other},
                                    {"Description", v.engine + " " + other},
                                    {"AutoUpgrade", false},
                                    {"IsMajorVersionUpgrade", true}}));
    after = after || other == version;
  }
  return Value::map({{"Engine", v.engine},
                     {"EngineVersion", version},
                     {"DBParameterGroupFamily", v.family},
                     {"DBEngineDescription", v.engine},
                     {"DBEngineVersionDescription", v.engine + " " + version},
                     {"ValidUpgradeTarget", std::move(targets)},
                     {"Status", "available"}});
}

}  // namespace

Result<EngineVersion> engine_version(Call& call, const std::string& name,
                                     const std::string& version) {
  const std::string engine = to_lower(name);  // "MySQL" is taken, too
  for (const Engine& row : engines) {
    if (row.engine != engine) continue;
    if (version.empty()) return made(row, default_version(call, row));
    const std::string major = major_of(row, version);
    for (const std::string& known : split(row.majors, " "))
      if (major_of(row, known) == major) return made(row, version == major ? known : version);
    return combination("Cannot find version " + version + " for " + engine);
  }
  return invalid("Invalid DB engine: " + name);
}

Result<Value> describe_engine_versions(Call& call, const Value& in) {
  Value out = Value::list();
  for (const Engine& row : engines) {
    if (in.has("Engine") && in["Engine"].as_string() != row.engine) continue;
    const std::string preferred = in["DefaultOnly"].as_bool() ? default_version(call, row) : "";
    for (const std::string& version : split(row.majors, " ")) {
      if (!preferred.empty() && version != preferred) continue;
      const std::string& asked = in["EngineVersion"].as_string();
      if (!asked.empty() && asked != version && asked != major_of(row, version)) continue;
      Value one = described(row, version);
      if (in.has("DBParameterGroupFamily") &&
          in["DBParameterGroupFamily"] != one["DBParameterGroupFamily"])
        continue;
      out.push_back(std::move(one));
    }
  }
  return Value::map({{"DBEngineVersions", std::move(out)}});
}

}  // namespace mainstay::rds
