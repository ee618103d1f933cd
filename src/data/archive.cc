#include "data/archive.hh"

#include <zlib.h>

#include <cstring>
#include <optional>

extern "C" const char mainstay_data_begin[];
extern "C" const char mainstay_data_end[];

// The archive, taken in by the assembler as it is.
__asm__(
    ".section .rodata\n"
    ".global mainstay_data_begin\n.global mainstay_data_end\n.balign 16\n"
    "mainstay_data_begin:\n.incbin \"" MAINSTAY_DATA_FILE
    "\"\n"
    "mainstay_data_end:\n.byte 0\n.previous\n");

namespace mainstay::data {
namespace {

struct Entry {
  const char* packed = nullptr;
  uint32_t packed_size = 0;
  uint32_t raw_size = 0;
};

template <class T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// A name to its place in the index, made once: about 2,700 names.
const std::unordered_map<std::string_view, Entry>& index() {
  static const auto entries = [] {
    std::unordered_map<std::string_view, Entry> out;
    const char* at = mainstay_data_begin + 8;
    uint32_t count = load<uint32_t>(at);
    at += 4;
    out.reserve(count);
    for (uint32_t i = 0; i < count; ++i) {
      uint16_t size = load<uint16_t>(at);
      std::string_view name(at + 2, size);
      at += 2 + size;
      out[name] = {mainstay_data_begin + load<uint64_t>(at), load<uint32_t>(at + 8),
                   load<uint32_t>(at + 12)};
      at += 16;
    }
    return out;
  }();
  return entries;
}

}  // namespace

bool has(std::string_view name) {
  return index().contains(name);
}

Result<std::string> read(std::string_view name) {
  auto it = index().find(name);
  if (it == index().end())
    return Error("DataMissing", "no embedded data is called " + std::string(name));
  const Entry& entry = it->second;
  std::string out(entry.raw_size, '\0');
  uLongf size = out.size();
  int code = ::uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                          reinterpret_cast<const Bytef*>(entry.packed), entry.packed_size);
  if (code != Z_OK || size != out.size())
    return Error("DataMissing", "embedded data " + std::string(name) + " is damaged");
  return out;
}

}  // namespace mainstay::data
