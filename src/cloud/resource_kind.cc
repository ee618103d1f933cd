#include "cloud/resource_kind.hh"

#include <algorithm>

#include "base/text.hh"
#include "cloud/call.hh"
#include "cloud/paging.hh"

namespace mainstay::cloud {

Error no_such(const ResourceKind& kind, std::string_view id) {
  return aws_error(std::string(kind.missing_code), replace_all(kind.missing, "*", id),
                   kind.missing_status);
}

Result<Value> find_resource(const Call& call, const ResourceKind& kind, std::string_view id) {
  const Value* document = call.find(kind.table, id);
  if (!document) return no_such(kind, id);
  return *document;
}

Result<Value> list_resources(const Call& call, const ResourceKind& kind, const Value& in,
                             const Listing& listing) {
  const PageWords& words = kind.pages;
  std::string from = listing.prefix;
  if (const std::string& token = in[words.token_in].as_string(); !token.empty()) {
    auto position = read_token(token);
    if (!position || !position->starts_with(listing.prefix))
      return aws_error(std::string(words.bad_token_code), std::string(words.bad_token));
    from = *position;
  }
  int64_t asked = in[words.limit].as_int(words.size_default);
  size_t count = static_cast<size_t>(std::clamp<int64_t>(asked, 1, words.size_max));
  Value items = Value::list(), out = Value::map({});
  const store::Documents& all = call.all(kind.table);
  for (auto it = all.lower_bound(from); it != all.end(); ++it) {
    if (!it->first.starts_with(listing.prefix)) break;
    if (listing.has && !listing.has(it->second)) continue;
    if (items.size() == count) {
      out.set(words.token_out, make_token(it->first));
      break;
    }
    items.push_back(listing.show ? listing.show(it->second) : it->second);
  }
  out.set(kind.list, std::move(items));
  return out;
}

}  // namespace mainstay::cloud
