// Which resource of the new templates is which of those that are there: see refactor_stacks.hh.
#include "base/text.hh"
#include "formation/refactor_stacks.hh"

namespace mainstay::formation {
namespace {

Error not_permitted(std::string_view action, const std::string& what) {
  return validation_error(
      "Found an action type that is not permitted during refactor operations: " +
      std::string(action) + " (" + what + ")");
}

class Matching {
 public:
  Matching(const std::vector<RefactoredStack>& stacks, const Value& mappings)
      : stacks_(stacks), mappings_(mappings) {}

  Result<Origins> run() {
    for (size_t i = 0; i < stacks_.size(); ++i) wanted_.push_back(logical_ids(stacks_[i].now));
    for (const Value& mapping : mappings_.items()) CHECK_OK(take_mapping(mapping));
    CHECK_OK(check_mapped_moved());
    match_unmoved();
    CHECK_OK(match_by_id());
    CHECK_OK(check_nothing_left());
    return std::move(origins_);
  }

 private:
  Result<Place> place_of(const Value& location) const {
    const std::string& stack = location["StackName"].as_string();
    for (size_t i = 0; i < stacks_.size(); ++i)
      if (stacks_[i].key.id == stack || stacks_[i].key.name() == stack)
        return Place{i, location["LogicalResourceId"].as_string()};
    return validation_error("ResourceMapping is invalid: stack " + stack +
                            " is not among the stack definitions");
  }

  const Value* resource_at(const Place& place) const {
    auto it = stacks_[place.stack].resources.find(place.id);
    return it == stacks_[place.stack].resources.end() ? nullptr : &it->second;
  }
  bool is_wanted(const Place& place) const { return wanted_[place.stack].contains(place.id); }
  const std::string& type_wanted(const Place& place) const {
    return stacks_[place.stack].now.tmpl.find_resource(place.id)->type;
  }
  std::string called(const Place& place) const { return name_of(stacks_, place); }

  Status take(const Place& to, const Origin& origin) {
    if (auto [it, is_first] = taken_.emplace(origin.from, to); !is_first)
      return validation_error("ResourceMapping is invalid: resource " + called(origin.from) +
                              " can't be refactored into both " + called(it->second) + " and " +
                              called(to));
    if (!origins_.emplace(to, origin).second)
      return validation_error("ResourceMapping is invalid: more than one resource would become " +
                              called(to));
    return {};
  }

  Status take_mapping(const Value& mapping) {
    TRY(Place from, place_of(mapping["Source"]));
    TRY(Place to, place_of(mapping["Destination"]));
    const Value* resource = resource_at(from);
    if (!resource)
      return validation_error("Resource with LogicalResourceId '" + from.id +
                              "' not found in stack " + stacks_[from.stack].key.name());
    if (!is_wanted(to)) return did_not_move(from);
    const std::string& type = (*resource)["ResourceType"].as_string();
    if (type != type_wanted(to))
      return validation_error("ResourceMapping is invalid: " + called(from) + " is of type " +
                              type + ", " + called(to) + " of type " + type_wanted(to));
    return take(to, {from, true});
  }

  // The words are recorded, with their slip (D. Wittman, "Moving Resources Between CDK Stacks").
  Error did_not_move(const Place& from) const {
    return validation_error("The resource " + from.id +
                            " defined in the resources mapping did no move from its original "
                            "stack " +
                            stacks_[from.stack].key.name() +
                            ". Review your stack template desired state.");
  }

  // What is mapped away must have left its place, unless another takes it.
  Status check_mapped_moved() const {
    for (const auto& [to, origin] : origins_)
      if (is_moved(to, origin) && is_wanted(origin.from) && !origins_.contains(origin.from))
        return did_not_move(origin.from);
    return {};
  }

  void match_unmoved() {
    for (size_t i = 0; i < stacks_.size(); ++i)
      for (const std::string& id : wanted_[i]) {
        const Place here{i, id};
        const Value* resource = resource_at(here);
        if (!resource || origins_.contains(here) || taken_.contains(here)) continue;
        if ((*resource)["ResourceType"].as_string() == type_wanted(here))
          (void)take(here, {here, false});
      }
  }

  // CloudFormation finds by itself what keeps its logical id in another stack, and nothing else
  // ("If the logical IDs don't change, this file doesn't need to be specified").
  std::vector<Place> candidates_for(const Place& to) const {
    std::vector<Place> out;
    for (size_t i = 0; i < stacks_.size(); ++i) {
      const Place from{i, to.id};
      const Value* resource = resource_at(from);
      if (resource && !taken_.contains(from) && !is_wanted(from) &&
          (*resource)["ResourceType"].as_string() == type_wanted(to))
        out.push_back(from);
    }
    return out;
  }

  Status match_by_id() {
    std::vector<std::string> homeless;
    for (size_t i = 0; i < stacks_.size(); ++i)
      for (const std::string& id : wanted_[i]) {
        const Place to{i, id};
        if (origins_.contains(to)) continue;
        auto candidates = candidates_for(to);
        if (candidates.size() > 1)
          return validation_error("Resource " + called(to) + " could come from " +
                                  called(candidates[0]) + " or " + called(candidates[1]) +
                                  ": provide a resource mapping");
        if (candidates.empty())
          homeless.push_back(id + " -> " + stacks_[i].key.name());
        else
          CHECK_OK(take(to, {candidates.front(), false}));
      }
    if (homeless.empty()) return {};
    return validation_error("Could not find any source stacks for Logical ID and Stack ID pairs: " +
                            join(homeless, ", "));
  }

  Status check_nothing_left() const {
    for (size_t i = 0; i < stacks_.size(); ++i)
      for (const auto& [id, resource] : stacks_[i].resources)
        if (const Place place{i, id}; !taken_.contains(place))
          return not_permitted("Remove", called(place));
    return {};
  }

  const std::vector<RefactoredStack>& stacks_;
  const Value& mappings_;
  std::vector<std::set<std::string>> wanted_;
  Origins origins_;
  std::map<Place, Place> taken_;  // where each resource goes
};

}  // namespace

std::string name_of(const std::vector<RefactoredStack>& stacks, const Place& place) {
  return stacks[place.stack].key.name() + "." + place.id;
}

Result<Origins> find_origins(const std::vector<RefactoredStack>& stacks, const Value& mappings) {
  return Matching(stacks, mappings).run();
}

}  // namespace mainstay::formation
