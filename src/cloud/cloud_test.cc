#include <doctest/doctest.h>

#include "base/text.hh"
#include "cloud/caller.hh"
#include "cloud/paging.hh"
#include "store/store.hh"

using namespace mainstay;
using namespace mainstay::cloud;

TEST_CASE("an access key leads to its account") {
  Random random(1);
  for (const char* account : {"123456789012", "000000000001", "999999999999"}) {
    std::string id = Credentials::make_id("AKIA", account, random);
    CHECK(id.size() == 20);
    CHECK(Credentials::account_of(id) == account);
  }
  // The example of "A short note on AWS KEY ID" (Tal Be'ery, 2023).
  CHECK(Credentials::account_of("ASIAQNZGKIQY56JQ7WML") == "029608264753");
  for (const char* bad : {"", "test", "AKIA", "AKIA1111111111111111", "XXXXQNZGKIQY56JQ7WML"})
    CHECK_MESSAGE(!Credentials::account_of(bad), bad);
}

TEST_CASE("credentials are found by id and by owner, until they are removed") {
  auto store = store::Store::open({"", "", false, {{"credentials", "credential", "Arn"}}}).value();
  Credentials credentials(*store);
  Random random(2);
  std::string id = Credentials::make_id("AKIA", "111122223333", random);
  REQUIRE(credentials.put(
      Value::map({{"AccessKeyId", id}, {"Account", "111122223333"}, {"Arn", "arn:x"}})));
  CHECK(credentials.find(id).has_value());
  CHECK(credentials.of_user("111122223333", "arn:x").size() == 1);
  CHECK(credentials.of_user("111122223333", "arn:y").empty());
  REQUIRE(credentials.remove(id));
  CHECK(!credentials.find(id).has_value());
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
