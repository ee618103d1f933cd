#include "services/organizations/state.hh"

namespace mainstay::organizations {
namespace {

constexpr int64_t page_default = 20;

std::string pair_key(const std::string& from, const std::string& to) {
  return from + "|" + to;
}

}  // namespace

void relate(Call& call, std::string_view relation, const std::string& from, const std::string& to) {
  call.put(relation, pair_key(from, to), true);
}

void unrelate(Call& call, std::string_view relation, const std::string& from,
              const std::string& to) {
  call.remove(relation, pair_key(from, to));
}

std::vector<std::string> related(Call& call, std::string_view relation, const std::string& from) {
  std::vector<std::string> out;
  std::string prefix = from + "|";
  const auto& all = call.all(relation);
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    out.push_back(it->first.substr(prefix.size()));
  return out;
}

bool has_related(Call& call, std::string_view relation, const std::string& from) {
  std::string prefix = from + "|";
  const auto& all = call.all(relation);
  auto it = all.lower_bound(prefix);
  return it != all.end() && it->first.starts_with(prefix);
}

Result<Value> page_of(Call& call, const Value& in, std::string_view relation,
                      const std::string& from, std::string_view list,
                      const std::function<Value(const std::string& id)>& show) {
  std::string prefix = from + "|", start = prefix;
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position)
      return invalid_input("The provided NextToken is not valid.", "INVALID_NEXT_TOKEN");
    start += *position;
  }
  size_t count = static_cast<size_t>(in["MaxResults"].as_int(page_default));
  Value items = Value::list(), out;
  std::string next;
  const auto& all = call.all(relation);
  for (auto it = all.lower_bound(start); it != all.end() && it->first.starts_with(prefix); ++it) {
    std::string id = it->first.substr(prefix.size());
    if (items.size() == count) {
      next = cloud::make_token(id);
      break;
    }
    if (Value item = show(id); !item.is_null()) items.push_back(std::move(item));
  }
  out.set(list, std::move(items));
  if (!next.empty()) out.set("NextToken", next);
  return out;
}

}  // namespace mainstay::organizations
