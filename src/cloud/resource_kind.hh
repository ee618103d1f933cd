// Kinds of resources: what finding one and listing many have in common, as data. A kind is a row of
// a service's own; documents stand in a table by id, and a list walks that table in id order from
// where the token says, so a page costs its own length and a token stays good when items come and
// go. EC2, whose lists take filters, has a form of its own (services/ec2/resource.hh).
//
// Threads: as the Call's.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::cloud {

class Call;

// How a service's list operations speak of pages.
struct PageWords {
  std::string_view token_in = "NextToken", token_out = "NextToken", limit = "MaxResults";
  int64_t size_default = 100, size_max = 100;
  std::string_view bad_token_code = "InvalidParameter", bad_token = "Invalid parameter: NextToken";
};

struct ResourceKind {
  std::string_view table;
  std::string_view list;  // the list operation's output member
  // What is answered for an id that there is none of; "*" stands for the id.
  std::string_view missing_code, missing;
  int missing_status = 400;
  PageWords pages = {};
};

Error no_such(const ResourceKind& kind, std::string_view id);
Result<Value> find_resource(const Call& call, const ResourceKind& kind, std::string_view id);

// Which documents a list has, and how it shows them; each part may be left out.
struct Listing {
  std::string prefix = {};  // of ids
  std::function<bool(const Value& document)> has = {};
  std::function<Value(const Value& document)> show = {};
};

// A page as the output of the list operation: the list, also where it is empty, and the token of
// the next page if there is one. Errors: a token that was never given out.
Result<Value> list_resources(const Call& call, const ResourceKind& kind, const Value& in,
                             const Listing& listing);

}  // namespace mainstay::cloud
