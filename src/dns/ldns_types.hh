// ldns's header without its macros, and its objects with owners. Only for the files that speak to
// name servers, each compiled by itself.
#pragma once

#include <ldns/ldns.h>
// They would make numbers of them.
#undef true
#undef false

#include <cstdlib>
#include <memory>

#include "dns/name_server.hh"

namespace mainstay::dns {

template <auto free>
struct Freer {
  template <class T>
  void operator()(T* p) const {
    free(p);
  }
};
template <class T, auto free>
using Owned = std::unique_ptr<T, Freer<free>>;

using LdnsResolver = Owned<ldns_resolver, ldns_resolver_deep_free>;
using LdnsField = Owned<ldns_rdf, ldns_rdf_deep_free>;
using LdnsRecord = Owned<ldns_rr, ldns_rr_free>;
using LdnsPacket = Owned<ldns_pkt, ldns_pkt_free>;
using LdnsText = Owned<char, std::free>;

// That asks this server only, without recursion; null where its address is none.
LdnsResolver ldns_resolver_of(const NameServer& server, int timeout_seconds);

}  // namespace mainstay::dns
