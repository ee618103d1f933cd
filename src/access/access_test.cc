// Answers on a snapshot of three accounts: bucket in 111111111111, writer in 222222222222, reader
// in 333333333333 (examples/access/three-accounts.json).
#include "access/access_test_support.hh"
#include "access/answer_value.hh"

using namespace mainstay;
using namespace mainstay::access;

TEST_CASE("a snapshot survives being written and read") {
  auto once = snapshot_of(example());
  REQUIRE(once);
  auto twice = snapshot_of(to_value(*once));
  REQUIRE(twice);
  CHECK(to_value(*once) == to_value(*twice));
}

TEST_CASE("a snapshot's faults are named with their place") {
  struct Fault {
    const char* json;
    const char* message;
  };
  const Fault faults[] = {
      {"[]", "the snapshot must be an object, not list"},
      {R"({"acounts":[]})", "the snapshot has an unknown member \"acounts\""},
      {R"({"accounts":[{"id":"12"}]})", "accounts[0] has an \"id\" that is not twelve digits"},
      {R"({"accounts":[{"id":"111111111111","roles":[{"name":"a","polices":[]}]}]})",
       "accounts[0].roles[0] has an unknown member \"polices\""},
      {R"({"accounts":[{"id":"111111111111","buckets":[{"name":"b","ownership":"Mine"}]}]})",
       "accounts[0].buckets[0] has ownership \"Mine\"; it is BucketOwnerEnforced, "
       "BucketOwnerPreferred or ObjectWriter"},
      {R"({"format":"other"})",
       "the snapshot has the format \"other\"; this program reads "
       "mainstay-access-1"}};
  for (const Fault& fault : faults) {
    auto read = read_snapshot(fault.json);
    REQUIRE(!read);
    CHECK(read.error().code == "SnapshotInvalid");
    CHECK(read.error().message == fault.message);
  }
}

TEST_CASE("a policy that cannot be understood is an error, not an allow") {
  Value snapshot = example();
  bucket_in(snapshot).member("policy").member("Statement").make_list()[0].set("Effekt", "Deny");
  auto read = snapshot_of(snapshot);
  REQUIRE(read);
  auto world = World::make(std::move(*read), example_managed);
  REQUIRE(!world);
  CHECK(world.error().message.starts_with("policy of bucket acme-data: "));
}

TEST_CASE("an AWS-managed policy that nobody knows spoils no other answer, and is told of") {
  constexpr const char* newest = "arn:aws:iam::aws:policy/MadeYesterday";
  for (const char* where : {"attached", "boundary"}) {
    Value snapshot = example();
    Value& accounts = snapshot.member("accounts");
    for (Value& account : accounts.make_list())
      for (Value& role : account.member("roles").make_list()) {
        if (role["name"] != Value("reader")) continue;
        if (std::string(where) == "attached")
          role.member("attached").push_back(newest);
        else
          role.set("boundary", newest);
      }
    auto read = snapshot_of(snapshot);
    REQUIRE(read);
    auto managed = [](const std::string& arn) -> Result<std::string> {
      if (arn != newest) return example_managed(arn);
      return Error("DataMissing", "no such policy");
    };
    auto world = World::make(std::move(*read), managed);
    REQUIRE_MESSAGE(world, world.error().to_string());
    CHECK((*world)->unknown_policies() == std::set<std::string>{newest});
    // What is known of it still counts; as a boundary it allows nothing.
    bool attached = std::string(where) == "attached";
    CHECK(ask(**world, "role/reader", "s3:GetObject", "arn:aws:s3:::acme-data/a").allowed ==
          attached);
  }
}

TEST_CASE("an encrypted object of another account needs bucket and key") {
  auto world = world_of(example());
  const char* object = "arn:aws:s3:::acme-data/a";
  CHECK(ask(*world, "role/reader", "s3:GetObject", object).allowed);
  CHECK(!ask(*world, "role/reader", "s3:PutObject", object).allowed);
  CHECK(!ask(*world, "role/writer", "s3:GetObject", object).allowed);
  CHECK(!ask(*world, "role/writer", "s3:DeleteObject", object).allowed);
  Asked ann = ask(*world, "user/ann", "s3:GetObject", object);
  CHECK(!ann.allowed);
  CHECK(ann.reason == "no identity-based policy allows it");
  Asked put = ask(*world, "role/writer", "s3:PutObject", object, {"", "public-read", ""});
  CHECK(put.reason.find("AccessControlListNotSupported") != std::string::npos);
}

