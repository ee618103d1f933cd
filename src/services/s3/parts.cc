// The state of all buckets, in parts: requests to buckets of different parts do not wait for each
// other.
#include <functional>

#include "actions/input_path.hh"
#include "cloud/cloud.hh"
#include "services/s3/bucket.hh"
#include "store/store.hh"

namespace mainstay::s3 {
namespace {

constexpr uint32_t parts = 64;

// FNV-1a: the same on every machine and for ever, since the state depends on it.
std::string part_of_name(std::string_view bucket) {
  uint32_t hash = 2166136261;
  for (char c : bucket) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  return std::to_string(hash % parts);
}

// Programs before this one kept all buckets in the part of no name.
class Parting : public cloud::Background {
 public:
  void start(cloud::Cloud& cloud) override {
    store::Unit old(cloud.store(), cloud.store().shard({"s3", "", ""}), store::Mode::write);
    for (const auto& [name, bucket] : store::Documents(old.all("bucket")))
      if (!move(cloud, old, name)) return;
    if (Status done = old.commit(); !done.has_value()) cloud.warn(done.error());
  }
  void stop() override {}

 private:
  // Kept in its new place before it goes from the old one: what a kill between has left there is
  // not put into the new place again.
  bool move(cloud::Cloud& cloud, store::Unit& old, const std::string& bucket) {
    store::Unit to(cloud.store(), cloud.store().shard({"s3", "", part_of_name(bucket)}),
                   store::Mode::write);
    bool is_there = to.find("bucket", bucket) != nullptr;
    auto take = [&](const char* table, const std::string& id, const Value& document) {
      if (!is_there) to.put(table, id, document);
      old.remove(table, id);
    };
    take("bucket", bucket, *old.find("bucket", bucket));
    const std::string prefix = bucket + '\0';
    for (const char* table : {"object", "version", "upload"}) {
      store::Documents all = old.all(table);
      for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix);
           ++it) {
        if (table == std::string_view("upload"))
          move_parts(old, it->second["UploadId"].as_string() + '\0', take);
        take(table, it->first, it->second);
      }
    }
    Status done = to.commit();
    if (!done.has_value()) cloud.warn(done.error());
    return done.has_value();
  }
  template <class Take>
  void move_parts(store::Unit& old, const std::string& prefix, const Take& take) {
    store::Documents all = old.all("part");
    for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
      take("part", it->first, it->second);
  }
};

}  // namespace

std::string part_of(const Value& in) {
  const std::string& bucket = in["Bucket"].as_string();
  return bucket.empty() ? "" : part_of_name(bucket);
}

std::string part_of_source(const Value& in) {
  const std::string& source = in["CopySource"].as_string();
  auto named = source.empty() ? std::nullopt : actions::parse_copy_source(source);
  return named ? part_of_name(named->bucket) : "";
}

std::shared_ptr<cloud::Background> make_parting() {
  return std::make_shared<Parting>();
}

const store::Unit& state_of(const Call& call, std::string_view bucket) {
  bool is_beside = call.beside && call.beside->key().region == part_of_name(bucket);
  return is_beside ? *call.beside : call.db;
}

const Value* find_bucket(const Call& call, std::string_view name) {
  return state_of(call, name).find("bucket", name);
}

std::vector<Value> buckets_of_account(Call& call) {
  std::map<std::string, Value> found;
  for (store::Shard* shard : call.cloud.store().shards("s3")) {
    if (shard->key == call.db.key()) continue;
    store::Unit unit(call.cloud.store(), *shard, store::Mode::read);
    for (const auto& [name, bucket] : unit.all("bucket"))
      if (bucket["_account"].as_string() == call.account) found.emplace(name, bucket);
  }
  std::vector<Value> out;
  for (auto& [name, bucket] : found) out.push_back(std::move(bucket));
  return out;
}

}  // namespace mainstay::s3
