// Every condition key of every service that is here is supplied, or it is said why there can be
// none.
#include "cloud/condition_keys.hh"

#include <doctest/doctest.h>

#include <algorithm>

#include "actions/operations.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "embedded/embedded.hh"

using namespace mainstay;

namespace {

struct Fixture {
  std::unique_ptr<cloud::Cloud> cloud = embedded::open({}).value();
  actions::ActionTable table;
  actions::Operations operations{table};

  const actions::Service& service(const std::string& name) const {
    return *table.service(operations.prefix(name));
  }
};

bool covers(const std::vector<std::string>& names, const std::string& key) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return glob_match(name, key); });
}

std::vector<std::string> keys_of(const actions::Service& service) {
  std::vector<std::string> out;
  for (const actions::ConditionKey& key : service.keys())
    if (!key.name.starts_with("aws:")) out.push_back(key.name);
  return out;
}

}  // namespace

TEST_CASE("condition keys: each comes from somewhere, or it is said why not") {
  Fixture f;
  for (const std::string& name : f.cloud->service_names()) {
    auto names = cloud::ConditionKeys::table().names(name);
    for (const std::string& key : keys_of(f.service(name)))
      CHECK_MESSAGE(covers(names, key),
                    (name + ": data/condition_keys.json has no row for " + key));
  }
}

TEST_CASE("condition keys: the table has no key that AWS does not have") {
  Fixture f;
  for (const auto& [name, row] : cloud::ConditionKeys::table().data().members()) {
    CHECK_MESSAGE(!row["source"].as_string().empty(), name);
    auto keys = keys_of(f.service(name));
    for (const std::string& own : cloud::ConditionKeys::table().names(name))
      CHECK_MESSAGE(std::any_of(keys.begin(), keys.end(),
                                [&](const std::string& key) { return glob_match(own, key); }),
                    (name + ": " + own));
  }
}
