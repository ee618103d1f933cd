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

std::function<const cfn::Schema*(const std::string& type)> embedded_schemas() {
  struct Kept {
    std::mutex mutex;
    std::map<std::string, std::unique_ptr<const cfn::Schema>> schemas;
  };
  return [kept = std::make_shared<Kept>()](const std::string& type) -> const cfn::Schema* {
    std::scoped_lock lock(kept->mutex);
    auto [it, fresh] = kept->schemas.try_emplace(type);
    if (!fresh) return it->second.get();
    auto text = data::read("schemas/" + type);
    auto schema = text ? cfn::Schema::parse(*text) : Result<cfn::Schema>(text.error());
    if (schema) it->second = std::make_unique<const cfn::Schema>(std::move(*schema));
    return it->second.get();
  };
}

}  // namespace mainstay::cli
