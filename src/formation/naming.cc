#include "formation/naming.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "formation/records.hh"

namespace mainstay::formation {
namespace {

constexpr std::string_view capitals = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view letters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr size_t suffix_size = 12;

const std::string& stack_of_name(const Whereabouts& w) {
  return w.made_in.empty() ? w.stack_id : w.made_in;
}

const std::string& id_of_name(const Whereabouts& w) {
  return w.made_in.empty() ? w.logical_id : w.made_as;
}

}  // namespace

Whereabouts whereabouts_of(const StackKey& key, const Value& resource) {
  return {key.account,
          key.region,
          key.id,
          resource["LogicalResourceId"].as_string(),
          resource["ResourceType"].as_string(),
          resource["_generation"].as_int(),
          resource["_made_in"].as_string(),
          resource["_made_as"].as_string()};
}

std::string stable_text(const Whereabouts& w, std::string_view purpose, size_t count,
                        std::string_view alphabet) {
  std::string digest = sha256(stack_of_name(w) + "\n" + id_of_name(w) + "\n" +
                              std::to_string(w.generation) + "\n" + std::string(purpose));
  std::string out;
  for (size_t i = 0; i < count; ++i)
    out += alphabet[static_cast<unsigned char>(digest[i % digest.size()]) % alphabet.size()];
  return out;
}

std::string physical_name(const Whereabouts& w, const NameStyle& style) {
  bool is_own = !style.head.empty();
  std::string suffix = "-" + stable_text(w, "name", suffix_size, is_own ? letters : capitals);
  std::string head = is_own ? style.head : name_of(stack_of_name(w));
  std::string tail = "-" + id_of_name(w);
  size_t room = style.length_max - suffix.size();
  if (head.size() + tail.size() > room) {
    size_t half = room / 2;
    if (head.size() > half) head.resize(std::max(half, room - std::min(room, tail.size())));
    tail.resize(std::min(tail.size(), room - head.size()));
  }
  std::string name = head + tail + suffix;
  return style.lower_case ? to_lower(name) : name;
}

}  // namespace mainstay::formation
