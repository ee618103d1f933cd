#include "policy/document.hh"

#include <doctest/doctest.h>

#include "base/json.hh"
#include "base/value.hh"

using namespace mainstay;
using namespace mainstay::policy;

namespace {

std::string fault_of(const std::string& statement) {
  auto parsed = parse(R"({"Statement": [)" + statement + "]}", Kind::identity);
  return parsed.has_value() ? "" : parsed.error().message;
}

}  // namespace

TEST_CASE("documents: what is wrong and where") {
  CHECK(fault_of(R"({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})") == "");
  CHECK(fault_of(R"({"Effect": "Allow", "Action": "s3:*"})").contains("Resource"));
  CHECK(fault_of(R"({"Effect": "Allow", "Action": "s3", "Resource": "*"})").contains("Action"));
  CHECK(fault_of(R"({"Effect": "Allow", "Action": "s3:*", "Resource": "*",
                     "Condition": {"StringEqals": {"a:b": "1"}}})")
            .contains("did you mean StringEquals?"));
}

TEST_CASE("documents: an operator in two spellings would lose one when written back") {
  std::string fault = fault_of(R"({"Effect": "Allow", "Action": "s3:*", "Resource": "*",
      "Condition": {"StringEquals": {"a:b": "1"}, "stringequals": {"a:b": "2"}}})");
  CHECK(fault.contains("Statement[0].Condition.stringequals"));
  CHECK(fault.contains("twice"));
}

TEST_CASE("documents: written as they were read") {
  const char* text =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","NotAction":["s3:Get*","s3:Put*"],)"
      R"("NotResource":"arn:aws:s3:::b/*","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a","b"]},)"
      R"("Null":{"aws:TagKeys":"false"}}}]})";
  auto parsed = parse(text, Kind::identity);
  REQUIRE(parsed.has_value());
  CHECK(to_json(to_value(*parsed)) == text);
}

TEST_CASE("documents: a stack policy names resources of its stack, for everyone") {
  auto fault = [](const std::string& statement) {
    auto parsed = parse(R"({"Statement": )" + statement + "}", Kind::stack);
    return parsed.has_value() ? "" : parsed.error().message;
  };
  CHECK(fault(R"({"Effect": "Deny", "Principal": "*", "Action": "Update:*",
                  "Resource": "LogicalResourceId/Vpc"})") == "");
  CHECK(fault(R"({"Effect": "Deny", "Principal": "*", "Action": "Update:*",
                  "Resource": "arn:aws:s3:::b"})")
            .contains("LogicalResourceId/ID format"));
  CHECK(fault(R"({"Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "Update:*",
                  "Resource": "*"})")
            .contains("Principal must be"));
}
