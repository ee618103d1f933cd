#include <doctest/doctest.h>

#include "base/cbor.hh"
#include "base/random.hh"

using namespace mainstay;

namespace {

Value some_value(Random& random, int depth) {
  switch (random.below(depth > 0 ? 9 : 7)) {
    case 0:
      return Value();
    case 1:
      return random.below(2) == 0;
    case 2:
      return static_cast<int64_t>(random.next() >> random.below(64));
    case 3:
      return random.unit() * 1e9;
    case 4:
      return std::string(random.below(300), 'x');
    case 5:
      return Bytes{std::string(random.below(30), '\0')};
    case 6:
      return Time{static_cast<int64_t>(random.below(4'000'000'000'000))};
    case 7: {
      Value list = Value::list();
      for (uint64_t n = random.below(30); n > 0; --n) list.push_back(some_value(random, depth - 1));
      return list;
    }
    default: {
      Value map = Value::map();
      for (uint64_t n = random.below(30); n > 0; --n)
        map.set(random.hex(4), some_value(random, depth - 1));
      return map;
    }
  }
}

}  // namespace

TEST_CASE("what is written is skimmed to its end, and what is skimmed can be parsed") {
  size_t skimmed = 0;
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Value value = some_value(random, 3);
    std::string bytes = to_cbor(value);
    CborSkimmer whole(bytes);
    auto found = whole.value(64);
    REQUIRE(found.has_value());
    CHECK(*found == bytes);
    CHECK(whole.done());
    // Damage: either it is not let pass, or the parser takes it, too.
    for (int i = 0; i < 20 && !bytes.empty(); ++i) {
      std::string damaged = bytes.substr(0, 1 + random.below(bytes.size()));
      damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
      CborSkimmer skimmer(damaged);
      auto part = skimmer.value(64);
      if (!part) continue;
      ++skimmed;
      CHECK(parse_cbor(*part).has_value());
    }
  }
  CHECK(skimmed > 1000);
}

TEST_CASE("a skimmer reads lists and texts one by one, and nothing that is nested too deep") {
  std::string bytes = to_cbor(Value::list({"a", 1}));
  CborSkimmer in(bytes);
  CHECK(in.list() == 2);
  CHECK(in.text() == "a");
  CHECK(in.value(1).has_value());
  CHECK(in.done());
  CHECK(!in.text().has_value());
  std::string deep(5, '\x81');
  deep += '\x01';
  CHECK(CborSkimmer(deep).value(5).has_value());
  CHECK(!CborSkimmer(deep).value(4).has_value());
  CHECK(!CborSkimmer("\x9f\x01\xff").list().has_value());
}
