#include "cfn/dependencies.hh"

#include <algorithm>
#include <queue>
#include <unordered_set>

#include "cfn/messages.hh"
#include "cfn/template_check.hh"

namespace mainstay::cfn {
namespace {

class Builder {
 public:
  Builder(const Template& t, const Map& conditions) : t_(t), conditions_(conditions) {}

  Result<Dependencies> build() {
    for (const Resource& r : t_.resources)
      if (holds(r.condition, conditions_)) CHECK_OK(resource(r));
    CHECK_OK(report("Resources"));
    for (const Output& o : t_.outputs)
      if (holds(o.condition, conditions_)) CHECK_OK(output(o));
    CHECK_OK(report("Outputs"));
    CHECK_OK(sort());
    return std::move(out_);
  }

 private:
  bool is_made(const std::string& id) const {
    const Resource* r = t_.find_resource(id);
    return r && holds(r->condition, conditions_);
  }

  static bool is_resource_reference(const Reference& r) {
    return r.kind == Reference::Kind::ref || r.kind == Reference::Kind::get_att;
  }

  void need(std::vector<std::string>& needs, const std::string& id) {
    if (std::find(needs.begin(), needs.end(), id) == needs.end()) needs.push_back(id);
  }

  void missing(const Reference& r) {
    if (missing_.empty()) first_ = r.path;
    missing_.push_back(r.name);
  }

  Status resource(const Resource& r) {
    std::vector<std::string>& needs = out_.needs[r.id];
    for (const std::string& id : r.depends_on)
      if (is_made(id)) need(needs, id);
    // What cfn-init reads (Metadata) and the policies count as well as properties.
    const Value& whole = t_.document.root["Resources"][r.id];
    for (const char* part : {"Properties", "Metadata", "CreationPolicy", "UpdatePolicy"}) {
      TRY(auto found, find_references(whole[part], {"Resources", r.id, part}, &conditions_));
      for (const Reference& ref : found) {
        if (!is_resource_reference(ref) || !t_.find_resource(ref.name)) continue;
        if (is_made(ref.name)) {
          need(needs, ref.name);
        } else {
          missing(ref);
        }
      }
    }
    return {};
  }

  Status output(const Output& o) {
    const Value& whole = t_.document.root["Outputs"][o.id];
    for (const char* part : {"Value", "Export"}) {
      TRY(auto found, find_references(whole[part], {"Outputs", o.id, part}, &conditions_));
      for (const Reference& ref : found)
        if (is_resource_reference(ref) && t_.find_resource(ref.name) && !is_made(ref.name))
          missing(ref);
    }
    return {};
  }

  Status report(const char* block) {
    if (missing_.empty()) return {};
    return template_error("Template format error: Unresolved resource dependencies " +
                          name_list(missing_) + " in the " + block + " block of the template")
        .where(t_.at(first_))
        .with_hint("the condition of what it refers to is false");
  }

  // Kahn's algorithm; the ready resource that stands first in the template goes first.
  Status sort() {
    std::unordered_map<std::string, size_t> waiting;
    auto dependants = out_.dependants();
    std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
    for (const auto& [id, needs] : out_.needs) {
      waiting[id] = needs.size();
      if (needs.empty()) ready.push(t_.resource_index.at(id));
    }
    while (!ready.empty()) {
      const std::string& id = t_.resources[ready.top()].id;
      ready.pop();
      out_.order.push_back(id);
      for (const std::string& next : dependants[id])
        if (--waiting[next] == 0) ready.push(t_.resource_index.at(next));
    }
    return out_.order.size() == out_.needs.size() ? Status() : cycle();
  }

  // What can't be ordered, less what merely waits for a cycle.
  Error cycle() const {
    std::unordered_set<std::string> rest;
    for (const auto& [id, needs] : out_.needs) rest.insert(id);
    for (const std::string& id : out_.order) rest.erase(id);
    auto dependants = out_.dependants();
    for (bool changed = true; changed;) {
      changed = std::erase_if(rest, [&](const std::string& id) {
                  const auto& users = dependants[id];
                  return std::none_of(users.begin(), users.end(),
                                      [&](const auto& user) { return rest.contains(user); });
                }) > 0;
    }
    std::vector<std::string> names;
    for (const Resource& r : t_.resources)
      if (rest.contains(r.id)) names.push_back(r.id);
    return template_error("Circular dependency between resources: " + name_list(names))
        .where(t_.document.key_at({"Resources", names.empty() ? "" : names[0]}));
  }

  const Template& t_;
  const Map& conditions_;
  Dependencies out_;
  std::vector<std::string> missing_;
  Path first_;
};

}  // namespace

std::unordered_map<std::string, std::vector<std::string>> Dependencies::dependants() const {
  std::unordered_map<std::string, std::vector<std::string>> out;
  for (const auto& [id, list] : needs)
    for (const std::string& needed : list) out[needed].push_back(id);
  return out;
}

bool holds(const std::string& condition, const Map& conditions) {
  if (condition.empty()) return true;
  const Value* v = conditions.find(condition);
  return v && v->as_bool();
}

Result<Dependencies> find_dependencies(const Template& t, const Map& conditions) {
  return Builder(t, conditions).build();
}

}  // namespace mainstay::cfn
