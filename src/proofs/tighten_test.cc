#include "proofs/tighten.hh"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/json.hh"
#include "base/value.hh"
#include "proofs/sibling_paths.hh"

using namespace mainstay;
using namespace mainstay::policy;
using namespace mainstay::policy::proofs;

namespace {

std::shared_ptr<const Policy> current_policy(const std::string& statements) {
  auto made = Policy::parse(
      "current", R"({"Version": "2012-10-17", "Statement": )" + statements + "}", Kind::identity);
  REQUIRE_MESSAGE(made.has_value(), made.error().to_string());
  return *made;
}

Request made_request(const std::string& action, const std::string& resource) {
  Request out;
  out.principal = Principal::from_text("arn:aws:iam::123456789012:user/ann").value();
  out.action = action;
  out.resource = resource;
  out.context.set("aws:username", "ann");
  return out;
}

std::string statements_of(const Tightened& tightened) {
  return to_json(to_value(tightened.document)["Statement"]);
}

}  // namespace

TEST_CASE("tighten: actions of a service with the same resources are one statement") {
  auto admin = current_policy(R"([{"Effect": "Allow", "Action": "*", "Resource": "*"}])");
  std::vector<Request> requests = {made_request("s3:PutObject", "arn:aws:s3:::b/k"),
                                   made_request("s3:GetObject", "arn:aws:s3:::b/k"),
                                   made_request("s3:ListBucket", "arn:aws:s3:::b"),
                                   made_request("sqs:ListQueues", "*"),
                                   made_request("s3:GetObject", "arn:aws:s3:::b/k"),
                                   made_request("ec2:CreateVpc", "arn:aws:ec2:us-east-1:1:vpc/*")};
  auto out = tighten({admin.get()}, requests).value();
  CHECK(
      statements_of(out) ==
      R"([{"Sid":"Ec2","Effect":"Allow","Action":"ec2:CreateVpc","Resource":"arn:aws:ec2:us-east-1:1:vpc/*"},)"
      R"({"Sid":"S3","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b"},)"
      R"({"Sid":"S32","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/k"},)"
      R"({"Sid":"Sqs","Effect":"Allow","Action":"sqs:ListQueues","Resource":"*"}])");
  CHECK(out.check.answer == Answer::no_more);
  CHECK(out.refused.empty());
}

TEST_CASE("tighten: conditions, variables and denials are kept") {
  auto current = current_policy(R"([
      {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/*"},
      {"Effect": "Allow", "Action": "sqs:*", "Resource": "*",
       "Condition": {"StringEquals": {"aws:username": ["ann", "bob"]}}},
      {"Sid": "S3", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}])");
  std::vector<Request> requests = {made_request("s3:GetObject", "arn:aws:s3:::home/ann/1"),
                                   made_request("s3:DeleteObject", "arn:aws:s3:::home/ann/1"),
                                   made_request("s3:GetObject", "arn:aws:s3:::home/bob/1"),
                                   made_request("sqs:SendMessage", "arn:aws:sqs:us-east-1:1:q")};
  auto out = tighten({current.get()}, requests).value();
  CHECK(out.refused == std::vector<size_t>{1, 2});
  CHECK(out.check.answer == Answer::no_more);
  CHECK(
      statements_of(out) ==
      R"([{"Sid":"S32","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::home/${aws:username}/*"},)"
      R"({"Sid":"Sqs","Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:1:q",)"
      R"("Condition":{"StringEquals":{"aws:username":["ann","bob"]}}},)"
      R"({"Sid":"S3","Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}])");
}

TEST_CASE("tighten: many resources beside each other become their path, as far as allowed") {
  auto current = current_policy(R"([
      {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/logs/*", "arn:aws:s3:::b/img/?"]}])");
  std::vector<Request> requests;
  for (int i = 0; i < 30; ++i) {
    requests.push_back(made_request("s3:GetObject", "arn:aws:s3:::b/logs/" + std::to_string(i)));
    if (i < 4)
      requests.push_back(made_request("s3:GetObject", "arn:aws:s3:::b/img/" + std::to_string(i)));
  }
  TightenOptions options;
  options.siblings_max = 3;
  auto out = tighten({current.get()}, requests, options).value();
  CHECK(out.generalized == std::vector<std::string>{"arn:aws:s3:::b/logs/* for 30 resources"});
  CHECK(out.document.statements[0].resources.size() == 5);
  CHECK(out.check.answer == Answer::no_more);
  options.siblings_max = 30;
  CHECK(tighten({current.get()}, requests, options)->document.statements[0].resources.size() == 34);
}

TEST_CASE("tighten: without current policies, and without requests") {
  auto out = tighten({}, {made_request("s3:GetObject", "arn:aws:s3:::b/a*?${x}")}).value();
  CHECK(out.document.statements[0].resources[0] == "arn:aws:s3:::b/a${*}${?}${$}{x}");
  CHECK(out.check.answer == Answer::undecided);
  CHECK(tighten({}, {}).error().code == "NothingToAllow");
  auto none = current_policy(R"([{"Effect": "Deny", "Action": "*", "Resource": "*"}])");
  CHECK(tighten({none.get()}, {made_request("s3:GetObject", "arn:aws:s3:::b/a")}).error().code ==
        "NothingToAllow");
}

TEST_CASE("tighten: paths join from the deepest up") {
  std::set<std::string> resources;
  for (const char* day : {"1", "2", "3"})
    for (const char* file : {"a", "b", "c"})
      resources.insert(std::string("arn:aws:s3:::b/") + day + "/" + file);
  resources.insert("arn:aws:s3:::other/x");
  resources.insert("arn:aws:sqs:us-east-1:1:q");
  auto yes = [](const std::string&) { return true; };
  auto all = join_siblings(resources, 2, yes);
  CHECK(all.resources == std::set<std::string>{"arn:aws:s3:::b/*", "arn:aws:s3:::other/x",
                                               "arn:aws:sqs:us-east-1:1:q"});
  CHECK(all.generalized == std::vector<std::string>{"arn:aws:s3:::b/* for 9 resources"});
  auto not_top = [](const std::string& pattern) { return pattern != "arn:aws:s3:::b/*"; };
  CHECK(join_siblings(resources, 2, not_top).resources.size() == 5);
  CHECK(join_siblings(resources, 3, yes).resources.size() == 11);
}

TEST_CASE("tighten: very many resources stay linear, and are still held to the current policies") {
  auto current =
      current_policy(R"([{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b*"}])");
  std::vector<Request> requests;
  for (int i = 0; i < 20'000; ++i)
    requests.push_back(made_request(
        "s3:GetObject", "arn:aws:s3:::b/" + std::to_string(i % 5000) + "/" + std::to_string(i)));
  auto out = tighten({current.get()}, requests).value();
  CHECK(out.check.answer == Answer::no_more);
  CHECK(out.document.statements[0].resources.size() == 20'000);
}
