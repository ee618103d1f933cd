#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "store/blobs.hh"
#include "store/store.hh"

using namespace mainstay;
using namespace mainstay::store;

namespace {

struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/mainstay-fork-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  size_t blobs() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path + "/blobs"))
      count += entry.is_regular_file();
    return count;
  }
};

const ShardKey key{"ec2", "1", "r"}, other_key{"sqs", "1", "r"};

std::unique_ptr<Store> open(const std::string& directory) {
  return std::move(*Store::open({directory, "test", false, {{"ec2", "subnet", "VpcId"}}}));
}

void put(Store& store, const std::string& id, Value document, const ShardKey& in = key) {
  Unit unit(store, store.shard(in), Mode::write);
  unit.put("subnet", id, std::move(document));
  REQUIRE(unit.commit().has_value());
}

Value in_vpc(const std::string& vpc) {
  return Value::map({{"VpcId", vpc}});
}

std::vector<std::string> found(Store& store, const std::string& vpc) {
  Unit unit(store, store.shard(key), Mode::read);
  return unit.find_by("subnet", "VpcId", vpc);
}

bool has_blob(Store& store, const char* name) {
  return store.blobs().read(name).has_value();
}

}  // namespace

TEST_CASE("a fork has what there was, and neither sees what the other does") {
  Folder folder;
  for (const std::string& directory : {std::string(), folder.path}) {
    auto store = open(directory);
    put(*store, "a", in_vpc("v1"));
    put(*store, "b", in_vpc("v1"));
    auto fork = std::move(*store->fork());
    put(*fork, "a", in_vpc("v2"));
    put(*fork, "c", in_vpc("v1"));
    put(*store, "b", Value());
    put(*store, "q", in_vpc("v9"), other_key);
    using Ids = std::vector<std::string>;
    CHECK(found(*store, "v1") == Ids{"a"});
    CHECK(found(*store, "v2").empty());
    CHECK(found(*fork, "v1") == Ids{"b", "c"});
    CHECK(found(*fork, "v2") == Ids{"a"});
    CHECK(fork->document_count() == 3);
    CHECK(fork->shards("sqs").empty());
    store.reset();
    CHECK(found(*fork, "v1") == Ids{"b", "c"});
    CHECK(fork->fork().error().code == "ForkUnsupported");
    REQUIRE(fork->reset().has_value());
    CHECK(fork->document_count() == 0);
  }
  auto again = open(folder.path);
  CHECK(found(*again, "v1") == std::vector<std::string>{"a"});
}

TEST_CASE("a fork keeps the blobs that it can see, and takes its own along when it goes") {
  Folder folder;
  for (const std::string& directory : {std::string(), folder.path}) {
    CAPTURE(directory);
    auto store = open(directory);
    auto write = [](Store& to, const char* name) {
      REQUIRE(to.blobs().write(name, "data").has_value());
    };
    for (const char* name : {"old-1", "old-2", "old-3"}) write(*store, name);
    auto fork = std::move(*store->fork());
    write(*store, "later");
    auto second = std::move(*store->fork());
    write(*fork, "own");
    write(*fork, "own-2");
    store->blobs().remove("old-1");
    store->blobs().remove("later");
    fork->blobs().remove("old-2");
    fork->blobs().remove("old-1");
    fork->blobs().remove("own-2");
    CHECK(!has_blob(*fork, "own-2"));
    CHECK(has_blob(*store, "old-2"));
    CHECK(has_blob(*second, "old-1"));
    CHECK(has_blob(*second, "later"));
    if (!directory.empty()) CHECK(folder.blobs() == 5);
    second.reset();
    CHECK(!has_blob(*store, "old-1"));
    CHECK(!has_blob(*store, "later"));
    REQUIRE(store->reset().has_value());
    CHECK(has_blob(*fork, "old-3"));
    CHECK(has_blob(*fork, "own"));
    REQUIRE(fork->reset().has_value());
    CHECK(!has_blob(*fork, "own"));
    fork.reset();
    CHECK(!has_blob(*store, "old-3"));
    if (!directory.empty()) CHECK(folder.blobs() == 0);
  }
}

TEST_CASE("a state that another has open is read as it is, and left as it is") {
  Folder folder;
  auto store = open(folder.path);
  put(*store, "a", in_vpc("v1"));
  REQUIRE(store->blobs().write("blob-1", "data").has_value());
  auto look = [&] { return Store::open_snapshot({.directory = folder.path}); };
  auto seen = std::move(*look());
  put(*store, "b", in_vpc("v1"));
  put(*seen, "c", in_vpc("v1"));
  REQUIRE(seen->blobs().write("blob-2", "data").has_value());
  seen->blobs().remove("blob-1");
  CHECK(found(*seen, "v1") == std::vector<std::string>{"a", "c"});
  seen.reset();
  CHECK(has_blob(*store, "blob-1"));
  CHECK(folder.blobs() == 1);
  CHECK(found(**look(), "v1") == std::vector<std::string>{"a", "b"});
  std::filesystem::resize_file(folder.path + "/journal",
                               std::filesystem::file_size(folder.path + "/journal") - 3);
  CHECK(found(**look(), "v1") == std::vector<std::string>{"a"});
  CHECK(Store::open_snapshot({.directory = folder.path + "/x"}).error().code == "StateMissing");
}

TEST_CASE("a fork is of one moment, whatever goes on in several shards") {
  auto store = open("");
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int64_t n = 1; !done; ++n) {  // the second never ahead of the first, nor two behind
      put(*store, "n", n, key);
      put(*store, "n", n, other_key);
    }
  });
  for (int i = 0; i < 300; ++i) {
    auto fork = std::move(*store->fork());
    Unit first(*fork, fork->shard(key), Mode::read);
    Unit second(*fork, fork->shard(other_key), Mode::read);
    const Value *a = first.find("subnet", "n"), *b = second.find("subnet", "n");
    int64_t ahead = (a ? a->as_int() : 0) - (b ? b->as_int() : 0);
    CHECK((ahead == 0 || ahead == 1));
  }
  done = true;
  writer.join();
}
