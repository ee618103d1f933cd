#include "proofs/symbolic.hh"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "base/json.hh"
#include "base/text.hh"

using namespace mainstay;
using namespace mainstay::policy;
using namespace mainstay::policy::proofs;

namespace {

using PolicyPointer = std::shared_ptr<const Policy>;

Value rows_of(const std::string& name) {
  std::ifstream file(MAINSTAY_SOURCE "/src/proofs/compare_cases/" + name);
  std::stringstream text;
  text << file.rdbuf();
  auto value = parse_json(text.str());
  REQUIRE_MESSAGE(value.has_value(), name);
  return (*value)["cases"];
}

PolicyPointer policy_of(const std::string& name, const Value& statements, Kind kind) {
  Value document = Value::map({{"Version", "2012-10-17"}, {"Statement", statements}});
  auto made = Policy::parse(name, to_json(document), kind);
  REQUIRE_MESSAGE(made.has_value(), made.error().to_string());
  return *made;
}

PolicyPointer policy_of(const std::string& statements) {
  return policy_of("policy", parse_json(statements).value(), Kind::identity);
}

Kind kind_of(const Value& row) {
  const std::string& name = row["kind"].as_string();
  return name == "resource" ? Kind::resource : name == "trust" ? Kind::trust : Kind::identity;
}

std::string answer_name(Answer answer) {
  return answer == Answer::more ? "more" : answer == Answer::no_more ? "no more" : "undecided";
}

// What a row says of the witness.
void check_witness(const Value& row, const Request& request) {
  if (row.has("action")) CHECK(request.action == row["action"].as_string());
  if (row.has("resource")) CHECK(request.resource.starts_with(row["resource"].as_string()));
  if (row.has("account")) CHECK(request.principal.account == row["account"].as_string());
  if (row.has("principal")) CHECK(request.principal.arn == row["principal"].as_string());
  for (const auto& [key, value] : row["context"].members()) {
    const Context::Entry* entry = request.context.find(key);
    REQUIRE(entry != nullptr);
    CHECK(entry->values == std::vector<std::string>{value.as_string()});
  }
  for (const Value& key : row["missing"].items())
    CHECK(request.context.find(key.as_string()) == nullptr);
}

}  // namespace

TEST_CASE("symbolic: the cases") {
  Value rows = rows_of("statements.json");
  CHECK(rows.size() >= 37);
  for (const Value& row : rows.items()) {
    INFO(row["why"].as_string());
    PolicyPointer before = policy_of("before", row["before"], kind_of(row));
    PolicyPointer after = policy_of("after", row["after"], kind_of(row));
    Comparison comparison = compare({before.get()}, {after.get()});
    CHECK(answer_name(comparison.answer) == row["answer"].as_string());
    CHECK(comparison.reason.contains(row["reason"].as_string()));
    if (comparison.answer != Answer::more) continue;
    const Request& request = comparison.witnesses.at(0).request;
    INFO(request.principal.arn << " " << request.action << " " << request.resource);
    CHECK(allows({after.get()}, request));
    CHECK_FALSE(allows({before.get()}, request));
    check_witness(row, request);
  }
}

TEST_CASE("symbolic: never an action, only on some resources") {
  PolicyPointer app = policy_of(R"([
      {"Effect": "Allow", "Action": "dynamodb:*",
       "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/prod-api-*"},
      {"Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*"}])");
  CHECK(never({app.get()}, {"dynamodb:DeleteTable"})->answer == Answer::no_more);
  CHECK(only_on({app.get()}, {"arn:aws:dynamodb:*:*:table/prod-*"})->answer == Answer::no_more);
  Comparison wide = only_on({app.get()}, {"arn:aws:dynamodb:*:*:table/prod-api-x*"}).value();
  CHECK(wide.answer == Answer::more);
  CHECK(wide.witnesses[0].request.resource.starts_with(
      "arn:aws:dynamodb:us-east-1:123456789012:table/prod-api-"));
  Comparison deletes = never({app.get()}, {"dynamodb:Delete*"}).value();
  CHECK(deletes.answer == Answer::more);
  CHECK(
      never({app.get()}, {"dynamodb:Delete*"}, {"arn:aws:dynamodb:*:*:table/prod-api-*"})->answer ==
      Answer::no_more);
  CHECK(never({app.get()}, {"DeleteTable"}).error().code == "InvalidArgument");
}

