#include "cli/screen/failure_text.hh"

#include <doctest/doctest.h>

using namespace mainstay;
using namespace mainstay::cli;

namespace {

const SimulatedFiles template_files{{{"orders.yaml", "Resources:\n  Bad:\n    Type: X\n"}}};

stacks::Failure failure_of(const std::string& reason) {
  stacks::Failure failure;
  failure.status = "UPDATE_ROLLBACK_COMPLETE";
  failure.rolled_back = true;
  failure.failed_after_ms = 221'000;
  failure.rolled_back_in_ms = 130'000;
  failure.cancelled = 2;
  stacks::StackEvent cause;
  cause.logical_id = "Bad";
  cause.type = "AWS::SNS::Topic";
  cause.status = "UPDATE_FAILED";
  cause.reason = reason;
  failure.cause = cause;
  failure.at = {"orders.yaml", 2, 3};
  return failure;
}

}  // namespace

TEST_CASE("a failure names its cause first, with its line") {
  CHECK(failure_text("orders", Error("StackFailed", "m").with_hint("try again"),
                     failure_of("it is \x1b[31mbad"), template_files, {},
                     {"mainstay up a.yml", ""}) ==
        "FAILED orders after 03:41; rolled back cleanly in 02:10\n"
        "CAUSE  Bad  SNS::Topic  UPDATE_FAILED 00:00:00Z\n"
        "  orders.yaml:2:3\n"
        "    2 |   Bad:\n"
        "      |   ^\n"
        "  it is \\x1b[31mbad\n"
        "EFFECT 2 others cancelled by this; 0 left behind\n"
        "NEXT   try again\n"
        "       mainstay up a.yml   (safe to re-run)\n");
}

TEST_CASE("what never began says what to do first, or to try again") {
  Error error("ApprovalNeeded", "it needs a yes");
  CHECK(failure_text("orders", error, {}, template_files, {}, {"mainstay up a.yml", ""}) ==
        "FAILED orders\nCAUSE  it needs a yes\nNEXT   mainstay up a.yml\n"
        "       mainstay explain ApprovalNeeded\n");
  error.hint = "run again with --approve=access";
  CHECK(failure_text("orders", error, {}, template_files, {}, {"mainstay up a.yml", ""}) ==
        "FAILED orders\nCAUSE  it needs a yes\nNEXT   run again with --approve=access\n");
}

TEST_CASE("a denial says which policy decided, and how to look at it") {
  stacks::Failure failure = failure_of(
      "User: arn:aws:sts::123456789012:assumed-role/deployer/x is not authorized to perform: "
      "iam:PutRolePolicy on resource: role api with an explicit deny in a permissions boundary "
      "(Service: Iam, Status Code: 403)");
  failure.status = "ROLLBACK_COMPLETE";
  std::string text = failure_text("orders", Error("StackFailed", "m"), failure, template_files, {},
                                  {"mainstay up a.yml", " --profile prod"});
  CHECK(
      text.contains("WHY    explicit deny in a permissions boundary\n"
                    "       iam:PutRolePolicy on role api\n"));
  CHECK(text.contains(
      "NEXT   mainstay access can arn:aws:sts::123456789012:assumed-role/deployer/x "
      "iam:PutRolePolicy arn:aws:iam::123456789012:role/api --profile prod\n"
      "       mainstay up a.yml --recreate-failed   (deletes the empty stack first)\n"));
}

TEST_CASE("what AWS's denials say is taken apart") {
  auto none = denial_in(
      "User: arn:aws:iam::1:user/ann is not authorized to perform: s3:PutObject on resource: "
      "\"arn:aws:s3:::a/b\" because no identity-based policy allows the s3:PutObject action");
  REQUIRE(none);
  CHECK(none->actor == "arn:aws:iam::1:user/ann");
  CHECK(none->action == "s3:PutObject");
  CHECK(none->resource == "arn:aws:s3:::a/b");
  CHECK(none->decided == "no identity-based policy allows the s3:PutObject action");
  CHECK(denial_in("User: a is not authorized to perform: ec2:RunInstances")->resource == "*");
  CHECK_FALSE(denial_in("Bucket already exists"));
}

TEST_CASE("a rollback that failed suggests no second try") {
  stacks::Failure failure = failure_of("no");
  failure.status = "UPDATE_ROLLBACK_FAILED";
  failure.rolled_back = false;
  failure.left_behind = {"Db"};
  std::string text = failure_text("orders", Error("RollbackFailed", "m"), failure, template_files,
                                  {}, {"mainstay up a.yml", ""});
  CHECK(text.starts_with("FAILED orders after 03:41; left as UPDATE_ROLLBACK_FAILED\n"));
  CHECK(
      text.contains("EFFECT 2 others cancelled by this; 1 left behind: Db\n"
                    "NEXT   mainstay explain RollbackFailed\n"));
}
