// The symbolic and the concrete engine agree, over random policies from a seed.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/json.hh"
#include "base/random.hh"
#include "proofs/symbolic.hh"
#include "proofs/tighten.hh"

using namespace mainstay;
using namespace mainstay::policy;
using namespace mainstay::policy::proofs;

namespace {

using Names = std::vector<std::string>;

const std::string& one_of(Random& random, const Names& names) {
  return names[random.below(names.size())];
}

Value some_of(Random& random, const Names& names, size_t count_max) {
  Value out = Value::list();
  for (size_t n = 1 + random.below(count_max); n > 0; --n) out.push_back(one_of(random, names));
  return out;
}

const Names action_patterns = {"*",       "s3:*",         "s3:Get*",      "s3:GetObject",
                               "s3:Put*", "s3:PutObject", "*:Get*",       "s3:?et*",
                               "ec2:*",   "ec2:GetX",     "S3:getobject", "s3:*Object"};
const Names action_names = {"s3:GetObject", "s3:GetX",  "s3:PutObject", "s3:PutY",
                            "s3:LetObject", "ec2:GetX", "ec2:Run",      "iam:Get"};
const Names resource_patterns = {"*",
                                 "arn:aws:s3:::b/*",
                                 "arn:aws:s3:::b/a*",
                                 "arn:aws:s3:::b/*z",
                                 "arn:aws:s3:::b/?",
                                 "arn:aws:s3:::b/a",
                                 "arn:*:s3:::b/${aws:username}",
                                 "arn:aws:s3:::b/${aws:username}/*",
                                 "arn:aws:s*3:::b/a",
                                 "arn:aws:ec2:us-*-1:1:i/*",
                                 "arn:aws:ec2:*"};
const Names resource_names = {"*",
                              "arn:aws:s3:::b/a",
                              "arn:aws:s3:::b/az",
                              "arn:aws:s3:::b/z",
                              "arn:aws:s3:::b/ann",
                              "arn:aws:s3:::b/ann/z",
                              "arn:aws:s3:::b/mainstay",
                              "arn:aws-cn:s3:::b/ann",
                              "arn:aws:s33:::b/a",
                              "arn:aws:ec2:us-east-1:1:i/1",
                              "arn:aws:ec2:us:a-1:1:i/1"};

struct KeySpec {
  const char* key;
  Names operators;
  Names operands;
  Names values;  // of requests
  bool list = false;
};

const std::array<KeySpec, 6>& key_specs() {
  static const std::array<KeySpec, 6> specs = {{
      {"aws:username",
       {"StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase",
        "StringNotLikeIfExists"},
       {"ann", "a*", "Bob", "?o?", "*", "${aws:PrincipalTag/x}"},
       {"ann", "Ann", "bob", "az", "z", "mainstay"}},
      {"aws:PrincipalTag/x",
       {"StringEquals", "StringNotEquals", "ForAnyValue:StringLike"},
       {"ann", "b*", "${aws:username}"},
       {"ann", "bob", "z", "mainstay"}},
      {"s3:max-keys",
       {"NumericEquals", "NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals",
        "NumericLessThanIfExists"},
       {"1", "10", "10.5", "-3"},
       {"1", "0", "5", "10", "10.2", "11", "-3", "-100"}},
      {"aws:SourceIp",
       {"IpAddress", "NotIpAddress", "IpAddressIfExists"},
       {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "::/0", "0.0.0.0/1", "128.0.0.0/1"},
       {"10.1.2.3", "10.1.0.1", "10.2.0.1", "9.9.9.9", "200.1.1.1", "2001:db8::1"}},
      {"aws:SecureTransport",
       {"Bool", "BoolIfExists", "Null"},
       {"true", "false"},
       {"true", "false"}},
      {"aws:TagKeys",
       {"ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringNotLike",
        "ForAnyValue:StringLike", "Null"},
       {"a", "b", "c*"},
       {"a", "b", "cx", "d"},
       true},
  }};
  return specs;
}

Value random_statement(Random& random) {
  Value out = Value::map({{"Effect", random.below(4) == 0 ? "Deny" : "Allow"}});
  out.set(random.below(8) == 0 ? "NotAction" : "Action", some_of(random, action_patterns, 3));
  out.set(random.below(8) == 0 ? "NotResource" : "Resource", some_of(random, resource_patterns, 2));
  for (size_t n = random.below(3); n > 0; --n) {
    const KeySpec& spec = key_specs()[random.below(key_specs().size())];
    const std::string& op = one_of(random, spec.operators);
    Names operands = op == "Null" ? Names{"true", "false"} : spec.operands;
    out.member("Condition").member(op).set(spec.key, some_of(random, operands, 2));
  }
  return out;
}

std::string random_document(Random& random) {
  Value statements = Value::list();
  for (size_t n = 1 + random.below(3); n > 0; --n) statements.push_back(random_statement(random));
  return to_json(Value::map({{"Version", random.below(5) == 0 ? "2008-10-17" : "2012-10-17"},
                             {"Statement", statements}}));
}

Request random_request(Random& random) {
  Request out;
  out.principal = Principal::from_text("arn:aws:iam::123456789012:user/mainstay").value();
  out.action = one_of(random, action_names);
  out.resource = one_of(random, resource_names);
  for (const KeySpec& spec : key_specs()) {
    if (random.below(3) == 0) continue;
    if (spec.list && random.below(3) != 0) {
      Names values;
      for (size_t n = random.below(4); n > 0; --n) values.push_back(one_of(random, spec.values));
      out.context.set_list(spec.key, values);
    } else {
      out.context.set(spec.key, one_of(random, spec.values));
    }
  }
  return out;
}

bool decided(const Policy& policy, const Request& request) {
  Policies policies;
  policies.identity = {&policy};
  return decide(request, policies).allowed();
}

struct Tally {
  int more = 0, no_more = 0, undecided = 0;
};

// One pair of documents: every answer against the concrete engine.
void check_pair(Random& random, const std::string& before, const std::string& after, int requests,
                Tally& tally) {
  CAPTURE(before);
  CAPTURE(after);
  auto a = Policy::parse("before", before, Kind::identity).value();
  auto b = Policy::parse("after", after, Kind::identity).value();
  Comparison comparison = compare({a.get()}, {b.get()});
  switch (comparison.answer) {
    case Answer::more:
      ++tally.more;
      REQUIRE(comparison.witnesses.size() == 1);
      CHECK(decided(*b, comparison.witnesses[0].request));
      CHECK_FALSE(decided(*a, comparison.witnesses[0].request));
      break;
    case Answer::no_more:
      ++tally.no_more;
      for (int i = 0; i < requests; ++i) {
        Request request = random_request(random);
        if (!decided(*b, request)) continue;
        INFO(request.action << " " << request.resource);
        REQUIRE(decided(*a, request));
      }
      break;
    case Answer::undecided:
      ++tally.undecided;
      CHECK_FALSE(comparison.reason.empty());
      break;
  }
}

}  // namespace

