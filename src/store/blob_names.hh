// Which blobs a document refers to: those that its members "Blob" name, at any depth.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/cbor.hh"
#include "store/documents.hh"

namespace mainstay::store {

using BlobNames = std::set<std::string, std::less<>>;

inline void collect_blobs(const Value& value, BlobNames& names) {
  for (const Value& item : value.items()) collect_blobs(item, names);
  for (const auto& [key, member] : value.members()) {
    if (key == "Blob" && member.is_string()) names.insert(member.as_string());
    collect_blobs(member, names);
  }
}

// Of a document's CBOR; it is parsed only if the word stands in it.
inline void collect_blobs_of(std::string_view cbor, BlobNames& names) {
  if (cbor.find("\x64"
                "Blob") == std::string_view::npos)
    return;
  if (auto document = parse_cbor(cbor, cbor_depth_max); document.has_value())
    collect_blobs(*document, names);
}

}  // namespace mainstay::store
