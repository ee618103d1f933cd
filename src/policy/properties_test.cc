// What holds for every policy and request, tried on random ones from a seed.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/json.hh"
#include "base/random.hh"
#include "base/text.hh"
#include "policy/decide.hh"

using namespace mainstay;
using namespace mainstay::policy;

namespace {

constexpr int tries = 4000 / MAINSTAY_TRIES_DIVISOR;

// Policies and requests over so small a vocabulary that they often meet.
class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {}

  template <size_t n>
  const char* pick(const char* const (&words)[n]) {
    return words[random_.below(n)];
  }
  bool once_in(uint64_t n) { return random_.below(n) == 0; }

  Statement statement(Kind kind) {
    static constexpr const char* actions[] = {"*", "s3:*", "s3:Get*", "s3:GetObject", "sqs:*"};
    static constexpr const char* resources[] = {"*", "arn:aws:s3:::red/*", "arn:aws:s3:::r*",
                                                "arn:aws:s3:::blue/k", "arn:aws:sqs:::q"};
    static constexpr const char* callers[] = {
        "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/app",
        "arn:aws:sts::111111111111:assumed-role/app/s", "arn:aws:iam::222222222222:root"};
    Statement s;
    s.effect = once_in(4) ? Effect::deny : Effect::allow;
    s.actions = {pick(actions)};
    s.resources = {pick(resources)};
    s.not_action = once_in(8);
    if (kind == Kind::resource) {
      Principals named;
      if (once_in(4))
        named.everyone = true;
      else
        named.aws = {pick(callers)};
      s.principals = named;
    }
    static constexpr const char* values[] = {"red", "blue", "r*"};
    if (once_in(3))
      s.conditions.push_back({once_in(2) ? Operator::string_like : Operator::string_not_equals,
                              Quantifier::none,
                              once_in(3),
                              "x:team",
                              {pick(values)}});
    return s;
  }

  Document document(Kind kind) {
    Document d;
    d.kind = kind;
    d.version = "2012-10-17";
    for (uint64_t n = 1 + random_.below(3); n > 0; --n) d.statements.push_back(statement(kind));
    return d;
  }

  Request request() {
    static constexpr const char* actions[] = {"s3:GetObject", "s3:PutObject", "sqs:SendMessage"};
    static constexpr const char* resources[] = {"arn:aws:s3:::red/k", "arn:aws:s3:::blue/k",
                                                "arn:aws:sqs:::q", "*"};
    static constexpr const char* callers[] = {"arn:aws:sts::111111111111:assumed-role/app/s",
                                              "arn:aws:iam::111111111111:user/u", "111111111111"};
    static constexpr const char* teams[] = {"red", "blue", "green"};
    Request r;
    r.principal = *Principal::from_text(pick(callers));
    r.action = pick(actions);
    r.resource = pick(resources);
    r.resource_account = once_in(3) ? "222222222222" : "111111111111";
    r.principal.add_keys(r.context);
    if (!once_in(3)) r.context.set("x:team", pick(teams));
    return r;
  }

  Random& random() { return random_; }

 private:
  Random random_;
};

// The documents of every layer, so that they can be changed and asked again.
struct Layers {
  std::vector<Document> identity, boundary, session, resource, service_control;

  static Layers make(World& world) {
    Layers out;
    out.identity = {world.document(Kind::identity), world.document(Kind::identity)};
    if (world.once_in(3)) out.boundary = {world.document(Kind::boundary)};
    if (world.once_in(3)) out.session = {world.document(Kind::session)};
    if (!world.once_in(3)) out.resource = {world.document(Kind::resource)};
    if (world.once_in(3)) out.service_control = {world.document(Kind::service_control)};
    return out;
  }

  std::vector<std::vector<Document>*> all() {
    return {&identity, &boundary, &session, &resource, &service_control};
  }

  Verdict decide(const Request& request, bool must_allow) const {
    std::vector<std::unique_ptr<Policy>> owned;
    auto list = [&](const std::vector<Document>& documents) {
      PolicyList out;
      for (const Document& d : documents) {
        owned.push_back(std::make_unique<Policy>("", d));
        out.push_back(owned.back().get());
      }
      return out;
    };
    Policies policies;
    policies.identity = list(identity);
    policies.boundary = list(boundary);
    policies.session = list(session);
    policies.has_session_policy = !session.empty();
    policies.resource = list(resource);
    policies.resource_must_allow = must_allow;
    for (const Policy* level : list(service_control)) policies.service_control.push_back({level});
    return policy::decide(request, policies).verdict;
  }
};

Document allow_all(Kind kind) {
  Document d;
  d.kind = kind;
  d.version = "2012-10-17";
  Statement s;
  s.effect = Effect::allow;
  s.actions = s.resources = {"*"};
  d.statements = {s};
  return d;
}

