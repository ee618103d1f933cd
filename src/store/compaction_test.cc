// A picture of the folder, taken at a moment, is what kill -9 at that moment leaves: what was
// written is with the operating system, and no more.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/random.hh"
#include "store/blobs.hh"
#include "store/journal.hh"
#include "store/store.hh"

using namespace mainstay;
using namespace mainstay::store;
namespace fs = std::filesystem;

namespace {

struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/mainstay-compaction-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { fs::remove_all(path); }
};

// Documents by "service/table/id".
using Model = std::map<std::string, int64_t>;

const std::array<ShardKey, 3> keys{ShardKey{"ec2", "1", "r"}, ShardKey{"ec2", "2", "r"},
                                   ShardKey{"s3", "", ""}};

std::unique_ptr<Store> open(Options options) {
  options.owner = "test";
  auto store = Store::open(std::move(options));
  REQUIRE_MESSAGE(store.has_value(), store.error().to_string());
  return std::move(*store);
}

void write(Store& store, Model& model, const ShardKey& key, const std::string& table,
           const std::string& id, int64_t n) {
  Unit unit(store, store.shard(key), Mode::write);
  std::string name = key.service + key.account + "/" + table + "/" + id;
  if (n == 0) {
    unit.remove(table, id);
    REQUIRE(unit.commit().has_value());
    model.erase(name);
    return;
  }
  unit.put(table, id,
           Value::map({{"n", n}, {"fill", std::string(static_cast<size_t>(n % 50), 'x')}}));
  REQUIRE(unit.commit().has_value());
  model[name] = n;
}

Model read_all(Store& store) {
  Model model;
  for (const ShardKey& key : keys) {
    Unit unit(store, store.shard(key), Mode::read);
    for (const char* table : {"a", "b"})
      for (const auto& [id, document] : unit.all(table))
        model[key.service + key.account + "/" + table + "/" + id] = document["n"].as_int();
  }
  return model;
}

// A copy of the folder's journals at this moment.
void take_picture(const std::string& from, const std::string& to) {
  fs::remove_all(to);
  fs::create_directories(to);
  for (const char* name : {"/journal", "/journal.new"})
    if (fs::exists(from + name)) fs::copy_file(from + name, to + name);
}

void check_picture(const std::string& path, const Model& model) {
  auto store = open({.directory = path});
  CHECK(read_all(*store) == model);
  CHECK(store->notice().empty());
  CHECK(!fs::exists(path + "/journal.new"));
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

void fill(Store& store, Model& model, int64_t documents) {
  for (const ShardKey& key : keys)
    for (int64_t i = 1; i <= documents; ++i)
      write(store, model, key, i % 2 ? "a" : "b", std::to_string(i), i);
}

bool appends_wait(RewritePoint at) {
  return at == RewritePoint::switching || at == RewritePoint::renamed;
}

}  // namespace

TEST_CASE("killed at any point of a compaction, with writes in between, nothing is lost") {
  Folder folder, picture;
  Model model;
  int64_t points = 0;
  Store* store = nullptr;
  auto stop = [&](RewritePoint at) -> Status {
    ++points;
    if (!appends_wait(at)) {
      write(*store, model, keys[0], "a", "1", 1000 + points);
      write(*store, model, keys[2], "b", "new" + std::to_string(points), points);
      write(*store, model, keys[1], "a", std::to_string(points), 0);
    }
    take_picture(folder.path, picture.path);
    check_picture(picture.path, model);
    return {};
  };
  auto owned = open({.directory = folder.path, .fault = stop});
  store = owned.get();
  fill(*store, model, 600);  // more than are read under one lock
  size_t before = store->journal_state().bytes;
  REQUIRE(store->compact().has_value());
  CHECK(points >= 6 + 6);
  CHECK(store->journal_state().bytes < before);
  CHECK(store->journal_state().compactions == 1);
  CHECK(read_all(*store) == model);
  owned.reset();
  check_picture(folder.path, model);
}

