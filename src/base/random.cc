#include "base/random.hh"

#include <bit>

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
  std::string out;
  out.reserve(digits);
  while (out.size() < digits) {
    uint64_t word = next();
    for (int i = 0; i < 16 && out.size() < digits; ++i, word >>= 4) out += alphabet[word & 15];
  }
  return out;
}

std::string Random::alphanumeric(size_t count) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string out;
  for (size_t i = 0; i < count; ++i) out += alphabet[below(36)];
  return out;
}

std::string Random::uuid() {
  std::string out = hex(32);
  out[12] = '4';
  out[16] = "89ab"[below(4)];
  for (size_t at : {8, 13, 18, 23}) out.insert(at, 1, '-');
  return out;
}

}  // namespace mainstay
