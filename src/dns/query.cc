#include "dns/query.hh"

#include "dns/ldns_types.hh"
#include "dns/name.hh"
#include "dns/record_data.hh"

namespace mainstay::dns {
namespace {

std::string text_of(const ldns_rdf* field) {
  LdnsText text(ldns_rdf2str(field));
  return text ? text.get() : "";
}

std::string data_of(const ldns_rr* record) {
  std::string out;
  for (size_t i = 0; i < ldns_rr_rd_count(record); ++i)
    out += (i > 0 ? " " : "") + text_of(ldns_rr_rdf(record, i));
  return out;
}

MasterRecord record_of(const ldns_rr* record) {
  MasterRecord out;
  std::string owner = text_of(ldns_rr_owner(record));
  out.name = normal_name(owner, Escapes::decimal).value_or(owner);
  LdnsText type(ldns_rr_type2str(ldns_rr_get_type(record)));
  out.type = type ? type.get() : "";
  out.ttl = ldns_rr_ttl(record);
  if (out.type == "DNSKEY") {
    out.data = std::to_string(ldns_calc_keytag(record)) + " " + text_of(ldns_rr_rdf(record, 2));
    return out;
  }
  std::string text = data_of(record);
  auto normal =
      normal_data(out.type, text, {.origin = "", .escapes = Escapes::decimal, .strict = false});
  out.data = normal ? *normal : text;
  return out;
}

std::vector<MasterRecord> records_of(const ldns_rr_list* list) {
  std::vector<MasterRecord> out;
  for (size_t i = 0; i < ldns_rr_list_rr_count(list); ++i)
    out.push_back(record_of(ldns_rr_list_rr(list, i)));
  return out;
}

bool answers(const ldns_pkt& packet, const ldns_pkt& query) {
  if (ldns_pkt_id(&packet) != ldns_pkt_id(&query) || !ldns_pkt_qr(&packet)) return false;
  const ldns_rr_list* asked = ldns_pkt_question(&packet);
  // A server that can't read a question may leave it out of its error.
  if (ldns_rr_list_rr_count(asked) == 0) return ldns_pkt_get_rcode(&packet) != LDNS_RCODE_NOERROR;
  const ldns_rr* mine = ldns_rr_list_rr(ldns_pkt_question(&query), 0);
  const ldns_rr* theirs = ldns_rr_list_rr(asked, 0);
  return ldns_rr_get_type(mine) == ldns_rr_get_type(theirs) &&
         ldns_dname_compare(ldns_rr_owner(mine), ldns_rr_owner(theirs)) == 0;
}

Result<Answer> ask_once(const NameServer& server, const std::string& name, const std::string& type,
                        int timeout_seconds) {
  Error silent("ServerSilent",
               server.to_text() + " does not answer " + shown_name(name) + " " + type);
  LdnsResolver resolver = ldns_resolver_of(server, timeout_seconds);
  LdnsField asked(ldns_dname_new_frm_str(decimal_name(name).c_str()));
  if (!resolver || !asked) return silent;
  LdnsPacket query(ldns_pkt_query_new(asked.release(), ldns_get_rr_type_by_name(type.c_str()),
                                      LDNS_RR_CLASS_IN, 0));
  if (!query) return silent;
  ldns_pkt_set_random_id(query.get());
  ldns_pkt* received = nullptr;
  // It asks again over TCP where the answer was cut.
  ldns_status sent = ldns_resolver_send_pkt(&received, resolver.get(), query.get());
  LdnsPacket packet(received);
  if (sent != LDNS_STATUS_OK || !packet) return silent;
  if (!answers(*packet, *query)) return silent;
  if (ldns_pkt_tc(packet.get())) return silent;
  Answer out;
  LdnsText rcode(ldns_pkt_rcode2str(ldns_pkt_get_rcode(packet.get())));
  out.rcode = rcode ? rcode.get() : "";
  out.authoritative = ldns_pkt_aa(packet.get());
  out.answer = records_of(ldns_pkt_answer(packet.get()));
  out.authority = records_of(ldns_pkt_authority(packet.get()));
  return out;
}

}  // namespace

Ask ask_over_network(int timeout_seconds) {
  return [timeout_seconds](const NameServer& server, const std::string& name,
                           const std::string& type) {
    return ask_once(server, name, type, timeout_seconds);
  };
}

}  // namespace mainstay::dns
