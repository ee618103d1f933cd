// Sharing a bucket, and explaining one that does not work: the six situations of three accounts.
#include "access/share.hh"

#include "access/access_test_support.hh"
#include "access/explain.hh"

using namespace mainstay;
using namespace mainstay::access;

namespace {

Explanation explained(const Value& snapshot, const ExplainRequest& request) {
  auto read = snapshot_of(snapshot);
  REQUIRE_MESSAGE(read, read.error().to_string());
  auto found = explain(*read, request, example_managed);
  REQUIRE_MESSAGE(found, found.error().to_string());
  for (const Mend& mend : found->mends) CHECK_MESSAGE(mend.proved, mend.change);
  return *found;
}

std::vector<std::string> situations_in(const Explanation& found) {
  std::vector<std::string> out;
  for (const Mend& mend : found.mends) out.emplace_back(situation_name(mend.situation));
  return out;
}

using Names = std::vector<std::string>;

// Writer and reader may do all by their own policies and the bucket's; no key is needed.
Value all_allowed() {
  Value snapshot = example();
  for (size_t account : {size_t{1}, size_t{2}})
    for (Value& role : item(snapshot, "accounts", account).member("roles").make_list())
      role.set(
          "policies",
          Value::list({Value::map(
              {{"name", "all"},
               {"document", document_of(R"({"Effect":"Allow","Action":"*","Resource":"*"})")}})}));
  Value& bucket = bucket_in(snapshot);
  bucket.set("encryption", "AES256").erase("key");
  bucket.set("policy",
             document_of(R"({"Effect":"Allow","Principal":{"AWS":["222222222222","333333333333"]},
                                  "Action":"s3:*","Resource":"arn:aws:s3:::acme-data/*"})"));
  return snapshot;
}

const ExplainRequest pair{"acme-data", "role/writer", "role/reader", ""};

}  // namespace

TEST_CASE("shared buckets are proved, with and without a key") {
  for (bool kms : {false, true}) {
    auto made = share({"acme-data",
                       "111111111111",
                       {"222222222222"},
                       {"333333333333", "444444444444"},
                       kms,
                       "eu-west-1",
                       false});
    REQUIRE_MESSAGE(made, made.error().to_string());
    CHECK(made->proved());
    CHECK(made->parts.size() == 4);
    CHECK(made->proofs.size() == 48);
    CHECK(made->parts[0].body["Resources"].has("Key") == kms);
  }
}

TEST_CASE("a proof finds what is wrong with a template") {
  ShareRequest request{"acme-data", "111111111111", {"222222222222"}, {"333333333333"}, false,
                       "us-east-1", false};
  auto made = share(request);
  REQUIRE(made);
  Value& statements = made->parts[0]
                          .body.member("Resources")
                          .member("BucketPolicy")
                          .member("Properties")
                          .member("PolicyDocument")
                          .member("Statement");
  statements.make_list()[1].set("Action", "s3:*");  // the writer gets everything
  made->proofs.clear();
  REQUIRE(prove(request, *made));
  CHECK(made->proved());  // its own account still allows it only to put
  Value& role = made->parts[1].body.member("Resources").member("Role").member("Properties");
  item(item(role, "Policies", 0).member("PolicyDocument"), "Statement", 0).set("Action", "s3:*");
  made->proofs.clear();
  REQUIRE(prove(request, *made));
  CHECK(!made->proved());
}

TEST_CASE("shares that cannot be are refused") {
  CHECK(!share({"acme-data", "1", {}, {}, false, "", false}));
  CHECK(!share({"Acme", "111111111111", {}, {}, false, "", false}));
  CHECK(!share({"acme", "111111111111", {"111111111111"}, {}, false, "", false}));
}

TEST_CASE("situation 1: enforced ownership and policies on both sides work") {
  Explanation found = explained(all_allowed(), pair);
  CHECK(found.put);
  CHECK(found.get);
  CHECK(found.mends.empty());
  CHECK(found.object_owner == "111111111111");
}

TEST_CASE("situation 2: the writer owns what it writes") {
  Value snapshot = all_allowed();
  bucket_in(snapshot).set("ownership", "ObjectWriter");
  Explanation found = explained(snapshot, pair);
  CHECK(found.put);
  CHECK(!found.get);
  CHECK(found.object_owner == "222222222222");
  CHECK(situations_in(found) == Names{"foreign-object"});
  CHECK(found.get_after);
  bucket_in(snapshot).set("ownership", "BucketOwnerPreferred");
  CHECK(situations_in(explained(snapshot, pair)) == Names{"foreign-object"});
}

TEST_CASE("situation 3: the bucket's owner may read but not delegate") {
  Value snapshot = all_allowed();
  bucket_in(snapshot).set("ownership", "ObjectWriter");
  ExplainRequest with_acl = pair;
  with_acl.acl = "bucket-owner-full-control";
  CHECK(situations_in(explained(snapshot, with_acl)) == Names{"foreign-delegation"});
  with_acl.reader = "role/local";
  CHECK(explained(snapshot, with_acl).get);
  bucket_in(snapshot).set("ownership", "BucketOwnerPreferred");
  with_acl.reader = "role/reader";
  CHECK(explained(snapshot, with_acl).get);
}

TEST_CASE("situation 4: an ACL where ACLs are off") {
  ExplainRequest with_acl = pair;
  with_acl.acl = "public-read";
  Explanation found = explained(all_allowed(), with_acl);
  CHECK(situations_in(found) == Names{"acl-refused"});
  CHECK(found.put_after);
}

TEST_CASE("situation 5: keys that the other account cannot use") {
  Value snapshot = all_allowed();
  bucket_in(snapshot).set("encryption", "aws:kms");
  Explanation managed = explained(snapshot, pair);
  CHECK(situations_in(managed) == Names{"aws-managed-key", "key-refuses"});
  CHECK(managed.put_after);
  CHECK(managed.get_after);
  bucket_in(snapshot).set("key", "arn:aws:kms:us-east-1:111111111111:key/k1");
  CHECK(situations_in(explained(snapshot, pair)) == Names{"key-refuses"});
}

TEST_CASE("situation 6: an alias means a key of the requester's account") {
  Value snapshot = all_allowed();
  bucket_in(snapshot).set("encryption", "aws:kms").set("key", "alias/data");
  item(item(snapshot, "accounts", 0), "keys", 0).set("aliases", Value::list({"alias/data"}));
  Explanation found = explained(snapshot, pair);
  CHECK(situations_in(found) == Names{"alias-of-requester", "key-refuses"});
  CHECK(found.put_after);
}

TEST_CASE("policies that are missing on either side are named with the statement to add") {
  Value snapshot = all_allowed();
  bucket_in(snapshot).erase("policy");
  Explanation bucket = explained(snapshot, pair);
  CHECK(situations_in(bucket) == Names{"bucket-policy", "bucket-policy"});
  CHECK(bucket.mends[0].statement["Action"].as_string() == "s3:PutObject");
  snapshot = all_allowed();
  item(item(snapshot, "accounts", 2), "roles", 0).erase("policies");
  CHECK(situations_in(explained(snapshot, pair)) == Names{"identity-policy"});
}

TEST_CASE("what a policy forbids is not mended by adding another") {
  Value snapshot = all_allowed();
  bucket_in(snapshot).set(
      "policy", document_of(R"({"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"})"));
  auto read = snapshot_of(snapshot);
  REQUIRE(read);
  auto found = explain(*read, pair, example_managed);
  REQUIRE(found);
  CHECK(situations_in(*found) == Names{"forbidden", "forbidden"});
  CHECK(!found->put_after);
}
