#include "cloud/models.hh"

#include "base/json.hh"
#include "data/archive.hh"
#include "wire/model.hh"
#include "wire/router.hh"

namespace mainstay::cloud {

// One row a service; lookups are by a name that several services may share, so each gives a list.
struct Models::Tables {
  using Names = std::vector<std::string>;
  using Lookup = std::map<std::string, Names, std::less<>>;
  Lookup target_prefix, signing_name, version, service_id;

  static const Names& find(const Lookup& lookup, std::string_view key) {
    static const Names none;
    auto it = lookup.find(key);
    return it == lookup.end() ? none : it->second;
  }
};

Models::Models() {
  auto tables = std::make_unique<Tables>();
  auto text = data::read("services");
  auto rows = text.has_value() ? parse_json(*text) : Result<Value>(Value());
  if (rows.has_value())
    for (const Value& row : rows->items()) {
      const std::string& name = row["name"].as_string();
      auto add = [&](Tables::Lookup& lookup, const char* member) {
        if (row.has(member)) lookup[row[member].as_string()].push_back(name);
      };
      add(tables->target_prefix, "targetPrefix");
      add(tables->signing_name, "signing");
      add(tables->version, "version");
      add(tables->service_id, "id");
    }
  tables_ = std::move(tables);
}

Models::~Models() = default;

Result<Models::Loaded> Models::load(std::string_view service) const {
  std::lock_guard guard(mutex_);
  auto it = loaded_.find(service);
  if (it != loaded_.end()) return it->second;
  TRY(std::string text, data::read("models/" + std::string(service)));
  Loaded loaded;
  TRY(loaded.model, wire::Model::parse(text));
  if (wire::is_rest(loaded.model->protocol()))
    loaded.router = std::make_shared<const wire::Router>(*loaded.model);
  loaded_.emplace(service, loaded);
  return loaded;
}

Result<Models::Loaded> Models::load_for_query(std::string_view service) const {
  static const std::set<std::string_view> left_for_json = {"sqs"};
  return load(std::string(service) + (left_for_json.contains(service) ? ".query" : ""));
}

// In the order of research on emulators: what the request names most precisely comes first.
std::vector<std::string> Models::candidates(const wire::Hints& hints) const {
  if (!hints.target_prefix.empty()) {
    auto names = Tables::find(tables_->target_prefix, hints.target_prefix);
    if (names.empty()) names = Tables::find(tables_->service_id, hints.target_prefix);
    if (!names.empty()) return names;
  }
  auto names = Tables::find(tables_->signing_name, hints.signing_name);
  if (!hints.version.empty()) {
    const auto& of_version = Tables::find(tables_->version, hints.version);
    if (names.empty()) return of_version;
    std::erase_if(names, [&](const std::string& name) {
      return std::find(of_version.begin(), of_version.end(), name) == of_version.end();
    });
    // An old client's version: better the service that signed than none.
    if (names.empty()) names = Tables::find(tables_->signing_name, hints.signing_name);
  }
  if (names.empty() && hints.form == wire::Hints::Form::rest) return {"s3"};
  // DocumentDB and Neptune are RDS's API under names of their own: the signer's own name first.
  if (auto own = std::find(names.begin(), names.end(), hints.signing_name); own != names.end())
    std::rotate(names.begin(), own, own + 1);
  return names;
}

}  // namespace mainstay::cloud
