#include <algorithm>

#include "base/text.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

// Rules are documents of their own ("security-group-rule", as DescribeSecurityGroupRules answers
// them); the groups' IpPermissions are made from them, merged by protocol and ports as EC2 does.
namespace mainstay::ec2 {
namespace {

constexpr size_t rules_max = 1000;  // of a group, both directions: the most a quota can grant

struct Side {
  bool egress;
  const char* permissions;
  const char* name;
};
constexpr Side ingress{false, "IpPermissions", "ingress"};
constexpr Side egress{true, "IpPermissionsEgress", "egress"};

struct Source {
  const char* list;    // in a permission
  const char* member;  // in an item of that list
  const char* rule;    // in a rule
};
constexpr Source sources[] = {{"IpRanges", "CidrIp", "CidrIpv4"},
                              {"Ipv6Ranges", "CidrIpv6", "CidrIpv6"},
                              {"PrefixListIds", "PrefixListId", "PrefixListId"}};

// "6" is "tcp": EC2 answers names for the protocols that have one.
std::string protocol_name(const std::string& text) {
  if (text == "6") return "tcp";
  if (text == "17") return "udp";
  if (text == "1") return "icmp";
  if (text == "58") return "icmpv6";
  if (text == "all") return "-1";
  return to_lower(text);
}

Value permission_of_shorthand(const Value& in) {
  Value p = Value::map({{"IpProtocol", in["IpProtocol"]}});
  for (const char* port : {"FromPort", "ToPort"})
    if (in.has(port)) p.set(port, in[port]);
  if (in.has("CidrIp")) p.set("IpRanges", Value::list({Value::map({{"CidrIp", in["CidrIp"]}})}));
  return p;
}

Status check_ports(const Value& permission, const std::string& protocol) {
  int64_t from = permission["FromPort"].as_int(-1), to = permission["ToPort"].as_int(-1);
  if (protocol != "tcp" && protocol != "udp") return {};
  if (!permission.has("FromPort") || !permission.has("ToPort"))
    return invalid_parameter("null", "portRange",
                             "Must specify both from and to ports with TCP/UDP.");
  if (from < 0 || to > 65535 || from > to)
    return aws_error("InvalidParameterValue", "Invalid value '" + std::to_string(from) + "-" +
                                                  std::to_string(to) +
                                                  "' for portRange. Must be between 0 and 65535.");
  return {};
}

Result<Value> group_reference(Call& call, const Value& group, const Value& pair) {
  Value reference =
      Value::map({{"UserId", pair.has("UserId") ? pair["UserId"] : Value(call.account)}});
  if (pair.has("GroupId")) {
    if (reference["UserId"].as_string() == call.account)
      CHECK_OK(get(call, security_group_kind(), pair["GroupId"].as_string()));
    reference.set("GroupId", pair["GroupId"]);
    if (pair.has("VpcPeeringConnectionId"))
      reference.set("VpcPeeringConnectionId", pair["VpcPeeringConnectionId"]);
    return reference;
  }
  for (const std::string& id : call.find_by("security-group", "VpcId", group["VpcId"].as_string()))
    if ((*call.find("security-group", id))["GroupName"] == pair["GroupName"])
      return reference.set("GroupId", id);
  return aws_error("InvalidGroup.NotFound",
                   "The security group '" + pair["GroupName"].as_string() + "' does not exist");
}

// The rules that one permission stands for, without ids.
Result<List> expand(Call& call, const Value& group, const Side& side, const Value& permission) {
  std::string protocol = protocol_name(permission["IpProtocol"].as_string());
  if (protocol.empty()) return missing_parameter("ipProtocol");
  CHECK_OK(check_ports(permission, protocol));
  bool all = protocol == "-1";
  Value base = Value::map({{"GroupId", group["GroupId"]},
                           {"GroupOwnerId", call.account},
                           {"IsEgress", side.egress},
                           {"IpProtocol", protocol},
                           {"FromPort", all ? Value(-1) : Value(permission["FromPort"].as_int(-1))},
                           {"ToPort", all ? Value(-1) : Value(permission["ToPort"].as_int(-1))},
                           {"Tags", Value::list()}});
  List out;
  auto add = [&](const char* member, Value value, const Value& item) {
    Value rule = base;
    rule.set(member, std::move(value));
    if (item.has("Description")) rule.set("Description", item["Description"]);
    out.push_back(std::move(rule));
  };
  for (const Source& source : sources) {
    for (const Value& item : permission[source.list].items()) {
      const std::string& text = item[source.member].as_string();
      auto block = parse_cidr(text);
      bool list = std::string_view(source.member) == "PrefixListId";
      if (!list && !block)
        return invalid_parameter(text, "cidrIp", "CIDR block " + text + " is malformed");
      add(source.rule, list ? text : block->to_string(), item);
    }
  }
  for (const Value& pair : permission["UserIdGroupPairs"].items()) {
    TRY(Value reference, group_reference(call, group, pair));
    add("ReferencedGroupInfo", std::move(reference), pair);
  }
  return out;
}

Result<List> requested_rules(Call& call, const Value& group, const Side& side, const Value& in) {
  Value permissions = in["IpPermissions"];
  if (permissions.empty() && in.has("IpProtocol"))
    permissions = Value::list({permission_of_shorthand(in)});
  if (permissions.empty()) return missing_parameter("ipPermissions");
  List out;
  for (const Value& permission : permissions.items()) {
    TRY(List rules, expand(call, group, side, permission));
    for (Value& rule : rules) out.push_back(std::move(rule));
  }
  if (out.empty()) return missing_parameter("cidrIp");
  return out;
}

// What makes two rules the same rule: all but id, description and tags.
std::string identity(const Value& rule) {
  std::string out;
  for (const char* member :
       {"IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4", "CidrIpv6", "PrefixListId"})
    out += rule[member].to_text() + "|";
  return out + rule.at_path("ReferencedGroupInfo.GroupId").as_string();
}

std::string describe_rule(const Value& rule) {
  std::string peer;
  for (const char* member : {"CidrIpv4", "CidrIpv6", "PrefixListId"})
    if (rule.has(member)) peer = rule[member].as_string();
  if (peer.empty()) peer = rule.at_path("ReferencedGroupInfo.GroupId").as_string();
  std::string protocol = rule["IpProtocol"].as_string();
  if (protocol == "-1") return "peer: " + peer + ", ALL, ALLOW";
  return "peer: " + peer + ", " + to_upper(protocol) +
         ", from port: " + rule["FromPort"].to_text() + ", to port: " + rule["ToPort"].to_text() +
         ", ALLOW";
}

void add_to_permissions(Value& permissions, const Value& rule) {
  List& list = permissions.make_list();
  bool all = rule["IpProtocol"].as_string() == "-1";
  auto same = [&](const Value& p) {
    return p["IpProtocol"] == rule["IpProtocol"] &&
           (all || (p["FromPort"] == rule["FromPort"] && p["ToPort"] == rule["ToPort"]));
  };
  auto it = std::find_if(list.begin(), list.end(), same);
  if (it == list.end()) {
    Value p = Value::map({{"IpProtocol", rule["IpProtocol"]}});
    if (!all) p.set("FromPort", rule["FromPort"]).set("ToPort", rule["ToPort"]);
    for (const char* member : {"IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"})
      p.set(member, Value::list());
    it = list.insert(list.end(), std::move(p));
  }
  Value item;
  const char* target = "UserIdGroupPairs";
  for (const Source& source : sources) {
    if (!rule.has(source.rule)) continue;
    item = Value::map({{source.member, rule[source.rule]}});
    target = source.list;
  }
  if (item.is_null()) item = rule["ReferencedGroupInfo"];
  if (rule.has("Description")) item.set("Description", rule["Description"]);
  it->member(target).push_back(std::move(item));
}

void rebuild_permissions(Call& call, Value group) {
  Value in = Value::list(), out = Value::list();
  const std::string& id = group["GroupId"].as_string();
  for (const std::string& rule_id : call.find_by("security-group-rule", "GroupId", id)) {
    const Value& rule = *call.find("security-group-rule", rule_id);
    add_to_permissions(rule["IsEgress"].as_bool() ? out : in, rule);
  }
  group.set("IpPermissions", std::move(in)).set("IpPermissionsEgress", std::move(out));
  put(call, security_group_kind(), group);
}

// The group's rules by identity.
std::map<std::string, std::string> existing_rules(Call& call, const Value& group) {
  std::map<std::string, std::string> out;
  for (std::string& id :
       call.find_by("security-group-rule", "GroupId", group["GroupId"].as_string()))
    out.emplace(identity(*call.find("security-group-rule", id)), id);
  return out;
}

Result<Value> group_of(Call& call, const Value& in) {
  if (in.has("GroupId") || !in.has("GroupName"))
    return get(call, security_group_kind(), in["GroupId"].as_string());
  for (const auto& [id, group] : call.all("security-group"))
    if (group["GroupName"] == in["GroupName"]) return group;
  return aws_error("InvalidGroup.NotFound",
                   "The security group '" + in["GroupName"].as_string() + "' does not exist");
}

Result<Value> authorize(Call& call, const Side& side, const Value& in) {
  TRY(Value group, group_of(call, in));
  TRY(Value tags, requested_tags(call, in, "security-group-rule"));
  TRY(List rules, requested_rules(call, group, side, in));
  auto existing = existing_rules(call, group);
  if (existing.size() + rules.size() > rules_max)
    return aws_error("RulesPerSecurityGroupLimitExceeded",
                     "The maximum number of rules per security group has been reached.");
  for (Value& rule : rules) {
    std::string id = call.new_id("sgr");
    if (!existing.emplace(identity(rule), id).second)
      return aws_error("InvalidPermission.Duplicate",
                       "the specified rule \"" + describe_rule(rule) + "\" already exists");
    rule.set("SecurityGroupRuleId", id).set("Tags", tags);
    rule.set("SecurityGroupRuleArn", call.arn("security-group-rule/" + id));
    put(call, security_group_rule_kind(), rule);
  }
  rebuild_permissions(call, group);
  return Value::map({{"Return", true}, {"SecurityGroupRules", Value(std::move(rules))}});
}

Result<Value> revoke(Call& call, const Side& side, const Value& in) {
  TRY(Value group, group_of(call, in));
  std::vector<std::string> gone;
  if (!in["SecurityGroupRuleIds"].empty()) {
    for (const Value& id : in["SecurityGroupRuleIds"].items()) {
      TRY(Value rule, get(call, security_group_rule_kind(), id.as_string()));
      gone.push_back(id.as_string());
    }
  } else {
    TRY(List rules, requested_rules(call, group, side, in));
    auto existing = existing_rules(call, group);
    for (const Value& rule : rules) {
      auto it = existing.find(identity(rule));
      if (it == existing.end())
        return aws_error("InvalidPermission.NotFound",
                         "The specified rule does not exist in this security group.");
      gone.push_back(it->second);
    }
  }
  for (const std::string& id : gone) call.remove("security-group-rule", id);
  rebuild_permissions(call, group);
  return answer_true();
}

// A request for one rule (SecurityGroupRuleRequest), as a permission that stands for it.
Value permission_of_request(const Value& wanted) {
  Value p = Value::map({{"IpProtocol", wanted["IpProtocol"]}});
  for (const char* port : {"FromPort", "ToPort"})
    if (wanted.has(port)) p.set(port, wanted[port]);
  auto add = [&](const char* list, const char* member, const Value& value) {
    Value item = Value::map({{member, value}});
    if (wanted.has("Description")) item.set("Description", wanted["Description"]);
    p.member(list).push_back(std::move(item));
  };
  for (const Source& source : sources)
    if (wanted.has(source.rule)) add(source.list, source.member, wanted[source.rule]);
  if (wanted.has("ReferencedGroupId"))
    add("UserIdGroupPairs", "GroupId", wanted["ReferencedGroupId"]);
  return p;
}

// Source: EC2 API reference, SecurityGroupRuleRequest: exactly one source, of the kind that the
// rule has.
Result<Value> changed_rule(Call& call, const Value& group, const Value& rule, const Value& wanted) {
  TRY(List expanded, expand(call, group, rule["IsEgress"].as_bool() ? egress : ingress,
                            permission_of_request(wanted)));
  if (expanded.size() != 1)
    return aws_error("InvalidParameterCombination",
                     "You must specify exactly one of CidrIpv4, CidrIpv6, PrefixListId and "
                     "ReferencedGroupId.");
  Value changed = std::move(expanded[0]);
  for (const char* kind : {"CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupInfo"})
    if (rule.has(kind) != changed.has(kind))
      return aws_error("InvalidParameterValue", "You cannot change the type of the rule '" +
                                                    rule["SecurityGroupRuleId"].as_string() + "'.");
  for (const char* kept : {"SecurityGroupRuleId", "SecurityGroupRuleArn", "Tags"})
    changed.set(kept, rule[kept]);
  return changed;
}

Result<Value> update_descriptions(Call& call, const Side& side, const Value& in) {
  TRY(Value group, group_of(call, in));
  auto existing = existing_rules(call, group);
  auto describe_as = [&](const std::string& id, const Value& text) {
    Value rule = *call.find("security-group-rule", id);
    if (text.is_null()) {
      rule.erase("Description");
    } else {
      rule.set("Description", text);
    }
    put(call, security_group_rule_kind(), rule);
  };
  for (const Value& item : in["SecurityGroupRuleDescriptions"].items()) {
    CHECK_OK(get(call, security_group_rule_kind(), item["SecurityGroupRuleId"].as_string()));
    describe_as(item["SecurityGroupRuleId"].as_string(), item["Description"]);
  }
  if (!in["IpPermissions"].empty()) {
    TRY(List rules, requested_rules(call, group, side, in));
    for (const Value& rule : rules) {
      auto it = existing.find(identity(rule));
      if (it == existing.end())
        return aws_error("InvalidPermission.NotFound",
                         "The specified rule does not exist in this security group.");
      describe_as(it->second, rule["Description"]);
    }
  }
  rebuild_permissions(call, group);
  return answer_true();
}

}  // namespace

Result<Value> authorize_ingress(Call& call, const Value& in) {
  return authorize(call, ingress, in);
}
Result<Value> authorize_egress(Call& call, const Value& in) {
  return authorize(call, egress, in);
}
Result<Value> revoke_ingress(Call& call, const Value& in) {
  return revoke(call, ingress, in);
}
Result<Value> revoke_egress(Call& call, const Value& in) {
  return revoke(call, egress, in);
}

Result<Value> modify_security_group_rules(Call& call, const Value& in) {
  TRY(Value group, get(call, security_group_kind(), in["GroupId"].as_string()));
  auto existing = existing_rules(call, group);
  for (const Value& item : in["SecurityGroupRules"].items()) {
    const std::string& id = item["SecurityGroupRuleId"].as_string();
    TRY(Value rule, get(call, security_group_rule_kind(), id));
    if (rule["GroupId"] != group["GroupId"])
      return aws_error("InvalidSecurityGroupRuleId.NotFound",
                       "The security group rule ID '" + id + "' does not exist");
    TRY(Value changed, changed_rule(call, group, rule, item["SecurityGroupRule"]));
    existing.erase(identity(rule));
    if (!existing.emplace(identity(changed), id).second)
      return aws_error("InvalidPermission.Duplicate",
                       "the specified rule \"" + describe_rule(changed) + "\" already exists");
    put(call, security_group_rule_kind(), changed);
  }
  rebuild_permissions(call, group);
  return answer_true();
}

Result<Value> update_rule_descriptions_ingress(Call& call, const Value& in) {
  return update_descriptions(call, ingress, in);
}

Result<Value> update_rule_descriptions_egress(Call& call, const Value& in) {
  return update_descriptions(call, egress, in);
}

Result<Value> describe_security_group_rules(Call& call, const Value& in) {
  return describe(call, in, security_group_rule_kind());
}

}  // namespace mainstay::ec2
