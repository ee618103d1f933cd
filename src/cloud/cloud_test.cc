#include <doctest/doctest.h>

#include "base/text.hh"
#include "cloud/caller.hh"
#include "cloud/key_id.hh"
#include "cloud/paging.hh"
#include "store/store.hh"

using namespace mainstay;
using namespace mainstay::cloud;

TEST_CASE("an access key leads to its account") {
  Random random(1);
  for (const char* account : {"123456789012", "000000000001", "999999999999"}) {
    std::string id = make_key_id("AKIA", account, random);
    CHECK(id.size() == 20);
    CHECK(account_of_key_id(id) == account);
  }
  // The example of "A short note on AWS KEY ID" (Tal Be'ery, 2023).
  CHECK(account_of_key_id("ASIAQNZGKIQY56JQ7WML") == "029608264753");
  for (const char* bad : {"", "test", "AKIA", "AKIA1111111111111111", "XXXXQNZGKIQY56JQ7WML"})
    CHECK_MESSAGE(!account_of_key_id(bad), bad);
}

TEST_CASE("an id made here is known for one, and hardly any other is") {
  Random random(4);
  // States and clients have ids of earlier versions of this program: they must stay known.
  CHECK(is_key_id_made_here("AKIARZPUZDIKAMBZ5ZV3"));
  for (const char* alien : {"", "test", "123456789012", "ASIAQNZGKIQY56JQ7WML",
                            "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"})
    CHECK_MESSAGE(!is_key_id_made_here(alien), alien);
  for (int i = 0; i < 1000; ++i) {
    std::string id = make_key_id("ASIA", "111122223333", random);
    CHECK(is_key_id_made_here(id));
    size_t at = 4 + random.below(16);
    id[at] = id[at] == 'A' ? 'B' : 'A';
    CHECK_FALSE(is_key_id_made_here(id));
  }
}

TEST_CASE("a session token tells when it expires") {
  CHECK(expiry_of_session_token(make_session_token(Time{1'800'000'000'000})) ==
        Time{1'800'000'000'000});
  CHECK(expiry_of_session_token(make_session_token(Time{5})) == Time{5});
  CHECK(make_session_token(Time{5}) != make_session_token(Time{5}));
  for (const char* bad : {"", "token", "FwoGZXIvYXdzE", "FwoGZXIvYXdzEAAAA", "FwoGZXIvYXdzE!"})
    CHECK_MESSAGE(!expiry_of_session_token(bad), bad);
}

namespace {

Value credential_of(const char* arn) {
  return Value::map({{"Account", "111122223333"}, {"Arn", arn}});
}

std::unique_ptr<store::Store> credential_store() {
  store::Options options;
  options.indexes = Credentials::indexes();
  return store::Store::open(options).value();
}

}  // namespace

TEST_CASE("credentials are found by id and by owner, until they are removed") {
  auto store = credential_store();
  Credentials credentials(*store);
  Random random(2);
  Value made =
      credentials.add("AKIA", credential_of("arn:x").set("UserId", "AIDAX"), Time{0}, random)
          .value();
  const std::string& id = made["AccessKeyId"].as_string();
  CHECK(credentials.find(id).has_value());
  CHECK(credentials.keys_of_user("111122223333", "AIDAX").size() == 1);
  CHECK(credentials.keys_of_user("111122223333", "AIDAY").empty());
  REQUIRE(credentials.remove(id));
  CHECK(!credentials.find(id).has_value());
}

TEST_CASE("the id of a user leads to its account, and another's does not") {
  Random random(4);
  std::string id = make_principal_id("AIDA", "012345678901", random);
  CHECK(id.size() == 21);
  CHECK(account_of_principal_id(id) == "012345678901");
  CHECK(account_of_principal_id(id + ":session") == "012345678901");
  CHECK(!account_of_principal_id("AIDAACKCEVSQ6C2EXAMPL"));
  CHECK(!account_of_principal_id("AIDA"));
}

