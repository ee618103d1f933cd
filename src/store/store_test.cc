#include "store/store.hh"

#include <doctest/doctest.h>

#include <stdlib.h>
#include <mutex>
#include <thread>

#include <filesystem>
#include <fstream>

#include "base/random.hh"
#include "store/blobs.hh"

using namespace mainstay;
using namespace mainstay::store;

namespace {

struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/mainstay-store-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

const ShardKey key{"ec2", "123456789012", "us-east-1"};

std::unique_ptr<Store> open(const std::string& directory) {
  auto store = Store::open({directory, "test", false, {{"ec2", "subnet", "VpcId"}}});
  REQUIRE_MESSAGE(store.has_value(), store.error().to_string());
  return std::move(*store);
}

void put(Store& store, std::string_view id, Value document) {
  Unit unit(store, store.shard(key), Mode::write);
  unit.put("subnet", id, std::move(document));
  REQUIRE(unit.commit().has_value());
}

Value get(Store& store, std::string_view id) {
  Unit unit(store, store.shard(key), Mode::read);
  const Value* v = unit.find("subnet", id);
  return v ? *v : Value();
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  REQUIRE(file.good());
}

}  // namespace

TEST_CASE("what was committed is there after the state is opened again") {
  Folder folder;
  put(*open(folder.path), "a", Value::map({{"VpcId", "v1"}, {"at", Time{5}}}));
  auto store = open(folder.path);
  CHECK(get(*store, "a")["at"].as_time().ms == 5);
  CHECK(store->notice().empty());
}

TEST_CASE("a unit without commit leaves no trace, in documents or indexes") {
  auto store = open("");
  put(*store, "a", Value::map({{"VpcId", "v1"}}));
  {
    Unit unit(*store, store->shard(key), Mode::write);
    unit.put("subnet", "a", Value::map({{"VpcId", "v2"}}));
    unit.put("subnet", "b", Value::map({{"VpcId", "v1"}}));
    unit.remove("subnet", "a");
  }
  Unit unit(*store, store->shard(key), Mode::read);
  CHECK(unit.all("subnet").size() == 1);
  CHECK(unit.find_by("subnet", "VpcId", "v1") == std::vector<std::string>{"a"});
  CHECK(unit.find_by("subnet", "VpcId", "v2").empty());
}

TEST_CASE("an index gives the documents with the least texts first, up to a text") {
  auto store = open("");
  for (const char* id : {"a", "b", "c", "d"})
    put(*store, id, Value::map({{"VpcId", id == std::string("a") ? "v9" : std::string("v") + id}}));
  put(*store, "e", Value::map({{"Other", "v1"}}));
  Unit unit(*store, store->shard(key), Mode::read);
  using Ids = std::vector<std::string>;
  CHECK(unit.first_by("subnet", "VpcId", "vc", 10) == Ids{"a", "b", "c"});
  CHECK(unit.first_by("subnet", "VpcId", "vz", 2) == Ids{"a", "b"});
  CHECK(unit.first_by("subnet", "VpcId", "v", 2).empty());
  CHECK(unit.first_by("none", "VpcId", "v", 2).empty());
}

