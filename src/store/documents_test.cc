#include "store/documents.hh"

#include <doctest/doctest.h>

#include <map>

#include "base/random.hh"

using namespace mainstay;
using namespace mainstay::store;

namespace {

using Model = std::map<std::string, int64_t, std::less<>>;

Model model_of(const Documents& documents) {
  Model model;
  for (const auto& [id, document] : documents) model[id] = document.as_int();
  return model;
}

// Everything that can be asked about an id, in both directions.
void check_same(const Documents& documents, const Model& model, const std::string& id) {
  auto same = [&](auto it, auto expected) {
    CHECK((it == documents.end()) == (expected == model.end()));
    if (it != documents.end() && expected != model.end()) CHECK(it->first == expected->first);
    bool first = expected == model.begin();
    CHECK((it == documents.begin()) == first);
    if (!first) CHECK(std::prev(it)->first == std::prev(expected)->first);
  };
  same(documents.find(id), model.find(id));
  same(documents.lower_bound(id), model.lower_bound(id));
  same(documents.upper_bound(id), model.upper_bound(id));
  CHECK(documents.size() == model.size());
}

std::string some_id(Random& random, uint64_t ids) {
  return std::to_string(random.below(ids));
}

}  // namespace

TEST_CASE("documents are as std::map has them, and copies are as they were") {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    uint64_t ids = 1 + random.below(seed % 3 == 0 ? 6000 : 300);
    std::vector<std::pair<Documents, Model>> copies(1);
    for (int step = 0; step < 6000; ++step) {
      bool shrinking = step / 1500 % 2 == 1;
      auto& [documents, model] = copies[random.below(copies.size())];
      std::string id = some_id(random, ids);
      auto known = model.find(id);
      bool removes = random.below(4) < (shrinking ? 3 : 1);
      Documents::Replaced replaced = documents.put(id, removes ? Value() : Value(step));
      CHECK(replaced.before == (known == model.end() ? Value() : Value(known->second)));
      if (removes) {
        model.erase(id);
      } else {
        model[id] = step;
      }
      if (step % 50 == 0) check_same(documents, model, some_id(random, ids));
      if (random.below(500) == 0 && copies.size() < 5) copies.push_back(copies[0]);
      if (random.below(900) == 0 && copies.size() > 1) copies.erase(copies.begin());
    }
    for (const auto& [documents, model] : copies) CHECK(model_of(documents) == model);
  }
}

TEST_CASE("walking goes on where documents are put and removed on the way, shared or not") {
  for (bool shared : {false, true}) {
    Documents documents;
    for (int i = 1000; i < 2000; ++i) documents.put(std::to_string(i), i);
    Documents other = shared ? documents : Documents();
    std::vector<Documents::Kept> kept;
    int64_t seen = 0;
    for (const auto& [id, document] : documents) {
      if (id.ends_with("x")) continue;
      seen += document.as_int();
      int64_t n = document.as_int();
      kept.push_back(documents.put(std::to_string(n - 1), Value()).kept);
      kept.push_back(documents.put(std::to_string(n) + "x", Value(0)).kept);
      if (n % 3 == 0) kept.push_back(documents.put(id, Value()).kept);
    }
    CHECK(seen == (1000 + 1999) * 500);
    CHECK(documents.size() > 1000);
    if (shared) CHECK(other.size() == 1000);
  }
}

TEST_CASE("references are good while the document stays, or is kept") {
  Documents documents;
  documents.put("a", "first");
  const Value& a = *documents.document("a");
  for (int i = 0; i < 1000; ++i) documents.put(std::to_string(i), i);
  CHECK(a.as_string() == "first");
  Documents copy = documents;
  Documents::Kept kept = documents.put("a", "second").kept;
  copy = Documents();
  CHECK(a.as_string() == "first");
  CHECK(documents.document("a")->as_string() == "second");
}
