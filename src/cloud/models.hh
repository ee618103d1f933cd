// The service models, unpacked when a service is first asked for and then kept, and the table by
// which a request finds its service. Threads: any.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::wire {
class Model;
class Router;
}  // namespace mainstay::wire

namespace mainstay::cloud {

class Models {
 public:
  Models();
  ~Models();

  struct Loaded {
    std::shared_ptr<const wire::Model> model;
    std::shared_ptr<const wire::Router> router;  // null unless the service speaks REST
  };
  // Error "DataMissing" for a service that AWS's models do not name.
  Result<Loaded> load(std::string_view service) const;

  // Names of services (botocore's) by what requests say of theirs; "" where unknown.
  std::string_view by_target_prefix(std::string_view prefix) const;
  std::string_view by_signing_name(std::string_view name, std::string_view version) const;
  std::string_view by_version(std::string_view version, std::string_view action) const;
  std::string_view by_service_id(std::string_view id) const;  // of an rpc-v2 path

 private:
  struct Tables;
  std::unique_ptr<const Tables> tables_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, Loaded> loaded_;
};

}  // namespace mainstay::cloud
