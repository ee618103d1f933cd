#include "dns/delegation.hh"

#include <algorithm>

namespace mainstay::dns {
namespace {

void take_servers(const std::vector<MasterRecord>& records, const std::string& zone,
                  Delegation& out) {
  for (const MasterRecord& record : records)
    if (record.type == "NS" && record.name == zone) out.servers.insert(record.data);
}

}  // namespace

const char* state_name(Delegation::State state) {
  constexpr const char* names[] = {"unknown", "not delegated", "old", "split", "ours"};
  return names[static_cast<size_t>(state)];
}

Delegation ask_delegation(const std::string& zone, const std::set<std::string>& own,
                          const NameServer& parent, const Ask& ask) {
  using enum Delegation::State;
  Delegation out;
  auto referral = ask(parent, zone, "NS");
  auto signers = ask(parent, zone, "DS");
  if (!referral || !signers) {
    out.why = (referral ? signers : referral).error().message;
    return out;
  }
  if (referral->rcode != "NOERROR" && referral->rcode != "NXDOMAIN") {
    out.why = parent.to_text() + " answers " + referral->rcode;
    return out;
  }
  out.signers = std::ranges::count(signers->answer, "DS", &MasterRecord::type);
  take_servers(referral->authority, zone, out);
  take_servers(referral->answer, zone, out);
  bool some =
      std::ranges::any_of(out.servers, [&](const auto& name) { return own.contains(name); });
  out.state = out.servers.empty() ? none : out.servers == own ? ours : some ? split : old;
  return out;
}

}  // namespace mainstay::dns
