// Power cuts, from seeds: whatever the disk keeps of what was not synced, the state opens, what was
// acknowledged with `sync` is there, and what is there is the state at one moment: every change up
// to some unit, none behind it.
#include <doctest/doctest.h>

#include "store/disk.hh"
#include "store/journal.hh"
#include "store/records.hh"
#include "store/repair.hh"
#include "store/simulated_disk.hh"
#include "store/store.hh"

using namespace mainstay;
using namespace mainstay::store;

namespace {

constexpr const char* folder = "/simulated";
const std::string journal = std::string(folder) + "/journal";
const ShardKey keys[] = {{"ec2", "1", "r"}, {"ec2", "2", "r"}, {"s3", "", ""}};

using Model = std::map<std::string, int64_t>;  // numbers by "shard/id"

Result<std::unique_ptr<Store>> open(SimulatedDisk& disk, bool sync, RewriteFault fault = {}) {
  Options options{.directory = folder, .owner = "test", .sync = sync, .fault = std::move(fault)};
  options.disk = &disk;
  return Store::open(std::move(options));
}

Model read_all(Store& store) {
  Model model;
  for (size_t i = 0; i < std::size(keys); ++i) {
    Unit unit(store, store.shard(keys[i]), Mode::read);
    for (const auto& [id, document] : unit.all("t"))
      model[std::to_string(i) + "/" + id] = document["n"].as_int();
  }
  return model;
}

// One life of a store after another on one disk.
struct Lives {
  SimulatedDisk disk;
  Random random;
  bool sync;
  std::vector<Model> history{{}};  // the state after each unit since power was last lost
  size_t safe = 0;                 // of history: what must be there after the next power cut
  int64_t next = 1;
  size_t cuts = 0;

  explicit Lives(uint64_t seed) : random(seed), sync(seed % 2 == 0) {}

  // A unit of one to three changes; sizes from a few bytes to some sectors.
  void write(Store& store) {
    size_t shard = random.below(std::size(keys));
    Unit unit(store, store.shard(keys[shard]), Mode::write);
    Model model = history.back();
    for (uint64_t changes = 1 + random.below(3); changes > 0; --changes) {
      std::string id = std::to_string(random.below(6)), name = std::to_string(shard) + "/" + id;
      if (random.below(4) == 0) {
        unit.remove("t", id);
        model.erase(name);
        continue;
      }
      std::string fill(random.below(3) == 0 ? random.below(2000) : random.below(20),
                       random.below(2) == 0 ? 'x' : '\0');
      unit.put("t", id, Value::map({{"n", next}, {"fill", Bytes{fill}}}));
      model[name] = next++;
    }
    if (!unit.commit().has_value()) return;
    history.push_back(std::move(model));
    if (sync) safe = history.size() - 1;
  }

  // What a disk that lost power opens to must be one of the states since the last safe one.
  void check(SimulatedDisk& cut) {
    ++cuts;
    std::string left = cut.text(journal);
    auto store = open(cut, sync);
    REQUIRE_MESSAGE(store.has_value(), (store.has_value() ? "" : store.error().to_string()),
                    " bytes: ", left.size());
    Model found = read_all(**store);
    for (size_t i = history.size(); i-- > safe;)
      if (history[i] == found) return;
    FAIL("acknowledged changes are lost, or the state is of no moment; notice: "
         << (*store)->notice());
  }

  void cut_a_copy() {
    SimulatedDisk copy(disk);
    copy.cut_power(random);
    check(copy);
  }

  void live() {
    Store* running = nullptr;
    auto at = [&](RewritePoint point) -> Status {
      if (point != RewritePoint::switching && point != RewritePoint::renamed)
        if (random.below(2) == 0) write(*running);
      if (random.below(2) == 0) cut_a_copy();
      return {};
    };
    auto store = open(disk, sync, at);
    REQUIRE(store.has_value());
    running = store->get();
    Model found = read_all(*running);
    history = {found};
    safe = 0;
    for (uint64_t units = random.below(30); units > 0; --units) {
      write(*running);
      if (random.below(12) == 0) REQUIRE(running->compact().has_value());
      if (random.below(6) == 0) cut_a_copy();
    }
    if (random.below(3) == 0) store->reset();  // an orderly end, then the power goes
    disk.cut_power(random);
    check(disk);
  }
};

void put(Store& store, const std::string& id, int64_t n) {
  Unit unit(store, store.shard(keys[0]), Mode::write);
  unit.put("t", id, Value::map({{"n", n}}));
  REQUIRE(unit.commit().has_value());
}

// A journal with two records, written with or without sync, and closed.
std::string two_records(bool sync) {
  SimulatedDisk disk;
  auto store = open(disk, sync);
  put(**store, "a", 1);
  put(**store, "b", 2);
  store->reset();
  return disk.text(journal);
}

// The numbers of documents there are in a journal of these bytes, or the error's code.
std::string opened(const std::string& bytes, bool sync = false) {
  SimulatedDisk disk;
  disk.set_text(journal, bytes);
  auto store = open(disk, sync);
  if (!store.has_value()) {
    CHECK(disk.text(journal) == bytes);
    return store.error().code;
  }
  std::string out;
  for (const auto& [name, n] : read_all(**store)) out += std::to_string(n);
  return out;
}

}  // namespace

