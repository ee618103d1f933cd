#include "stacks/network_gain.hh"

#include <algorithm>

#include "base/text.hh"
#include "policy/operand.hh"
#include "stacks/placeholder.hh"

namespace mainstay::stacks {
namespace {

using cfn::ResolvedResource;

constexpr int64_t port_max = 65'535;

// Source: CloudFormation template reference, AWS::EC2::SecurityGroup Ingress: protocol -1 is every
// protocol and port; other than TCP, UDP and ICMP, a protocol has all its ports.
struct Opening {
  std::string group, protocol, source;
  int64_t from = -1, to = -1;
  const ResolvedResource* resource = nullptr;

  bool every_port() const { return protocol == "-1" || (from == -1 && to == -1); }
  bool covers(const Opening& other) const {
    if (group != other.group || (protocol != "-1" && protocol != other.protocol)) return false;
    if (!every_port() && (other.every_port() || other.from < from || other.to > to)) return false;
    if (source == other.source) return true;
    auto ours = policy::Network::parse(source), theirs = policy::Network::parse(other.source);
    return ours && theirs && ours->contains(*theirs);
  }
  std::string what() const {
    if (protocol == "-1") return "everything";
    if (every_port() || (from <= 0 && to == port_max)) return protocol;
    std::string ports = std::to_string(from);
    return protocol + " " + (from == to ? ports : ports + "-" + std::to_string(to));
  }
};

// Names of protocols are numbers too. Source: IANA's protocol numbers, as EC2 writes them.
std::string protocol_name(const std::string& text) {
  if (text == "6") return "tcp";
  if (text == "17") return "udp";
  return text == "1" ? "icmp" : text;
}

int64_t port_of(const Value& v) {
  if (v.is_string()) return parse_int(v.as_string()).value_or(-1);
  return v.as_int(-1);
}

std::string plain_text(const Value& v) {
  return v.is_bytes() ? v.as_bytes() : v.to_text();
}

Opening opening_of(const Value& rule, const std::string& group, const ResolvedResource& r) {
  Opening out;
  out.group = group;
  out.protocol = protocol_name(plain_text(rule["IpProtocol"]));
  out.from = port_of(rule["FromPort"]);
  out.to = port_of(rule["ToPort"]);
  out.resource = &r;
  for (const char* key : {"CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourceSecurityGroupName",
                          "SourcePrefixListId"})
    if (rule.has(key)) out.source = plain_text(rule[key]);
  return out;
}

// "<Web>" and "<Web.GroupId>" are the group Web.
std::string group_named(const Value& v) {
  std::string name = without_brackets(plain_text(v));
  return name.substr(0, name.find(".GroupId"));
}

std::vector<Opening> openings(const std::vector<ResolvedResource>& resources) {
  std::vector<Opening> out;
  for (const ResolvedResource& r : resources) {
    if (r.type == "AWS::EC2::SecurityGroup")
      for (const Value& rule : r.properties["SecurityGroupIngress"].items())
        out.push_back(opening_of(rule, r.id, r));
    if (r.type != "AWS::EC2::SecurityGroupIngress") continue;
    const char* key = r.properties.has("GroupId") ? "GroupId" : "GroupName";
    out.push_back(opening_of(r.properties, group_named(r.properties[key]), r));
  }
  return out;
}

}  // namespace

std::vector<AccessGain> network_gains(const std::vector<ResolvedResource>& before,
                                      const std::vector<ResolvedResource>& after) {
  std::vector<Opening> old = openings(before);
  std::vector<AccessGain> out;
  for (const Opening& opening : openings(after)) {
    if (std::ranges::any_of(old, [&](const Opening& o) { return o.covers(opening); })) continue;
    AccessGain gain;
    gain.kind = AccessGain::Kind::network;
    gain.holder = opening.group;
    gain.logical_id = opening.resource->id;
    gain.at = opening.resource->at;
    gain.actions = {opening.what()};
    gain.principals = {without_brackets(opening.source)};
    out.push_back(std::move(gain));
  }
  return out;
}

}  // namespace mainstay::stacks
