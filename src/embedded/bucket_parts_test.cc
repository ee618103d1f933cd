// S3's state in parts: what is moved into them, and copies between them.
#include "embedded/formation_test_support.hh"
#include "store/store.hh"

using namespace mainstay;
using formation::test::Folder;
using formation::test::World;

namespace {

Value key_of(const std::string& bucket, const std::string& key) {
  return Value::map({{"Bucket", bucket}, {"Key", key}});
}
void put(World& world, const std::string& bucket, const std::string& key, const std::string& body) {
  REQUIRE(world.ask("s3", "PutObject", key_of(bucket, key).set("Body", Bytes{body})).has_value());
}
std::string get(World& world, const std::string& bucket, const std::string& key) {
  auto out = world.ask("s3", "GetObject", key_of(bucket, key));
  return out.has_value() ? (*out)["Body"].as_bytes() : out.error().code;
}
std::string bucket_called(int i) {
  return "bucket-" + std::to_string(i);
}

// As programs left it that had all buckets in one part. keep: copies stay where they were, as after
// a kill amid the move.
void put_back(const std::filesystem::path& folder, bool keep) {
  auto store = store::Store::open({folder.string()});
  REQUIRE(store.has_value());
  store::Unit old(**store, (*store)->shard({"s3", "", ""}), store::Mode::write);
  for (store::Shard* shard : (*store)->shards("s3")) {
    if (shard->key.region.empty()) continue;
    store::Unit unit(**store, *shard, store::Mode::write);
    for (const char* table : {"bucket", "object", "version", "upload", "part"})
      for (const auto& [id, document] : store::Documents(unit.all(table))) {
        old.put(table, id, document);
        if (!keep) unit.remove(table, id);
      }
    REQUIRE(unit.commit().has_value());
  }
  REQUIRE(old.commit().has_value());
}

}  // namespace

TEST_CASE("buckets of a state that had one part are moved into theirs, with all that is in them") {
  for (bool keep : {false, true}) {
    CAPTURE(keep);
    Folder folder;
    std::string upload;
    {
      World world(folder.path.string(), 1);
      for (int i = 0; i < 20; ++i) {
        REQUIRE(world.ask("s3", "CreateBucket", Value::map({{"Bucket", bucket_called(i)}}))
                    .has_value());
        put(world, bucket_called(i), "k", "text " + std::to_string(i));
      }
      Value on = Value::map({{"Status", "Enabled"}});
      REQUIRE(world
                  .ask("s3", "PutBucketVersioning",
                       Value::map({{"Bucket", bucket_called(0)}, {"VersioningConfiguration", on}}))
                  .has_value());
      put(world, bucket_called(0), "k", "newer");
      upload =
          (*world.ask("s3", "CreateMultipartUpload", key_of(bucket_called(1), "m")))["UploadId"]
              .as_string();
      Value part = key_of(bucket_called(1), "m").set("UploadId", upload).set("PartNumber", 1);
      REQUIRE(world.ask("s3", "UploadPart", part.set("Body", Bytes{"part"})).has_value());
    }
    put_back(folder.path, keep);
    World world(folder.path.string(), 2);
    CHECK((*world.ask("s3", "ListBuckets", Value::map({})))["Buckets"].size() == 20);
    for (int i = 1; i < 20; ++i)
      CHECK(get(world, bucket_called(i), "k") == "text " + std::to_string(i));
    CHECK(get(world, bucket_called(0), "k") == "newer");
    Value versions =
        *world.ask("s3", "ListObjectVersions", Value::map({{"Bucket", bucket_called(0)}}));
    CHECK(versions["Versions"].size() == 2);
    Value parts =
        *world.ask("s3", "ListParts", key_of(bucket_called(1), "m").set("UploadId", upload));
    CHECK(parts["Parts"].size() == 1);
    store::Unit old(world.cloud->store(), world.cloud->store().shard({"s3", "", ""}),
                    store::Mode::read);
    for (const char* table : {"bucket", "object", "version", "upload", "part"})
      CHECK(old.all(table).empty());
  }
}

TEST_CASE("copies between buckets, both ways at once, wait for nobody for ever") {
  World world("", 7, World::Later::threads);
  for (int i = 0; i < 6; ++i) {
    REQUIRE(
        world.ask("s3", "CreateBucket", Value::map({{"Bucket", bucket_called(i)}})).has_value());
    put(world, bucket_called(i), "k", std::to_string(i));
  }
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        int from = (i + t) % 6, to = (i * 5 + t * 3) % 6;
        Value copy = key_of(bucket_called(to), "copy-" + std::to_string(t))
                         .set("CopySource", bucket_called(from) + "/k");
        if (world.ask("s3", "CopyObject", copy).has_value()) ++done;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(done == 800);
  CHECK(get(world, bucket_called(1), "k") == "1");
}
