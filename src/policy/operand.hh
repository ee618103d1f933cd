// The typed values of condition operators: numbers, dates, IP networks, booleans.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hh"
#include "policy/document.hh"

namespace mainstay::policy {

// An IP network or address: "10.0.0.0/8", "2001:db8::/32"; without a prefix one address.
struct Network {
  std::array<uint8_t, 16> address{};
  int bits = 0;  // of the prefix
  bool v6 = false;

  bool contains(const Network& other) const;
  static std::optional<Network> parse(std::string_view text);
};

std::optional<double> parse_number(std::string_view text);  // finite
std::optional<Time> parse_date(std::string_view text);      // ISO 8601 or epoch seconds
std::optional<bool> parse_boolean(std::string_view text);   // "true" or "false" in any case

// What is wrong with a value of this operator as written in a policy; nothing if it is right or
// holds a policy variable.
std::optional<std::string> operand_fault(Operator op, std::string_view value);

// The family of an operator: which of the values above it compares.
enum class Operand { text, number, date, boolean, network, arn, binary, presence };
Operand operand_of(Operator op);

}  // namespace mainstay::policy
