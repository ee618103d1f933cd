#include "base/random.hh"

#include <bit>
#include <utility>

namespace mainstay {

// Seeding by splitmix64, as the authors of xoshiro recommend (Blackman and Vigna, 2018).
Random::Random(uint64_t seed) {
  for (uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    uint64_t z = seed;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    word = z ^ z >> 31;
  }
}

uint64_t Random::next() {
  uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

uint64_t Random::below(uint64_t bound) {
  uint64_t limit = ~uint64_t{0} - ~uint64_t{0} % bound;
  uint64_t n = next();
  while (n >= limit) n = next();
  return n % bound;
}

double Random::unit() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::string Random::hex(size_t digits) {
  static constexpr char alphabet[] = "0123456789abcdef";
  std::string out(digits, '0');
  uint64_t word = 0;
  for (size_t i = 0; i < digits; ++i, word >>= 4) {
    if (i % 16 == 0) word = next();
    out[i] = alphabet[word & 15];
  }
  return out;
}

std::string Random::alphanumeric(size_t count) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string out;
  for (size_t i = 0; i < count; ++i) out += alphabet[below(36)];
  return out;
}

// The digits of hex(32), with the version and the variant in their places (RFC 9562, 5.4).
std::string Random::uuid() {
  std::string digits = hex(32);
  digits[12] = '4';
  digits[16] = "89ab"[below(4)];
  std::string out(36, '-');
  size_t from = 0;
  for (auto [at, count] : {std::pair{0, 8}, {9, 4}, {14, 4}, {19, 4}, {24, 12}}) {
    digits.copy(&out[at], count, from);
    from += count;
  }
  return out;
}

}  // namespace mainstay
