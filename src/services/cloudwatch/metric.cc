#include "services/cloudwatch/metric.hh"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr size_t metrics_max = 200'000;
constexpr size_t moved_at_once = 8;  // with each datum that comes

struct Tier {
  char mark;
  int64_t step_ms, age_ms;
};
constexpr std::array<Tier, 4> tiers{
    Tier{'1', second_ms, 3 * hour_ms}, Tier{'2', minute_ms, 15 * day_ms},
    Tier{'3', 5 * minute_ms, 63 * day_ms}, Tier{'4', hour_ms, 455 * day_ms}};

std::string table_of(const Value& metric) {
  return "data/" + metric["Id"].as_string();
}

std::string time_key(char mark, Time at) {
  constexpr size_t digits = 15;
  std::string ms = std::to_string(std::max<int64_t>(at.ms, 0));
  return mark + std::string(digits - std::min(digits, ms.size()), '0') + ms;
}

struct Place {
  Time at;
  std::string unit;
};
Place place_of(std::string_view id) {
  size_t slash = id.find('/');
  return {Time{parse_int(id.substr(1, slash - 1)).value_or(0)}, std::string(id.substr(slash + 1))};
}

void add_to(Call& call, const std::string& table, const Tier& tier, Time at,
            const std::string& unit, const Bucket& data) {
  Time begin{at.ms / tier.step_ms * tier.step_ms};
  std::string id = time_key(tier.mark, begin) + "/" + unit;
  const Value* before = call.find(table, id);
  Bucket bucket = before ? Bucket::from_document(*before) : Bucket{};
  bucket.add(data);
  call.put(table, id, bucket.document());
}

const Tier* tier_for(size_t first, int64_t age_ms) {
  for (size_t i = first; i < tiers.size(); ++i)
    if (age_ms < tiers[i].age_ms) return &tiers[i];
  return nullptr;
}

// The oldest buckets of each tier, if they are too old for it.
void move_old(Call& call, const std::string& table) {
  for (size_t i = 0; i < tiers.size(); ++i)
    for (size_t n = 0; n < moved_at_once; ++n) {
      const auto& all = call.all(table);
      auto first = all.lower_bound(std::string(1, tiers[i].mark));
      if (first == all.end() || first->first[0] != tiers[i].mark) break;
      std::string id(first->first);
      Place place = place_of(id);
      if (call.now - place.at < tiers[i].age_ms) break;
      Bucket bucket = Bucket::from_document(first->second);
      call.remove(table, id);
      if (const Tier* next = tier_for(i + 1, call.now - place.at))
        add_to(call, table, *next, place.at, place.unit, bucket);
    }
}

}  // namespace

Error invalid_value(std::string message) {
  return aws_error("InvalidParameterValue", std::move(message));
}

Error invalid_combination(std::string message) {
  return aws_error("InvalidParameterCombination", std::move(message));
}

Error validation_error(std::string message) {
  return aws_error("ValidationError", std::move(message));
}

Error not_implemented(std::string_view what) {
  return aws_error("NotImplemented",
                   "mainstay's embedded cloud does not implement " + std::string(what), 501);
}

MetricName metric_name_of(const Value& members) {
  return {members["Namespace"], members["MetricName"],
          members["Dimensions"].is_list() ? members["Dimensions"] : Value::list()};
}

std::string MetricName::key() const {
  std::vector<std::string> pairs;
  for (const Value& dimension : dimensions.items())
    pairs.push_back(dimension["Name"].as_string() + '\x02' + dimension["Value"].as_string());
  std::sort(pairs.begin(), pairs.end());
  return space.as_string() + '\x01' + name.as_string() + '\x01' + join(pairs, "\x01");
}

Status add_data(Call& call, const MetricName& name, const std::string& unit, Time at,
                bool is_high_resolution, const Bucket& data) {
  std::string key = name.key();
  const Value* found = call.find("metric", key);
  if (!found && call.all("metric").size() >= metrics_max)
    return aws_error("LimitExceeded", "The embedded cloud keeps 200000 metrics in a region.");
  constexpr size_t id_digits = 24;
  Value metric = found ? *found
                       : Value::map({{"Namespace", name.space},
                                     {"MetricName", name.name},
                                     {"Dimensions", name.dimensions},
                                     {"Id", hex_encode(sha256(key)).substr(0, id_digits)}});
  if (!found || metric["Last"].as_time() < at) call.put("metric", key, metric.set("Last", at));
  std::string table = table_of(metric);
  if (const Tier* tier = tier_for(is_high_resolution ? 0 : 1, call.now - at))
    add_to(call, table, *tier, at, unit, data);
  move_old(call, table);
  return {};
}

std::optional<Time> last_data(const Call& call, const MetricName& name) {
  const Value* metric = call.find("metric", name.key());
  if (!metric) return std::nullopt;
  return (*metric)["Last"].as_time();
}

std::vector<Step> read_steps(const Call& call, const MetricName& name, Time from, Time to,
                             int64_t period_ms, const std::string& unit) {
  std::vector<Step> out;
  const Value* metric = call.find("metric", name.key());
  if (!metric || period_ms <= 0) return out;
  std::map<std::pair<int64_t, std::string>, Bucket> steps;
  const auto& all = call.all(table_of(*metric));
  for (const Tier& tier : tiers) {
    std::string end = time_key(tier.mark, to);
    for (auto it = all.lower_bound(time_key(tier.mark, from)); it != all.end() && it->first < end;
         ++it) {
      Place place = place_of(it->first);
      if (!unit.empty() && place.unit != unit) continue;
      steps[{(place.at - from) / period_ms, place.unit}].add(Bucket::from_document(it->second));
    }
  }
  for (auto& [place, bucket] : steps)
    out.push_back({from + place.first * period_ms, place.second, std::move(bucket)});
  return out;
}

}  // namespace mainstay::cloudwatch
