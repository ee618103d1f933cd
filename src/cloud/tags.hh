// Tags, once for all services. A document keeps them as a list of {Key, Value} under "_Tags";
// requests give them as such a list, as a list of {TagKey, TagValue} or as a map.
#pragma once

#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::cloud {

class Call;

// What a service says where its rules for tags are broken. Each "" where it has no such rule.
struct TagRules {
  size_t most = 50;  // of a resource ("Tag naming limits and requirements", tagging guide)
  std::string_view too_many_code = {}, too_many = {};
  std::string_view reserved_code = {}, reserved = {};  // keys of AWS's own, "aws:..."
  std::string_view duplicate_code = {}, duplicate = {};
};

// In the form of documents, in the order given.
Value tags_of_request(const Value& given);
Value tags_as_map(const Value& tags);

// Puts the tags of a request over those of a document, or takes keys away.
Status add_tags(const Call& call, Value& document, const Value& given, const TagRules& rules);
void remove_tags(Value& document, const Value& keys);

}  // namespace mainstay::cloud
