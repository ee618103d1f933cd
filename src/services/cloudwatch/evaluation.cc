#include "services/cloudwatch/evaluation.hh"

#include <algorithm>
#include <cmath>

namespace mainstay::cloudwatch {
namespace {

constexpr std::string_view ok = "OK", alarm = "ALARM", insufficient = "INSUFFICIENT_DATA";

struct Counts {
  size_t real = 0, breaching = 0, missing = 0;
  bool premature = false;  // breaching for as long as it takes, and nothing else came
};

std::vector<Sample> newest_real(const std::vector<Sample>& samples, size_t most) {
  std::vector<Sample> out;
  for (auto it = samples.rbegin(); it != samples.rend() && out.size() < most; ++it)
    if (it->value) out.push_back(*it);
  return out;
}

Counts count(const Criteria& c, const std::vector<Sample>& samples,
             const std::vector<Sample>& real) {
  Counts out;
  out.real = real.size();
  for (const Sample& sample : real) out.breaching += is_breaching(c, *sample.value);
  out.missing = c.periods - std::min(c.periods, out.real);
  if (out.real == 0 || out.breaching < out.real) return out;
  size_t age = 0;
  for (size_t i = 0; i < samples.size(); ++i)
    if (samples[i].value) {
      age = samples.size() - i;
      break;
    }
  out.premature = age >= c.to_alarm;
  return out;
}

// "" where the alarm keeps its state.
std::string_view state_of(const Criteria& c, const Counts& n) {
  if (n.breaching >= c.to_alarm) return alarm;
  if (n.missing == 0) return ok;
  if (c.missing == "breaching") return n.breaching + n.missing >= c.to_alarm ? alarm : ok;
  if (c.missing == "notBreaching") return ok;
  if (n.real > n.breaching) return ok;
  if (c.missing == "ignore") return "";
  if (n.real == 0) return insufficient;
  return n.premature ? alarm : "";
}

std::string_view words_of(const std::string& comparison) {
  if (comparison == "GreaterThanThreshold") return "greater than";
  if (comparison == "GreaterThanOrEqualToThreshold") return "greater than or equal to";
  if (comparison == "LessThanThreshold") return "less than";
  return "less than or equal to";
}

std::string counted(size_t n, std::string_view what) {
  return std::to_string(n) + " " + std::string(what) + (n == 1 ? "" : "s");
}

// "29/11/26 18:00:00"
std::string short_time(Time at) {
  std::string iso = format_iso8601(at);
  return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(2, 2) + " " +
         iso.substr(11, 8);
}

std::string listed(const std::vector<Sample>& real) {
  std::string out = "[";
  for (const Sample& sample : real)
    out += (out.size() > 1 ? ", " : "") + java_double(*sample.value) + " (" +
           short_time(sample.at) + ")";
  return out + "]";
}

std::string missing_words(const Criteria& c, size_t missing) {
  std::string as = c.missing == "breaching" ? "[Breaching]" : "[NonBreaching]";
  return counted(missing, "missing datapoint") + (missing == 1 ? " was" : " were") +
         " treated as " + as + ".";
}

std::string reason_for(const Criteria& c, const Counts& n, const std::vector<Sample>& all,
                       std::string_view state, const std::string& before) {
  if (state == insufficient)
    return "Insufficient Data: " + counted(c.periods, "datapoint") +
           (c.periods == 1 ? " was" : " were") + " unknown.";
  bool filled = n.missing > 0 && (c.missing == "breaching" || c.missing == "notBreaching");
  if (n.real == 0)
    return "Threshold Crossed: no datapoints were received for " + counted(c.periods, "period") +
           " and " + missing_words(c, n.missing);
  // What the new state is due to.
  std::vector<Sample> real;
  for (const Sample& sample : all)
    if (is_breaching(c, *sample.value) == (state == alarm)) real.push_back(sample);
  if (real.empty()) real = all;
  std::string verb = real.size() == 1 ? " was " : " were ";
  std::string compared = verb + (state == alarm ? "" : "not ") +
                         std::string(words_of(c.comparison)) + " the threshold (" +
                         java_double(c.threshold) + ")";
  if (filled)
    return "Threshold Crossed: " + counted(real.size(), "datapoint") + " " + listed(real) +
           compared + " and " + missing_words(c, n.missing);
  if (before == insufficient)
    return "Threshold Crossed: " + counted(real.size(), "datapoint") + " " + listed(real) +
           compared + ".";
  size_t least = state == alarm ? c.to_alarm : c.periods - c.to_alarm + 1;
  return "Threshold Crossed: " + std::to_string(real.size()) + " out of the last " +
         counted(std::max(c.periods, size_t{1}), "datapoint") + (c.periods == 1 ? "s" : "") + " " +
         listed(real) + compared + " (minimum " + counted(least, "datapoint") + " for " + before +
         " -> " + std::string(state) + " transition).";
}

}  // namespace

bool is_breaching(const Criteria& c, double value) {
  if (c.comparison == "GreaterThanThreshold") return value > c.threshold;
  if (c.comparison == "GreaterThanOrEqualToThreshold") return value >= c.threshold;
  if (c.comparison == "LessThanThreshold") return value < c.threshold;
  return value <= c.threshold;
}

std::string java_double(double value) {
  constexpr double plain_least = 1e-3, plain_most = 1e7;
  double size = std::abs(value);
  if (value == 0 || (size >= plain_least && size < plain_most) || !std::isfinite(value)) {
    std::string text = Value(value).to_text();
    return text.find_first_of(".eEnN") == std::string::npos ? text + ".0" : text;
  }
  int exponent = static_cast<int>(std::floor(std::log10(size)));
  std::string digits = Value(value / std::pow(10.0, exponent)).to_text();
  if (digits.find('.') == std::string::npos) digits += ".0";
  return digits + "E" + std::to_string(exponent);
}

std::optional<Verdict> evaluate(const Criteria& c, const std::vector<Sample>& samples,
                                const std::string& before) {
  std::vector<Sample> real = newest_real(samples, samples.size());
  // Enough of them: the newest count, and nothing is missing.
  if (real.size() >= c.periods) real.resize(c.periods);
  Counts n = count(c, samples, real);
  std::string_view state = state_of(c, n);
  if (state.empty() || state == before) return std::nullopt;
  return Verdict{std::string(state), reason_for(c, n, real, state, before), real};
}

}  // namespace mainstay::cloudwatch
