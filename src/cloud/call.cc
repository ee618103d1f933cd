#include "cloud/call.hh"

#include "cloud/cloud.hh"
#include "cloud/partition.hh"
#include "store/store.hh"

namespace mainstay::cloud {

std::string Call::new_id(std::string_view prefix) {
  return std::string(prefix) + "-0" + random.hex(16);
}

std::string Call::arn(std::string_view resource) const {
  std::string where = service.scope == Scope::region ? region : "";
  return "arn:" + std::string(partition_of(region)) + ":" + service.name + ":" + where + ":" +
         account + ":" + std::string(resource);
}

store::Blobs& Call::blobs() {
  return cloud.store().blobs();
}

Credentials Call::credentials() {
  return cloud.credentials();
}

std::string Call::at(Time when, std::string_view reaction, Value argument, std::string id) {
  if (id.empty()) id = random.uuid();
  cloud.timers().put(*this, id, when, reaction, std::move(argument));
  return id;
}

void Call::cancel_timer(const std::string& id) {
  cloud.timers().remove(*this, id);
}

int64_t Call::duration(int64_t ms) const {
  return cloud.clock().duration(ms);
}

void Call::later(Delivery delivery) {
  cloud.outbox().put(*this, std::move(delivery));
}

Value Call::wait(std::string topic, Time until, Value state) {
  waiting = Wait{std::move(topic), until, std::move(state)};
  return Value::map({});
}

void Call::notify(std::string_view topic) {
  after_commit.push_back([&to = cloud, name = std::string(topic)] { to.waiters().notify(name); });
}

std::string Call::topic(std::string_view name) const {
  const store::ShardKey& shard = db.key();
  return shard.service + '/' + shard.account + '/' + shard.region + '/' + std::string(name);
}

void Call::outside(const std::function<void()>& work) {
  cloud.outside(db, work);
}

Result<Value> Call::invoke(std::string_view service_name, std::string_view operation_name,
                           Value in) {
  // On the caller's behalf: its policies count, and conditions can see who asks ("Forward access
  // sessions" of the IAM user guide).
  Caller forwarded = caller;
  if (forwarded.kind != Caller::Kind::service || forwarded.via.empty())
    forwarded.via.push_back(service.name + ".amazonaws.com");
  return cloud.invoke(forwarded, account, region, service_name, operation_name, std::move(in));
}

}  // namespace mainstay::cloud
