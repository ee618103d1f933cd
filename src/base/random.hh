// Seeded random numbers (xoshiro256**): the same seed gives the same run. Not for keys: see
// digest.hh.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace mainstay {

class Random {
 public:
  explicit Random(uint64_t seed);
  uint64_t next();
  uint64_t below(uint64_t bound);          // 0 <= n < bound, bound > 0
  double unit();                           // 0 <= d < 1
  std::string hex(size_t digits);          // lower case
  std::string alphanumeric(size_t count);  // A-Z and 0-9
  std::string uuid();                      // version 4
 private:
  std::array<uint64_t, 4> state_;
};

}  // namespace mainstay
