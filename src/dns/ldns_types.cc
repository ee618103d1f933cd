#include "dns/ldns_types.hh"

namespace mainstay::dns {

LdnsResolver ldns_resolver_of(const NameServer& server, int timeout_seconds) {
  LdnsResolver resolver(ldns_resolver_new());
  bool is_six = server.address.find(':') != std::string::npos;
  LdnsField address(
      ldns_rdf_new_frm_str(is_six ? LDNS_RDF_TYPE_AAAA : LDNS_RDF_TYPE_A, server.address.c_str()));
  if (!resolver || !address ||
      ldns_resolver_push_nameserver(resolver.get(), address.get()) != LDNS_STATUS_OK)
    return nullptr;
  ldns_resolver_set_port(resolver.get(), server.port);
  ldns_resolver_set_timeout(resolver.get(), {timeout_seconds, 0});
  ldns_resolver_set_retry(resolver.get(), 2);
  ldns_resolver_set_recursive(resolver.get(), false);
  return resolver;
}

}  // namespace mainstay::dns