TEST_CASE("cut at any byte, a new file that is not in force yet is thrown away") {
  Folder folder, picture;
  Model model;
  std::string fresh;
  auto stop = [&](RewritePoint at) -> Status {
    if (at == RewritePoint::switching) fresh = bytes_of(folder.path + "/journal.new");
    return {};
  };
  auto store = open({.directory = folder.path, .fault = stop});
  fill(*store, model, 2);
  take_picture(folder.path, picture.path);
  REQUIRE(store->compact().has_value());
  REQUIRE(fresh.size() > 100);
  for (size_t size = 0; size <= fresh.size(); ++size) {
    write_bytes(picture.path + "/journal.new", std::string_view(fresh).substr(0, size));
    check_picture(picture.path, model);
  }
}

TEST_CASE("after a compaction a torn tail is dropped, and damage to what was compacted refused") {
  Folder folder, picture;
  Model model, later;
  auto store = open({.directory = folder.path});
  fill(*store, model, 2);
  REQUIRE(store->compact().has_value());
  std::string compacted = bytes_of(folder.path + "/journal");
  later = model;
  write(*store, later, keys[0], "a", "1", 77);
  std::string whole = bytes_of(folder.path + "/journal");
  REQUIRE(whole.starts_with(compacted));
  for (size_t size = compacted.size(); size <= whole.size(); ++size) {
    write_bytes(picture.path + "/journal", std::string_view(whole).substr(0, size));
    CHECK(read_all(*open({.directory = picture.path})) == (size == whole.size() ? later : model));
  }
  constexpr size_t empty_record = 8 + 5;
  for (size_t at = 0; at < compacted.size() - empty_record; ++at) {
    std::string damaged = compacted;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    write_bytes(picture.path + "/journal", damaged);
    auto opened = Store::open({.directory = picture.path, .owner = "test"});
    // A length that points past the end cannot be told from a record that was cut short.
    if (opened.has_value()) CHECK(!(*opened)->notice().empty());
  }
}

TEST_CASE("a compaction that fails at any point leaves the old journal in force") {
  for (auto failing :
       {RewritePoint::begun, RewritePoint::documents, RewritePoint::tail, RewritePoint::synced,
        RewritePoint::switching, RewritePoint::renamed, RewritePoint::finished}) {
    Folder folder;
    Model model;
    auto fail = [&](RewritePoint at) {
      return at == failing ? Status(Error("StateFull", "no space left")) : Status();
    };
    auto store = open({.directory = folder.path, .fault = fail});
    fill(*store, model, 5);
    write(*store, model, keys[0], "a", "1", 3);
    std::string old = bytes_of(folder.path + "/journal");
    bool in_force = failing >= RewritePoint::renamed;
    CHECK(store->compact().has_value() == in_force);
    CHECK((bytes_of(folder.path + "/journal") == old) == !in_force);
    CHECK(!fs::exists(folder.path + "/journal.new"));
    write(*store, model, keys[0], "b", "2", 4);
    CHECK(read_all(*store) == model);
    store.reset();
    check_picture(folder.path, model);
  }
}

TEST_CASE(
    "what is rewritten again and again does not grow the journal, and a failure is told once") {
  Folder folder;
  Model model;
  constexpr size_t floor = 64 << 10;
  std::atomic<int> warnings = 0;
  Options options{.directory = folder.path, .compact_bytes_min = floor};
  options.warn = [&](const Error&) { ++warnings; };
  auto store = open(options);
  auto rewrite_until = [&](auto&& done) {
    for (int64_t n = 1; n < 200000 && !done(); ++n) write(*store, model, keys[0], "a", "1", n);
    CHECK(done());
  };
  rewrite_until([&] { return store->journal_state().compactions == 3; });
  CHECK(warnings == 0);
  // No file can be made of that name; until a compaction that is under way has moved its own.
  for (std::error_code code; !fs::create_directory(folder.path + "/journal.new", code) || code;)
    std::this_thread::yield();
  rewrite_until([&] { return store->journal_state().bytes > 10 * floor; });
  CHECK(warnings == 1);
  fs::remove(folder.path + "/journal.new");
  rewrite_until([&] { return store->journal_state().compactions == 5; });
  CHECK(store->journal_state().bytes < 10 * floor);
  CHECK(read_all(*store) == model);
  store.reset();
  check_picture(folder.path, model);
}

