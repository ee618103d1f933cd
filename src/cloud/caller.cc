#include "cloud/caller.hh"

#include "base/text.hh"
#include "store/store.hh"

namespace mainstay::cloud {
namespace {

constexpr std::string_view base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr size_t coded_size = 16;  // characters after the prefix: 80 bits

store::ShardKey shard_of(std::string_view account) {
  return {"credentials", std::string(account), ""};
}

}  // namespace

Caller Caller::root_of(std::string_view account) {
  Caller c;
  c.account = account;
  c.arn = "arn:aws:iam::" + c.account + ":root";
  c.user_id = c.account;
  return c;
}

Caller Caller::service_principal(std::string_view account, std::string_view name) {
  Caller c = root_of(account);
  c.kind = Kind::service;
  c.details = Value::map({{"Service", name}});
  return c;
}

// The first 48 bits hold the account, shifted left by seven (how AWS encodes it was described by
// Tal Be'ery, "A short note on AWS KEY ID", 2023).
std::string Credentials::make_id(std::string_view prefix, std::string_view account,
                                 Random& random) {
  uint64_t number = static_cast<uint64_t>(parse_int(account).value_or(0));
  uint64_t high = uint64_t{1} << 47 | number << 7 | random.below(128);
  std::string bits;
  for (int i = 47; i >= 0; --i) bits += high >> i & 1 ? '1' : '0';
  std::string id(prefix);
  for (size_t i = 0; i < coded_size; ++i) {
    unsigned digit = 0;
    for (size_t k = 0; k < 5; ++k) {
      size_t at = i * 5 + k;
      bool bit = at < bits.size() ? bits[at] == '1' : random.below(2) == 1;
      digit = digit << 1 | (bit ? 1u : 0u);
    }
    id += base32[digit];
  }
  return id;
}

std::optional<std::string> Credentials::account_of(std::string_view id) {
  if (id.size() != 4 + coded_size || !(id.starts_with("AKIA") || id.starts_with("ASIA")))
    return std::nullopt;
  uint64_t high = 0;
  for (size_t i = 0; i < 10; ++i) {  // 50 bits; the last two are not the account's
    size_t digit = base32.find(id[4 + i]);
    if (digit == std::string_view::npos) return std::nullopt;
    high = high << 5 | digit;
  }
  uint64_t number = (high >> 2 & 0x7fffffffffff) >> 7;
  std::string account = std::to_string(number);
  if (account.size() > 12) return std::nullopt;
  return std::string(12 - account.size(), '0') + account;
}

std::optional<Value> Credentials::find(std::string_view id) const {
  auto account = account_of(id);
  if (!account) return std::nullopt;
  store::Unit unit(store_, store_.shard(shard_of(*account)), store::Mode::read);
  const Value* credential = unit.find("credential", id);
  return credential ? std::optional(*credential) : std::nullopt;
}

std::vector<Value> Credentials::of_user(std::string_view account, std::string_view arn) const {
  store::Unit unit(store_, store_.shard(shard_of(account)), store::Mode::read);
  std::vector<Value> out;
  for (const std::string& id : unit.find_by("credential", "Arn", arn))
    out.push_back(*unit.find("credential", id));
  return out;
}

Status Credentials::put(const Value& credential) {
  store::Unit unit(store_, store_.shard(shard_of(credential["Account"].as_string())),
                   store::Mode::write);
  unit.put("credential", credential["AccessKeyId"].as_string(), credential);
  return unit.commit();
}

Status Credentials::remove(std::string_view id) {
  auto account = account_of(id);
  if (!account) return {};
  store::Unit unit(store_, store_.shard(shard_of(*account)), store::Mode::write);
  unit.remove("credential", id);
  return unit.commit();
}

}  // namespace mainstay::cloud
