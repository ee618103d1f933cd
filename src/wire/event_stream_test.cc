#include "wire/event_stream.hh"

#include <doctest/doctest.h>

#include "base/digest.hh"
#include "base/text.hh"

using namespace mainstay;
using namespace mainstay::wire;

// The prelude and checksums of an empty message are constants of the format: lengths 16 and 0,
// CRC-32 of them, CRC-32 of all.
TEST_CASE("an empty message of an event stream") {
  CHECK(hex_encode(event_message({}, "")) == "000000100000000005c248eb7d98c8ff");
}

TEST_CASE("a message is its lengths, headers, payload and two checksums") {
  std::string message = event_message({{":event-type", "a"}}, "{}");
  // One byte of name length, the name, the type (7: string), two bytes of length, the value.
  std::string headers = std::string("\x0b:event-type\x07\x00\x01", 15) + "a";
  std::string lengths{0, 0, 0, static_cast<char>(12 + headers.size() + 2 + 4),
                      0, 0, 0, static_cast<char>(headers.size())};
  auto number = [](uint32_t n) {
    return std::string{static_cast<char>(n >> 24), static_cast<char>(n >> 16),
                       static_cast<char>(n >> 8), static_cast<char>(n)};
  };
  std::string before = lengths + number(crc32(lengths)) + headers + "{}";
  CHECK(message == before + number(crc32(before)));
}
