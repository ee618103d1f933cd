// What the tests of access share: the example of three accounts, and questions asked of a world.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "access/answer.hh"
#include "base/json.hh"

namespace mainstay::access {

// Bucket in 111111111111, writer in 222222222222, reader in 333333333333.
inline Value example() {
  std::ifstream in(MAINSTAY_SOURCE "/examples/access/three-accounts.json");
  std::stringstream text;
  text << in.rdbuf();
  auto parsed = parse_json(text.str());
  REQUIRE(parsed);
  return *parsed;
}

inline Result<std::string> example_managed(const std::string& arn) {
  CHECK(arn == "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess");
  return std::string(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
      "Action":["s3:Get*","s3:List*"],"Resource":"*"}]})");
}

inline std::shared_ptr<const World> world_of(const Value& snapshot) {
  auto read = snapshot_of(snapshot);
  REQUIRE_MESSAGE(read, read.error().to_string());
  auto world = World::make(std::move(*read), example_managed);
  REQUIRE_MESSAGE(world, world.error().to_string());
  return *world;
}

struct Asked {
  bool allowed;
  std::string reason;  // of the step that refuses, or of the first
};

inline Asked ask(const World& world, const char* principal, const char* action,
                 const char* resource, const ObjectFacts& object = {}) {
  auto actor = world.actor(principal);
  REQUIRE_MESSAGE(actor, actor.error().to_string());
  auto target = world.target(resource);
  REQUIRE_MESSAGE(target, target.error().to_string());
  Answer found = answer(world, {&*actor, action, &*target, {}, object});
  const Step* refusing = found.refusing();
  return {found.allowed(), reason(refusing ? *refusing : found.steps.front())};
}

// Parts of a snapshot's JSON, to be changed.
inline Value& item(Value& of, const char* list, size_t index) {
  return of.member(list).make_list()[index];
}
inline Value& bucket_in(Value& snapshot, size_t index = 0) {
  return item(item(snapshot, "accounts", 0), "buckets", index);
}

inline Value document_of(const std::string& statement) {
  auto parsed = parse_json(R"({"Version":"2012-10-17","Statement":[)" + statement + "]}");
  REQUIRE_MESSAGE(parsed, statement);
  return *parsed;
}

}  // namespace mainstay::access