TEST_CASE("aws/s3 cannot be used from another account") {
  Value snapshot = example();
  bucket_in(snapshot).erase("key");
  auto world = world_of(snapshot);
  Asked reader = ask(*world, "role/reader", "s3:GetObject", "arn:aws:s3:::acme-data/a");
  CHECK(!reader.allowed);
  CHECK(reader.reason.find("which no other account can use") != std::string::npos);
  CHECK(ask(*world, "role/local", "s3:GetObject", "arn:aws:s3:::acme-data/a").allowed);
}

TEST_CASE("an alias in a bucket's default encryption means a key of the requester's account") {
  Value snapshot = example();
  bucket_in(snapshot).set("key", "alias/data");
  auto world = world_of(snapshot);
  Asked put = ask(*world, "role/writer", "s3:PutObject", "arn:aws:s3:::acme-data/a");
  CHECK(!put.allowed);
  CHECK(put.reason.find("means a key of the requester's account (222222222222)") !=
        std::string::npos);
}

TEST_CASE("a grant on a key is as good as its policy") {
  Value snapshot = example();
  Value& key = snapshot.member("accounts").make_list()[0].member("keys").make_list()[0];
  key.set("grants", Value::list({Value::map({{"id", "g1"},
                                             {"grantee", "arn:aws:iam::222222222222:role/writer"},
                                             {"operations", Value::list({"GenerateDataKey"})}})}));
  auto world = world_of(snapshot);
  CHECK(ask(*world, "role/writer", "s3:PutObject", "arn:aws:s3:::acme-data/a").allowed);
}

TEST_CASE("objects that others own answer to their owner's ACL") {
  auto world = world_of(example());
  const char* object = "arn:aws:s3:::old/a";
  std::string writer = "222222222222";
  CHECK(ask(*world, "role/local", "s3:GetObject", object).allowed);
  CHECK(!ask(*world, "role/local", "s3:GetObject", object, {writer, "", ""}).allowed);
  CHECK(ask(*world, "role/local", "s3:GetObject", object, {writer, "bucket-owner-full-control", ""})
            .allowed);
  CHECK(
      !ask(*world, "role/reader", "s3:GetObject", object, {writer, "bucket-owner-full-control", ""})
           .allowed);
}

TEST_CASE("control policies of the organization limit members, not the management account") {
  Value snapshot = example();
  Value deny = Value::list({Value::map(
      {{"name", "NoReads"}, {"document", *parse_json(R"({"Version":"2012-10-17","Statement":[
          {"Effect":"Allow","Action":"*","Resource":"*"},
          {"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}]})")}})});
  snapshot.set(
      "organization",
      Value::map({{"id", "o-1"},
                  {"management_account", "111111111111"},
                  {"units", Value::list({Value::map({{"id", "r-1"}, {"service_control", deny}}),
                                         Value::map({{"id", "111111111111"}, {"parent", "r-1"}}),
                                         Value::map({{"id", "333333333333"},
                                                     {"parent", "r-1"},
                                                     {"service_control", deny}})})}}));
  auto world = world_of(snapshot);
  Asked reader = ask(*world, "role/reader", "s3:GetObject", "arn:aws:s3:::acme-data/a");
  CHECK(reader.reason == "denied by \"NoReads at r-1\", statement 2, a service control policy");
  CHECK(ask(*world, "role/local", "s3:GetObject", "arn:aws:s3:::old/a").allowed);
}

TEST_CASE(
    "who is not known is named with the nearest, and strangers are taken to allow themselves") {
  auto world = world_of(example());
  CHECK(world->actor("role/raeder").error().hint == "did you mean role/reader?");
  CHECK(world->actor("arn:aws:iam::111111111111:role/nobody").error().code == "PrincipalUnknown");
  CHECK(world->target("arn:aws:s3:::acme-dota/x").error().hint == "did you mean acme-data?");
  CHECK(
      !ask(*world, "arn:aws:iam::444444444444:user/eve", "s3:GetObject", "arn:aws:s3:::acme-data/a")
           .allowed);
  CHECK(world->actor("333333333333:role/reader")->arn == "arn:aws:iam::333333333333:role/reader");
}
