// The quick way of the matrix agrees with the answer for each pair, whatever the policies are.
#include "access/matrix.hh"

#include "access/access_test_support.hh"
#include "access/grants.hh"
#include "access/picture.hh"
#include "base/random.hh"

using namespace mainstay;
using namespace mainstay::access;

namespace {

Matrix matrix_of(const World& world, const std::string& action,
                 const std::vector<std::string>& resources) {
  actions::ActionTable table;
  auto targets = targets_of(world, table, action, resources);
  REQUIRE_MESSAGE(targets, targets.error().to_string());
  std::vector<const Actor*> actors;
  for (const Actor& actor : world.actors()) actors.push_back(&actor);
  SimulatedExecutor executor(1);
  auto matrix = fill_matrix(world, action, actors, std::move(*targets), {}, executor);
  REQUIRE(matrix);
  return *matrix;
}

size_t check_against_answers(const World& world, const Matrix& matrix) {
  size_t allowed = 0;
  for (size_t row = 0; row < matrix.actors.size(); ++row)
    for (size_t column = 0; column < matrix.targets.size(); ++column) {
      Question question{matrix.actors[row], matrix.action, &matrix.targets[column], {}, {}};
      bool may = answer(world, question, Detail::verdict).allowed();
      INFO(matrix.actors[row]->arn, " ", matrix.action, " ", matrix.targets[column].arn);
      CHECK(matrix.may(row, column) == may);
      allowed += may;
    }
  return allowed;
}

class RandomPolicies {
 public:
  explicit RandomPolicies(uint64_t seed) : random_(seed) {}

  Value snapshot(int buckets_each = 6) {
    Value accounts = Value::list();
    for (const char* id : {"111111111111", "222222222222"}) {
      Value roles = Value::list(), buckets = Value::list();
      for (int i = 0; i < 4; ++i)
        roles.push_back(Value::map(
            {{"name", "r" + std::to_string(i)},
             {"tags", Value::map({{"team", one({"a", "b"})}})},
             {"trust", document_of(statement("\"Principal\":" + principal() + ",", false,
                                             "sts:AssumeRole"))},
             {"policies",
              Value::list({Value::map({{"name", "p"},
                                       {"document", document_of(statement("", true) + "," +
                                                                statement("", true))}})})}}));
      for (int i = 0; i < buckets_each; ++i) {
        Value bucket = Value::map(
            {{"name", std::string(id[0] == '1' ? "one-" : "two-") + std::to_string(i)},
             {"ownership", one({"BucketOwnerEnforced", "BucketOwnerEnforced", "ObjectWriter"})}});
        if (random_.below(2) == 0)
          bucket.set("policy", document_of(statement("\"Principal\":" + principal() + ",", true)));
        buckets.push_back(std::move(bucket));
      }
      accounts.push_back(Value::map({{"id", id}, {"roles", roles}, {"buckets", buckets}}));
    }
    return Value::map({{"accounts", std::move(accounts)}});
  }

 private:
  std::string one(std::initializer_list<const char*> of) {
    return of.begin()[random_.below(of.size())];
  }
  std::string principal() {
    return one({R"("*")", R"({"AWS":"111111111111"})",
                R"({"AWS":"arn:aws:iam::222222222222:role/r1"})",
                R"({"AWS":["222222222222","arn:aws:iam::111111111111:role/r0"]})"});
  }
  std::string statement(const std::string& principal, bool resource, const char* action = nullptr) {
    std::string text =
        R"({"Effect":")" + one({"Allow", "Allow", "Allow", "Deny"}) + "\"," + principal;
    text +=
        R"("Action":")" + (action ? action : one({"s3:GetObject", "s3:*", "*", "s3:Put*"})) + "\"";
    if (resource)
      text += R"(,"Resource":")" +
              one({"*", "arn:aws:s3:::one-*", "arn:aws:s3:::two-?/*",
                   "arn:aws:s3:::${aws:PrincipalTag/team}*"}) +
              "\"";
    return text +
           one({"}", "}", R"(,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}})",
                R"(,"Condition":{"Bool":{"aws:SecureTransport":"false"}}})",
                R"(,"Condition":{"StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}}})"});
  }
  Random random_;
};

}  // namespace

TEST_CASE("the matrix agrees with the answers on the example") {
  auto world = world_of(example());
  size_t allowed = 0;
  for (const char* action : {"s3:GetObject", "s3:ListBucket", "kms:Decrypt", "sts:AssumeRole"})
    allowed += check_against_answers(*world, matrix_of(*world, action, {"*"}));
  CHECK(allowed > 5);
}

TEST_CASE("the matrix agrees with the answers on random policies") {
  size_t allowed = 0;
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    auto world = world_of(RandomPolicies(seed).snapshot());
    for (const char* action : {"s3:GetObject", "s3:PutObject", "sts:AssumeRole"})
      allowed += check_against_answers(*world, matrix_of(*world, action, {"*"}));
  }
  CHECK(allowed > 500);
}

TEST_CASE("resources with wildcards are those that the action can be about") {
  auto world = world_of(example());
  Matrix objects = matrix_of(*world, "s3:GetObject", {"*"});
  REQUIRE(objects.targets.size() == 2);
  CHECK(objects.targets[0].arn == "arn:aws:s3:::acme-data/*");
  CHECK(matrix_of(*world, "s3:ListBucket", {"arn:aws:s3:::acme*"}).targets.size() == 1);
  CHECK(matrix_of(*world, "iam:PassRole", {"*"}).targets.size() == 3);
}

TEST_CASE("a picture escapes what it shows, and says in words what it says in colours") {
  Picture picture{"<T&>", "about \"it\"", {"r<1>"}, {"c\n2"}, {{Tone::danger, "yes", "'q'"}}};
  for (const char* name : {"x.svg", "x.html"}) {
    auto drawn = draw(picture, name);
    REQUIRE(drawn);
    CHECK(drawn->find("&lt;T&amp;&gt;") != std::string::npos);
    CHECK(drawn->find("r&lt;1&gt;") != std::string::npos);
    CHECK(drawn->find("c?2") != std::string::npos);
    CHECK(drawn->find("&#39;q&#39;") != std::string::npos);
    CHECK(drawn->find(">yes<") != std::string::npos);
    CHECK(drawn->find("<script") == std::string::npos);
  }
  CHECK(!draw(picture, "x.png"));
  picture.cells.resize(Picture::cells_max + 1);
  CHECK(!draw(picture, "x.svg"));
}

TEST_CASE("what is granted agrees with the answers, where statements are picked first, too") {
  actions::ActionTable table;
  policy::Context context;
  size_t granted = 0;
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    auto world = world_of(RandomPolicies(seed).snapshot(20));
    Grants grants(*world, table, context);
    for (const Actor& actor : world->actors()) {
      if (!actor.entity) continue;
      std::set<std::string> found;
      for (const Granted& one : grants.of(actor))
        if (one.action->name == "s3:PutObject") found.insert(one.data.begin(), one.data.end());
      std::set<std::string> expected;
      for (const std::string& arn : known_resources(*world, table, "s3:PutObject")) {
        auto target = world->target(arn);
        REQUIRE(target);
        if (answer(*world, {&actor, "s3:PutObject", &*target, context, {}}).allowed())
          expected.insert(arn);
      }
      CHECK(found == expected);
      granted += expected.size();
    }
  }
  CHECK(granted > 30);
}
