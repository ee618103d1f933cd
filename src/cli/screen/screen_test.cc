#include "cli/screen/screen.hh"

#include <doctest/doctest.h>

#include "cli/screen/change_text.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/progress.hh"

using namespace mainstay;
using namespace mainstay::cli;

namespace {

stacks::ResourceChange replacement() {
  stacks::ResourceChange change{"Modify", "Db", "", "AWS::RDS::DBInstance",
                                "True",   {},   {}, stacks::ResourceChange::SeenBy::both};
  stacks::ResourceChange::Detail detail;
  detail.attribute = "Properties";
  detail.name = "StorageEncrypted";
  detail.requires_recreation = "Always";
  detail.before = "false";
  detail.after = "true";
  change.details.push_back(detail);
  return change;
}

}  // namespace

TEST_CASE("a diff reads as people are used to") {
  stacks::StackDiff diff;
  diff.kind = stacks::StackDiff::Kind::updated;
  diff.full_name = "prod-orders";
  diff.region = "eu-west-1";
  diff.parameters = {{"Size", "1", "2"}, {"New", std::nullopt, "x"}, {"Old", "y", std::nullopt}};
  diff.changes = {replacement()};
  diff.changes[0].old_copy = "snapshot";
  diff.changes[0].data = stacks::DataHeld::yes;
  diff.consents = {stacks::Consent::replace, stacks::Consent::access};
  stacks::AccessGain gain;
  gain.holder = "ApiRole";
  gain.at = {"orders.yaml", 88, 3};
  gain.actions = {"s3:PutObject"};
  gain.resources = {"arn:aws:s3:::export/*"};
  gain.had = {"s3:GetObject"};
  gain.example = "s3:PutObject on arn:aws:s3:::export/x";
  diff.gains = {gain};
  diff.document = cfn::parse_document(
                      "Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n"
                      "    UpdateReplacePolicy: Snapshot\n",
                      "orders.yaml", cfn::ParseOptions::for_template())
                      .value();
  CHECK(diff_text(diff, "", {}) ==
        "prod-orders eu-west-1\n"
        "1 replace  0 update  0 add  0 delete  DATA AT RISK  ACCESS WIDENED\n"
        "  parameters\n"
        "    Size  1 -> 2\n"
        "    New  = x\n"
        "    Old  no longer given (was y)\n"
        "  -/+ replace Db  RDS::DBInstance  orders.yaml:2:3\n"
        "        StorageEncrypted  false -> true  replaces it; certain\n"
        "        old copy: snapshot; the new one starts empty\n"
        "  ACCESS\n"
        "  ~ ApiRole gains s3:PutObject  orders.yaml:88:3\n"
        "      on arn:aws:s3:::export/*  (had: s3:GetObject)  bounded by: none\n"
        "      e.g. s3:PutObject on arn:aws:s3:::export/x\n");
}

TEST_CASE("an error shows the line it speaks of") {
  SimulatedFiles files(std::map<std::string, std::string>{{"c.yaml", "a: 1\nb: 2\n"}});
  Error error = Error("ConfigInvalid", "no such key").where({"c.yaml", 2, 1}).with_hint("use a");
  CHECK(error_text(error, files, {}) ==
        "error[ConfigInvalid]: c.yaml:2:1: no such key\n    2 | b: 2\n      | ^\n  use a\n");
  CHECK(error_text(Error("StateLocked", "in use"), files, {}) ==
        "error[StateLocked]: in use\n  for more: mainstay explain StateLocked\n");
  CHECK(error_text(Error("Throttling", "slow"), files, {}) == "error[Throttling]: slow\n");
  CHECK(snippet({"nowhere", 3, 1}, files).empty());
  CHECK(snippet({"c.yaml", 99, 1}, files).empty());
}

TEST_CASE("nothing but our own colours drives the terminal") {
  CHECK(only_colours("\x1b[31mred\x1b[0m\n\x1b[2Jx\x1b]0;t\x07\x1b[9") ==
        "\x1b[31mred\x1b[0m\n\\x1b[2Jx\\x1b]0;t\\x07\\x1b[9");
  CHECK(only_colours("\x1b") == "\\x1b");
}

TEST_CASE("colour only where there is a terminal that wants it") {
  SimulatedEnvironment plain;
  SimulatedEnvironment no_colour(std::map<std::string, std::string>{{"NO_COLOR", "1"}});
  Terminal terminal{true, 80}, pipe{false, 80};
  CHECK(style_for("auto", terminal, plain).colour);
  CHECK_FALSE(style_for("auto", terminal, no_colour).colour);
  CHECK_FALSE(style_for("auto", pipe, plain).colour);
  CHECK(style_for("always", pipe, no_colour).colour);
  CHECK_FALSE(style_for("never", terminal, plain).colour);
}

TEST_CASE("durations and exit codes") {
  CHECK(duration_text(0) == "00:00");
  CHECK(took_text(1'370) == "1.3 s");
  CHECK(took_text(12'000) == "00:12");
  CHECK(duration_text(192'000) == "03:12");
  CHECK(duration_text(3'792'000) == "1:03:12");
  auto worst = [](std::vector<std::string> codes) {
    std::vector<Error> errors;
    for (std::string& code : codes) errors.emplace_back(std::move(code), "");
    return static_cast<int>(exit_of(errors));
  };
  CHECK(worst({}) == 0);
  CHECK(worst({"ConfigInvalid"}) == 3);
  CHECK(worst({"ConfigInvalid", "StackFailed"}) == 4);
  CHECK(worst({"StackFailed", "RollbackFailed"}) == 8);
  CHECK(worst({"Throttling"}) == 4);
  CHECK(worst({"ExpiredToken", "ApprovalNeeded"}) == 6);
  CHECK(worst({"StateLocked"}) == 7);
  CHECK(worst({"Interrupted", "RollbackFailed"}) == 130);
}
