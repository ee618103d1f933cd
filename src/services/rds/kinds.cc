#include "services/rds/kinds.hh"

#include <algorithm>
#include <array>

#include "base/text.hh"
#include "cloud/tags.hh"
#include "wire/arn.hh"

namespace mainstay::rds {
namespace {

constexpr cloud::PageWords pages{.token_in = "Marker",
                                 .token_out = "Marker",
                                 .limit = "MaxRecords",
                                 .size_default = 100,
                                 .size_max = 100,
                                 .bad_token_code = "InvalidParameterValue",
                                 .bad_token = "Invalid value for Marker"};
constexpr size_t identifier_max = 63, group_max = 255;

// "DescribeEvents": "for the past 14 days".
constexpr int64_t event_ms_max = int64_t{14} * 24 * 3600 * 1000;
constexpr size_t events_max = 2000;

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

// "Identifiers must begin with a letter…" (CreateDBInstance).
bool is_identifier(std::string_view text, size_t most) {
  if (text.empty() || text.size() > most || !is_letter(text[0])) return false;
  if (text.ends_with('-') || text.contains("--")) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}
// Groups' names may have periods and underscores, too (CreateDBSubnetGroup).
bool is_group_name(std::string_view text) {
  return !text.empty() && text.size() <= group_max && text != "default" &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || std::string_view("-._ ").contains(c);
         });
}

constexpr Kind kind_of(std::string_view table, std::string_view list, std::string_view id,
                       std::string_view arn, std::string_view type, std::string_view missing_code,
                       std::string_view missing, std::string_view taken_code,
                       std::string_view taken) {
  return {{table, list, missing_code, missing, 404, pages}, id, arn, type, taken_code, taken};
}

}  // namespace

const cloud::TagRules tag_rules{.too_many_code = "InvalidParameterValue",
                                .too_many = "A resource can have at most 50 tags.",
                                .reserved_code = "InvalidParameterValue",
                                .reserved = "Tag keys that begin with aws: are reserved for AWS."};

const Kind instance_kind = kind_of(
    "instance", "DBInstances", "DBInstanceIdentifier", "DBInstanceArn", "db", "DBInstanceNotFound",
    "DBInstance * not found.", "DBInstanceAlreadyExists", "DB instance already exists");
const Kind snapshot_kind =
    kind_of("snapshot", "DBSnapshots", "DBSnapshotIdentifier", "DBSnapshotArn", "snapshot",
            "DBSnapshotNotFound", "DBSnapshot * not found.", "DBSnapshotAlreadyExists",
            "Cannot create the snapshot because a snapshot with the identifier * already exists.");
const Kind subnet_group_kind =
    kind_of("subnet-group", "DBSubnetGroups", "DBSubnetGroupName", "DBSubnetGroupArn", "subgrp",
            "DBSubnetGroupNotFoundFault", "DB subnet group '*' does not exist.",
            "DBSubnetGroupAlreadyExists", "The DB subnet group '*' already exists.");
const Kind parameter_group_kind =
    kind_of("parameter-group", "DBParameterGroups", "DBParameterGroupName", "DBParameterGroupArn",
            "pg", "DBParameterGroupNotFound", "DBParameterGroup not found: *",
            "DBParameterGroupAlreadyExists", "Parameter group * already exists");
const Kind cluster_kind = kind_of("cluster", "DBClusters", "DBClusterIdentifier", "DBClusterArn",
                                  "cluster", "DBClusterNotFoundFault", "DBCluster * not found.",
                                  "DBClusterAlreadyExistsFault", "DB Cluster already exists");
const Kind cluster_snapshot_kind =
    kind_of("cluster-snapshot", "DBClusterSnapshots", "DBClusterSnapshotIdentifier",
            "DBClusterSnapshotArn", "cluster-snapshot", "DBClusterSnapshotNotFoundFault",
            "DBClusterSnapshot * not found.", "DBClusterSnapshotAlreadyExistsFault",
            "Cannot create the snapshot because a snapshot with the identifier * already exists.");
const Kind cluster_parameter_group_kind =
    kind_of("cluster-parameter-group", "DBClusterParameterGroups", "DBClusterParameterGroupName",
            "DBClusterParameterGroupArn", "cluster-pg", "DBParameterGroupNotFound",
            "DBClusterParameterGroup not found: *", "DBParameterGroupAlreadyExists",
            "Parameter group * already exists");

std::span<const Kind* const> kinds() {
  static constexpr std::array all{
      &instance_kind, &snapshot_kind,         &subnet_group_kind,           &parameter_group_kind,
      &cluster_kind,  &cluster_snapshot_kind, &cluster_parameter_group_kind};
  return all;
}

Error invalid(std::string message) {
  return aws_error("InvalidParameterValue", std::move(message));
}
Error combination(std::string message) {
  return aws_error("InvalidParameterCombination", std::move(message));
}

