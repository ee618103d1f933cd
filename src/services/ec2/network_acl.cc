#include <algorithm>

#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

constexpr int64_t last_rule = 32767;  // the rule that cannot be removed

Value entry(bool egress, int64_t number, std::string_view action) {
  return Value::map({{"CidrBlock", "0.0.0.0/0"},
                     {"Egress", egress},
                     {"Protocol", "-1"},
                     {"RuleAction", action},
                     {"RuleNumber", number}});
}

Value new_association(Call& call, std::string_view acl_id, std::string_view subnet_id) {
  return Value::map({{"NetworkAclAssociationId", call.new_id("aclassoc")},
                     {"NetworkAclId", acl_id},
                     {"SubnetId", subnet_id}});
}

std::string default_acl_of(Call& call, std::string_view vpc_id) {
  for (std::string& id : call.find_by("network-acl", "VpcId", vpc_id))
    if ((*call.find("network-acl", id))["IsDefault"].as_bool()) return std::move(id);
  return "";
}

auto find_entry(List& entries, const Value& in) {
  return std::find_if(entries.begin(), entries.end(), [&](const Value& e) {
    return e["Egress"].as_bool() == in["Egress"].as_bool() && e["RuleNumber"] == in["RuleNumber"];
  });
}

Result<Value> new_entry(const Value& in) {
  if (in["RuleNumber"].as_int() < 1 || in["RuleNumber"].as_int() >= last_rule)
    return invalid_parameter(in["RuleNumber"].to_text(), "ruleNumber",
                             "Must be between 1 and 32766.");
  Value e = Value::map({{"Egress", in["Egress"].as_bool()},
                        {"Protocol", in["Protocol"]},
                        {"RuleAction", in["RuleAction"]},
                        {"RuleNumber", in["RuleNumber"]}});
  bool v6 = in.has("Ipv6CidrBlock");
  const char* member = v6 ? "Ipv6CidrBlock" : "CidrBlock";
  auto block = parse_cidr(in[member].as_string());
  if (!block) return invalid_parameter(in[member].as_string(), "cidrBlock");
  e.set(member, block->to_string());
  for (const char* optional : {"PortRange", "IcmpTypeCode"})
    if (in.has(optional)) e.set(optional, in[optional]);
  return e;
}

Error no_entry(const Value& in) {
  return aws_error(
      "InvalidNetworkAclEntry.NotFound",
      "The network acl entry identified by " + in["RuleNumber"].to_text() + " does not exist");
}

void sort_entries(List& entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Value& a, const Value& b) {
    return std::pair(!a["Egress"].as_bool(), a["RuleNumber"].as_int()) <
           std::pair(!b["Egress"].as_bool(), b["RuleNumber"].as_int());
  });
}

}  // namespace

Value new_network_acl(Call& call, std::string_view vpc_id, bool is_default, Value tags) {
  Value entries = Value::list();
  for (bool egress : {true, false}) {
    if (is_default) entries.push_back(entry(egress, 100, "allow"));
    entries.push_back(entry(egress, last_rule, "deny"));
  }
  return Value::map({{"NetworkAclId", call.new_id("acl")},
                     {"VpcId", vpc_id},
                     {"OwnerId", call.account},
                     {"IsDefault", is_default},
                     {"Associations", Value::list()},
                     {"Entries", std::move(entries)},
                     {"Tags", std::move(tags)}});
}

void associate_default_acl(Call& call, std::string_view vpc_id, std::string_view subnet_id) {
  std::string id = default_acl_of(call, vpc_id);
  Value acl = *call.find("network-acl", id);
  acl.member("Associations").push_back(new_association(call, id, subnet_id));
  put(call, network_acl_kind(), acl);
}

void forget_subnet_acl(Call& call, std::string_view vpc_id, std::string_view subnet_id) {
  for (const std::string& id : call.find_by("network-acl", "VpcId", vpc_id)) {
    Value acl = *call.find("network-acl", id);
    size_t gone = std::erase_if(acl.member("Associations").make_list(), [&](const Value& a) {
      return a["SubnetId"].as_string() == subnet_id;
    });
    if (gone > 0) put(call, network_acl_kind(), acl);
  }
}

