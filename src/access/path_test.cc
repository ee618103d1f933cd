// Who can become whom, what that adds up to, and the requests that CloudTrail's records tell of.
#include "access/path.hh"

#include "access/access_test_support.hh"
#include "access/blast.hh"
#include "access/events.hh"
#include "access/sarif.hh"

using namespace mainstay;
using namespace mainstay::access;

namespace {

constexpr const char* trusts_ann =
    R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/ann"},"Action":"sts:AssumeRole"})";
constexpr const char* trusts_lambda =
    R"({"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"})";

Value role(const char* name, const std::string& trust, const std::string& allows) {
  Value out = Value::map({{"name", name}, {"trust", document_of(trust)}});
  if (!allows.empty())
    out.set("policies",
            Value::list({Value::map({{"name", "p"}, {"document", document_of(allows)}})}));
  return out;
}

std::string allow(const std::string& actions) {
  return R"({"Effect":"Allow","Action":[)" + actions + R"(],"Resource":"*"})";
}

// ann may assume ci; ci may hand the role admin to Lambda; nobody else may do anything.
Value chain() {
  Value ann = Value::map({{"name", "ann"}});
  Value account = Value::map(
      {{"id", "111111111111"},
       {"users", Value::list({ann})},
       {"roles",
        Value::list(
            {role("ci", trusts_ann,
                  allow(R"("iam:PassRole","lambda:CreateFunction","lambda:InvokeFunction")")),
             role("admin", trusts_lambda, allow(R"("*")")), role("idle", trusts_lambda, "")})},
       {"buckets", Value::list({Value::map({{"name", "data"}})})}});
  return Value::map({{"accounts", Value::list({std::move(account)})}});
}

Reached reached_by(const World& world, const char* who) {
  auto start = world.place_of(who);
  REQUIRE(start);
  policy::Context context;
  return Closure(world, context).from(*start);
}

std::string names_of(const World& world, const Reached& reached) {
  std::string out;
  for (const Reached::Node& node : reached.nodes)
    out += world.actors()[node.actor].entity->name + " ";
  return out;
}

}  // namespace

TEST_CASE("roles are reached by assuming and by passing, breadth first") {
  auto world = world_of(chain());
  Reached reached = reached_by(*world, "user/ann");
  CHECK(names_of(*world, reached).starts_with("ann ci admin idle "));
  std::vector<Hop> way = reached.way_to(2);
  REQUIRE(way.size() == 2);
  CHECK(way[0].how == "sts:AssumeRole");
  CHECK(way[1].how == "iam:PassRole to lambda.amazonaws.com");
  CHECK(way[1].actions.size() == 3);
  CHECK(names_of(*world, reached_by(*world, "role/idle")) == "idle ");
}

TEST_CASE(
    "PassRole is no way without what starts the service, nor to a role that does not trust it") {
  Value snapshot = chain();
  item(item(snapshot, "accounts", 0), "roles", 0)
      .set("policies",
           Value::list({Value::map(
               {{"name", "p"}, {"document", document_of(allow(R"("iam:PassRole")"))}})}));
  CHECK(names_of(*world_of(snapshot), reached_by(*world_of(snapshot), "user/ann")) == "ann ci ");
  snapshot = chain();
  item(item(snapshot, "accounts", 0), "roles", 1).set("trust", document_of(trusts_ann));
  item(item(snapshot, "accounts", 0), "roles", 2).set("trust", document_of(trusts_ann));
  Reached direct = reached_by(*world_of(snapshot), "role/ci");
  CHECK(direct.nodes.size() == 1);
}

TEST_CASE("the condition iam:PassedToService limits what a role may be passed to") {
  Value snapshot = chain();
  std::string limited =
      R"({"Effect":"Allow","Action":["iam:PassRole"],"Resource":"*",
          "Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}},)" +
      allow(R"("lambda:*")");
  item(item(snapshot, "accounts", 0), "roles", 0)
      .set("policies",
           Value::list({Value::map({{"name", "p"}, {"document", document_of(limited)}})}));
  CHECK(reached_by(*world_of(snapshot), "role/ci").nodes.size() == 1);
}

