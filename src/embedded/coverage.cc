#include "embedded/coverage.hh"

#include <algorithm>
#include <set>

#include "base/json.hh"
#include "cloud/models.hh"
#include "data/archive.hh"
#include "embedded/services.hh"
#include "formation/special.hh"
#include "formation/types.hh"
#include "wire/model.hh"

namespace mainstay::embedded {
namespace {

Result<ServiceCoverage> coverage_of(const cloud::Models& models, const cloud::Service& service) {
  ServiceCoverage out{service.name, {}, {}};
  TRY(cloud::Models::Loaded loaded, models.load(service.name));
  for (const wire::Operation& operation : loaded.model->operations()) {
    bool here = std::any_of(service.operations.begin(), service.operations.end(),
                            [&](const cloud::Operation& o) { return o.name == operation.name; });
    (here ? out.here : out.refused).emplace_back(operation.name);
  }
  return out;
}

TypeStanding standing_of(const std::string& type, const std::set<std::string>& services) {
  const formation::Types& types = formation::Types::all();
  const Value& spec = types.spec(type);
  bool made = !spec.is_null() && services.contains(spec["service"].as_string());
  if (made || formation::find_special(type)) return TypeStanding::behaves;
  return types.recorded(type).is_null() ? TypeStanding::guessed : TypeStanding::recorded;
}

}  // namespace

const char* standing_name(TypeStanding standing) {
  static constexpr const char* names[] = {"behaves", "recorded", "guessed"};
  return names[static_cast<size_t>(standing)];
}

Result<Coverage> coverage() {
  Coverage out;
  const cloud::Models models;
  std::set<std::string> names;
  for (const cloud::Service& service : services()) {
    TRY(ServiceCoverage one, coverage_of(models, service));
    names.insert(service.name);
    out.services.push_back(std::move(one));
  }
  std::sort(out.services.begin(), out.services.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  TRY(std::string text, data::read("resource-types"));
  TRY(Value types, parse_json(text));
  for (const Value& type : types.items())
    out.types.push_back({type.as_string(), standing_of(type.as_string(), names)});
  std::sort(out.types.begin(), out.types.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

}  // namespace mainstay::embedded