TEST_CASE("a journal that is too long is compacted at open; what grows by new documents is not") {
  Folder folder;
  Model model;
  fill(*open({.directory = folder.path}), model, 500);
  CHECK(open({.directory = folder.path, .compact_bytes_min = 1})->journal_state().compactions == 0);
  {
    auto store = open({.directory = folder.path});
    for (int64_t n = 1; n < 5000; ++n) write(*store, model, keys[1], "a", "1", n);
  }
  auto store = open({.directory = folder.path, .compact_bytes_min = 1000});
  CHECK(store->journal_state().compactions == 1);
  CHECK(store->journal_state().bytes < 2 * store->journal_state().live_bytes);
  CHECK(read_all(*store) == model);
}

// Writes, units given up, compactions and kills at any moment, against a model.
TEST_CASE("whatever happens in whatever order, what was acknowledged is there") {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Random chance(seed);
    Folder current, picture;
    Model model;
    Store* store = nullptr;
    bool killed = false;
    auto change = [&] {
      if (killed) return;
      const ShardKey& key = keys[chance.below(keys.size())];
      std::string table = chance.below(2) ? "a" : "b", id = std::to_string(chance.below(300));
      if (chance.below(10) == 0) {
        Unit unit(*store, store->shard(key), Mode::write);
        unit.put(table, id, Value::map({{"n", -1}}));
        return;
      }
      write(*store, model, key, table, id,
            static_cast<int64_t>(chance.below(4) ? chance.below(9999) : 0));
    };
    auto at_point = [&](RewritePoint at) -> Status {
      for (uint64_t i = appends_wait(at) ? 0 : chance.below(20); i > 0; --i) change();
      if (chance.below(12) == 0 && !killed) {
        killed = true;
        take_picture(current.path, picture.path);
        return Error("StateFull", "killed");  // the store that goes on is not looked at again
      }
      return {};
    };
    for (int life = 0; life < 5; ++life) {
      auto owned = open({.directory = current.path, .fault = at_point});
      store = owned.get();
      REQUIRE(read_all(*store) == model);
      for (uint64_t step = chance.below(1500); step > 0 && !killed; --step) {
        change();
        if (chance.below(200) == 0) std::ignore = store->compact();
      }
      if (!killed) take_picture(current.path, picture.path);
      owned.reset();
      take_picture(picture.path, current.path);
      killed = false;
    }
  }
}

TEST_CASE("several writers and the store's own compactions at once") {
  Folder folder;
  std::array<Model, 3> models;
  auto store = open({.directory = folder.path, .compact_bytes_min = 32 << 10});
  std::vector<std::thread> writers;
  for (size_t w = 0; w < models.size(); ++w)
    writers.emplace_back([&, w] {
      Random chance(w);
      // A compaction syncs, which takes as long as the disk likes.
      for (int i = 0; i < 6000 || (store->journal_state().compactions <= 2 && i < 1000000); ++i)
        write(*store, models[w], keys[w], "a", std::to_string(chance.below(40)),
              static_cast<int64_t>(chance.below(5000)));
    });
  for (std::thread& writer : writers) writer.join();
  CHECK(store->journal_state().compactions > 2);
  store.reset();
  Model model;
  for (const Model& part : models) model.insert(part.begin(), part.end());
  check_picture(folder.path, model);
}

TEST_CASE("blobs that no document refers to are removed at open") {
  Folder folder;
  {
    auto store = open({.directory = folder.path});
    for (const char* name : {"kept-1", "kept-2", "forgotten-1"})
      REQUIRE(store->blobs().write(name, "data").has_value());
    Unit unit(*store, store->shard(keys[2]), Mode::write);
    unit.put("a", "1", Value::map({{"Blob", "kept-1"}}));
    unit.put("a", "2", Value::map({{"Parts", Value::list({Value::map({{"Blob", "kept-2"}})})}}));
    REQUIRE(unit.commit().has_value());
  }
  auto store = open({.directory = folder.path});
  CHECK(store->blobs().read("kept-1").has_value());
  CHECK(store->blobs().read("kept-2").has_value());
  CHECK(!store->blobs().read("forgotten-1").has_value());
}
