// Damaged templates give a result or an error, never a crash. Seeded: a failure repeats.
#include <doctest/doctest.h>

#include "base/json.hh"
#include "base/random.hh"
#include "cfn/dependencies.hh"
#include "cfn/diff.hh"
#include "cfn/test_support.hh"

using namespace mainstay;
using namespace mainstay::cfn;

namespace {

constexpr int mutations = 10'000;

// Everything that a template goes through short of deployment. Any error is fine.
Status use(const std::string& text) {
  TRY(Template t, parse_template_text(text, "t.yml"));
  TRY(Map parameters, resolve_parameters(t, test::made_up_parameters(t)));
  Environment environment = test::made_up_environment();
  CHECK_OK(check_rules(t, parameters, environment));
  TRY(Map conditions, evaluate_conditions(t, parameters, environment));
  CHECK_OK(find_dependencies(t, conditions));
  Side side{&t, &parameters, &environment};
  TRY(auto changes, plan_changes(side, side, {}));
  CHECK(changes.empty());
  return {};
}

// Bytes: flipped, dropped, doubled, or replaced by what YAML cares about.
std::string damage(std::string text, Random& random) {
  static constexpr std::string_view tokens[] = {
      "\n",  "  ",  "- ",   ": ", "{", "}",  "[",      "]",    "!Ref ",      "!Sub ", "'", "\"",
      "&a ", "*a ", "<<: ", "|",  "#", "\t", "Fn::If", "\xff", "{{resolve:", "%",     "? "};
  size_t edits = 1 + random.below(4);
  for (size_t i = 0; i < edits && !text.empty(); ++i) {
    size_t at = random.below(text.size());
    size_t length = std::min<size_t>(1 + random.below(40), text.size() - at);
    switch (random.below(5)) {
      case 0:
        text[at] = static_cast<char>(random.below(256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        text.insert(at, tokens[random.below(std::size(tokens))]);
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

// Values: one node replaced by something of another kind, or by another node.
Value disturb(const Value& v, Random& random, const Value& root) {
  if (v.is_scalar() || random.below(6) == 0) {
    switch (random.below(8)) {
      case 0:
        return Value::list({v, v});
      case 1:
        return Value::map({{"Ref", v}});
      case 2:
        return Value::map({{"Fn::Sub", Value::list({v, "${x}"})}});
      case 3:
        return Value::map({{"Fn::If", Value::list({v})}});
      case 4:
        return -7;
      case 5:
        return root.members().empty() ? Value("x")
                                      : root.members().nth(random.below(root.size())).second;
      case 6:
        return Value::map({{"Fn::ForEach::X", Value::list({"I", Value::list({"a", "b"}),
                                                           Value::map({{"${I}", v}})})}});
      default:
        return Value::map();
    }
  }
  Value out = v;
  size_t chosen = v.empty() ? 0 : random.below(v.size());
  if (v.is_list() && !v.empty()) {
    Value& item = out.make_list()[chosen];
    item = disturb(item, random, root);
  } else if (v.is_map() && !v.empty()) {
    Value& member = out.make_map().nth_value(chosen);
    member = disturb(member, random, root);
  }
  return out;
}

}  // namespace

TEST_CASE("mutated sample templates give an error or a result") {
  std::vector<std::string> texts;
  std::vector<Value> roots;
  for (const auto& file : test::documents_below(MAINSTAY_CORPUS "/templates")) {
    texts.push_back(test::slurp(file));
    auto d = parse_document(texts.back(), "t.yml", ParseOptions::for_template());
    if (d.has_value()) roots.push_back(d->root);
  }
  REQUIRE(texts.size() >= 65);
  REQUIRE(roots.size() >= 50);
  Random random(20261123);
  int errors = 0, successes = 0;
  auto count = [&](const Status& s) { ++(s.has_value() ? successes : errors); };
  for (int i = 0; i < mutations / 2; ++i) {
    count(use(damage(texts[random.below(texts.size())], random)));
    const Value& root = roots[random.below(roots.size())];
    count(use(to_json(disturb(root, random, root))));
  }
  CHECK(errors > mutations / 10);
  CHECK(successes > mutations / 100);
}
