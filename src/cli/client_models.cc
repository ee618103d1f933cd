#include "cli/client_models.hh"

#include <map>
#include <mutex>

#include "data/archive.hh"

namespace mainstay::cli {

aws::ModelSource embedded_models() {
  struct Kept {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const wire::Model>, std::less<>> models;
  };
  return [kept = std::make_shared<Kept>()](
             std::string_view service) -> Result<std::shared_ptr<const wire::Model>> {
    std::scoped_lock lock(kept->mutex);
    auto found = kept->models.find(service);
    if (found != kept->models.end()) return found->second;
    TRY(std::string text, data::read("models/" + std::string(service)));
    TRY(auto model, wire::Model::parse(text));
    kept->models.emplace(service, model);
    return model;
  };
}

}  // namespace mainstay::cli
