#include "dns/transfer.hh"

#include "dns/ldns_types.hh"
#include "dns/name.hh"

namespace mainstay::dns {
namespace {

constexpr size_t transfer_max = 256 << 20;  // bytes of all records as text

Error failed(const NameServer& server, const std::string& zone, const std::string& why) {
  return Error("TransferFailed",
               "no transfer of " + shown_name(zone) + " from " + server.to_text() + ": " + why);
}

std::string why_ended(ldns_resolver& resolver) {
  const ldns_pkt* last = ldns_axfr_last_pkt(&resolver);
  if (!last) return "the connection ended, or nothing came in time";
  LdnsText rcode(ldns_pkt_rcode2str(ldns_pkt_get_rcode(last)));
  std::string said = rcode ? rcode.get() : "";
  return said == "NOERROR" ? "it was cut short" : "the server says " + said;
}

// All records as lines of a master file.
Result<std::string> transferred_text(const NameServer& server, const std::string& zone,
                                     int timeout_seconds) {
  LdnsResolver resolver = ldns_resolver_of(server, timeout_seconds);
  LdnsField name(ldns_dname_new_frm_str(decimal_name(zone).c_str()));
  if (!resolver || !name) return failed(server, zone, "that is no address, or no name");
  ldns_status started = ldns_axfr_start(resolver.get(), name.get(), LDNS_RR_CLASS_IN);
  if (started != LDNS_STATUS_OK) return failed(server, zone, ldns_get_errorstr_by_id(started));
  std::string text;
  for (size_t count = 0;; ++count) {
    LdnsRecord record(ldns_axfr_next(resolver.get()));
    if (!record) break;
    LdnsText line(ldns_rr2str(record.get()));
    if (!line || text.size() > transfer_max || count > master_records_max)
      return failed(server, zone, "it is larger than can be read");
    // The SOA comes at the beginning and again at the end.
    bool is_last = count > 0 && ldns_rr_get_type(record.get()) == LDNS_RR_TYPE_SOA;
    if (!is_last) text += line.get();
  }
  if (!ldns_axfr_complete(resolver.get())) return failed(server, zone, why_ended(*resolver));
  return text;
}

}  // namespace

Result<std::vector<MasterRecord>> transfer_zone(const NameServer& server, const std::string& zone,
                                                int timeout_seconds) {
  TRY(std::string text, transferred_text(server, zone, timeout_seconds));
  return parse_master_file(server.to_text(), zone,
                           [&](const std::string&) -> Result<std::string> { return text; });
}

}  // namespace mainstay::dns
