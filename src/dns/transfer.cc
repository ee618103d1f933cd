#include "dns/transfer.hh"

#include <arpa/inet.h>
#include <ldns/ldns.h>
// Its macros, which would make numbers of them.
#undef true
#undef false

#include <memory>

#include "base/text.hh"
#include "dns/name.hh"

namespace mainstay::dns {
namespace {

constexpr size_t transfer_max = 256 << 20;  // bytes of all records as text

template <auto free>
struct Freer {
  template <class T>
  void operator()(T* p) const {
    free(p);
  }
};
template <class T, auto free>
using Owned = std::unique_ptr<T, Freer<free>>;

using Resolver = Owned<ldns_resolver, ldns_resolver_deep_free>;
using Field = Owned<ldns_rdf, ldns_rdf_deep_free>;
using Record = Owned<ldns_rr, ldns_rr_free>;
using Text = Owned<char, std::free>;

Error failed(const NameServer& server, const std::string& zone, const std::string& why) {
  return Error("TransferFailed",
               "no transfer of " + shown_name(zone) + " from " + server.to_text() + ": " + why);
}

Resolver resolver_of(const NameServer& server, int timeout_seconds) {
  Resolver resolver(ldns_resolver_new());
  bool is_six = server.address.find(':') != std::string::npos;
  Field address(
      ldns_rdf_new_frm_str(is_six ? LDNS_RDF_TYPE_AAAA : LDNS_RDF_TYPE_A, server.address.c_str()));
  if (!address || ldns_resolver_push_nameserver(resolver.get(), address.get()) != LDNS_STATUS_OK)
    return nullptr;
  ldns_resolver_set_port(resolver.get(), server.port);
  ldns_resolver_set_timeout(resolver.get(), {timeout_seconds, 0});
  ldns_resolver_set_recursive(resolver.get(), false);
  return resolver;
}

std::string why_ended(ldns_resolver& resolver) {
  const ldns_pkt* last = ldns_axfr_last_pkt(&resolver);
  if (!last) return "the connection ended, or nothing came in time";
  Text rcode(ldns_pkt_rcode2str(ldns_pkt_get_rcode(last)));
  std::string said = rcode ? rcode.get() : "";
  return said == "NOERROR" ? "it was cut short" : "the server says " + said;
}

// All records as lines of a master file.
Result<std::string> transferred_text(const NameServer& server, const std::string& zone,
                                     int timeout_seconds) {
  Resolver resolver = resolver_of(server, timeout_seconds);
  Field name(ldns_dname_new_frm_str(decimal_name(zone).c_str()));
  if (!resolver || !name) return failed(server, zone, "that is no address, or no name");
  ldns_status started = ldns_axfr_start(resolver.get(), name.get(), LDNS_RR_CLASS_IN);
  if (started != LDNS_STATUS_OK) return failed(server, zone, ldns_get_errorstr_by_id(started));
  std::string text;
  for (size_t count = 0;; ++count) {
    Record record(ldns_axfr_next(resolver.get()));
    if (!record) break;
    Text line(ldns_rr2str(record.get()));
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

std::string NameServer::to_text() const {
  bool is_six = address.find(':') != std::string::npos;
  return (is_six ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<NameServer> NameServer::parse(const std::string& text) {
  NameServer out{text, 53};
  bool has_brackets = text.starts_with('[') && text.find(']') != std::string::npos;
  size_t colon = text.rfind(':');
  size_t end = has_brackets ? text.find(']') + 1 : colon;
  bool has_port =
      has_brackets ? end < text.size() : colon != std::string::npos && text.find(':') == colon;
  if (has_port) {
    auto port = text[end] == ':' ? parse_int(text.substr(end + 1)) : std::nullopt;
    if (!port || *port < 1 || *port > 65535)
      return Error("UsageInvalid", "\"" + text + "\" has no port from 1 to 65535");
    out.port = static_cast<uint16_t>(*port);
    out.address = text.substr(0, end);
  }
  if (has_brackets) out.address = text.substr(1, text.find(']') - 1);
  unsigned char raw[16];
  if (::inet_pton(AF_INET, out.address.c_str(), raw) == 1 ||
      ::inet_pton(AF_INET6, out.address.c_str(), raw) == 1)
    return out;
  return Error("UsageInvalid", "\"" + text + "\" is no address of a server")
      .with_hint("an IP address with a port, as 192.0.2.1:53 or [2001:db8::1]:53");
}

Result<std::vector<MasterRecord>> transfer_zone(const NameServer& server, const std::string& zone,
                                                int timeout_seconds) {
  TRY(std::string text, transferred_text(server, zone, timeout_seconds));
  return parse_master_file(server.to_text(), zone,
                           [&](const std::string&) -> Result<std::string> { return text; });
}

}  // namespace mainstay::dns