TEST_CASE("symbolic: random pairs of policies, each answer checked by the engine") {
  Random random(7);
  Tally tally;
  for (int i = 0; i < 3000 / MAINSTAY_TRIES_DIVISOR; ++i)
    check_pair(random, random_document(random), random_document(random), 200, tally);
  MESSAGE("unrelated: " << tally.more << " more, " << tally.no_more << " no more, "
                        << tally.undecided << " undecided");
  CHECK(tally.more > 500 / MAINSTAY_TRIES_DIVISOR);
  CHECK(tally.no_more > 100 / MAINSTAY_TRIES_DIVISOR);
  CHECK(tally.undecided < 150);
}

TEST_CASE("symbolic: a policy and one that is nearly the same") {
  Random random(8);
  Tally tally;
  for (int i = 0; i < 1500 / MAINSTAY_TRIES_DIVISOR; ++i) {
    Value document = *parse_json(random_document(random));
    Value changed = document;
    List& statements = changed.member("Statement").make_list();
    size_t at = random.below(statements.size());
    switch (random.below(3)) {
      case 0:
        statements[at].set("Resource", some_of(random, resource_patterns, 2));
        statements[at].erase("NotResource");
        break;
      case 1:
        statements[at].set("Condition", random_statement(random)["Condition"].is_map()
                                            ? random_statement(random)["Condition"]
                                            : Value::map());
        if (!statements[at]["Condition"].is_map()) statements[at].erase("Condition");
        break;
      default:
        statements.push_back(random_statement(random));
    }
    check_pair(random, to_json(document), to_json(changed), 200, tally);
    check_pair(random, to_json(changed), to_json(document), 200, tally);
  }
  MESSAGE("related: " << tally.more << " more, " << tally.no_more << " no more, " << tally.undecided
                      << " undecided");
  CHECK(tally.more > 300 / MAINSTAY_TRIES_DIVISOR);
  CHECK(tally.no_more > 1000 / MAINSTAY_TRIES_DIVISOR);
  CHECK(tally.undecided < 300);
}

TEST_CASE("symbolic: a proof survives 100,000 requests") {
  Random random(9);
  Tally tally;
  // A union that no single statement covers, with a denial on each side.
  check_pair(random, R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
      {"Effect": "Allow", "Action": ["s3:Put*", "ec2:*"], "Resource": ["arn:aws:s3:::*", "arn:aws:ec2:*"]},
      {"Effect": "Deny", "Action": "*", "Resource": "*",
       "Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"]}}}]})",
             R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"},
      {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
       "Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}]})",
             100'000 / MAINSTAY_TRIES_DIVISOR, tally);
  CHECK(tally.no_more == 1);
}

TEST_CASE("symbolic: tightened policies allow what was asked and no more") {
  Random random(10);
  int made = 0, undecided = 0;
  for (int i = 0; i < 400 / MAINSTAY_TRIES_DIVISOR; ++i) {
    std::string text = random_document(random);
    auto current = Policy::parse("current", text, Kind::identity).value();
    std::vector<Request> requests;
    for (int n = 0; n < 20; ++n) requests.push_back(random_request(random));
    TightenOptions options;
    options.siblings_max = 1 + random.below(3);
    auto tightened = tighten({current.get()}, requests, options);
    CAPTURE(text);
    if (!tightened.has_value()) {
      bool usual =
          tightened.error().code == "NothingToAllow" || tightened.error().code == "InvalidArgument";
      CHECK_MESSAGE(usual, tightened.error().to_string());
      continue;
    }
    ++made;
    if (tightened->check.answer == Answer::undecided) ++undecided;
    Policy result("tightened", tightened->document);
    for (size_t n = 0; n < requests.size(); ++n) {
      bool refused = std::find(tightened->refused.begin(), tightened->refused.end(), n) !=
                     tightened->refused.end();
      CHECK(decided(*current, requests[n]) != refused);
      CHECK(decided(result, requests[n]) != refused);
    }
    for (int n = 0; n < 200; ++n) {
      Request request = random_request(random);
      if (decided(result, request)) REQUIRE(decided(*current, request));
    }
  }
  MESSAGE(made << " made, " << undecided << " undecided");
  CHECK(made > 200 / MAINSTAY_TRIES_DIVISOR);
  CHECK(undecided < 20);
}
