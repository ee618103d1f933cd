#include "data/archive.hh"

#include <doctest/doctest.h>

#include "base/json.hh"

using namespace mainstay;

TEST_CASE("models and schemas are embedded") {
  auto model = parse_json(data::read("models/ec2").value());
  REQUIRE(model.has_value());
  CHECK(model->at_path("metadata.protocol").as_string() == "ec2");
  auto schema = parse_json(data::read("schemas/AWS::EC2::VPC").value());
  REQUIRE(schema.has_value());
  CHECK((*schema)["typeName"].as_string() == "AWS::EC2::VPC");
  CHECK(!data::read("models/none").has_value());
}

TEST_CASE("members named like prose are kept") {
  auto schema = parse_json(data::read("schemas/AWS::KMS::Key").value());
  CHECK(schema->at_path("properties").has("Description"));
  auto model = parse_json(data::read("models/kms").value());
  CHECK(model->at_path("shapes.CreateKeyRequest.members").has("Description"));
}
