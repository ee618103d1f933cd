// Configurations of which a bucket has many, by their id: a row each. Kept, and told; none of them
// does anything here ("metrics", "analytics", "inventory", "S3 Intelligent-Tiering", user guide).
#include "cloud/paging.hh"
#include "services/s3/bucket.hh"

namespace mainstay::s3 {
namespace {

struct Identified {
  const char *member, *input, *list;
  int put_status;  // recorded
};
constexpr Identified metrics{"_Metrics", "MetricsConfiguration", "MetricsConfigurationList", 204};
constexpr Identified analytics{"_Analytics", "AnalyticsConfiguration", "AnalyticsConfigurationList",
                               204};
constexpr Identified inventory{"_Inventory", "InventoryConfiguration", "InventoryConfigurationList",
                               204};
constexpr Identified tiering{"_Tiering", "IntelligentTieringConfiguration",
                             "IntelligentTieringConfigurationList", 200};

constexpr size_t identified_max = 1000, identified_page = 100;

Error no_such_configuration() {
  return aws_error("NoSuchConfiguration", "The specified configuration does not exist.", 404);
}

template <const Identified& kind>
Result<Value> put_identified(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  const Value& given = in[kind.input];
  if (given["Id"] != in["Id"]) return malformed_xml();
  Value all = bucket.has(kind.member) ? bucket[kind.member] : Value::map({});
  const std::string& id = in["Id"].as_string();
  if (!all.has(id) && all.size() == identified_max)
    return aws_error("TooManyConfigurations",
                     "You are attempting to create a new configuration but have already reached "
                     "the 1,000-configuration limit.");
  put_bucket(call, bucket.set(kind.member, all.set(id, given)));
  return Value::map({{":status", kind.put_status}});
}

template <const Identified& kind>
Result<Value> get_identified(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  const Value& found = bucket[kind.member][in["Id"].as_string()];
  if (found.is_null()) return no_such_configuration();
  return Value::map({{kind.input, found}});
}

template <const Identified& kind>
Result<Value> delete_identified(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  Value all = bucket[kind.member];
  const std::string& id = in["Id"].as_string();
  if (!all.has(id)) return no_such_configuration();
  all.erase(id);
  put_bucket(call, bucket.set(kind.member, std::move(all)));
  return Value::map({});
}

template <const Identified& kind>
Result<Value> list_identified(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  std::map<std::string, Value> sorted;
  for (const auto& [id, row] : bucket[kind.member].members()) sorted.emplace(id, row);
  List rows;
  for (auto& [id, row] : sorted) rows.push_back(std::move(row));
  TRY(cloud::Page page,
      cloud::paginate(
          std::move(rows), [](const Value& row) { return row["Id"].as_string(); },
          in["ContinuationToken"].as_string(), identified_page,
          invalid_argument("The continuation token provided is incorrect", "continuation-token",
                           in["ContinuationToken"].as_string())));
  Value out = Value::map({{"IsTruncated", !page.next.empty()}});
  if (!page.items.empty()) out.set(kind.list, Value(std::move(page.items)));
  if (!page.next.empty()) out.set("NextContinuationToken", page.next);
  if (in.has("ContinuationToken")) out.set("ContinuationToken", in["ContinuationToken"]);
  return out;
}

}  // namespace

std::vector<cloud::Operation> identified_operations() {
  using cloud::reads, cloud::writes;
  return {writes("PutBucketMetricsConfiguration", put_identified<metrics>),
          reads("GetBucketMetricsConfiguration", get_identified<metrics>),
          writes("DeleteBucketMetricsConfiguration", delete_identified<metrics>),
          reads("ListBucketMetricsConfigurations", list_identified<metrics>),
          writes("PutBucketAnalyticsConfiguration", put_identified<analytics>),
          reads("GetBucketAnalyticsConfiguration", get_identified<analytics>),
          writes("DeleteBucketAnalyticsConfiguration", delete_identified<analytics>),
          reads("ListBucketAnalyticsConfigurations", list_identified<analytics>),
          writes("PutBucketInventoryConfiguration", put_identified<inventory>),
          reads("GetBucketInventoryConfiguration", get_identified<inventory>),
          writes("DeleteBucketInventoryConfiguration", delete_identified<inventory>),
          reads("ListBucketInventoryConfigurations", list_identified<inventory>),
          writes("PutBucketIntelligentTieringConfiguration", put_identified<tiering>),
          reads("GetBucketIntelligentTieringConfiguration", get_identified<tiering>),
          writes("DeleteBucketIntelligentTieringConfiguration", delete_identified<tiering>),
          reads("ListBucketIntelligentTieringConfigurations", list_identified<tiering>)};
}

}  // namespace mainstay::s3
