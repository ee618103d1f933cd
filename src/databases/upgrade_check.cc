#include "databases/upgrade_check.hh"

#include "base/text.hh"

namespace mainstay::databases {
namespace {

struct UpgradeCheck {
  const char *name, *sql, *fix;
  bool once = false;  // of the whole server, not of each database
  bool blocks = true;
  int64_t since = 0;  // the first version that it can be asked of, as server_version_num
};

// Columns that users have stored of one of some types, also where it hides in a domain, an array, a
// range or the type of a row.
constexpr const char* columns_of = R"(
with recursive parts (whole, part) as (
  select oid, typbasetype from pg_type where typtype = 'd'
  union all select oid, typelem from pg_type where typelem <> 0
  union all select rngtypid, rngsubtype from pg_range
  union all select t.oid, a.atttypid from pg_type t join pg_attribute a on a.attrelid = t.typrelid
    where t.typtype = 'c' and a.attnum > 0 and not a.attisdropped),
meant (oid) as (
  select t.oid from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where n.nspname = 'pg_catalog' and t.typname in (TYPES)
  union select parts.whole from meant join parts on parts.part = meant.oid)
select n.nspname || '.' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, null)
from pg_attribute a join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
where a.atttypid in (select oid from meant) and a.attnum > 0 and not a.attisdropped
and c.relkind in ('r', 'm', 'p', 'i') and n.nspname not in ('pg_catalog', 'information_schema')
and n.nspname !~ '^pg_(toast|temp)' order by 1 limit 100)";

// "Except for regtype and regclass, you can't upgrade the reg* data types" (RDS user guide).
constexpr const char* reg_types =
    "'regcollation','regconfig','regdictionary','regnamespace','regoper','regoperator','regproc',"
    "'regprocedure','regrole'";

constexpr UpgradeCheck upgrade_checks[] = {
    {"prepared transactions",
     "select gid || ' in ' || database || ', since ' || prepared from pg_prepared_xacts "
     "order by prepared limit 100",
     "COMMIT PREPARED or ROLLBACK PREPARED each", true},
    {"roles that begin with pg_",
     "select rolname from pg_roles where rolname ~ '^pg_' and oid >= 16384 order by 1 limit 100",
     "ALTER ROLE ... RENAME TO: the prefix is PostgreSQL's own since 9.6", true},
    {"logical replication slots",
     "select slot_name from pg_replication_slots where slot_type = 'logical' order by 1 limit 100",
     "pg_drop_replication_slot each, and make them anew after the upgrade", true, true, 90400},
    {"reg* columns", reg_types,
     "change the column to text, or drop it: OIDs differ after an upgrade (regclass and regtype "
     "are kept)"},
    {"line columns", "'line'", "change the column: 9.4 stores line otherwise"},
    {"unknown columns", "'unknown'", "change the column to text: 10 has no such columns"},
    {"extensions",
     "select extname || ' ' || extversion from pg_extension where extname <> 'plpgsql' "
     "order by 1 limit 100",
     "see that the target version has each, and ALTER EXTENSION ... UPDATE afterwards", false,
     false},
    {"views on pg_stat_activity",
     "select distinct n.nspname || '.' || c.relname from pg_depend d join pg_rewrite r on r.oid = "
     "d.objid join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace "
     "where d.classid = 'pg_rewrite'::regclass and d.refobjid = "
     "'pg_catalog.pg_stat_activity'::regclass and n.nspname not in ('pg_catalog', "
     "'information_schema') order by 1 limit 100",
     "drop the view, and make it anew after the upgrade: the columns change"}};

std::string sql_of(const UpgradeCheck& check) {
  std::string sql = check.sql;
  return sql.starts_with('\'') ? replace_all(columns_of, "TYPES", sql) : sql;
}

Result<std::vector<std::string>> rows_of(const Ask& ask, const SqlPlace& place,
                                         const std::string& sql, const std::string& what) {
  auto said = ask(place, sql);
  if (!said) return Error(said.error()).because(what + " in the database " + place.database);
  if (said->empty()) return std::vector<std::string>();
  return split(*said, "\n");
}

}  // namespace

std::vector<std::string> upgrade_check_names() {
  std::vector<std::string> out;
  for (const UpgradeCheck& check : upgrade_checks) out.emplace_back(check.name);
  return out;
}

Result<std::vector<UpgradeFinding>> check_upgrade(const Ask& ask, SqlPlace place) {
  TRY(auto databases, rows_of(ask, place,
                              "select datname from pg_database where datallowconn and datname <> "
                              "'rdsadmin' order by 1",
                              "the list of databases"));
  TRY(auto version, rows_of(ask, place, "show server_version_num", "the version"));
  int64_t number = version.empty() ? 0 : parse_int(version[0]).value_or(0);
  if (number == 0) return Error("SqlFailed", "the server does not say which version it is");
  std::vector<UpgradeFinding> out;
  std::string first = place.database;
  for (const UpgradeCheck& check : upgrade_checks) {
    if (number < check.since) continue;
    for (const std::string& database : check.once ? std::vector<std::string>{first} : databases) {
      place.database = database;
      TRY(auto rows, rows_of(ask, place, sql_of(check), check.name));
      if (!rows.empty())
        out.push_back({check.name, database, std::move(rows), check.fix, check.blocks});
    }
  }
  return out;
}

}  // namespace mainstay::databases
