#include "cloud/key_id.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::cloud {
namespace {

constexpr std::string_view base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr size_t prefix_size = 4;
constexpr size_t body_size = 12;  // characters after the prefix: 60 bits
constexpr size_t check_size = 4;  // 20 bits

constexpr std::string_view token_start = "FwoGZXIvYXdzE";
constexpr size_t token_random_bytes = 88;
constexpr size_t token_expiry_digits = 13;  // milliseconds until the year 2286

bool has_form_of_id(std::string_view id) {
  return id.size() == prefix_size + body_size + check_size &&
         (id.starts_with("AKIA") || id.starts_with("ASIA"));
}

std::string check_of(std::string_view prefix_and_body) {
  std::string digest = sha256("mainstay access key id " + std::string(prefix_and_body));
  std::string check;
  for (size_t i = 0; i < check_size; ++i)
    check += base32[static_cast<unsigned char>(digest[i]) % base32.size()];
  return check;
}

}  // namespace

// Of the body's 60 bits the first is set, 40 are the account, the rest random.
std::string make_key_id(std::string_view prefix, std::string_view account, Random& random) {
  uint64_t number = static_cast<uint64_t>(parse_int(account).value_or(0));
  uint64_t bits = uint64_t{1} << 59 | number << 19 | random.below(uint64_t{1} << 19);
  std::string id(prefix);
  for (size_t i = body_size; i-- > 0;) id += base32[bits >> 5 * i & 31];
  return id + check_of(id);
}

namespace {

std::optional<std::string> account_in(std::string_view id) {
  uint64_t high = 0;
  for (size_t i = 0; i < 10; ++i) {  // 50 bits; the last two are not the account's
    size_t digit = base32.find(id[prefix_size + i]);
    if (digit == std::string_view::npos) return std::nullopt;
    high = high << 5 | digit;
  }
  uint64_t number = (high >> 2 & 0x7fffffffffff) >> 7;
  std::string account = std::to_string(number);
  if (account.size() > 12) return std::nullopt;
  return std::string(12 - account.size(), '0') + account;
}

bool has_its_check(std::string_view id) {
  return id.substr(prefix_size + body_size, check_size) ==
         check_of(id.substr(0, prefix_size + body_size));
}

}  // namespace

std::optional<std::string> account_of_key_id(std::string_view id) {
  return has_form_of_id(id) ? account_in(id) : std::nullopt;
}

bool is_key_id_made_here(std::string_view id) {
  return account_of_key_id(id) && has_its_check(id);
}

std::string make_principal_id(std::string_view prefix, std::string_view account, Random& random) {
  return make_key_id(prefix, account, random) + base32[random.below(base32.size())];
}

std::optional<std::string> account_of_principal_id(std::string_view id) {
  id = id.substr(0, id.find(':'));  // of a session, its role's
  bool fits = id.size() == prefix_size + body_size + check_size + 1 && has_its_check(id);
  return fits ? account_in(id) : std::nullopt;
}

std::string make_session_token(Time expires) {
  std::string digits = std::to_string(expires.ms);
  digits.insert(0, token_expiry_digits - std::min(token_expiry_digits, digits.size()), '0');
  return std::string(token_start) + base64_encode(digits + secure_random(token_random_bytes));
}

std::optional<Time> expiry_of_session_token(std::string_view token) {
  if (!token.starts_with(token_start)) return std::nullopt;
  auto bytes = base64_decode(token.substr(token_start.size()));
  if (!bytes || bytes->size() != token_expiry_digits + token_random_bytes) return std::nullopt;
  auto ms = parse_int(bytes->substr(0, token_expiry_digits));
  return ms ? std::optional(Time{*ms}) : std::nullopt;
}

}  // namespace mainstay::cloud
