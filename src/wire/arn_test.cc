#include "wire/arn.hh"

#include <doctest/doctest.h>

using namespace mainstay::wire;

TEST_CASE("ARNs read and print alike") {
  for (const char* text : {"arn:aws:s3:::bucket/key:with:colons", "arn:aws:iam::123456789012:root",
                           "arn:aws-cn:ec2:cn-north-1:123456789012:vpc/vpc-1"})
    CHECK(parse_arn(text).value().to_string() == text);
}

TEST_CASE("the resource of an ARN has a type and an id") {
  Arn vpc = parse_arn("arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1").value();
  CHECK(vpc.resource_type() == "vpc");
  CHECK(vpc.resource_id() == "vpc-1");
  Arn bucket = parse_arn("arn:aws:s3:::bucket").value();
  CHECK(bucket.resource_type() == "");
  CHECK(bucket.resource_id() == "bucket");
}

TEST_CASE("what is not an ARN is refused with the reason") {
  for (const char* text : {"", "arn", "arn:aws:s3", "arn::s3:::b", "arn:aws::::b", "arn:aws:s3:::"})
    CHECK(!parse_arn(text).has_value());
  CHECK(parse_arn("x").error().message.find("begin with \"arn:\"") != std::string::npos);
  CHECK(!parse_arn("arn:aws:s3:::" + std::string(3000, 'x')).has_value());
}
