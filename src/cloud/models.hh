// The service models, unpacked when a service is first asked for and then kept, and the table by
// which a request finds its service. Threads: any.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::wire {
class Model;
class Router;
struct Hints;
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
  // As clients of the query protocol know it: another model where the service has left that
  // protocol for JSON (data/overlays/SERVICE.query.json), else the same.
  Result<Loaded> load_for_query(std::string_view service) const;

  // Services (botocore's names) that a request may mean, likeliest first.
  std::vector<std::string> candidates(const wire::Hints& hints) const;

 private:
  struct Tables;
  std::unique_ptr<const Tables> tables_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Loaded, std::less<>> loaded_;
};

}  // namespace mainstay::cloud
