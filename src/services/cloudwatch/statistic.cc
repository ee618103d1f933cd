#include "services/cloudwatch/statistic.hh"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/text.hh"

namespace mainstay::cloudwatch {
namespace {

Error unknown_statistic(std::string_view name) {
  return Error("StatisticInvalid", "there is no statistic " + printable(name));
}

std::optional<double> read_number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789.-") != std::string_view::npos)
    return std::nullopt;
  return parse_real(text);
}

// The value below which a share of all values lies, between neighbours on a straight line.
double quantile(const Bucket& bucket, double percent) {
  double rank = percent / 100 * (bucket.count - 1), seen = 0;
  double below = bucket.least;
  for (const auto& [value, times] : bucket.values) {
    if (rank < seen) {
      double part = rank - (seen - 1);
      return below + (value - below) * std::clamp(part, 0.0, 1.0);
    }
    if (rank <= seen + times - 1) return value;
    below = value;
    seen += times;
  }
  return bucket.most;
}

}  // namespace

struct Statistic::Row {
  std::string_view shown, small;  // "TM(", "tm"
  Kind kind;
};

std::optional<Statistic::Bound> Statistic::read_bound(std::string_view text, double otherwise) {
  if (text.empty()) return Bound{otherwise, true};
  Bound out;
  out.is_percent = text.ends_with("%");
  auto number = read_number(out.is_percent ? text.substr(0, text.size() - 1) : text);
  if (!number || (out.is_percent && (*number < 0 || *number > 100))) return std::nullopt;
  out.at = *number;
  return out;
}

Result<Statistic> Statistic::parse_range(std::string_view name, Kind kind, std::string_view inner) {
  auto ends = split(inner, ":");
  if (ends.size() != 2 || (ends[0].empty() && ends[1].empty())) return unknown_statistic(name);
  auto low = read_bound(ends[0], 0), high = read_bound(ends[1], 100);
  if (!low || !high) return unknown_statistic(name);
  Statistic out;
  out.kind_ = kind;
  out.low_ = *low;
  out.high_ = *high;
  return out;
}

Result<Statistic> Statistic::parse(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Kind>, 5> simple{
      std::pair{"SampleCount", Kind::count}, std::pair{"Average", Kind::average},
      std::pair{"Sum", Kind::sum}, std::pair{"Minimum", Kind::minimum},
      std::pair{"Maximum", Kind::maximum}};
  static constexpr std::array<Row, 6> ranges{
      Row{"", "p", Kind::percentile},          Row{"TM(", "tm", Kind::trimmed_mean},
      Row{"TC(", "tc", Kind::trimmed_count},   Row{"TS(", "ts", Kind::trimmed_sum},
      Row{"WM(", "wm", Kind::winsorized_mean}, Row{"PR(", "", Kind::percentile_rank}};
  Statistic out;
  for (const auto& [known, kind] : simple)
    if (known == name) {
      out.kind_ = kind;
      return out;
    }
  if (name == "IQM") return parse_range(name, Kind::trimmed_mean, "25%:75%");
  for (const Row& row : ranges) {
    if (!row.shown.empty() && name.starts_with(row.shown) && name.ends_with(")"))
      return parse_range(name, row.kind,
                         name.substr(row.shown.size(), name.size() - row.shown.size() - 1));
    if (row.small.empty() || !name.starts_with(row.small)) continue;
    auto percent = read_number(name.substr(row.small.size()));
    if (!percent || *percent < 0 || *percent > 100) continue;
    out.kind_ = row.kind;
    out.high_ = {*percent, true};
    return out;
  }
  return unknown_statistic(name);
}

std::optional<double> Statistic::of(const Bucket& bucket) const {
  switch (kind_) {
    case Kind::count:
      return bucket.count;
    case Kind::average:
      return bucket.sum / bucket.count;
    case Kind::sum:
      return bucket.sum;
    case Kind::minimum:
      return bucket.least;
    case Kind::maximum:
      return bucket.most;
    default:
      break;
  }
  if (!bucket.has_values) return std::nullopt;
  if (kind_ == Kind::percentile) return quantile(bucket, high_.at);
  double low = low_.is_percent ? quantile(bucket, low_.at) : low_.at;
  double high = high_.is_percent ? quantile(bucket, high_.at) : high_.at;
  if (kind_ == Kind::percentile_rank && low_.is_percent && low_.at == 0)
    low = -std::numeric_limits<double>::infinity();
  double count = 0, sum = 0, clamped = 0;
  for (const auto& [value, times] : bucket.values) {
    clamped += std::clamp(value, low, std::max(low, high)) * times;
    if (value < low || value > high) continue;
    count += times;
    sum += value * times;
  }
  if (kind_ == Kind::trimmed_count) return count;
  if (kind_ == Kind::trimmed_sum) return sum;
  if (kind_ == Kind::percentile_rank) return 100 * count / bucket.count;
  if (kind_ == Kind::winsorized_mean) return clamped / bucket.count;
  if (count == 0) return std::nullopt;
  return sum / count;
}

}  // namespace mainstay::cloudwatch