// Calls with random layers, a request, its verdict, and whether the resource must allow.
template <class F>
void for_random(uint64_t seed, F&& f) {
  World world(seed);
  int allowed = 0;
  for (int i = 0; i < tries; ++i) {
    Layers layers = Layers::make(world);
    Request request = world.request();
    bool must_allow = world.once_in(5);
    Verdict verdict = layers.decide(request, must_allow);
    allowed += verdict == Verdict::allow;
    f(world, layers, request, must_allow, verdict);
  }
  CHECK(allowed > tries / 20);  // else the properties would hold of nothing
}

}  // namespace

TEST_CASE("adding a denial allows nothing") {
  for_random(1, [](World& world, Layers layers, const Request& request, bool must, Verdict before) {
    for (auto* documents : layers.all())
      for (Document& d : *documents) {
        d.statements.push_back(world.statement(d.kind));
        d.statements.back().effect = Effect::deny;
      }
    if (before != Verdict::allow) CHECK(layers.decide(request, must) != Verdict::allow);
  });
}

TEST_CASE("taking an allowing statement away allows nothing") {
  for_random(2, [](World&, Layers layers, const Request& request, bool must, Verdict before) {
    for (auto* documents : layers.all())
      for (Document& d : *documents) {
        auto at = std::find_if(d.statements.begin(), d.statements.end(),
                               [](const Statement& s) { return s.effect == Effect::allow; });
        if (at == d.statements.end()) continue;
        Statement taken = *at;
        d.statements.erase(at);
        if (before != Verdict::allow) CHECK(layers.decide(request, must) != Verdict::allow);
        d.statements.push_back(taken);
      }
  });
}

TEST_CASE("a level of control policies that allows everything changes nothing") {
  for_random(3, [](World&, Layers layers, const Request& request, bool must, Verdict before) {
    layers.service_control.push_back(allow_all(Kind::service_control));
    CHECK(layers.decide(request, must) == before);
  });
}

TEST_CASE("a boundary or session policy that allows everything, where there is none, is neutral") {
  for_random(4, [](World&, Layers layers, const Request& request, bool must, Verdict before) {
    if (layers.boundary.empty()) layers.boundary = {allow_all(Kind::boundary)};
    if (layers.session.empty()) layers.session = {allow_all(Kind::session)};
    CHECK(layers.decide(request, must) == before);
  });
}

TEST_CASE("the order of statements and policies does not matter") {
  for_random(5, [](World&, Layers layers, const Request& request, bool must, Verdict before) {
    for (auto* documents : layers.all()) {
      std::reverse(documents->begin(), documents->end());
      for (Document& d : *documents) std::reverse(d.statements.begin(), d.statements.end());
    }
    CHECK(layers.decide(request, must) == before);
  });
}

TEST_CASE("renaming a bucket everywhere is neutral") {
  auto renamed = [](const std::string& text) { return replace_all(text, ":::red", ":::rosy"); };
  for_random(6, [&](World&, Layers layers, Request request, bool must, Verdict before) {
    for (auto* documents : layers.all())
      for (Document& d : *documents)
        for (Statement& s : d.statements)
          for (std::string& r : s.resources) r = renamed(r);
    request.resource = renamed(request.resource);
    CHECK(layers.decide(request, must) == before);
  });
}

TEST_CASE("a document written as JSON and read again decides the same") {
  for_random(7, [](World&, Layers layers, const Request& request, bool must, Verdict before) {
    for (auto* documents : layers.all())
      for (Document& d : *documents) {
        auto again = parse(to_json(to_value(d)), d.kind);
        REQUIRE_MESSAGE(again.has_value(), again.error().to_string());
        d = *again;
      }
    CHECK(layers.decide(request, must) == before);
  });
}

TEST_CASE("mutated documents are read or refused, never more than was written") {
  World world(8);
  int read = 0;
  for (int i = 0; i < tries; ++i) {
    std::string text = to_json(to_value(world.document(Kind::identity)));
    for (uint64_t n = 1 + world.random().below(3); n > 0; --n) {
      size_t at = world.random().below(text.size());
      static constexpr const char* pieces[] = {"",  "\"", "{", "}",    "[",
                                               "]", ",",  "*", "null", "\\"};
      text.replace(at, world.random().below(4), world.pick(pieces));
    }
    auto document = parse(text, Kind::identity);
    if (!document.has_value()) {
      CHECK(document.error().code == "MalformedPolicyDocument");
      continue;
    }
    ++read;
    CHECK(parse(to_json(to_value(*document)), Kind::identity).has_value());
  }
  CHECK(read > 0);
}
