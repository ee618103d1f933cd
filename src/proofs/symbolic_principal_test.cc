// Policies with Principal elements, compared: every answer against the concrete engine.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/json.hh"
#include "base/random.hh"
#include "proofs/symbolic.hh"

using namespace mainstay;
using namespace mainstay::policy;
using namespace mainstay::policy::proofs;

namespace {

using Texts = std::vector<std::string>;

const Texts named_principals = {
    R"("*")",
    R"({"AWS": "111111111111"})",
    R"({"AWS": "arn:aws:iam::111111111111:user/ann"})",
    R"({"AWS": "arn:aws:iam::111111111111:role/r"})",
    R"({"AWS": "arn:aws:sts::111111111111:assumed-role/r/s"})",
    R"({"AWS": ["arn:aws:iam::222222222222:root", "arn:aws:iam::111111111111:role/q"]})",
    R"({"Service": "ec2.amazonaws.com"})",
    R"({"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"], "AWS": "222222222222"})",
    R"({"Federated": "accounts.google.com"})",
    R"({"CanonicalUser": "abc"})",
};
const Texts spared_principals = {
    R"({"AWS": "111111111111"})",
    R"({"AWS": ["111111111111", "arn:aws:iam::111111111111:user/ann"]})",
    R"({"AWS": ["111111111111", "arn:aws:iam::111111111111:role/r", "arn:aws:sts::111111111111:assumed-role/r/s"]})",
    R"({"Service": "ec2.amazonaws.com"})",
};
const Texts callers = {"arn:aws:iam::111111111111:user/ann",
                       "arn:aws:iam::111111111111:user/bob",
                       "arn:aws:sts::111111111111:assumed-role/r/s",
                       "arn:aws:sts::111111111111:assumed-role/r/t",
                       "arn:aws:sts::111111111111:assumed-role/q/s",
                       "arn:aws:sts::111111111111:assumed-role/p/s",
                       "arn:aws:sts::111111111111:federated-user/x",
                       "111111111111",
                       "222222222222",
                       "arn:aws:iam::222222222222:user/ann",
                       "arn:aws:iam::333333333333:user/ann",
                       "ec2.amazonaws.com",
                       "ecs-tasks.amazonaws.com",
                       "lambda.amazonaws.com",
                       "*"};
const Texts some_actions = {"s3:GetObject", "s3:PutObject", "s3:*"};

const std::string& drawn(Random& random, const Texts& from) {
  return from[random.below(from.size())];
}

std::string random_resource_policy(Random& random) {
  std::string out;
  for (size_t n = 1 + random.below(3); n > 0; --n) {
    bool denies = random.below(3) == 0;
    bool spares = denies && random.below(2) == 0;
    out += out.empty() ? "" : ", ";
    out += R"({"Effect": ")" + std::string(denies ? "Deny" : "Allow") + R"(", ")" +
           (spares ? "NotPrincipal" : "Principal") + R"(": )" +
           drawn(random, spares ? spared_principals : named_principals) + R"(, "Action": ")" +
           drawn(random, some_actions) + R"(", "Resource": "arn:aws:s3:::b/*"})";
  }
  return R"({"Version": "2012-10-17", "Statement": [)" + out + "]}";
}

Request random_call(Random& random) {
  Request out;
  out.principal = Principal::from_text(drawn(random, callers)).value();
  if (random.below(4) == 0) out.principal.canonical_id = "abc";
  out.action = random.below(2) == 0 ? "s3:GetObject" : "s3:PutObject";
  out.resource = "arn:aws:s3:::b/k";
  return out;
}

}  // namespace

TEST_CASE("symbolic: policies that name principals") {
  Random random(11);
  int more = 0, no_more = 0;
  for (int i = 0; i < 2000 / MAINSTAY_TRIES_DIVISOR; ++i) {
    std::string before = random_resource_policy(random), after = random_resource_policy(random);
    CAPTURE(before);
    CAPTURE(after);
    auto a = Policy::parse("before", before, Kind::resource).value();
    auto b = Policy::parse("after", after, Kind::resource).value();
    Comparison comparison = compare({a.get()}, {b.get()});
    REQUIRE(comparison.answer != Answer::undecided);
    if (comparison.answer == Answer::more) {
      ++more;
      const Request& request = comparison.witnesses.at(0).request;
      INFO(request.principal.arn);
      CHECK(allows({b.get()}, request));
      CHECK_FALSE(allows({a.get()}, request));
      continue;
    }
    ++no_more;
    for (int n = 0; n < 100; ++n) {
      Request request = random_call(random);
      INFO(request.principal.arn << " " << request.action);
      if (allows({b.get()}, request)) REQUIRE(allows({a.get()}, request));
    }
  }
  CHECK(more > 300 / MAINSTAY_TRIES_DIVISOR);
  CHECK(no_more > 300 / MAINSTAY_TRIES_DIVISOR);
}
