#include "formation/naming.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "formation/records.hh"

namespace mainstay::formation {
namespace {

constexpr std::string_view capitals = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr size_t suffix_size = 12;

}  // namespace

std::string stable_text(const Whereabouts& w, std::string_view purpose, size_t count,
                        std::string_view alphabet) {
  std::string digest = sha256(w.stack_id + "\n" + w.logical_id + "\n" +
                              std::to_string(w.generation) + "\n" + std::string(purpose));
  std::string out;
  for (size_t i = 0; i < count; ++i)
    out += alphabet[static_cast<unsigned char>(digest[i % digest.size()]) % alphabet.size()];
  return out;
}

std::string physical_name(const Whereabouts& w, const NameStyle& style) {
  std::string suffix = "-" + stable_text(w, "name", suffix_size, capitals);
  std::string head = name_of(w.stack_id);
  std::string tail = "-" + w.logical_id;
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