TEST_CASE("users and roles may be taken over") {
  Value snapshot = chain();
  item(item(snapshot, "accounts", 0), "roles", 2)
      .set("policies",
           Value::list({Value::map(
               {{"name", "p"}, {"document", document_of(allow(R"("iam:CreateAccessKey")"))}})}));
  auto world = world_of(snapshot);
  Reached reached = reached_by(*world, "role/idle");
  REQUIRE(reached.nodes.size() == 4);
  CHECK(reached.nodes[1].by->how == "iam:CreateAccessKey");
}

TEST_CASE("a blast adds up what everyone on the way may do") {
  auto world = world_of(chain());
  actions::ActionTable table;
  auto start = world->place_of("user/ann");
  REQUIRE(start);
  Blast blast = blast_of(*world, table, *start, {});
  CHECK(blast.damage[Effect::remove]["s3"].actions.contains("s3:DeleteBucket"));
  CHECK(blast.damage[Effect::read]["s3"].resources.contains("*"));
  CHECK(blast.damage[Effect::escalate]["iam"].actions.contains("iam:PassRole"));
  CHECK(blast_of(*world, table, *world->place_of("role/idle"), {}).damage.empty());
}

TEST_CASE("what is granted lists known resources that are refused as exceptions") {
  Value snapshot = chain();
  std::string both = allow(R"("s3:GetObject")") +
                     R"(,{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::data/*"})";
  item(item(snapshot, "accounts", 0), "roles", 2)
      .set("policies", Value::list({Value::map({{"name", "p"}, {"document", document_of(both)}})}));
  auto world = world_of(snapshot);
  actions::ActionTable table;
  policy::Context context;
  auto grants = Grants(*world, table, context).of(*world->actor("role/idle"));
  REQUIRE(grants.size() == 1);
  CHECK(grants[0].resources == std::vector<std::string>{"*"});
  CHECK(grants[0].exceptions == std::vector<std::string>{"arn:aws:s3:::data/*"});
}

TEST_CASE("CloudTrail's records become requests, once each, without those that were refused") {
  actions::ActionTable table;
  actions::Operations operations(table);
  const char* log = R"({"Records":[
    {"eventSource":"dynamodb.amazonaws.com","eventName":"PutItem","awsRegion":"us-east-1",
     "recipientAccountId":"111111111111","requestParameters":{"tableName":"t"},
     "userIdentity":{"arn":"arn:aws:sts::111111111111:assumed-role/app/x",
       "sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111111111111:role/app"}}}},
    {"eventSource":"dynamodb.amazonaws.com","eventName":"PutItem","awsRegion":"us-east-1",
     "recipientAccountId":"111111111111","requestParameters":{"tableName":"t"},
     "userIdentity":{"arn":"arn:aws:sts::111111111111:assumed-role/app/y",
       "sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111111111111:role/app"}}}},
    {"eventSource":"s3.amazonaws.com","eventName":"GetObject","errorCode":"AccessDenied",
     "requestParameters":{"bucketName":"b","key":"k"},"userIdentity":{"arn":"arn:aws:iam::111111111111:user/z"}}]})";
  auto all = read_events(log, operations, "");
  REQUIRE_MESSAGE(all, all.error().to_string());
  CHECK(all->read == 3);
  CHECK(all->refused == 1);
  REQUIRE(all->requests.size() == 1);
  CHECK(all->requests[0].action == "dynamodb:PutItem");
  CHECK(all->requests[0].resource == "arn:aws:dynamodb:us-east-1:111111111111:table/t");
  CHECK(read_events(log, operations, "arn:aws:iam::111111111111:role/app")->read == 2);
  CHECK(!read_events("[1]", operations, ""));
  CHECK(!read_events("{}", operations, ""));
  CHECK(!read_events("not json", operations, ""));
}

TEST_CASE("SARIF has a result for each finding, at its line") {
  Value out = sarif({{"r", "a rule"}},
                    {{"r", "bad", {"a b.json", 3, 5}, true}, {"r", "hm", {}, false}}, "1");
  const Value& results = out["runs"].at(0)["results"];
  REQUIRE(results.size() == 2);
  const Value& place = results.at(0)["locations"].at(0)["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"].as_string() == "a%20b.json");
  CHECK(place["region"]["startLine"].as_int() == 3);
  CHECK(results.at(1)["level"].as_string() == "warning");
}
