// Documents out of a journal's records: the last word on each, without parsing those that are
// changed later or that nobody looks at. What it is given must outlive it.
#pragma once

#include <functional>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "base/error.hh"

namespace mainstay::store {

class Loader {
 public:
  // Errors: "StateUnreadable" where it is no record of changes.
  Status add(std::string_view record);
  struct Place {
    std::string_view service, account, region, table;
    auto operator<=>(const Place&) const = default;
  };
  // Every document that there is in the end, table by table, in id order.
  using Visitor =
      std::function<void(const Place&, std::string_view id, std::string_view document_cbor)>;
  void visit(const Visitor& visitor) const;

 private:
  using Found = std::unordered_map<std::string_view, std::string_view>;
  std::map<Place, Found> tables_;
};

}  // namespace mainstay::store
