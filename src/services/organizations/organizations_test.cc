// What enforcement asks of the organizations: where an account stands, and under which policies.
#include "services/organizations/organizations.hh"

#include <doctest/doctest.h>

#include "cloud/cloud.hh"

namespace mainstay::organizations {
namespace {

constexpr std::string_view management = "111111111111";
constexpr std::string_view deny =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})";

struct World {
  std::unique_ptr<cloud::Cloud> cloud;

  World() {
    cloud::CloudOptions options;
    options.seed = 7;
    options.now = [] { return Time{1'800'000'000'000}; };
    cloud = std::move(*cloud::Cloud::open(options, {make_service()}));
    ok("CreateOrganization");
  }
  Value ok(std::string_view operation, Value in = Value::map({})) {
    auto out = cloud->invoke(cloud::Caller::root_of(management), management, "us-east-1",
                             "organizations", operation, std::move(in));
    REQUIRE_MESSAGE(out.has_value(), out.error().to_string());
    return *out;
  }
  std::string root() { return ok("ListRoots").at_path("Roots.0.Id").as_string(); }
  std::string make_account() {
    return ok("CreateAccount", Value::map({{"AccountName", "a"}, {"Email", "a@example.com"}}))
        .at_path("CreateAccountStatus.AccountId")
        .as_string();
  }
  Standing standing(std::string_view account) {
    store::Unit unit(cloud->store(), cloud->store().shard(shard_key), store::Mode::read);
    return standing_of(unit, account);
  }
  std::string revision(std::string_view account) {
    store::Unit unit(cloud->store(), cloud->store().shard(shard_key), store::Mode::read);
    return standing_revision(unit, account);
  }
};

TEST_CASE("an account in no organization") {
  World w;
  Standing standing = w.standing("222222222222");
  CHECK_FALSE(standing.member);
  CHECK(standing.path.empty());
  CHECK(standing.service_control.empty());
  CHECK(w.revision("222222222222").empty());
}

TEST_CASE("the management account") {
  World w;
  Standing standing = w.standing(management);
  CHECK(standing.member);
  CHECK(standing.management);
  CHECK(standing.path == standing.organization_id + "/" + w.root() + "/");
}

TEST_CASE("every level's policies, root first") {
  World w;
  std::string account = w.make_account(), root = w.root();
  std::string unit =
      w.ok("CreateOrganizationalUnit", Value::map({{"ParentId", root}, {"Name", "prod"}}))
          .at_path("OrganizationalUnit.Id")
          .as_string();
  w.ok("MoveAccount",
       Value::map(
           {{"AccountId", account}, {"SourceParentId", root}, {"DestinationParentId", unit}}));
  std::string policy = w.ok("CreatePolicy", Value::map({{"Name", "none"},
                                                        {"Description", ""},
                                                        {"Type", "SERVICE_CONTROL_POLICY"},
                                                        {"Content", deny}}))
                           .at_path("Policy.PolicySummary.Id")
                           .as_string();
  w.ok("AttachPolicy", Value::map({{"PolicyId", policy}, {"TargetId", unit}}));
  Standing standing = w.standing(account);
  CHECK(standing.member);
  CHECK_FALSE(standing.management);
  CHECK(standing.management_account == management);
  CHECK(standing.path == standing.organization_id + "/" + root + "/" + unit + "/");
  REQUIRE(standing.service_control.size() == 3);
  CHECK(standing.service_control[0].target == root);
  CHECK(standing.service_control[1].target == unit);
  CHECK(standing.service_control[2].target == account);
  REQUIRE(standing.service_control[1].policies.size() == 2);
  CHECK(standing.service_control[1].policies[0].id == "p-FullAWSAccess");
  CHECK(standing.service_control[1].policies[1].text == deny);
  CHECK(standing.resource_control.empty());
}

TEST_CASE("resource control policies once they are enabled") {
  World w;
  std::string account = w.make_account();
  w.ok("EnablePolicyType",
       Value::map({{"RootId", w.root()}, {"PolicyType", "RESOURCE_CONTROL_POLICY"}}));
  Standing standing = w.standing(account);
  REQUIRE(standing.resource_control.size() == 2);
  CHECK(standing.resource_control[1].policies.at(0).id == "p-RCPFullAWSAccess");
  w.ok("DisablePolicyType",
       Value::map({{"RootId", w.root()}, {"PolicyType", "SERVICE_CONTROL_POLICY"}}));
  CHECK(w.standing(account).service_control.empty());
}

TEST_CASE("the revision changes with what is answered") {
  World w;
  std::string account = w.make_account(), before = w.revision(account);
  CHECK(w.revision(account) == before);
  w.ok("EnablePolicyType",
       Value::map({{"RootId", w.root()}, {"PolicyType", "RESOURCE_CONTROL_POLICY"}}));
  CHECK(w.revision(account) != before);
  w.ok("RemoveAccountFromOrganization", Value::map({{"AccountId", account}}));
  CHECK(w.revision(account).empty());
}

}  // namespace
}  // namespace mainstay::organizations
