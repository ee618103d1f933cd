#include "databases/copy_lock.hh"

#include <optional>

#include "base/json.hh"

namespace mainstay::databases {
namespace {

constexpr int64_t renew_ms = int64_t{10} * 60 * 1000, lease_ms = int64_t{3600} * 1000;

LockOwner owner_from(const std::string& text) {
  auto read = parse_json(text);
  if (!read) return {"", "somebody", "", "", 0};
  return {(*read)["run"].as_string(), (*read)["user"].as_string(), (*read)["host"].as_string(),
          (*read)["space"].as_string(), (*read)["process"].as_int()};
}

Result<List> parameters(aws::Client& client, const std::string& region, const std::string& path) {
  return client.list("ssm", {"GetParametersByPath", "Parameters", "NextToken", "NextToken"},
                     Value::map({{"Path", path}}), region);
}

}  // namespace

std::string CopyLock::name() const {
  return setup_.path + "/" + setup_.owner.run;
}

Status CopyLock::put(const std::string& region, bool again) {
  const LockOwner& owner = setup_.owner;
  std::string text = to_json(Value::map({{"run", owner.run},
                                         {"user", owner.user},
                                         {"host", owner.host},
                                         {"space", owner.space},
                                         {"process", owner.process}}));
  auto done = setup_.client->call(
      "ssm", "PutParameter",
      Value::map({{"Name", name()}, {"Value", text}, {"Type", "String"}, {"Overwrite", again}}),
      region);
  // Of our own run: a request that was sent twice.
  if (!done && done.error().code != "ParameterAlreadyExists") return done.error();
  return {};
}

Status CopyLock::look(const std::string& region) {
  TRY(List all, parameters(*setup_.client, region, setup_.path));
  std::optional<Time> mine;
  for (const Value& one : all)
    if (one["Name"].as_string() == name()) mine = one["LastModifiedDate"].as_time();
  if (!mine) return Error("LockLost", "the lock " + name() + " in " + region + " is gone");
  for (const Value& one : all) {
    const std::string& path = one["Name"].as_string();
    if (path == name()) continue;
    LockOwner other = owner_from(one["Value"].as_string());
    bool ran_out = *mine - one["LastModifiedDate"].as_time() > lease_ms;
    if (!ran_out && !setup_.has_ended(other))
      return Error("CopyBusy", "the run " + other.run + " of " + other.user + " on " + other.host +
                                   " is at work in " + region)
          .with_hint("wait for it; if it is gone for good, delete the parameter " + path);
    auto gone = setup_.client->call("ssm", "DeleteParameter", Value::map({{"Name", path}}), region);
    if (!gone && gone.error().code != "ParameterNotFound") return gone.error();
  }
  return {};
}

Status CopyLock::hold() {
  for (const std::string& region : setup_.regions) {
    held_.push_back(region);
    Status taken = put(region, false);
    if (taken) taken = look(region);
    if (taken) continue;
    (void)release();
    return taken;
  }
  renewed_ms_ = setup_.clock->monotonic_ms();
  return {};
}

Status CopyLock::keep() {
  if (setup_.clock->monotonic_ms() - renewed_ms_ < renew_ms) return {};
  CHECK_OK(check());
  for (const std::string& region : held_) CHECK_OK(put(region, true));
  renewed_ms_ = setup_.clock->monotonic_ms();
  return {};
}

Status CopyLock::check() {
  for (const std::string& region : held_) CHECK_OK(look(region));
  return {};
}

Status CopyLock::release() {
  Status out;
  for (const std::string& region : held_) {
    auto gone =
        setup_.client->call("ssm", "DeleteParameter", Value::map({{"Name", name()}}), region);
    if (!gone && gone.error().code != "ParameterNotFound" && out) out = gone.error();
  }
  held_.clear();
  return out;
}

}  // namespace mainstay::databases
