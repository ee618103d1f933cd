#include "store/archive.hh"

#include <doctest/doctest.h>

#include <filesystem>

#include "store/blobs.hh"

using namespace mainstay;
using namespace mainstay::store;

namespace {

struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/mainstay-archive-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

const ShardKey key{"ec2", "1", "r"}, other_key{"s3", "", ""};

std::unique_ptr<Store> open(const std::string& directory = "") {
  return std::move(*Store::open({directory, "test", false, {{"ec2", "subnet", "VpcId"}}}));
}

void put(Store& store, const ShardKey& in, const char* table, const std::string& id, Value value) {
  Unit unit(store, store.shard(in), Mode::write);
  unit.put(table, id, std::move(value));
  REQUIRE(unit.commit().has_value());
}

std::string big_blob() {
  return std::string(2'500'000, 'b') + "end";
}

void fill(Store& store) {
  for (int i = 0; i < 3000; ++i)
    put(store, key, "subnet", std::to_string(i),
        Value::map({{"VpcId", "v" + std::to_string(i % 3)}, {"Text", std::string(200, 'x')}}));
  for (auto [name, data] : {std::pair("big-1", big_blob()), {"empty-1", std::string()}}) {
    REQUIRE(store.blobs().write(name, data).has_value());
    put(store, other_key, "object", name, Value::map({{"Blob", name}, {"At", Time{5}}}));
  }
  REQUIRE(store.blobs().write("unused", "not referred to").has_value());
}

std::string exported(Store& store) {
  std::string out;
  auto counts = store.export_to([&](std::string_view bytes) -> Status {
    out += bytes;
    return {};
  });
  REQUIRE(counts.has_value());
  CHECK(counts->documents == store.document_count());
  return out;
}

void check_filled(Store& store) {
  CHECK(store.document_count() == 3002);
  Unit unit(store, store.shard(key), Mode::read);
  CHECK(unit.find_by("subnet", "VpcId", "v1").size() == 1000);
  CHECK(store.blobs().read("big-1").value() == big_blob());
  CHECK(store.blobs().read("empty-1").value().empty());
  Unit objects(store, store.shard(other_key), Mode::read);
  CHECK((*objects.find("object", "big-1"))["At"].as_time().ms == 5);
}

}  // namespace

TEST_CASE("what is exported can be imported elsewhere, from memory or disk, of a fork too") {
  Folder from, to;
  for (bool on_disk : {false, true}) {
    auto store = open(on_disk ? from.path : "");
    fill(*store);
    std::string archive = exported(*store);
    CHECK(archive.size() < 100'000);
    auto fork = std::move(*store->fork());
    CHECK(exported(*fork) == archive);
    CHECK(fork->import_from(archive, true).error().code == "ForkUnsupported");
    CHECK(store->import_from(archive, true).error().code == "ForkUnsupported");
    auto target = open(on_disk ? to.path : "");
    auto counts = target->import_from(archive, false);
    REQUIRE(counts.has_value());
    CHECK(counts->documents == 3002);
    CHECK(counts->blobs == 2);
    check_filled(*target);
    CHECK(!target->blobs().read("unused").has_value());
  }
  check_filled(*open(to.path));
}

TEST_CASE("an import replaces what is there only if told so, in whole") {
  Folder folder;
  auto source = open();
  fill(*source);
  std::string archive = exported(*source);
  {
    auto store = open(folder.path);
    put(*store, {"sqs", "1", "r"}, "queue", "q", 1);
    REQUIRE(store->blobs().write("mine-1", "mine").has_value());
    CHECK(store->import_from(archive, false).error().code == "StateNotEmpty");
    REQUIRE(store->import_from(archive, true).has_value());
    check_filled(*store);
    CHECK(!store->blobs().read("mine-1").has_value());
    REQUIRE(store->import_from(archive, true).has_value());  // onto itself
    put(*store, {"sqs", "1", "r"}, "queue", "later", 1);
  }
  auto again = open(folder.path);
  CHECK(again->document_count() == 3003);
  CHECK(again->blobs().read("big-1").value() == big_blob());
}

TEST_CASE("damaged, foreign and newer archives are refused before anything is touched") {
  auto source = open();
  fill(*source);
  const std::string archive = exported(*source);
  auto store = open();
  put(*store, {"sqs", "1", "r"}, "queue", "q", 1);
  auto refused = [&](std::string_view bytes) {
    auto done = store->import_from(bytes, true);
    REQUIRE(!done.has_value());
    CHECK(store->document_count() == 1);
    CHECK(store->blobs().names().empty());
    return done.error().code;
  };
  for (size_t size = 0; size < archive.size(); size += 1 + archive.size() / 97)
    CHECK(refused(archive.substr(0, size)) == (size < 26 ? "ArchiveForeign" : "ArchiveDamaged"));
  CHECK(refused(archive.substr(0, archive.size() - 1)) == "ArchiveDamaged");
  CHECK(refused(archive + "x") == "ArchiveDamaged");
  for (size_t at = 40; at < archive.size(); at += 1 + archive.size() / 97) {
    CAPTURE(at);
    std::string flipped = archive;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    CHECK(refused(flipped) == "ArchiveDamaged");
  }
  CHECK(refused("PK\x03\x04 not ours") == "ArchiveForeign");
  CHECK(refused("") == "ArchiveForeign");
  std::string newer = archive;
  newer.replace(newer.find('\n') - 1, 1, "2");
  CHECK(refused(newer) == "ArchiveNewer");
}
