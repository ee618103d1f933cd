// The decision tables: every row of cases/*.json is decided as it states (cases_test_support.hh has
// their form).
#include "policy/decide.hh"

#include <doctest/doctest.h>

#include "policy/cases_test_support.hh"
#include "policy/s3.hh"

using namespace mainstay;
using namespace mainstay::policy;

namespace {

// The policies of a row, and whoever owns them.
class Row {
 public:
  Row(const Value& file, const Value& row) : documents_(file["documents"]) {
    Value full = row.has("like") ? overlay(file["templates"][row["like"].as_string()], row) : row;
    read_principal(full["principal"]);
    request.action = full["action"].as_string();
    if (full.has("resource")) request.resource = full["resource"].as_string();
    request.resource_account = full["resource_account"].as_string();
    request.principal.add_keys(request.context);
    for (const auto& [key, value] : full["context"].members()) read_key(key, value);
    read_policies(full["policies"]);
    if (full.has("s3")) apply_s3(full["s3"]);
    expect = full["expect"].as_string();
    layer = full["layer"].as_string();
  }

  Request request;
  Policies policies;
  bool malformed = false;
  std::string fault, expect, layer;

 private:
  void read_principal(const Value& v) {
    if (v["kind"].as_string() == "web_identity") {
      request.principal.kind = Principal::Kind::web_identity;
      request.principal.arn = v["arn"].as_string();
      return;
    }
    auto read = Principal::from_text(v.is_string() ? v.as_string() : v["arn"].as_string());
    REQUIRE_MESSAGE(read.has_value(), to_json(v));
    request.principal = *read;
    if (v.has("role_arn")) request.principal.role_arn = v["role_arn"].as_string();
    if (v.has("unique_id")) request.principal.unique_id = v["unique_id"].as_string();
    if (v.has("canonical_id")) request.principal.canonical_id = v["canonical_id"].as_string();
  }

  void read_key(const std::string& key, const Value& value) {
    if (value.is_null()) return request.context.erase(key);
    if (!value.is_list()) return request.context.set(key, value.to_text());
    std::vector<std::string> texts;
    for (const Value& item : value.items()) texts.push_back(item.to_text());
    request.context.set_list(key, texts);
  }

  static Acl acl(const Value& grants) {
    Acl out;
    for (const Value& grant : grants.items())
      out.push_back({grant.at(0).as_string(), grant.at(1).as_string()});
    return out;
  }

  void apply_s3(const Value& v) {
    S3Bucket bucket{v["account"].as_string(), ownership_from(v["ownership"].as_string()),
                    acl(v["acl"]), v["ignore_public_acls"].as_bool(),
                    v["restrict_public_buckets"].as_bool()};
    S3Object object{v["object"]["account"].as_string(), acl(v["object"]["acl"])};
    apply_s3_rules(request, policies, bucket, v.has("object") ? &object : nullptr);
  }

  PolicyList list(const Value& v, Kind kind) {
    PolicyList out;
    if (v.is_null()) return out;
    size_t count = v.is_list() ? v.size() : 1;
    for (size_t i = 0; i < count; ++i) {
      const Value& item = v.is_list() ? v.at(i) : v;
      if (item.is_string())
        REQUIRE_MESSAGE(documents_.has(item.as_string()), "no document " << item.as_string());
      auto parsed = from_value(item.is_string() ? documents_[item.as_string()] : item, kind);
      if (!parsed.has_value()) {
        malformed = true;
        fault = parsed.error().message;
        continue;
      }
      owned_.push_back(std::make_unique<Policy>("policy " + std::to_string(i), *parsed));
      out.push_back(owned_.back().get());
    }
    return out;
  }

  void read_policies(const Value& v) {
    for (const auto& [name, value] : v.members()) {
      if (name == "identity")
        policies.identity = list(value, Kind::identity);
      else if (name == "boundary")
        policies.boundary = list(value, Kind::boundary);
      else if (name == "session")
        policies.session = list(value, Kind::session);
      else if (name == "resource" || name == "key")
        policies.resource = list(value, Kind::resource);
      else if (name == "trust")
        policies.resource = list(value, Kind::trust);
      else if (name == "endpoint")
        policies.endpoint = list(value, Kind::endpoint);
      else if (name == "resource_control")
        policies.resource_control = list(value, Kind::resource_control);
      else if (name == "service_control")
        for (const Value& level : value.items())
          policies.service_control.push_back(list(level, Kind::service_control));
      else
        FAIL("no such kind of policy: " << name);
    }
    policies.has_session_policy = v.has("session");
    policies.has_endpoint_policy = v.has("endpoint");
    policies.resource_must_allow = v.has("key") || v.has("trust");
  }

  const Value& documents_;
  std::vector<std::unique_ptr<Policy>> owned_;
};

const char* verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::allow:
      return "allow";
    case Verdict::explicit_deny:
      return "explicit deny";
    case Verdict::implicit_deny:
      return "implicit deny";
  }
  return "";
}

void check_row(const Value& file, const Value& v) {
  Row row(file, v);
  if (row.malformed || row.expect == "malformed") {
    CHECK_MESSAGE(row.malformed, "was read without a fault");
    CHECK_MESSAGE(row.expect == "malformed", row.fault);
    return;
  }
  Decision decision = decide(row.request, row.policies);
  CHECK(std::string(verdict_text(decision.verdict)) == row.expect);
  if (!row.layer.empty()) CHECK(std::string(kind_name(decision.layer)) == row.layer);
  Trace trace;
  CHECK(decide(row.request, row.policies, &trace).verdict == decision.verdict);
  // The narrowed evaluator knows no rules of S3's.
  if (row.policies.resource_only_denies || row.policies.other_grant != Reach::none) return;
  Narrowed narrowed(row.request, row.policies, {});
  CHECK(narrowed.decide(row.request.resource, row.request.resource_account, row.policies.resource)
            .verdict == decision.verdict);
}

}  // namespace

TEST_CASE("every row of the decision tables is decided as it states") {
  std::filesystem::path folder(MAINSTAY_SOURCE "/src/policy/cases");
  size_t rows = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    auto file = parse_json(read_case_file(entry.path()));
    REQUIRE_MESSAGE(file.has_value(), entry.path() << ": " << file.error().to_string());
    for (const Value& row : rows_of(*file)) {
      INFO(entry.path().filename().string(), ": ", row["name"].as_string());
      CHECK_MESSAGE((row.has("source") || file->has("source")), "names no source");
      check_row(*file, row);
      ++rows;
    }
  }
  MESSAGE(rows << " rows decided");
  CHECK(rows > 0);
}
