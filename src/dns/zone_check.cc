#include "dns/zone_check.hh"

#include <algorithm>
#include <set>

#include "base/text.hh"
#include "dns/name.hh"
#include "dns/zone_file.hh"

namespace mainstay::dns {
namespace {

using Values = std::set<std::string>;
using Group = std::vector<const RecordSet*>;  // of one name and type

Values values_of(const std::vector<MasterRecord>& records, const std::string& name,
                 const std::string& type) {
  Values out;
  for (const MasterRecord& record : records)
    if (record.name == name && record.type == type) out.insert(record.data);
  return out;
}

std::string shown(const Values& values) {
  return values.empty() ? "nothing" : join({values.begin(), values.end()}, ", ");
}

// Checks what one server answers.
class ServerCheck {
 public:
  ServerCheck(const std::string& zone, const NameServer& server, const Ask& ask, ZoneCheck& out)
      : zone_(zone), server_(server), ask_(ask), out_(out) {}

  // Whether the server has the zone at all, which is no use going on without.
  bool is_lame() {
    auto soa = ask_(server_, zone_, "SOA");
    std::string what = !soa                      ? soa.error().message
                       : soa->rcode != "NOERROR" ? "answers " + soa->rcode
                       : !soa->authoritative     ? "answers without authority (AA)"
                       : values_of(soa->answer, zone_, "SOA").size() != 1 ? "has no SOA"
                                                                          : "";
    if (!what.empty()) add(zone_, "SOA", "lame: " + what);
    return !what.empty();
  }

  void missing_name(const std::string& name) {
    auto answer = ask_(server_, name, "A");
    if (!answer) return add(name, "A", answer.error().message);
    ++out_.compared;
    if (answer->rcode != "NXDOMAIN")
      add(name, "A", "a name that is not there is answered " + answer->rcode + ", not NXDOMAIN");
    else if (std::ranges::none_of(answer->authority, [](const auto& r) { return r.type == "SOA"; }))
      add(name, "A", "NXDOMAIN comes without a SOA, and can't be cached");
  }

  void group(const Group& group, const std::vector<RecordSet>& sets, bool is_cut) {
    const RecordKey& key = group[0]->key;
    auto answer = ask_(server_, key.name, key.type);
    if (!answer) return add(key.name, key.type, answer.error().message);
    if (answer->rcode != "NOERROR") return add(key.name, key.type, "answers " + answer->rcode);
    // The parent's side of a delegation refers, and has no authority.
    bool refers = is_cut && key.type == "NS";
    if (!refers && !answer->authoritative)
      add(key.name, key.type, "answers without authority (AA)");
    const auto& section = refers && answer->answer.empty() ? answer->authority : answer->answer;
    Values found = values_of(section, key.name, key.type);
    if (std::optional<Group> known = resolved(group, sets)) {
      ++out_.compared;
      compare(key, *known, found);
      if (!group[0]->alias) compare_ttl(group, section);
    } else {
      ++out_.not_compared;
      if (found.empty()) add(key.name, key.type, "an alias is answered with nothing");
    }
  }

 private:
  void add(const std::string& name, const std::string& type, const std::string& what) {
    out_.findings.push_back({server_.to_text(), shown_name(name) + " " + type, what});
  }

  // Aliases replaced by what they stand for; nothing where that is outside of the zone.
  static std::optional<Group> resolved(const Group& group, const std::vector<RecordSet>& sets) {
    constexpr int depth_max = 8;
    Group known, left = group;
    for (int depth = 0; !left.empty(); ++depth) {
      if (depth > depth_max) return std::nullopt;
      Group next;
      for (const RecordSet* set : left) {
        if (!set->alias) {
          known.push_back(set);
          continue;
        }
        if (set->alias->zone != own_zone) return std::nullopt;
        RecordKey target{set->alias->name, set->key.type, ""};
        auto at = std::ranges::lower_bound(sets, target, {}, &RecordSet::key);
        for (; at != sets.end() && at->key.name == target.name && at->key.type == target.type; ++at)
          next.push_back(&*at);
      }
      left = std::move(next);
    }
    return known;
  }

  void compare(const RecordKey& key, const Group& group, const Values& found) {
    Values all;
    bool one_of_them = false, multivalue = false;
    for (const RecordSet* set : group) {
      Values values(set->values.begin(), set->values.end());
      one_of_them |= values == found;
      multivalue |= set->routing.has("MultiValueAnswer");
      all.insert(values.begin(), values.end());
    }
    bool some_of_all = multivalue && !found.empty() && std::ranges::includes(all, found);
    if (one_of_them || some_of_all) return;
    add(key.name, key.type,
        "answers " + shown(found) + (group.size() > 1 ? ", none of " : ", not ") + shown(all));
  }

  void compare_ttl(const Group& group, const std::vector<MasterRecord>& section) {
    const RecordKey& key = group[0]->key;
    for (const MasterRecord& record : section) {
      if (record.name != key.name || record.type != key.type) continue;
      bool known = std::ranges::any_of(
          group, [&](const RecordSet* set) { return set->alias || set->ttl == record.ttl; });
      if (known) continue;
      return add(
          key.name, key.type,
          "has a TTL of " + std::to_string(record.ttl) + ", not " + std::to_string(group[0]->ttl));
    }
  }