Result<Value> create_network_acl(Call& call, const Value& in) {
  TRY(Value vpc, get(call, vpc_kind(), in["VpcId"].as_string()));
  TRY(Value tags, requested_tags(call, in, "network-acl"));
  Value acl = new_network_acl(call, vpc["VpcId"].as_string(), false, std::move(tags));
  put(call, network_acl_kind(), acl);
  return Value::map({{"NetworkAcl", std::move(acl)}});
}

Result<Value> delete_network_acl(Call& call, const Value& in) {
  const std::string id = in["NetworkAclId"].as_string();
  TRY(Value acl, get(call, network_acl_kind(), id));
  if (acl["IsDefault"].as_bool())
    return aws_error("InvalidParameterValue", "cannot delete default network ACL " + id);
  if (!acl["Associations"].empty())
    return aws_error("DependencyViolation",
                     "The networkAcl '" + id + "' has dependencies and cannot be deleted.");
  call.remove("network-acl", id);
  return answer_true();
}

Result<Value> describe_network_acls(Call& call, const Value& in) {
  return describe(call, in, network_acl_kind());
}

Result<Value> create_network_acl_entry(Call& call, const Value& in) {
  TRY(Value acl, get(call, network_acl_kind(), in["NetworkAclId"].as_string()));
  TRY(Value added, new_entry(in));
  List& entries = acl.member("Entries").make_list();
  if (find_entry(entries, in) != entries.end())
    return aws_error(
        "NetworkAclEntryAlreadyExists",
        "The network acl entry identified by " + in["RuleNumber"].to_text() + " already exists.");
  entries.push_back(std::move(added));
  sort_entries(entries);
  put(call, network_acl_kind(), acl);
  return answer_true();
}

Result<Value> replace_network_acl_entry(Call& call, const Value& in) {
  TRY(Value acl, get(call, network_acl_kind(), in["NetworkAclId"].as_string()));
  TRY(Value replacement, new_entry(in));
  List& entries = acl.member("Entries").make_list();
  auto it = find_entry(entries, in);
  if (it == entries.end()) return no_entry(in);
  *it = std::move(replacement);
  put(call, network_acl_kind(), acl);
  return answer_true();
}

Result<Value> delete_network_acl_entry(Call& call, const Value& in) {
  TRY(Value acl, get(call, network_acl_kind(), in["NetworkAclId"].as_string()));
  List& entries = acl.member("Entries").make_list();
  auto it = find_entry(entries, in);
  if (it == entries.end() || in["RuleNumber"].as_int() == last_rule) return no_entry(in);
  entries.erase(it);
  put(call, network_acl_kind(), acl);
  return answer_true();
}

Result<Value> replace_network_acl_association(Call& call, const Value& in) {
  TRY(Value target, get(call, network_acl_kind(), in["NetworkAclId"].as_string()));
  for (const std::string& id : call.find_by("network-acl", "VpcId", target["VpcId"].as_string())) {
    Value acl = *call.find("network-acl", id);
    for (const Value& a : acl["Associations"].items()) {
      if (a["NetworkAclAssociationId"] != in["AssociationId"]) continue;
      std::string subnet = a["SubnetId"].as_string();
      forget_subnet_acl(call, target["VpcId"].as_string(), subnet);
      Value after = *call.find("network-acl", in["NetworkAclId"].as_string());
      Value association = new_association(call, in["NetworkAclId"].as_string(), subnet);
      after.member("Associations").push_back(association);
      put(call, network_acl_kind(), after);
      return Value::map({{"NewAssociationId", association["NetworkAclAssociationId"]}});
    }
  }
  return aws_error("InvalidAssociationID.NotFound",
                   "The association ID '" + in["AssociationId"].as_string() + "' does not exist");
}

}  // namespace mainstay::ec2
