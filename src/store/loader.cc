#include "store/loader.hh"

#include <algorithm>
#include <vector>

#include "base/cbor.hh"
#include "store/documents.hh"

namespace mainstay::store {

Status Loader::add(std::string_view record) {
  constexpr std::string_view removed = "\xf6";  // null
  const Error unknown("StateUnreadable", "a record of unknown form");
  CborSkimmer in(record);
  if (in.list() != 4) return unknown;
  auto service = in.text(), account = in.text(), region = in.text();
  if (!service || !account || !region) return unknown;
  auto changes = in.list();
  if (!changes) return unknown;
  for (size_t i = 0; i < *changes; ++i) {
    if (in.list() != 3) return unknown;
    auto table = in.text(), id = in.text();
    if (!table || !id) return unknown;
    auto document = in.value(cbor_depth_max);
    if (!document) return unknown;
    Found& found = tables_[{*service, *account, *region, *table}];
    if (*document == removed) {
      found.erase(*id);
    } else {
      found[*id] = *document;
    }
  }
  return in.done() ? Status() : unknown;
}

void Loader::visit(const Visitor& visitor) const {
  for (const auto& [place, found] : tables_) {
    std::vector<std::pair<std::string_view, std::string_view>> sorted(found.begin(), found.end());
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [id, document] : sorted) visitor(place, id, document);
  }
}

}  // namespace mainstay::store
