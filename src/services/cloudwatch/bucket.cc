#include "services/cloudwatch/bucket.hh"

#include <algorithm>
#include <cmath>

namespace mainstay::cloudwatch {
namespace {

// The middle of a bin of two percent.
double rounded(double value) {
  constexpr double ratio = 1.02;
  if (value == 0 || !std::isfinite(value)) return value;
  double bin = std::pow(ratio, std::round(std::log(std::abs(value)) / std::log(ratio)));
  return value < 0 ? -bin : bin;
}

}  // namespace

void Bucket::add_sums(double n, double total, double low, double high) {
  least = empty() ? low : std::min(least, low);
  most = empty() ? high : std::max(most, high);
  count += n;
  sum += total;
}

void Bucket::add_value(double value, double times) {
  if (!has_values) return;
  values[values.size() >= values_max ? rounded(value) : value] += times;
  if (values.size() <= values_max) return;
  std::map<double, double> coarse;
  for (const auto& [v, n] : values) coarse[rounded(v)] += n;
  values = std::move(coarse);
}

void Bucket::add(double value, double times) {
  add_sums(times, value * times, value, value);
  add_value(value, times);
}

void Bucket::add_set(double set_count, double set_sum, double set_least, double set_most) {
  if (set_count <= 0) return;
  add_sums(set_count, set_sum, set_least, set_most);
  if (set_least == set_most) return add_value(set_least, set_count);
  has_values = false;
  values.clear();
}

void Bucket::add(const Bucket& other) {
  if (other.empty()) return;
  add_sums(other.count, other.sum, other.least, other.most);
  if (!other.has_values) {
    has_values = false;
    values.clear();
  }
  for (const auto& [value, times] : other.values) add_value(value, times);
}

Value Bucket::document() const {
  Value out = Value::map({{"N", count}, {"S", sum}, {"L", least}, {"H", most}});
  if (!has_values) return out;
  Value all = Value::list(), times = Value::list();
  for (const auto& [value, n] : values) {
    all.push_back(value);
    times.push_back(n);
  }
  return out.set("V", std::move(all)).set("C", std::move(times));
}

Bucket Bucket::from_document(const Value& document) {
  Bucket out;
  out.count = document["N"].as_real();
  out.sum = document["S"].as_real();
  out.least = document["L"].as_real();
  out.most = document["H"].as_real();
  out.has_values = document.has("V");
  const List& all = document["V"].items();
  for (size_t i = 0; i < all.size(); ++i)
    out.values[all[i].as_real()] = document["C"].at(i).as_real();
  return out;
}

}  // namespace mainstay::cloudwatch
