// The organisation: its tree of units and accounts, and the policies at each of them.
#include <deque>
#include <map>

#include "access/fetch.hh"
#include "base/json.hh"

namespace mainstay::access {
namespace {

constexpr int control_policy_depth_max = 128;
constexpr size_t units_max = 20'000;

// Reads documents once: FullAWSAccess is attached everywhere.
class Reader {
 public:
  explicit Reader(aws::Client& client) : client_(client) {}

  Result<Unit> unit(const std::string& id, const std::string& parent) {
    Unit unit{id, parent, {}, {}};
    TRY(unit.service_control, attached(id, "SERVICE_CONTROL_POLICY"));
    TRY(unit.resource_control, attached(id, "RESOURCE_CONTROL_POLICY"));
    return unit;
  }

  Result<List> list(const char* operation, const char* items, Value input) {
    return client_.list("organizations", {operation, items, "NextToken", "NextToken"},
                        std::move(input));
  }

 private:
  Result<std::vector<NamedPolicy>> attached(const std::string& target, const char* type) {
    std::vector<NamedPolicy> out;
    auto listed = list("ListPoliciesForTarget", "Policies",
                       Value::map({{"TargetId", target}, {"Filter", type}}));
    // A type that was never switched on has no policies.
    if (!listed && listed.error().code == "PolicyTypeNotEnabledException") return out;
    if (!listed) return listed.error();
    for (const Value& policy : *listed) {
      TRY(Value document, document_of(policy["Id"].as_string()));
      out.push_back({policy["Name"].as_string(), std::move(document)});
    }
    return out;
  }

  Result<Value> document_of(const std::string& id) {
    auto kept = documents_.find(id);
    if (kept != documents_.end()) return kept->second;
    TRY(Value answer,
        client_.call("organizations", "DescribePolicy", Value::map({{"PolicyId", id}})));
    TRY(Value document,
        parse_json(answer["Policy"]["Content"].as_string(), control_policy_depth_max));
    documents_.emplace(id, document);
    return document;
  }

  aws::Client& client_;
  std::map<std::string, Value> documents_;
};

Status read_tree(Reader& reader, FoundOrganization& found) {
  std::deque<std::pair<std::string, std::string>> waiting;  // id and parent
  TRY(List roots, reader.list("ListRoots", "Roots", Value::map()));
  for (const Value& root : roots) waiting.emplace_back(root["Id"].as_string(), "");
  while (!waiting.empty()) {
    auto [id, parent] = waiting.front();
    waiting.pop_front();
    if (found.organization.units.size() >= units_max)
      return Error("TooManyUnits", "more than " + std::to_string(units_max) + " units");
    TRY(Unit unit, reader.unit(id, parent));
    found.organization.units.push_back(std::move(unit));
    Value under = Value::map({{"ParentId", id}});
    TRY(List units, reader.list("ListOrganizationalUnitsForParent", "OrganizationalUnits", under));
    for (const Value& inner : units) waiting.emplace_back(inner["Id"].as_string(), id);
    TRY(List accounts, reader.list("ListAccountsForParent", "Accounts", under));
    for (const Value& account : accounts) {
      if (account["Status"].as_string() == "SUSPENDED") continue;
      const std::string& account_id = account["Id"].as_string();
      TRY(Unit leaf, reader.unit(account_id, id));
      found.organization.units.push_back(std::move(leaf));
      found.accounts.emplace_back(account_id, account["Name"].as_string());
    }
  }
  return {};
}

}  // namespace

Result<std::optional<FoundOrganization>> fetch_organization(
    aws::Client& own,
    const std::function<Result<std::shared_ptr<aws::Client>>(const std::string& account)>& client) {
  auto described = own.call("organizations", "DescribeOrganization", Value::map());
  if (!described && described.error().code == "AWSOrganizationsNotInUseException")
    return std::nullopt;
  if (!described) return described.error();
  const Value& about = (*described)["Organization"];
  FoundOrganization found;
  found.organization.id = about["Id"].as_string();
  found.organization.management_account = about["MasterAccountId"].as_string();
  // Only the management account (and delegated ones) may read the tree.
  TRY(auto manager, client(found.organization.management_account));
  Reader reader(*manager);
  CHECK_OK(read_tree(reader, found));
  return found;
}

}  // namespace mainstay::access
