#include "dns/batches.hh"

#include <algorithm>
#include <map>

#include "graph/dag.hh"

namespace mainstay::dns {
namespace {

using Kind = RecordChange::Kind;

struct Cost {
  size_t values = 0, characters = 0;  // as Route 53 counts them

  Cost operator+(const Cost& other) const {
    return {values + other.values, characters + other.characters};
  }
  bool fits() const { return values <= batch_values_max && characters <= batch_characters_max; }
};

// An alias has no values, but is counted as one to be on the safe side.
Cost cost_of(const RecordChange& change) {
  Cost cost;
  const Value document = change.to_value();
  const Value& values = document["ResourceRecordSet"]["ResourceRecords"];
  cost.values = std::max<size_t>(values.size(), 1);
  for (const Value& value : values.items()) cost.characters += value["Value"].as_string().size();
  return change.kind == Kind::update ? cost + cost : cost;
}

using Unit = std::vector<size_t>;  // changes that belong together

// What makes something appear depends on the alias's target being there; what makes the target go,
// on the alias being gone.
graph::Dag dependencies(const std::vector<RecordChange>& changes) {
  graph::Dag dag;
  for (const RecordChange& change : changes) dag.add(change.key().name);
  const auto link = [&](const RecordSet& set, bool appears) {
    if (!set.alias || set.alias->name == set.key.name) return;
    auto target = dag.find(set.alias->name);
    if (!target) return;
    graph::Node own = dag.add(set.key.name);
    appears ? dag.depend(own, *target) : dag.depend(*target, own);
  };
  for (const RecordChange& change : changes)
    change.after ? link(*change.after, true) : link(change.before->set, false);
  return dag;
}

// Names in an order that dependencies allow. Names that depend on one another in a circle, and
// whatever depends on those, are one unit.
std::vector<std::vector<graph::Node>> ordered(const graph::Dag& dag) {
  std::vector<size_t> waits(dag.size());
  std::vector<graph::Node> ready;
  for (graph::Node n = 0; n < dag.size(); ++n) {
    waits[n] = dag.dependencies(n).size();
    if (waits[n] == 0) ready.push_back(n);
  }
  std::vector<std::vector<graph::Node>> out;
  for (size_t i = 0; i < ready.size(); ++i) {
    out.push_back({ready[i]});
    for (graph::Node dependent : dag.dependents(ready[i]))
      if (--waits[dependent] == 0) ready.push_back(dependent);
  }
  std::vector<graph::Node> circle;
  for (graph::Node n = 0; n < dag.size(); ++n)
    if (waits[n] > 0) circle.push_back(n);
  if (!circle.empty()) out.push_back(std::move(circle));
  return out;
}

class Packer {
 public:
  explicit Packer(const std::vector<RecordChange>& changes) : changes_(changes) {}

  Status add(const Unit& unit) {
    Cost whole;
    for (size_t i : unit) whole = whole + cost_of(changes_[i]);
    if (whole.fits()) {
      put(unit, whole);
      return {};
    }
    bool removes = false, makes = false;
    for (size_t i : unit) (changes_[i].kind == Kind::remove ? removes : makes) = true;
    if (removes && makes) return too_large(unit[0]);
    for (size_t i : unit) {
      Cost cost = cost_of(changes_[i]);
      if (!cost.fits()) return too_large(i);
      put({i}, cost);
    }
    return {};
  }
  std::vector<Unit> done() && { return std::move(batches_); }

 private:
  void put(const Unit& unit, const Cost& cost) {
    if (batches_.empty() || !(filled_ + cost).fits()) {
      batches_.emplace_back();
      filled_ = {};
    }
    filled_ = filled_ + cost;
    batches_.back().insert(batches_.back().end(), unit.begin(), unit.end());
  }

  Error too_large(size_t index) const {
    const RecordChange& change = changes_[index];
    return Error(
               "ChangeTooLarge",
               "the changes of " + change.key().to_text() +
                   " must be made at once, and are more than a request to Route 53 may hold (1000 "
                   "values, 32000 characters)")
        .where(change.after ? change.after->at : Position{});
  }

  const std::vector<RecordChange>& changes_;
  std::vector<Unit> batches_;
  Cost filled_;
};

}  // namespace

Result<std::vector<std::vector<size_t>>> make_batches(const std::vector<RecordChange>& changes) {
  graph::Dag dag = dependencies(changes);
  std::vector<Unit> by_name(dag.size());
  for (size_t i = 0; i < changes.size(); ++i) by_name[dag.add(changes[i].key().name)].push_back(i);
  Packer packer(changes);
  for (const std::vector<graph::Node>& names : ordered(dag)) {
    Unit unit;
    for (graph::Node name : names)
      unit.insert(unit.end(), by_name[name].begin(), by_name[name].end());
    std::ranges::stable_sort(unit, {}, [&](size_t i) { return changes[i].kind != Kind::remove; });
    CHECK_OK(packer.add(unit));
  }
  return std::move(packer).done();
}

}  // namespace mainstay::dns
