#include "cloud/caller.hh"

#include "cloud/key_id.hh"
#include "store/store.hh"

namespace mainstay::cloud {
namespace {

constexpr size_t forgotten_at_once = 64;
// A member of the sessions whose ids are known for ours without their documents. Those of states
// that were written before ids had a check keep their documents: without it, they would be
// nobody's.
constexpr const char* forgotten_from = "ForgottenFrom";
constexpr int tries_max = 64;  // fail once nine in ten of an account's ids are taken

store::ShardKey shard_of(std::string_view account) {
  return {"credentials", std::string(account), ""};
}

// An id from before ids had a check is only known by its document, so something stays of that.
void forget(store::Unit& unit, const std::string& id) {
  if (is_key_id_made_here(id)) {
    unit.remove("credential", id);
  } else if (unit.find("credential", id)) {
    unit.put("credential", id, Value::map({{"AccessKeyId", id}, {"Status", "Deleted"}}));
  }
}

}  // namespace

Value Caller::to_value() const {
  Value out = Value::map({{"Kind", static_cast<int>(kind)},
                          {"Account", account},
                          {"Arn", arn},
                          {"UserId", user_id},
                          {"AccessKey", access_key},
                          {"Details", details}});
  Value through = Value::list();
  for (const std::string& service : via) through.push_back(service);
  return out.set("Via", std::move(through));
}

Caller Caller::from_value(const Value& v) {
  Caller c;
  c.kind = static_cast<Kind>(v["Kind"].as_int());
  c.account = v["Account"].as_string();
  c.arn = v["Arn"].as_string();
  c.user_id = v["UserId"].as_string();
  c.access_key = v["AccessKey"].as_string();
  c.details = v["Details"];
  for (const Value& service : v["Via"].items()) c.via.push_back(service.as_string());
  return c;
}

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

Caller Caller::service_for(std::string_view account, std::string_view name,
                           std::string_view source_arn) {
  Caller c = service_principal(account, name);
  c.details.set("SourceArn", source_arn);
  return c;
}

std::optional<Value> Credentials::find(std::string_view id) const {
  auto account = account_of_key_id(id);
  if (!account) return std::nullopt;
  store::Unit unit(store_, store_.shard(shard_of(*account)), store::Mode::read);
  const Value* credential = unit.find("credential", id);
  return credential ? std::optional(*credential) : std::nullopt;
}

std::vector<Value> Credentials::keys_of_user(std::string_view account,
                                             std::string_view user_id) const {
  store::Unit unit(store_, store_.shard(shard_of(account)), store::Mode::read);
  std::vector<Value> out;
  for (const std::string& id : unit.find_by("credential", "UserId", user_id))
    if (const Value& found = *unit.find("credential", id); !found.has("SessionToken"))
      out.push_back(found);
  return out;
}

Result<Value> Credentials::add(std::string_view prefix, Value credential, Time now,
                               Random& random) {
  const std::string account = credential["Account"].as_string();
  store::Unit unit(store_, store_.shard(shard_of(account)), store::Mode::write);
  const std::string before = format_iso8601(now);
  for (const std::string& id :
       unit.first_by("credential", forgotten_from, before, forgotten_at_once))
    unit.remove("credential", id);
  std::string id = make_key_id(prefix, account, random);
  for (int tries = 1; unit.find("credential", id); ++tries) {
    if (tries == tries_max) return aws_error("Throttling", "Rate exceeded");
    id = make_key_id(prefix, account, random);
  }
  credential.set("AccessKeyId", id);
  if (credential.has("Expiration")) credential.set(forgotten_from, credential["Expiration"]);
  unit.put("credential", id, credential);
  CHECK_OK(unit.commit());
  return credential;
}

void Credentials::forget_expired(Time now) {
  const std::string before = format_iso8601(now);
  for (store::Shard* shard : store_.shards("credentials"))
    for (bool more = true; more;) {
      store::Unit unit(store_, *shard, store::Mode::write);
      auto ids = unit.first_by("credential", forgotten_from, before, forgotten_at_once);
      for (const std::string& id : ids) unit.remove("credential", id);
      more = !ids.empty() && unit.commit().has_value();
    }
}

Status Credentials::put(const Value& credential) {
  store::Unit unit(store_, store_.shard(shard_of(credential["Account"].as_string())),
                   store::Mode::write);
  unit.put("credential", credential["AccessKeyId"].as_string(), credential);
  return unit.commit();
}

Status Credentials::remove(std::string_view id) {
  auto account = account_of_key_id(id);
  if (!account) return {};
  store::Unit unit(store_, store_.shard(shard_of(*account)), store::Mode::write);
  forget(unit, std::string(id));
  return unit.commit();
}

Status Credentials::remove_of_user(std::string_view account, std::string_view user_id) {
  store::Unit unit(store_, store_.shard(shard_of(account)), store::Mode::write);
  for (const char* member : {"UserId", "IssuerId"})
    for (const std::string& id : unit.find_by("credential", member, user_id)) forget(unit, id);
  return unit.commit();
}

Status Credentials::rename_user(std::string_view account, std::string_view user_id,
                                std::string_view name, std::string_view arn) {
  store::Unit unit(store_, store_.shard(shard_of(account)), store::Mode::write);
  for (const std::string& id : unit.find_by("credential", "UserId", user_id)) {
    Value credential = *unit.find("credential", id);
    if (credential.has("UserName")) credential.set("UserName", name);
    unit.put("credential", id, credential.set("Arn", arn));
  }
  for (const std::string& id : unit.find_by("credential", "IssuerId", user_id)) {
    Value credential = *unit.find("credential", id);
    unit.put("credential", id, credential.set("Issuer", arn));
  }
  return unit.commit();
}

std::vector<store::Index> Credentials::indexes() {
  return {{"credentials", "credential", "UserId"},
          {"credentials", "credential", "IssuerId"},
          {"credentials", "credential", forgotten_from}};
}

}  // namespace mainstay::cloud
