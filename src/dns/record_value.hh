// A value of a zone's file, as text or as a map of octoDNS's fields, in its normal form.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::dns {

// Text without quotation marks of a TXT is all of it, however long; octoDNS's "\;" is a ";".
// Error "DnsZoneInvalid" without a place.
Result<std::string> read_value(std::string_view type, const Value& value);

}  // namespace mainstay::dns