TEST_CASE("symbolic: real names, or nothing else") {
  PolicyPointer before = policy_of(R"([{"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetX"],
                                        "Resource": "*"}])");
  PolicyPointer after = policy_of(R"([{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}])");
  KnownActions few({"s3:GetObject", "s3:PutObject"}), more({"s3:GetObject", "s3:GetBucketAcl"});
  SymbolicOptions options;
  options.actions = &few;
  CHECK(compare({before.get()}, {after.get()}, options).answer == Answer::more);
  options.only_known_actions = true;
  CHECK(compare({before.get()}, {after.get()}, options).answer == Answer::no_more);
  options.actions = &more;
  options.resources = [](std::string_view) { return std::vector<std::string>{"arn:aws:s3:::*"}; };
  Comparison comparison = compare({before.get()}, {after.get()}, options);
  REQUIRE(comparison.answer == Answer::more);
  CHECK(comparison.witnesses[0].request.action == "s3:GetBucketAcl");
  CHECK(comparison.witnesses[0].request.resource == "arn:aws:s3:::x");
}

TEST_CASE("symbolic: one witness for each statement that allows more") {
  PolicyPointer before = policy_of(R"([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])");
  PolicyPointer after = policy_of(R"([
      {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
      {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
      {"Effect": "Allow", "Action": "sns:*", "Resource": "*"}])");
  SymbolicOptions options;
  options.witnesses_max = 10;
  Comparison comparison = compare({before.get()}, {after.get()}, options);
  REQUIRE(comparison.witnesses.size() == 2);
  CHECK(comparison.witnesses[0].rule == &after->rules()[1]);
  CHECK(comparison.witnesses[1].rule == &after->rules()[2]);
  PolicyPointer tagged = policy_of(R"([{"Effect": "Allow", "Action": "sqs:*", "Resource": "*",
      "Condition": {"StringEquals": {"aws:ResourceTag/Team": "a"}}}])");
  Comparison more = compare({before.get()}, {tagged.get()});
  CHECK(more.witnesses.at(0).request.context.find("aws:ResourceTag/Team") != nullptr);
  CHECK(more.witnesses.at(0).spelling.at("aws:resourcetag/team") == "aws:ResourceTag/Team");
}

TEST_CASE("symbolic: several policies on a side count together") {
  PolicyPointer read = policy_of(R"([{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}])");
  PolicyPointer write = policy_of(R"([{"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}])");
  PolicyPointer both =
      policy_of(R"([{"Effect": "Allow", "Action": ["s3:GetA", "s3:PutA"], "Resource": "*"}])");
  CHECK(compare({read.get(), write.get()}, {both.get()}).answer == Answer::no_more);
  CHECK(compare({read.get()}, {both.get()}).answer == Answer::more);
  CHECK(compare({}, {both.get()}).answer == Answer::more);
  CHECK(compare({both.get()}, {}).answer == Answer::no_more);
}

TEST_CASE("symbolic: hostile patterns and many statements end in time, or say that they don't") {
  std::string hostile = "arn:aws:s3:::";
  for (int i = 0; i < 12; ++i) hostile += "*a";
  Value before = Value::list(), after = Value::list();
  for (const char* tail : {"b", "c", "d?", "?e*f"})
    before.push_back(
        Value::map({{"Effect", "Allow"}, {"Action", "*"}, {"Resource", hostile + tail}}));
  after.push_back(Value::map({{"Effect", "Allow"}, {"Action", "*"}, {"Resource", hostile + "*"}}));
  PolicyPointer a = policy_of("a", before, Kind::identity),
                b = policy_of("b", after, Kind::identity);
  CHECK(compare({a.get()}, {b.get()}).answer == Answer::more);
  CHECK(compare({b.get()}, {a.get()}).answer == Answer::no_more);
  SymbolicOptions options;
  options.work_max = 50;
  Comparison stopped = compare({a.get()}, {b.get()}, options);
  CHECK(stopped.answer == Answer::undecided);
  CHECK(stopped.reason.contains("more work than is allowed"));

  auto many = [](const char* tail) {
    Value out = Value::list();
    for (int i = 0; i < 10'000; ++i)
      out.push_back(Value::map({{"Effect", "Allow"},
                                {"Action", "s3:Get" + std::to_string(i)},
                                {"Resource", "arn:aws:s3:::b" + std::to_string(i) + tail}}));
    return policy_of("many", out, Kind::identity);
  };
  PolicyPointer wide = many("/*"), narrow = many("/x*");
  CHECK(compare({wide.get()}, {narrow.get()}).answer == Answer::no_more);
  CHECK(compare({narrow.get()}, {wide.get()}).answer == Answer::more);
}