TEST_CASE("power cuts at any moment lose nothing that was acknowledged, and never the start") {
  size_t cuts = 0;
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    Lives lives(seed);
    for (int life = 0; life < 3; ++life) lives.live();
    cuts += lives.cuts;
  }
  CHECK(cuts > 10000);
}

TEST_CASE("what power cuts leave at the end of a journal is dropped") {
  for (bool sync : {false, true}) {
    std::string whole = two_records(sync);
    CHECK(opened(whole) == "12");
    CHECK(opened(whole + std::string(8, '\0')) == "12");
    CHECK(opened(whole + std::string(5000, '\0')) == "12");
    CHECK(opened(whole + framed("\x84 cut short").substr(0, 8) + std::string(300, '\0')) == "12");
    CHECK(opened(whole + framed("\x84 cut short").substr(0, 11)) == "12");
  }
  CHECK(opened(std::string(4096, '\0')).empty());
  CHECK(opened(head_record(7).substr(0, 9) + std::string(100, '\0')).empty());
}

TEST_CASE("a sector that the disk forgot is no damage, unless it was synced") {
  for (bool sync : {false, true}) {
    SimulatedDisk disk;
    auto store = open(disk, sync);
    for (int64_t i = 1; i <= 9; ++i) put(**store, std::to_string(i), i);
    store->reset();
    std::string bytes = disk.text(journal);
    size_t unmarked = bytes.size();
    for (int i = 0; i < 60; ++i)
      bytes += framed(
          "\x84\x61s\x61"
          "1\x61r\x80" +
          std::string(1, static_cast<char>('a' + i)));
    size_t sector = (unmarked / 512 + 1) * 512;
    std::string forgotten = bytes;
    forgotten.replace(sector, 512, std::string(512, '\0'));
    CHECK(read_records(forgotten, [](auto) { return Status(); }).end == Reading::End::torn);
    forgotten = bytes;
    forgotten.replace(0, 512, std::string(512, '\0'));
    CHECK((read_records(forgotten, [](auto) { return Status(); }).end == Reading::End::damaged) ==
          (sync && unmarked > 512));
  }
}

TEST_CASE("a flipped bit in a whole journal is damage, wherever it is but at the end") {
  for (bool sync : {false, true}) {
    std::string whole = two_records(sync);
    for (size_t at = 0; at < whole.size(); ++at) {
      CAPTURE(at);
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
      std::string found = opened(damaged, sync);
      CHECK((found == "StateUnreadable" || found == "1" || found == "12"));
    }
  }
}

TEST_CASE(
    "a sync that failed is told, and all that comes after it until the journal is written anew") {
  SimulatedDisk disk;
  auto store = open(disk, true);
  put(**store, "a", 1);
  auto commit = [&](Mode mode, const char* id, int64_t n) {
    Unit unit(**store, (*store)->shard(keys[0]), mode);
    if (mode == Mode::write) unit.put("t", id, Value::map({{"n", n}}));
    return unit.commit();
  };
  disk.fail_after(1);  // the write goes well, the sync does not
  CHECK(commit(Mode::write, "b", 2).error().code == "StateFull");
  disk.heal();
  CHECK(commit(Mode::write, "c", 3).error().code == "StateFull");
  CHECK(commit(Mode::read, "", 0).error().code == "StateFull");
  REQUIRE((*store)->compact().has_value());  // all of it is on the disk again
  put(**store, "d", 4);
  store->reset();
  CHECK(read_all(**open(disk, true)) == Model{{"0/a", 1}, {"0/b", 2}, {"0/d", 4}});
}

TEST_CASE("repair keeps what stands before the damage, and the old file beside it") {
  std::string whole = two_records(true), damaged = whole;
  SimulatedDisk disk;
  CHECK(inspect_journal(disk, folder, "test").error().code == "StateMissing");
  disk.set_text(journal, whole);
  CHECK(repair_journal(disk, folder, "test").value().empty());
  CHECK(disk.text(journal) == whole);
  size_t second = whole.find(
      "\x61"
      "b");  // CBOR's text "b", in the second record
  REQUIRE(second != std::string::npos);
  damaged[second] = 'x';
  damaged += whole.substr(whole.size() - 25);  // a mark: what stands before it was synced
  disk.set_text(journal, damaged);
  JournalFindings found = inspect_journal(disk, folder, "test").value();
  CHECK(found.damaged);
  CHECK(found.changes == 1);
  CHECK(open(disk, true).error().code == "StateUnreadable");
  CHECK(repair_journal(disk, folder, "test").value() == journal + ".damaged");
  CHECK(disk.text(journal + ".damaged") == damaged);
  CHECK(disk.text(journal) == damaged.substr(0, found.intact_bytes));
  CHECK(read_all(**open(disk, true)) == Model{{"0/a", 1}});
  disk.set_text(journal, damaged);
  CHECK(repair_journal(disk, folder, "test").value() == journal + ".damaged-2");
}
