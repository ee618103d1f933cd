#include "stacks/config_merge.hh"

namespace mainstay::stacks {
namespace {

using cfn::Places;

// Of the i-th part; unknown where the places don't reach.
Places child(const Places& places, size_t i) {
  return i < places.children.size() ? places.children[i] : Places{};
}

struct Part {
  Value value;
  Places places;
};

// What comes from elsewhere has no place here: a line of another file would mislead.
Part merged(const Value& under, const Value& over, const Places& places) {
  Part out{over, places};
  if (under.is_list() && over.is_list()) {
    List items = under.items();
    items.insert(items.end(), over.items().begin(), over.items().end());
    out.value = Value(std::move(items));
    out.places.children.assign(under.size(), Places{});
    for (size_t i = 0; i < over.size(); ++i) out.places.children.push_back(child(places, i));
  } else if (under.is_map() && over.is_map()) {
    out.value = under;
    out.places.children.assign(under.size(), Places{});
    for (size_t i = 0; i < over.size(); ++i) {
      const auto& [key, value] = over.members().nth(i);
      size_t at = under.members().position(key);
      if (at == Map::npos) {
        out.value.set(key, value);
        out.places.children.push_back(child(places, i));
        continue;
      }
      Part both = merged(under.members().nth(at).second, value, child(places, i));
      out.value.set(key, std::move(both.value));
      out.places.children[at] = std::move(both.places);
    }
  }
  return out;
}

}  // namespace

void merge_under(cfn::Document& over, const cfn::Document& under) {
  Part both = merged(under.root, over.root, over.places);
  over.root = std::move(both.value);
  over.places = std::move(both.places);
}

}  // namespace mainstay::stacks
