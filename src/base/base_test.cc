#include <doctest/doctest.h>

#include "base/cbor.hh"
#include "base/digest.hh"
#include "base/json.hh"
#include "base/random.hh"
#include "base/text.hh"

using namespace mainstay;

TEST_CASE("a copied value is independent of its origin") {
  Value a = Value::map({{"k", Value::list({1, 2})}});
  Value b = a;
  b.member("k").push_back(3);
  CHECK(a["k"].size() == 2);
  CHECK(b["k"].size() == 3);
}

TEST_CASE("maps find every member whatever their size, and keep their order") {
  Map m;
  for (int i = 0; i < 1000; ++i) m.set("key" + std::to_string(i), i);
  for (int i = 0; i < 1000; ++i) CHECK(m.find("key" + std::to_string(i))->as_int() == i);
  CHECK(m.erase("key0"));
  CHECK(m.find("key0") == nullptr);
  CHECK(m.nth(0).first == "key1");
  CHECK(m.find("key999")->as_int() == 999);
}

TEST_CASE("JSON survives a round trip and tells where it is wrong") {
  std::string text = R"({"a":[1,2.5,"x\n\u00e9",true,null],"b":{"c":-7}})";
  auto v = parse_json(text);
  REQUIRE(v.has_value());
  CHECK(v->at_path("a.2").as_string() == "x\n\xc3\xa9");
  CHECK(parse_json(to_json(*v)).value() == *v);
  auto bad = parse_json("{\n  \"a\": ]}");
  REQUIRE(!bad.has_value());
  CHECK(bad.error().at.line == 2);
  CHECK(!parse_json(std::string(100, '[')).has_value());
}

TEST_CASE("CBOR keeps every kind") {
  Value v = Value::map({{"b", Bytes{"\x01\x02"}},
                        {"t", Time{1500}},
                        {"n", -3},
                        {"d", 0.25},
                        {"l", Value::list({Value(), true, "s"})}});
  auto back = parse_cbor(to_cbor(v));
  REQUIRE(back.has_value());
  CHECK(*back == v);
  v.set("N", int64_t{-1} << 40).set("long", std::string(70000, 'x')).set("s", Time{2000});
  for (int bits : {4, 5, 8, 16, 31, 33}) v.member("l").push_back(int64_t{1} << bits);
  CHECK(cbor_size(v) == to_cbor(v).size());
  CHECK(!parse_cbor("\x9f\x9f").has_value());
  CHECK(!parse_cbor("\x5b\xff\xff\xff\xff\xff\xff\xff\xff").has_value());
}

TEST_CASE("times are read in every form and written in each") {
  Time t{1795438800123};
  CHECK(format_iso8601(t, true) == "2026-11-23T13:00:00.123Z");
  CHECK(format_http_date(t) == "Mon, 23 Nov 2026 13:00:00 GMT");
  CHECK(format_basic(t) == "20261123T130000Z");
  for (const char* text : {"2026-11-23T13:00:00.123Z", "2026-11-23T14:00:00.123+01:00",
                           "Mon, 23 Nov 2026 13:00:00.123 GMT", "1795438800.123"})
    CHECK(parse_time(text) == t);
  CHECK(parse_time("1422172800")->ms == 1422172800000);
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-11-23T", "12:00"})
    CHECK(!parse_time(text));
}

TEST_CASE("digests agree with their published vectors") {
  CHECK(hex_encode(md5("")) == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(hex_encode(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(crc32("123456789") == 0xcbf43926);
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc64nvme("123456789") == 0xae8b14860a799888);
  // In one go (eight bytes at once) as byte by byte.
  std::string data = Random(1).hex(100);
  uint32_t castagnoli = 0;
  uint64_t nvme = 0;
  for (size_t size = 0; size < data.size(); ++size) {
    CHECK(crc32c(data.substr(0, size)) == castagnoli);
    CHECK(crc64nvme(data.substr(0, size)) == nvme);
    castagnoli = crc32c(data.substr(size, 1), castagnoli);
    nvme = crc64nvme(data.substr(size, 1), nvme);
  }
}

TEST_CASE("sealed data opens with its own context only") {
  std::string key = secure_random(32), nonce = secure_random(12);
  std::string sealed = aes_gcm_seal(key, nonce, "secret", "context");
  CHECK(aes_gcm_open(key, nonce, sealed, "context").value() == "secret");
  CHECK(!aes_gcm_open(key, nonce, sealed, "other").has_value());
}

TEST_CASE("base64, percent and glob") {
  for (std::string s : {"", "a", "ab", "abc", "abcd"}) CHECK(base64_decode(base64_encode(s)) == s);
  CHECK(!base64_decode("a").has_value());
  CHECK(!base64_decode("ab!=").has_value());
  CHECK(percent_encode("a b/ü") == "a%20b%2F%C3%BC");
  CHECK(percent_decode("a%20b%2") == "a b%2");
  CHECK(glob_match("*a*b", "xxayyb"));
  CHECK(!glob_match("*a*b", "xxaybc"));
  CHECK(nearest("namspace", {"namespace", "stacks"}) == "namespace");
  CHECK(!nearest("zebra", {"namespace", "stacks"}));
}

TEST_CASE("the same seed gives the same numbers") {
  Random a(7), b(7);
  for (int i = 0; i < 100; ++i) CHECK(a.next() == b.next());
  CHECK(Random(1).uuid().size() == 36);
}
