#include "actions/action_table.hh"

#include <algorithm>
#include <array>
#include <utility>

#include "actions/action_data.hh"
#include "base/text.hh"

namespace mainstay::actions {
namespace {

constexpr std::array<std::pair<std::string_view, KeyType>, 9> key_types = {{
    {"String", KeyType::text},
    {"ArrayOfString", KeyType::text_list},
    {"Bool", KeyType::boolean},
    {"ArrayOfBool", KeyType::boolean_list},
    {"ARN", KeyType::arn},
    {"ArrayOfARN", KeyType::arn_list},
    {"Numeric", KeyType::number},
    {"Date", KeyType::date},
    {"IPAddress", KeyType::address},
}};

constexpr std::array<std::pair<std::string_view, Level>, 5> level_names = {{
    {"Read", Level::read},
    {"List", Level::list},
    {"Write", Level::write},
    {"Tagging", Level::tagging},
    {"Permissions management", Level::permissions},
}};

template <class T, size_t N>
T named(const std::array<std::pair<std::string_view, T>, N>& table, std::string_view name) {
  for (const auto& [text, value] : table)
    if (text == name) return value;
  return table.front().second;
}

Keys keys_at(const std::vector<ConditionKey>& all, const Value& places) {
  Keys out;
  for (const Value& place : places.items()) out.push_back(&all.at(place.as_int()));
  return out;
}

std::vector<ConditionKey> read_keys(const Value& rows) {
  std::vector<ConditionKey> out;
  for (const Value& row : rows.items())
    out.push_back({row.at(0).as_string(), named(key_types, row.at(1).as_string())});
  return out;
}

// "aws:RequestTag/${TagKey}" covers "aws:requesttag/Team"; others cover themselves.
bool covers(std::string_view pattern, std::string_view name) {
  size_t open = std::min(pattern.find("${"), pattern.find('<'));
  if (open == std::string_view::npos) return equals_ignoring_case(pattern, name);
  return name.size() > open && equals_ignoring_case(pattern.substr(0, open), name.substr(0, open));
}

const ConditionKey* find_key(const std::vector<ConditionKey>& keys, std::string_view name) {
  auto it = std::ranges::find_if(keys, [&](const auto& key) { return covers(key.name, name); });
  return it == keys.end() ? nullptr : &*it;
}

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

}  // namespace

std::string_view level_name(Level level) {
  for (const auto& [text, value] : level_names)
    if (value == level) return text;
  return {};
}

std::vector<std::string> resource_globs(const Action& action, const std::string& account,
                                        const std::string& region) {
  std::vector<std::string> out;
  for (const ActionResource& resource : action.resources) {
    std::vector<ArnTemplate::Values> values;
    for (const std::string& variable : resource.type->form.variables()) {
      ArnTemplate::Values& of = values.emplace_back();
      if (variable == "Partition") of = {"aws"};
      if (variable == "Account") of = {account};
      if (variable == "Region") of = {region};
    }
    out.push_back(resource.type->form.fill(values).front());
  }
  return out;
}

Service::Service(const Value& data)
    : prefix_(data["prefix"].as_string()),
      name_(data["name"].as_string()),
      keys_(read_keys(data["keys"])) {
  for (const auto& [name, row] : data["types"].members())
    types_.push_back({name, row.at(0).as_string(), ArnTemplate(row.at(0).as_string()),
                      keys_at(keys_, row.at(1))});
  for (const Value& row : data["actions"].items()) {
    Action action{prefix_ + ":" + row.at(0).as_string(),
                  named(level_names, row.at(1).as_string()),
                  {},
                  keys_at(keys_, row.at(3)),
                  {}};
    for (const auto& [name, of] : row.at(2).members())
      if (const ResourceType* known = type(name))
        action.resources.push_back({known, of.at(0).as_int() != 0, keys_at(keys_, of.at(1))});
    for (const Value& name : row.at(4).items()) action.dependent.push_back(name.as_string());
    actions_.push_back(std::move(action));
  }
  for (const Action& action : actions_)
    by_name_[to_lower(action.name.substr(prefix_.size() + 1))] = &action;
}

const Action* Service::find(std::string_view name) const {
  auto it = by_name_.find(to_lower(name));
  return it == by_name_.end() ? nullptr : it->second;
}

const ResourceType* Service::type(std::string_view name) const {
  auto it = std::ranges::find(types_, name, &ResourceType::name);
  return it == types_.end() ? nullptr : &*it;
}

const ConditionKey* Service::key(std::string_view name) const {
  return find_key(keys_, name);
}

ActionTable::ActionTable() {
  Value names = action_data("iam");
  for (const Value& name : names.items()) prefixes_.push_back(name.as_string());
  Value operations = action_data("iam-operations");
  for (const auto& [type, keys] : operations["global keys"].members())
    for (const Value& key : keys.items())
      global_keys_.push_back({key.as_string(), named(key_types, type)});
}

const Service* ActionTable::service(std::string_view prefix) const {
  std::string folded = to_lower(prefix);
  if (!std::ranges::binary_search(prefixes_, folded)) return nullptr;
  std::lock_guard guard(mutex_);
  auto& kept = loaded_[folded];
  if (!kept) kept = std::make_unique<const Service>(action_data("iam/" + folded));
  return kept.get();
}

const Action* ActionTable::find(std::string_view action) const {
  size_t colon = action.find(':');
  if (colon == std::string_view::npos) return nullptr;
  const Service* of = service(action.substr(0, colon));
  return of ? of->find(action.substr(colon + 1)) : nullptr;
}

std::vector<const Action*> ActionTable::matching(std::string_view pattern) const {
  std::string folded = to_lower(pattern);
  std::string prefix = folded.substr(0, folded.find(':'));
  std::vector<const Action*> out;
  auto add = [&](const Service* of) {
    if (!of) return;
    for (const Action& action : of->actions())
      if (glob_match(folded, to_lower(action.name))) out.push_back(&action);
  };
  if (!has_wildcard(prefix)) {
    add(service(prefix));
    return out;
  }
  for (const std::string& name : prefixes_) add(service(name));
  return out;
}

const ConditionKey* ActionTable::key(std::string_view name) const {
  if (const ConditionKey* global = find_key(global_keys_, name)) return global;
  const Service* of = service(name.substr(0, name.find(':')));
  return of ? of->key(name) : nullptr;
}

}  // namespace mainstay::actions
