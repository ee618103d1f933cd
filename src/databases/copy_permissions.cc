#include "databases/copy_permissions.hh"

#include <algorithm>
#include <set>

#include "databases/copy_lock.hh"

namespace mainstay::databases {
namespace {

struct Place {
  std::string account;
  std::vector<std::string> from, to, both;

  std::vector<std::string> arns(const std::vector<std::string>& regions, const std::string& service,
                                const std::vector<std::string>& resources) const {
    std::vector<std::string> out;
    for (const std::string& region : regions)
      for (const std::string& one : resources)
        out.push_back("arn:aws:" + service + ":" + region + ":" + account + ":" + one);
    return out;
  }
};

Place place_of(const CopyWish& wish, const std::string& account) {
  std::set<std::string> both(wish.to.begin(), wish.to.end());
  both.insert(wish.from);
  return {account, {wish.from}, wish.to, {both.begin(), both.end()}};
}

// Lists are of no resource.
Value in_regions(const std::vector<std::string>& regions) {
  return Value::map(
      {{"StringEquals", Value::map({{"aws:RequestedRegion", Value::texts(regions)}})}});
}

// A key by its name; by an alias, which policies can't name as a resource, any that has it.
CopyStep key_step(const Place& place, const std::string& region, const std::string& key,
                  int number) {
  CopyStep out{"Key" + std::to_string(number),
               "the key of " + region + " is found and used",
               {"kms:DescribeKey", "kms:CreateGrant"},
               {},
               {}};
  if (key.starts_with("arn:") && key.contains(":key/")) {
    out.resources = {key};
  } else if (key.starts_with("alias/")) {
    out.resources = place.arns({region}, "kms", {"key/*"});
    out.condition =
        Value::map({{"ForAnyValue:StringEquals", Value::map({{"kms:ResourceAliases", key}})}});
  } else {
    out.resources = place.arns({region}, "kms", {"key/" + key});
  }
  return out;
}

}  // namespace

std::vector<CopyStep> copy_steps(const CopyWish& wish, const std::string& account) {
  Place place = place_of(wish, account);
  std::vector<CopyStep> out{
      {"Databases",
       "the databases are listed",
       {"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
       {"*"},
       in_regions(place.from)},
      {"Snapshots",
       "snapshots and copies are listed and looked at",
       {"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots"},
       {"*"},
       in_regions(place.both)},
      {"Lock",
       "two runs are kept apart",
       {"ssm:PutParameter", "ssm:GetParametersByPath", "ssm:DeleteParameter"},
       place.arns(
           place.to, "ssm",
           {"parameter" + std::string(lock_path), "parameter" + std::string(lock_path) + "/*"}),
       {}},
      {"Copy",
       "copies are made and tagged",
       {"rds:CopyDBSnapshot", "rds:CopyDBClusterSnapshot", "rds:AddTagsToResource"},
       place.arns(place.both, "rds", {"snapshot:*", "cluster-snapshot:*"}),
       {}}};
  bool crosses = std::ranges::any_of(wish.to, [&](const auto& one) { return one != wish.from; });
  if (crosses && !wish.keys.empty())  // RDS reads the encrypted source with the caller's rights
    out.push_back(
        {"SourceKey",
         "encrypted sources are read",
         {"kms:DescribeKey", "kms:CreateGrant", "kms:Decrypt"},
         place.arns(place.from, "kms", {"key/*"}),
         Value::map({{"StringEquals",
                      Value::map({{"kms:ViaService", "rds." + wish.from + ".amazonaws.com"}})}})});
  int number = 0;
  for (const auto& [region, key] : wish.keys) out.push_back(key_step(place, region, key, ++number));
  if (wish.retention.deletes())
    out.push_back(
        {"Delete",
         "copies that were made here are deleted",
         {"rds:DeleteDBSnapshot", "rds:DeleteDBClusterSnapshot"},
         place.arns(place.to, "rds", {"snapshot:*", "cluster-snapshot:*"}),
         Value::map({{"StringEquals",
                      Value::map({{std::string("aws:ResourceTag/") + creator_tag, creator}})}})});
  return out;
}

Value copy_policy(const CopyWish& wish, const std::string& account) {
  Value statements = Value::list();
  for (const CopyStep& step : copy_steps(wish, account)) {
    Value one = Value::map({{"Sid", step.sid},
                            {"Effect", "Allow"},
                            {"Action", Value::texts(step.actions)},
                            {"Resource", Value::texts(step.resources)}});
    if (!step.condition.is_null()) one.set("Condition", step.condition);
    statements.push_back(std::move(one));
  }
  return Value::map({{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
}

}  // namespace mainstay::databases
