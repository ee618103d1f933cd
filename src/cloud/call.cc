#include "cloud/call.hh"

#include "cloud/cloud.hh"
#include "store/store.hh"

namespace mainstay::cloud {

std::string Call::new_id(std::string_view prefix) {
  return std::string(prefix) + "-0" + random.hex(16);
}

std::string Call::arn(std::string_view resource) const {
  std::string where = service.scope == Scope::region ? region : "";
  return "arn:aws:" + service.name + ":" + where + ":" + account + ":" + std::string(resource);
}

store::Blobs& Call::blobs() {
  return cloud.store().blobs();
}

Credentials Call::credentials() {
  return cloud.credentials();
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
