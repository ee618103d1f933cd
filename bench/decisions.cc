// How many decisions a second one core makes on bench/decision.json, and how that goes on with
// large and hostile policies. Prints one JSON object. usage: bench_decisions FILE SECONDS
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/json.hh"
#include "base/text.hh"
#include "base/value.hh"
#include "policy/decide.hh"

using namespace mainstay;

namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The policies of the file, and whoever owns them.
struct Case {
  policy::Request request;
  policy::Policies policies;
  std::vector<std::unique_ptr<policy::Policy>> owned;

  const policy::Policy* add(const Value& document, policy::Kind kind) {
    owned.push_back(std::make_unique<policy::Policy>("", *policy::from_value(document, kind)));
    return owned.back().get();
  }

  explicit Case(const Value& file) {
    const Value& r = file["request"];
    request.principal = *policy::Principal::from_text(r["principal"].as_string());
    request.principal.add_keys(request.context);
    request.action = r["action"].as_string();
    request.resource = r["resource"].as_string();
    request.resource_account = r["account"].as_string();
    for (const auto& [key, value] : r["context"].members())
      request.context.set(key, value.as_string());
    for (const Value& d : file["identity"].items())
      policies.identity.push_back(add(d, policy::Kind::identity));
    policies.boundary = {add(file["boundary"], policy::Kind::boundary)};
    policies.session = {add(file["session"], policy::Kind::session)};
    policies.has_session_policy = true;
    policies.resource = {add(file["resource"], policy::Kind::resource)};
    for (const Value& d : file["service_control"].items())
      policies.service_control.push_back({add(d, policy::Kind::service_control)});
  }
};

double per_second(const Case& c, double seconds, bool* allowed) {
  constexpr int batch = 1000;
  size_t count = 0, allows = 0;
  double begin = seconds_now(), end = begin;
  while ((end = seconds_now()) - begin < seconds) {
    for (int i = 0; i < batch; ++i) allows += policy::decide(c.request, c.policies).allowed();
    count += batch;
  }
  *allowed = allows == count;
  return static_cast<double>(count) / (end - begin);
}

// Nanoseconds a statement of one decision over n statements whose hostile patterns almost match.
double of_statements(size_t n) {
  Value list = Value::list();
  for (size_t i = 0; i < n; ++i)
    list.push_back(Value::map({{"Effect", "Allow"},
                               {"Action", "s3:GetObject"},
                               {"Resource", "arn:aws:s3:::b/*a*a*a*a*b" + std::to_string(i)}}));
  Value document = Value::map({{"Version", "2012-10-17"}, {"Statement", list}});
  policy::Policy large("", *policy::from_value(document, policy::Kind::identity));
  policy::Request request;
  request.principal = *policy::Principal::from_text("arn:aws:iam::111122223333:user/a");
  request.action = "s3:GetObject";
  request.resource = "arn:aws:s3:::b/" + std::string(100, 'a');
  policy::Policies policies;
  policies.identity = {&large};
  constexpr int times = 20;
  double begin = seconds_now();
  for (int i = 0; i < times; ++i)
    if (policy::decide(request, policies).allowed()) return -1;
  return (seconds_now() - begin) / times / static_cast<double>(n) * 1e9;
}

// Nanoseconds a byte of matching "*a*a...*ab" against a text of n bytes.
double of_pattern(size_t n) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "*a";
  policy::Glob glob(pattern + "*b*");
  std::string text(n, 'a');
  constexpr int times = 20;
  double begin = seconds_now();
  for (int i = 0; i < times; ++i)
    if (glob.matches(text)) return -1;
  return (seconds_now() - begin) / times / static_cast<double>(n) * 1e9;
}

Value by_size(double (*measure)(size_t), std::initializer_list<size_t> sizes) {
  Value out = Value::map();
  for (size_t n : sizes) out.set(std::to_string(n), measure(n));
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 3;
  std::ifstream in(argv[1]);
  std::stringstream text;
  text << in.rdbuf();
  auto file = parse_json(text.str());
  if (!file.has_value()) return 3;
  Case typical(*file);
  bool allowed = false;
  double rate = per_second(typical, parse_real(argv[2]).value_or(1), &allowed);
  Value out = Value::map({{"decisions_per_second", rate},
                          {"allowed", allowed},
                          {"ns_a_statement", by_size(of_statements, {2500, 5000, 10'000, 20'000})},
                          {"ns_a_byte", by_size(of_pattern, {10'000, 40'000, 160'000})}});
  std::puts(to_json(out).c_str());
  return allowed ? 0 : 1;
}