Result<std::string> new_identifier(const Call& call, const Kind& kind, const Value& in,
                                   const char* member) {
  std::string id = to_lower(in[member].as_string());
  bool is_group = kind.arn_type.ends_with("pg") || kind.arn_type == "subgrp";
  if (!(is_group ? is_group_name(id) : is_identifier(id, identifier_max * 4)))
    return invalid("The parameter " + std::string(member) +
                   " is not a valid identifier. Identifiers must begin with a letter; must contain "
                   "only ASCII letters, digits, and hyphens; and must not end with a hyphen or "
                   "contain two consecutive hyphens.");
  bool is_server = &kind == &instance_kind || &kind == &cluster_kind;
  if (is_server && id.size() > identifier_max)
    return invalid("The parameter " + std::string(member) + " must be at most 63 characters long.");
  if (!call.find(kind.resource.table, id)) return id;
  std::string text(kind.taken);
  if (size_t star = text.find('*'); star != std::string::npos) text.replace(star, 1, id);
  return aws_error(std::string(kind.taken_code), std::move(text));
}

std::string arn_of(const Call& call, const Kind& kind, std::string_view id) {
  return call.arn(std::string(kind.arn_type) + ":" + std::string(id));
}

Result<Value> find(const Call& call, const Kind& kind, const std::string& id) {
  return cloud::find_resource(call, kind.resource, id);
}

Result<Value> find(const Call& call, const Kind& kind, const Value& in, const char* member) {
  std::string id = to_lower(in[member].as_string());
  if (id.starts_with("arn:"))
    if (auto arn = wire::parse_arn(id); arn.has_value()) {
      const std::string type = std::string(kind.arn_type) + ":";
      if (arn->resource.starts_with(type)) id = arn->resource.substr(type.size());
    }
  return find(call, kind, id);
}

void put(Call& call, const Kind& kind, const Value& document) {
  call.put(kind.resource.table, document[kind.id].as_string(), document);
}
void remove(Call& call, const Kind& kind, const Value& document) {
  call.remove(kind.resource.table, document[kind.id].as_string());
}

Value shown(const Value& document) {
  Value out = Value::map({});
  for (const auto& [name, value] : document.members())
    if (!name.starts_with('_')) out.set(name, value);
  return document.has("_Tags") ? out.set("TagList", document["_Tags"]) : out;
}
Value answer(const char* member, const Value& document) {
  return Value::map({{member, shown(document)}});
}

Result<Value> list(Call& call, const Kind& kind, const Value& in, std::span<const Filter> filters,
                   const std::function<bool(const Value&)>& has) {
  for (const Value& asked : in["Filters"].items()) {
    auto known = [&](const Filter& f) { return f.name == asked["Name"].as_string(); };
    if (std::none_of(filters.begin(), filters.end(), known))
      return invalid("Unrecognized filter name: " + asked["Name"].as_string());
  }
  cloud::Listing listing;
  listing.show = shown;
  listing.has = [&](const Value& document) {
    if (has && !has(document)) return false;
    for (const Value& asked : in["Filters"].items())
      for (const Filter& filter : filters) {
        if (filter.name != asked["Name"].as_string()) continue;
        // Identifiers may be given as ARNs.
        auto is = [&](const Value& v) {
          const std::string& text = v.as_string();
          const std::string& held = document[filter.member].as_string();
          return text == held || (text.starts_with("arn:") && text.ends_with(":" + held));
        };
        const List& values = asked["Values"].items();
        if (std::none_of(values.begin(), values.end(), is)) return false;
      }
    return true;
  };
  return cloud::list_resources(call, kind.resource, in, listing);
}

Status tag_new(const Call& call, Value& document, const Value& in) {
  document.set("_Tags", Value::list());
  return cloud::add_tags(call, document, in["Tags"], tag_rules);
}

void tell(Call& call, const Kind& kind, const std::string& id, std::string_view category,
          std::string message) {
  const auto& all = call.all("event");
  std::string from = std::to_string(call.now.ms - event_ms_max);
  if (!all.empty() && (all.size() >= events_max || all.begin()->first < from)) {
    std::string oldest = all.begin()->first;
    call.remove("event", oldest);
  }
  std::string type(kind.arn_type == "db"         ? "db-instance"
                   : kind.arn_type == "cluster"  ? "db-cluster"
                   : kind.arn_type == "snapshot" ? "db-snapshot"
                                                 : "db-cluster-snapshot");
  call.put("event", std::to_string(call.now.ms) + "/" + call.random.hex(8),
           Value::map({{"SourceIdentifier", id},
                       {"SourceType", type},
                       {"SourceArn", arn_of(call, kind, id)},
                       {"Message", std::move(message)},
                       {"EventCategories", Value::list({std::string(category)})},
                       {"Date", call.now}}));
}

}  // namespace mainstay::rds