  const std::string& zone_;
  const NameServer& server_;
  const Ask& ask_;
  ZoneCheck& out_;
};

std::vector<Group> groups_of(const std::vector<RecordSet>& sets) {
  std::vector<Group> out;
  for (const RecordSet& set : sets) {
    bool same = !out.empty() && out.back()[0]->key.name == set.key.name &&
                out.back()[0]->key.type == set.key.type;
    if (!same) out.emplace_back();
    out.back().push_back(&set);
  }
  return out;
}

std::set<std::string> cuts_of(const std::vector<RecordSet>& sets, const std::string& zone) {
  std::set<std::string> out;
  for (const RecordSet& set : sets)
    if (set.key.type == "NS" && set.key.name != zone) out.insert(set.key.name);
  return out;
}

// At the cut itself only NS and DS are the parent's; below it, nothing is.
bool is_below_cut(const RecordKey& key, const std::set<std::string>& cuts,
                  const std::string& zone) {
  std::string_view name = key.name;
  for (bool own = true; name.size() > zone.size(); own = false) {
    if (cuts.contains(std::string(name)) && !(own && (key.type == "NS" || key.type == "DS")))
      return true;
    name.remove_prefix(name.find('.') + 1);
  }
  return false;
}

void compare_servers(const std::string& zone, const std::vector<NameServer>& servers,
                     const char* type, const Ask& ask, ZoneCheck& out) {
  std::optional<Values> first;
  for (const NameServer& server : servers) {
    auto answer = ask(server, zone, type);
    if (!answer) continue;  // said already
    Values values = values_of(answer->answer, zone, type);
    if (!first) first = values;
    if (values != *first)
      out.findings.push_back({server.to_text(), shown_name(zone) + " " + type,
                              "has " + shown(values) + ", the first server " + shown(*first)});
  }
}

}  // namespace

ZoneCheck check_answers(const std::string& zone, const std::vector<RecordSet>& sets,
                        const std::vector<NameServer>& servers, const std::string& random_label,
                        const Ask& ask) {
  ZoneCheck out;
  std::set<std::string> cuts = cuts_of(sets, zone);
  bool has_wildcard = std::ranges::any_of(
      sets, [&](const RecordSet& set) { return set.key.name == "\\052." + zone; });
  std::vector<NameServer> having;
  for (const NameServer& server : servers) {
    ServerCheck check(zone, server, ask, out);
    if (check.is_lame()) continue;
    having.push_back(server);
    if (!has_wildcard) check.missing_name(random_label + "." + zone);
    for (const Group& group : groups_of(sets)) {
      if (group[0]->key.type == "SOA") continue;  // its serial is each server's own; compared below
      if (is_below_cut(group[0]->key, cuts, zone))
        ++out.not_compared;
      else
        check.group(group, sets, cuts.contains(group[0]->key.name));
    }
  }
  compare_servers(zone, having, "SOA", ask, out);
  compare_servers(zone, having, "NS", ask, out);
  return out;
}

ZoneCheck check_delegation(const std::string& zone, const NameServer& parent,
                           const std::vector<NameServer>& servers, const Ask& ask) {
  ZoneCheck out;
  const auto add = [&](const NameServer& server, const char* type, const std::string& what) {
    out.findings.push_back({server.to_text(), shown_name(zone) + " " + type, what});
  };
  auto referral = ask(parent, zone, "NS");
  auto signers = ask(parent, zone, "DS");
  if (!referral || !signers) {
    add(parent, "NS", (referral ? signers : referral).error().message);
    return out;
  }
  Values at_parent = values_of(referral->authority, zone, "NS");
  at_parent.merge(values_of(referral->answer, zone, "NS"));
  if (at_parent.empty()) add(parent, "NS", "the zone is not delegated (" + referral->rcode + ")");
  Values ds = values_of(signers->answer, zone, "DS");
  for (const NameServer& server : servers) {
    auto own = ask(server, zone, "NS");
    auto keys = ask(server, zone, "DNSKEY");
    if (!own || !keys) {
      add(server, "NS", (own ? keys : own).error().message);
      continue;
    }
    ++out.compared;
    Values here = values_of(own->answer, zone, "NS");
    if (here != at_parent)
      add(server, "NS", "has " + shown(here) + ", the parent " + shown(at_parent));
    Values tags = values_of(keys->answer, zone, "DNSKEY");
    bool fits = std::ranges::any_of(ds, [&](const std::string& one) {
      std::vector<std::string> words = split(one, " ");
      return words.size() > 1 && tags.contains(words[0] + " " + words[1]);
    });
    if (!ds.empty() && !fits)
      add(server, "DS",
          "the parent has a DS, and no key here is its: resolvers that validate refuse the zone");
  }
  return out;
}

}  // namespace mainstay::dns
