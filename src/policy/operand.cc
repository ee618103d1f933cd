#include "policy/operand.hh"

#include <arpa/inet.h>

#include <cmath>
#include <cstring>

#include "base/text.hh"

namespace mainstay::policy {

bool Network::contains(const Network& other) const {
  if (v6 != other.v6 || other.bits < bits) return false;
  int whole = bits / 8, rest = bits % 8;
  if (std::memcmp(address.data(), other.address.data(), static_cast<size_t>(whole)) != 0)
    return false;
  if (rest == 0) return true;
  auto at = static_cast<size_t>(whole);
  return (address[at] ^ other.address[at]) >> (8 - rest) == 0;
}

std::optional<Network> Network::parse(std::string_view text) {
  Network out;
  size_t slash = text.find('/');
  std::string host(text.substr(0, slash));
  out.v6 = host.find(':') != std::string::npos;
  if (inet_pton(out.v6 ? AF_INET6 : AF_INET, host.c_str(), out.address.data()) != 1) return {};
  int width = out.v6 ? 128 : 32;
  out.bits = width;
  if (slash != std::string_view::npos) {
    auto bits = parse_int(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > width) return {};
    out.bits = static_cast<int>(*bits);
  }
  return out;
}

std::optional<double> parse_number(std::string_view text) {
  auto number = parse_real(text);
  if (!number || !std::isfinite(*number)) return {};
  return number;
}

std::optional<Time> parse_date(std::string_view text) {
  return parse_time(text);
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (equals_ignoring_case(text, "true")) return true;
  if (equals_ignoring_case(text, "false")) return false;
  return {};
}

Operand operand_of(Operator op) {
  if (op <= Operator::string_not_like) return Operand::text;
  if (op <= Operator::numeric_greater_than_equals) return Operand::number;
  if (op <= Operator::date_greater_than_equals) return Operand::date;
  if (op == Operator::boolean) return Operand::boolean;
  if (op == Operator::binary_equals) return Operand::binary;
  if (op <= Operator::not_ip_address) return Operand::network;
  if (op <= Operator::arn_not_like) return Operand::arn;
  return Operand::presence;
}

std::optional<std::string> operand_fault(Operator op, std::string_view value) {
  if (value.find("${") != std::string_view::npos) return {};
  std::string what = printable(value);
  switch (operand_of(op)) {
    case Operand::number:
      if (!parse_number(value)) return "expected a number, not " + what;
      break;
    case Operand::date:
      if (!parse_date(value))
        return "expected a date (ISO 8601 or seconds since 1970), not " + what;
      break;
    case Operand::boolean:
    case Operand::presence:
      if (!parse_boolean(value)) return "expected true or false, not " + what;
      break;
    case Operand::network:
      if (!Network::parse(value)) return "expected an IP address or a CIDR range, not " + what;
      break;
    case Operand::binary:
      if (!base64_decode(value)) return "expected base64, not " + what;
      break;
    case Operand::text:
    case Operand::arn:
      break;
  }
  return {};
}

}  // namespace mainstay::policy
