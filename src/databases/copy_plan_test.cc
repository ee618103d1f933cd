// What is planned of listings that are data: which snapshot is taken, under which key, which copies
// stay. R1 and R2 are cases that hurt users of other tools; "dbsnap" marks defects of its.
#include "databases/copy_plan.hh"

#include <doctest/doctest.h>

#include "base/random.hh"
#include "databases/recovery.hh"
#include "databases/storage.hh"

using namespace mainstay;
using namespace mainstay::databases;

namespace {

constexpr int64_t hour = 3'600'000, day = 24 * hour;
const Time now{20'000 * day + 12 * hour};
const std::string arn = "arn:aws:rds:us-east-1:123456789012:db:orders";

Snapshot snapshot(const std::string& id, int64_t age, const std::string& status = "available") {
  Snapshot out;
  out.id = id;
  out.arn = "arn:aws:rds:us-east-1:123456789012:snapshot:" + id;
  out.database = "orders";
  out.region = "us-east-1";
  out.status = status;
  out.gib = 20;
  if (status != "creating") out.taken = now + -age;
  return out;
}

Snapshot copy(const std::string& id, int64_t age, const std::string& status = "available") {
  Snapshot out = snapshot(id, age, status);
  out.region = "eu-west-1";
  out.tags = {{creator_tag, creator}, {database_tag, arn}};
  return out;
}

struct Case {
  Listing listing;
  CopyWish wish;
  Case() {
    Database orders;
    orders.id = "orders";
    orders.arn = arn;
    orders.region = "us-east-1";
    orders.tags = {{"backup", "yes"}};
    listing.databases = {orders};
    listing.snapshots["us-east-1"] = {snapshot("new", hour), snapshot("old", day)};
    listing.snapshots["eu-west-1"] = {};
    wish.from = "us-east-1";
    wish.to = {"eu-west-1"};
    wish.all = true;
  }
  CopyPlan plan() {
    auto made = plan_copies(listing, wish, now);
    REQUIRE_MESSAGE(made, made.error().to_string());
    return *made;
  }
  std::string error() {
    auto made = plan_copies(listing, wish, now);
    REQUIRE(!made);
    return made.error().code;
  }
};

std::vector<std::string> gone(const std::vector<Snapshot>& copies, const Retention& retention) {
  std::vector<std::string> out;
  for (const Judgement& one : judge(copies, retention, now))
    if (!one.stays) out.push_back(one.copy.id);
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("R1: an unfinished snapshot is passed over, the newest available one is copied") {
  Case c;
  c.listing.snapshots["us-east-1"].insert(c.listing.snapshots["us-east-1"].begin(),
                                          snapshot("unfinished", 0, "creating"));
  CHECK(c.plan().copies.at(0).source.id == "new");
  c.listing.snapshots["us-east-1"] = {snapshot("unfinished", 0, "creating")};
  CHECK(c.plan().copies.empty());
  CHECK(c.plan().uncopied.at(0).reason == "it has no snapshot that is available");
}

TEST_CASE("R2: a copy has the key of its own region, and is refused without one") {
  Case c;
  for (Snapshot& one : c.listing.snapshots["us-east-1"]) {
    one.encrypted = true;
    one.key = "arn:aws:kms:us-east-1:123456789012:key/source";
  }
  CHECK(c.error() == "KeyMissing");
  c.wish.keys["eu-west-1"] = "arn:aws:kms:eu-west-1:123456789012:key/there";
  CHECK(c.plan().copies.at(0).key == "arn:aws:kms:eu-west-1:123456789012:key/there");
  Snapshot made = copy("x", hour);
  made.encrypted = true;
  made.key = "arn:aws:kms:us-east-1:123456789012:key/source";
  CHECK(flaw_of(made, c.plan().copies.at(0)).starts_with("it is encrypted by"));
}

TEST_CASE("a copy is found again by its name, a failed one is made anew, a foreign one refused") {
  Case c;
  PlannedCopy planned = c.plan().copies.at(0);
  CHECK(planned.state == PlannedCopy::State::to_make);
  Snapshot there = copy(planned.id, hour);
  there.tags[source_tag] = planned.source.arn;
  c.listing.snapshots["eu-west-1"] = {there};
  CHECK(c.plan().copies.at(0).state == PlannedCopy::State::there);
  c.listing.snapshots["eu-west-1"][0].status = "copying";
  CHECK(c.plan().copies.at(0).state == PlannedCopy::State::under_way);
  c.listing.snapshots["eu-west-1"][0].status = "failed";
  CHECK(c.plan().copies.at(0).replaces == planned.id);
  c.listing.snapshots["eu-west-1"][0].tags.clear();
  CHECK(c.error() == "SnapshotNameTaken");
}

TEST_CASE("names, patterns and tags choose; what none has is an error") {
  Case c;
  c.wish.all = false;
  c.wish.names = {"ord*"};
  CHECK(c.plan().copies.size() == 1);
  c.wish.names = {"ordrs"};
  CHECK(c.error() == "DatabaseMissing");
  c.wish.names.clear();
  c.wish.tags = {{"backup", "*"}};
  CHECK(c.plan().copies.size() == 1);
  c.wish.tags = {{"backup", "no"}};
  CHECK(c.error() == "DatabaseMissing");
}

TEST_CASE("dbsnap: a count above what there is deletes nothing") {
  Retention keep;
  keep.count = 3;
  CHECK(gone({copy("a", day), copy("b", 2 * day)}, keep) == Names{});
  keep.count = 1;
  CHECK(gone({copy("a", day), copy("b", 2 * day)}, keep) == Names{"b"});
  // A clock that is behind makes copies of the future, which are no younger for that.
  CHECK(gone({copy("a", -2 * day), copy("b", -day)}, keep) == Names{"b"});
}

TEST_CASE("copies under way don't count, failed ones go only where there is a good one") {
  Retention keep;
  keep.count = 1;
  CHECK(gone({copy("a", hour, "copying"), copy("b", 2 * day)}, keep) == Names{});
  CHECK(gone({copy("a", hour, "failed"), copy("b", 2 * day)}, keep) == Names{"a"});
  CHECK(gone({copy("a", hour, "failed")}, keep) == Names{});
  CHECK(gone({copy("a", day), copy("b", 400 * day)}, Retention{}) == Names{});
}

TEST_CASE("grandfather, father and son: a copy stays where any rule keeps it") {
  std::vector<Snapshot> copies;
  for (int i = 0; i < 90; ++i) copies.push_back(copy("d" + std::to_string(i), i * day));
  Retention keep;
  keep.daily = 3;
  CHECK(gone(copies, keep).size() == 87);
  keep.weekly = 4;
  size_t without_months = gone(copies, keep).size();
  CHECK(without_months <= 87 - 2);
  keep.monthly = 3;
  CHECK(gone(copies, keep).size() < without_months);
  keep = {};
  keep.days = 10;
  CHECK(gone(copies, keep).size() == 80);
}

TEST_CASE("whatever is asked for, the newest good copy stays, and asking again takes no more") {
  Random random(7);
  for (int round = 0; round < 500; ++round) {
    std::vector<Snapshot> copies;
    for (uint64_t i = 0, n = random.below(20); i < n; ++i)
      copies.push_back(copy("c" + std::to_string(i), int64_t(random.below(100 * 24)) * hour - day,
                            random.below(4) == 0 ? "failed" : "available"));
    Retention keep{int64_t(random.below(4)), int64_t(random.below(5)), int64_t(random.below(4)),
                   int64_t(random.below(4)), int64_t(random.below(4))};
    auto judged = judge(copies, keep, now);
    std::vector<Snapshot> left;
    for (const Judgement& one : judged)
      if (one.stays) left.push_back(one.copy);
    bool any_good = std::ranges::any_of(copies, &Snapshot::is_available);
    CHECK(std::ranges::any_of(left, &Snapshot::is_available) == any_good);
    CHECK(gone(left, keep).empty());
    int64_t good = std::ranges::count_if(copies, &Snapshot::is_available);
    CHECK(std::ranges::count_if(left, &Snapshot::is_available) >= std::min(good, keep.count));
  }
}

TEST_CASE("recovery points: the newest good one of each region against what was promised") {
  Case c;
  c.listing.snapshots["eu-west-1"] = {copy("a", 30 * hour), copy("b", hour, "copying"),
                                      snapshot("foreign", 0)};
  c.listing.snapshots["us-west-2"] = {copy("c", hour, "failed")};
  auto points = recovery_points(c.listing, c.listing.databases,
                                {"us-east-1", "eu-west-1", "us-west-2"}, day, now);
  REQUIRE(points.size() == 3);
  CHECK(points[0].snapshot == "new");
  CHECK(points[0].is_met);
  CHECK(points[1].snapshot == "a");
  CHECK(points[1].state == "too old");
  CHECK(points[2].state == "none");
  CHECK(age_words(30 * hour) == "30 h 0 m");
  CHECK(recovery_svg(points).contains("30 h 0 m, too old"));
  // A day sharp is kept; a clock that is behind makes nothing old.
  c.listing.snapshots["eu-west-1"] = {copy("a", day), copy("d", -hour, "failed")};
  CHECK(recovery_points(c.listing, c.listing.databases, {"eu-west-1"}, day, now).at(0).is_met);
}

TEST_CASE("500 databases in 3 regions are planned") {
  Case c;
  c.listing.databases.clear();
  c.listing.snapshots.clear();
  c.wish.to = {"eu-west-1", "us-west-2", "ap-south-1"};
  for (int i = 0; i < 500; ++i) {
    Database one;
    one.id = "db" + std::to_string(i);
    one.arn = "arn:aws:rds:us-east-1:123456789012:db:" + one.id;
    one.region = "us-east-1";
    Snapshot source = snapshot("s" + std::to_string(i), hour);
    source.database = one.id;
    c.listing.snapshots["us-east-1"].push_back(source);
    for (const std::string& region : c.wish.to)
      for (int age = 1; age < 10; ++age) {
        Snapshot made = copy(one.id + "-" + std::to_string(age), age * day);
        made.region = region;
        made.tags[database_tag] = one.arn;
        c.listing.snapshots[region].push_back(made);
      }
    c.listing.databases.push_back(one);
  }
  c.wish.retention.count = 7;
  CopyPlan plan = c.plan();
  CHECK(plan.copies.size() == 1500);
  CHECK(plan.deletions.size() == 1500 * 3);
}

TEST_CASE("R6: storage that has grown by itself is in line, and more than that still grows it") {
  using Kind = StoragePlan::Kind;
  CHECK(plan_storage(140, 1000, "available", 100).kind == Kind::in_line);
  CHECK(plan_storage(140, 1000, "available", 200).kind == Kind::grows);
  CHECK(plan_storage(140, 0, "available", 100).kind == Kind::refused);
  CHECK(plan_storage(100, 0, "available", 100).kind == Kind::in_line);
  CHECK(plan_storage(100, 0, "available", 109).kind == Kind::refused);
  CHECK(plan_storage(100, 0, "available", 110).kind == Kind::grows);
  CHECK(plan_storage(101, 0, "available", 111).kind == Kind::refused);
  CHECK(plan_storage(100, 0, "storage-optimization", 200).kind == Kind::waits);
}