TEST_CASE("a tail cut at any byte is dropped, whatever came before it is kept") {
  Folder folder;
  put(*open(folder.path), "a", Value::map({{"VpcId", "v1"}}));
  std::string path = folder.path + "/journal";
  size_t whole = std::filesystem::file_size(path);
  put(*open(folder.path), "b", Value::map({{"VpcId", "v1"}}));
  size_t both = std::filesystem::file_size(path);
  std::filesystem::copy_file(path, folder.path + "/copy");
  for (size_t size = whole; size < both; ++size) {
    std::filesystem::copy_file(folder.path + "/copy", path,
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(path, size);
    auto store = open(folder.path);
    CHECK(get(*store, "a").is_map());
    CHECK(get(*store, "b").is_null());
    CHECK(store->notice().empty() == (size == whole));
    put(*store, "c", Value::map({}));
  }
}

TEST_CASE("damage before the tail is refused, not dropped") {
  Folder folder;
  {
    auto store = open(folder.path);
    put(*store, "a", Value::map({{"VpcId", "v1"}}));
    put(*store, "b", Value::map({{"VpcId", "v1"}}));
  }
  const std::string path = folder.path + "/journal", whole = read_file(path);
  for (size_t byte : {0, 1, 2, 3, 4, 7, 8, 12}) {  // length, check, first of the payload, inside
    CAPTURE(byte);
    std::string damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 0x41);
    write_file(path, damaged);
    auto store = Store::open({folder.path, "test", false, {}});
    REQUIRE(!store.has_value());
    CHECK(store.error().code == "StateUnreadable");
    CHECK(store.error().message.contains("damaged at byte 0"));
    CHECK(read_file(path) == damaged);
  }
}

TEST_CASE("what is no journal is refused and left as it is") {
  Folder folder;
  Random random(3);
  std::string noise;
  while (noise.size() < 5000) noise += static_cast<char>(random.below(256));
  noise[8] = 'x';
  std::filesystem::create_directories(folder.path);
  write_file(folder.path + "/journal", noise);
  CHECK(Store::open({folder.path, "test", false, {}}).error().code == "StateUnreadable");
  CHECK(read_file(folder.path + "/journal") == noise);
}

TEST_CASE("a second process on the same state is refused by name") {
  Folder folder;
  auto first = open(folder.path);
  auto second = Store::open({folder.path, "other", false, {}});
  REQUIRE(!second.has_value());
  CHECK(second.error().code == "StateLocked");
  CHECK(second.error().message.find("test") != std::string::npos);
}

TEST_CASE("reset empties everything, on disk too") {
  Folder folder;
  {
    auto store = open(folder.path);
    put(*store, "a", Value::map({}));
    REQUIRE(store->blobs().write("blob-1", "data").has_value());
    REQUIRE(store->reset().has_value());
    CHECK(store->document_count() == 0);
    put(*store, "b", Value::map({}));
  }
  auto store = open(folder.path);
  CHECK(get(*store, "a").is_null());
  CHECK(get(*store, "b").is_map());
  CHECK(!store->blobs().read("blob-1").has_value());
}

TEST_CASE("blobs are read in parts, in memory and on disk") {
  Folder folder;
  for (std::string directory : {std::string(), folder.path + "/blobs"}) {
    Blobs blobs(directory);
    REQUIRE(blobs.write("name-1", "0123456789").has_value());
    CHECK(blobs.read("name-1", 2, 3).value() == "234");
    CHECK(blobs.read("name-1", 8, 10).value() == "89");
    CHECK(blobs.read("name-1", 20).value() == "");
    blobs.remove("name-1");
    CHECK(blobs.read("name-1").error().code == "BlobMissing");
  }
}

TEST_CASE("a writer that waits is not overtaken, but by who would keep it waiting") {
  auto store = Store::open({}).value();
  Shard& shard = store->shard({"service", "account", "region"});
  std::mutex mutex;
  std::vector<std::string> order;
  auto enter = [&](Mode mode, const char* name) {
    Unit unit(*store, shard, mode);
    std::scoped_lock lock(mutex);
    order.push_back(name);
  };
  std::jthread writer, reader;
  {
    Unit held(*store, shard, Mode::read);
    writer = std::jthread([&] { enter(Mode::write, "writer"); });
    while (shard.turn.try_lock()) {
      shard.turn.unlock();
      std::this_thread::yield();
    }
    reader = std::jthread([&] { enter(Mode::read, "reader"); });
    enter(Mode::read, "nested");
  }
  writer.join();
  reader.join();
  CHECK(order == std::vector<std::string>{"nested", "writer", "reader"});
}