TEST_CASE("no two credentials share an id, however many there are") {
  auto store = credential_store();
  Credentials credentials(*store);
  Random random(3);
  size_t count = 5000;  // of half a million: two dozen chance meetings
  for (size_t i = 0; i < count; ++i)
    REQUIRE(credentials.add("AKIA", credential_of("arn:x"), Time{0}, random));
  CHECK(store->document_count() == count);
}

TEST_CASE("ten thousand sessions that expired leave no documents") {
  auto store = credential_store();
  Credentials credentials(*store);
  Random random(5);
  Time now{1'800'000'000'000};
  auto issue = [&] {
    Value session = credential_of("arn:x").set("SessionToken", "t");
    return credentials.add("ASIA", session.set("Expiration", now + 900'000), now, random);
  };
  Value lasting = credentials.add("AKIA", credential_of("arn:x"), now, random).value();
  for (int i = 0; i < 10'000; ++i) REQUIRE(issue());
  CHECK(store->document_count() == 10'001);
  now = now + 899'999;
  REQUIRE(issue());
  CHECK(store->document_count() == 10'002);  // none has expired
  now = now + 1;
  for (int i = 0; i < 160; ++i) REQUIRE(issue());
  CHECK(store->document_count() == 162);  // these, the one before them, the lasting key
  now = now + 900'000;
  for (int i = 0; i < 4; ++i) REQUIRE(issue());
  CHECK(store->document_count() == 5);
  CHECK(credentials.find(lasting["AccessKeyId"].as_string()).has_value());
  // Nothing piles up from the start, either.
  for (int i = 0; i < 10'000; ++i, now = now + 10'000) {
    REQUIRE(issue());
    REQUIRE(store->document_count() < 100);
  }
}

TEST_CASE("sessions that expired are forgotten at start, keys and others are not") {
  auto store = credential_store();
  Credentials credentials(*store);
  Random random(1);
  Value session = Value::map({{"Account", "123456789012"}, {"Arn", "a"}, {"SessionToken", "t"}});
  for (int64_t i = 0; i < 300; ++i) {
    session.set("Expiration", Time{1'000'000 + i * 1000});
    REQUIRE(credentials.add("ASIA", session, Time{0}, random).has_value());
  }
  Value key = Value::map({{"Account", "210987654321"}, {"Arn", "a"}});
  REQUIRE(credentials.add("AKIA", key, Time{0}, random).has_value());
  credentials.forget_expired(Time{1'000'000 + 249 * 1000});
  CHECK(store->document_count() == 51);
}

TEST_CASE("pages follow each other though items come and go") {
  auto items = [](std::vector<std::string> names) {
    List out;
    for (std::string& n : names) out.push_back(Value(std::move(n)));
    return out;
  };
  auto key = [](const Value& v) { return v.as_string(); };
  Error bad("Bad", "bad");
  Page first = paginate(items({"a", "b", "c", "d"}), key, "", 2, bad).value();
  CHECK(first.items.size() == 2);
  // c, where the next page would start, goes; aa comes.
  Page second = paginate(items({"a", "aa", "b", "d"}), key, first.next, 2, bad).value();
  CHECK(second.items == items({"d"}));
  CHECK(second.next.empty());
  CHECK(paginate(items({"a"}), key, "nonsense", 2, bad).error().code == "Bad");
}

TEST_CASE("tags merge by key, and go by key") {
  auto tag = [](const char* k, const char* v) { return Value::map({{"Key", k}, {"Value", v}}); };
  Value tags = merge_tags(Value::list({tag("a", "1"), tag("b", "2")}),
                          Value::list({tag("b", "3"), tag("c", "4")}));
  CHECK(tags == Value::list({tag("a", "1"), tag("b", "3"), tag("c", "4")}));
  CHECK(find_tag(tags, "b")->as_string() == "3");
  CHECK(without_tags(tags, Value::list({"b"})).size() == 2);
}
