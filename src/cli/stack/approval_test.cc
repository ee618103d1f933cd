// What needs a yes before it is done, and plans that are held to.
#include "cli/screen/approval.hh"

#include "cli/stack/workflow_test_support.hh"

using namespace mainstay;
using namespace mainstay::cli;
using stacks::Consent;

TEST_CASE("what --approve allows, and what is still missing") {
  auto approvals = Approvals::parse("access,data:orders");
  REQUIRE(approvals);
  std::set<Consent> all{Consent::access, Consent::data, Consent::replace};
  CHECK(approvals->missing("orders", all) == std::set{Consent::replace});
  CHECK(approvals->missing("web", all) == std::set{Consent::replace, Consent::data});
  CHECK(Approvals::parse("data").error().message.contains("data:STACK"));
  CHECK(Approvals::parse("acess").error().hint == "did you mean \"access\"?");
  CHECK(approve_flag({{"a", {Consent::access, Consent::data}}, {"b", {Consent::access}}}) ==
        "--approve=access,data:a");
  CHECK(approve_flag({}).empty());
}

TEST_CASE("without a terminal an approval fails at once, and prints the flag") {
  TerminalApprover nobody(false, {}, {});
  stacks::ApprovalRequest request{"orders", false, {Consent::data, Consent::access}, {}, {}};
  CHECK(nobody.approve(request).error().hint.contains("--approve=access,data:orders"));
  TerminalApprover told(false, Approvals::parse("access,data:orders").value(), {});
  CHECK(told.approve(request).value());
}

TEST_CASE("data is lost, and access widened, only after a yes") {
  World w;
  w.knowledge.data_held = [](const std::string& type) {
    return type == "Table" ? stacks::DataHeld::yes : stacks::DataHeld::none;
  };
  w.edit("dns.json", R"({"Resources":{"D":{"Type":"A"},"T":{"Type":"Table"}}})");
  w.up();
  CHECK(w.answers.asked == 0);
  w.edit("dns.json", R"({"Resources":{"D":{"Type":"A"}}})");
  w.answers.answer = false;
  CHECK(w.up().changed == 0);
  CHECK(w.answers.last.consents == std::set{stacks::Consent::data});
  w.edit("dns.json", R"({"Resources":{"D":{"Type":"A"},"T":{"Type":"Table"},"R":{
    "Type":"AWS::IAM::RolePolicy","Properties":{"RoleName":"r","PolicyDocument":{
      "Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}}}}})");
  CHECK(w.up().changed == 0);
  CHECK(w.answers.last.consents == std::set{stacks::Consent::access});
  CHECK(w.answers.last.gains.at(0).holder == "r");
  CHECK(w.down().changed == 2);  // the stack with the table stays
  CHECK(w.answers.last.deletes);
  CHECK(w.cloud->stacks.contains("acme-dns"));
  w.answers.answer = true;
  CHECK(w.down().changed == 1);
}

TEST_CASE("of a plan, only stacks that have not moved since are changed") {
  World w;
  w.up();
  w.edit("dns.json", R"({"Resources":{"D":{"Type":"B"}}})");
  std::map<std::string, std::string> shown;
  auto look = [&](stacks::Session& session) {
    return stacks::diff_all(
        session, [&](const stacks::StackDiff& diff) { shown[diff.stack] = diff.fingerprint; });
  };
  CHECK(w.with_session(look));
  w.options.plan = shown;
  w.cloud->stacks["acme-dns"].status = "UPDATE_ROLLBACK_COMPLETE";  // by somebody else
  CHECK(w.up().errors.at(0).code == "PlanStale");
  CHECK(w.cloud->count("UpdateStack") == 0);
  w.cloud->stacks["acme-dns"].status = "CREATE_COMPLETE";
  CHECK(w.up().changed == 1);
}

TEST_CASE("nothing is deleted where one of the stacks may not lose its data") {
  World w;
  w.knowledge.data_held = [](const std::string& type) {
    return type == "Table" ? stacks::DataHeld::yes : stacks::DataHeld::none;
  };
  w.edit("vpc.json",
         R"({"Resources":{"V":{"Type":"Table"}},"Outputs":{"Id":{"Value":{"Ref":"V"}}}})");
  w.up();
  w.answers.answer = Error("ApprovalNeeded", "nobody to ask");
  auto refused = w.with_session([](stacks::Session& s) { return stacks::take_down(s); });
  CHECK(refused.error().code == "ApprovalNeeded");
  CHECK(w.cloud->count("DeleteStack") == 0);
  w.cloud->stacks["acme-dns"].body = "{";  // nobody can tell what it holds
  w.answers.answer = true;
  CHECK_FALSE(w.with_session([](stacks::Session& s) { return stacks::take_down(s); }));
  CHECK(w.cloud->count("DeleteStack") == 0);
}

TEST_CASE("an output that says something else is not known yet to the stacks that use it") {
  World w;
  w.up();
  w.edit("vpc.json", R"({"Resources":{"V":{"Type":"A"}},"Outputs":{"Id":{"Value":"another"}}})");
  bool seen = false;
  auto look = [&](stacks::Session& session) {
    return stacks::diff_all(session, [&](const stacks::StackDiff& diff) {
      if (diff.stack != "web") return;
      seen = true;
      CHECK(diff.awaits_outputs);
      CHECK(diff.parameters.at(0).after == "<vpc.Id: not known yet>");
    });
  };
  CHECK(w.with_session(look));
  CHECK(seen);
}
