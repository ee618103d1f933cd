// What services share: lists in pages, tags, permissions, what is remembered for a while.
#include <doctest/doctest.h>

#include "cloud/call.hh"
#include "cloud/cloud.hh"
#include "cloud/partition.hh"
#include "cloud/permission.hh"
#include "cloud/recent.hh"
#include "cloud/resource_kind.hh"
#include "cloud/tags.hh"

using namespace mainstay;
using namespace mainstay::cloud;

namespace {

constexpr std::string_view account = "123456789012", region = "us-east-1";
constexpr ResourceKind kind{.table = "thing",
                            .list = "Things",
                            .missing_code = "NotFound",
                            .missing = "no thing '*'",
                            .missing_status = 404,
                            .pages = {.size_default = 3, .size_max = 5}};

std::unique_ptr<Cloud> cloud_at(Time& now) {
  Service service;
  service.name = "sns";
  CloudOptions options;
  options.now = [&now] { return now; };
  return Cloud::open(options, {service}).value();
}

// Does something with a call on the state of a service.
void with_call(Cloud& cloud, const std::function<void(Call&)>& work) {
  REQUIRE(cloud.update("sns", account, region, [&](Call& call) -> Status {
    work(call);
    return {};
  }));
}

std::vector<int64_t> listed(const Call& call, const Value& in, const Listing& listing = {}) {
  std::vector<int64_t> out;
  Value page = list_resources(call, kind, in, listing).value();
  for (const Value& item : page["Things"].items()) out.push_back(item.as_int());
  return out;
}

}  // namespace

TEST_CASE("a region has a partition") {
  CHECK(partition_of("us-east-1") == "aws");
  CHECK(partition_of("cn-northwest-1") == "aws-cn");
  CHECK(partition_of("us-gov-west-1") == "aws-us-gov");
  CHECK(partition_of("us-iso-east-1") == "aws-iso");
  CHECK(partition_of("us-isob-east-1") == "aws-iso-b");
  CHECK(partition_of("") == "aws");
}

TEST_CASE("lists come in pages whose tokens stay good") {
  Time now{1'800'000'000'000};
  auto cloud = cloud_at(now);
  with_call(*cloud, [](Call& call) {
    for (int64_t i = 0; i < 8; ++i) call.put("thing", "a" + std::to_string(i), i);
    call.put("thing", "b", 100);
    CHECK(find_resource(call, kind, "a3").value() == Value(3));
    auto none = find_resource(call, kind, "x");
    CHECK(none.error().message == "no thing 'x'");
    CHECK(none.error().status == 404);
    CHECK(listed(call, {}) == std::vector<int64_t>{0, 1, 2});
    CHECK(listed(call, Value::map({{"MaxResults", 100}})) == std::vector<int64_t>{0, 1, 2, 3, 4});
    Value first = list_resources(call, kind, {}, {}).value();
    call.remove("thing", "a3");  // where the next page begins
    CHECK(listed(call, Value::map({{"NextToken", first["NextToken"]}})) ==
          std::vector<int64_t>{4, 5, 6});
    Listing of_b{.prefix = "b", .has = {}, .show = {}};
    CHECK(listed(call, {}, of_b) == std::vector<int64_t>{100});
    Listing odd{.prefix = "a",
                .has = [](const Value& v) { return v.as_int() % 2 == 1; },
                .show = [](const Value& v) { return Value(v.as_int() * 10); }};
    CHECK(listed(call, {}, odd) == std::vector<int64_t>{10, 50, 70});
    CHECK_FALSE(list_resources(call, kind, Value::map({{"NextToken", "x"}}), {}).has_value());
    CHECK_FALSE(list_resources(call, kind, Value::map({{"NextToken", first["NextToken"]}}), of_b)
                    .has_value());
  });
}

TEST_CASE("tags in every form are kept in one") {
  constexpr TagRules rules{.most = 3,
                           .too_many_code = "Many",
                           .too_many = "too many",
                           .reserved_code = "Reserved",
                           .reserved = "reserved",
                           .duplicate_code = "Twice",
                           .duplicate = "twice"};
  Time now{1'800'000'000'000};
  auto cloud = cloud_at(now);
  with_call(*cloud, [&](Call& call) {
    call.caller = Caller::root_of(account);
    Value thing = Value::map({{"_Tags", Value::list()}});
    auto pair = [](const char* key, const char* value) {
      return Value::map({{"Key", key}, {"Value", value}});
    };
    CHECK(add_tags(call, thing, Value::map({{"a", "1"}}), rules));
    CHECK(add_tags(call, thing, Value::list({pair("b", "2"), pair("a", "3")}), rules));
    CHECK(add_tags(call, thing, Value::list({Value::map({{"TagKey", "c"}, {"TagValue", "4"}})}),
                   rules));
    CHECK(tags_as_map(thing["_Tags"]) == Value::map({{"a", "3"}, {"b", "2"}, {"c", "4"}}));
    CHECK(add_tags(call, thing, Value::list({pair("d", "")}), rules).error().code == "Many");
    CHECK(add_tags(call, thing, Value::list({pair("aws:x", "")}), rules).error().code ==
          "Reserved");
    CHECK(add_tags(call, thing, Value::list({pair("a", ""), pair("a", "")}), rules).error().code ==
          "Twice");
    remove_tags(thing, Value::texts({"a", "nowhere"}));
    CHECK(tags_as_map(thing["_Tags"]) == Value::map({{"b", "2"}, {"c", "4"}}));
  });
}

TEST_CASE("what is remembered is forgotten in time, and does not pile up") {
  Time now{1'800'000'000'000};
  auto cloud = cloud_at(now);
  for (int i = 0; i < 100; ++i) {
    with_call(*cloud, [&](Call& call) {
      remember(call, "seen", std::to_string(i), i, call.now + 1000);
      remember(call, "seen", std::to_string(i), i + 1, call.now + 1000);
      CHECK(recall(call, "seen", std::to_string(i)) == Value(i + 1));
      CHECK(call.all("seen").size() <= 12);
      CHECK(call.all("seen/end").size() == call.all("seen").size());
    });
    now = now + 100;
  }
  now = now + 1000;
  with_call(*cloud, [&](Call& call) {
    CHECK(recall(call, "seen", "99").is_null());
    forget_all(call, "seen");
    CHECK(call.all("seen").empty());
    CHECK(call.all("seen/end").empty());
  });
}

TEST_CASE("permissions are statements by label") {
  Value policy = Value::map({{"Statement", Value::list()}});
  add_statement(policy, {.label = "l",
                         .accounts = {"111122223333"},
                         .actions = {"SQS:*"},
                         .resource = "r",
                         .partition = "aws-cn"});
  add_statement(policy, {.label = "m",
                         .accounts = {"111122223333", "444455556666"},
                         .actions = {"SQS:A", "SQS:B"},
                         .resource = "r"});
  CHECK(policy["Statement"].at(0)["Principal"]["AWS"] ==
        Value("arn:aws-cn:iam::111122223333:root"));
  CHECK(policy["Statement"].at(1)["Action"] == Value::texts({"SQS:A", "SQS:B"}));
  CHECK(has_statement(policy, "l"));
  CHECK(remove_statement(policy, "l"));
  CHECK_FALSE(remove_statement(policy, "l"));
  CHECK(policy["Statement"].size() == 1);
}
