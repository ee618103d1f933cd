#include "cloud/condition_keys.hh"

#include <algorithm>

#include "actions/action_data.hh"
#include "actions/input_path.hh"
#include "base/text.hh"
#include "cloud/authorization.hh"
#include "cloud/call.hh"
#include "cloud/partition.hh"

namespace mainstay::cloud {
namespace {

// Paths with the variables of where a call is; only what stands in quotes has any.
class PathReader {
 public:
  explicit PathReader(const Call& call) : call_(call) {}

  std::vector<std::string> values(const Value& in, const std::string& path) const {
    bool is_text = path.starts_with('\'') && path.find('\'', 1) == path.size() - 1;
    if (is_text) return {filled(path.substr(1, path.size() - 2))};
    return actions::values_at(in, filled(path));
  }

  std::vector<std::string> first(const Value& in, const std::vector<std::string>& paths) const {
    for (const std::string& path : paths)
      if (auto found = values(in, path); !found.empty()) return found;
    return {};
  }

 private:
  std::string filled(const std::string& path) const {
    if (!path.contains("${")) return path;
    std::string out = replace_all(path, "${Region}", call_.region);
    out = replace_all(out, "${Account}", call_.account);
    return replace_all(out, "${Partition}", std::string(partition_of(call_.region)));
  }

  const Call& call_;
};

void set(policy::Context& context, const std::string& key, bool is_list,
         std::vector<std::string> values) {
  if (values.empty()) return;
  if (is_list)
    context.set_list(key, std::move(values));
  else
    context.set(key, std::move(values[0]));
}

std::vector<std::string> paths_of(const Value& v) {
  std::vector<std::string> out;
  if (v.is_string()) out.push_back(v.as_string());
  for (const Value& path : v.items()) out.push_back(path.as_string());
  return out;
}

// The list's items, of each list on the way: "NetworkInterfaces[]",
// "BlockDeviceMappings[?Ebs].Ebs".
std::vector<Value> items_at(const Value& in, std::string_view path) {
  size_t open = path.find('['), close = path.find(']');
  std::string_view filter = path.substr(open + 1, close - open - 1);
  std::string_view member = path.substr(std::min(close + 2, path.size()));
  std::vector<Value> out;
  for (const Value& item : in[path.substr(0, open)].items())
    if (filter.empty() || item.has(filter.substr(1)))
      out.push_back(member.empty() ? item : item[member]);
  return out;
}

// Where what varies in a key's name begins: "aws:ResourceTag/${TagKey}",
// "s3:ExistingObjectTag/<key>", "ssm:resourceTag/tag-key".
size_t variable_in(std::string_view key) {
  for (std::string_view mark : {"${", "<key>", "tag-key"})
    if (size_t at = key.find(mark); at != std::string_view::npos) return at;
  return std::string_view::npos;
}

// Those that the reference lists for no action and no type: such as hold for all, and such as are
// out of use.
actions::Keys unlisted_keys(const actions::Service& service) {
  std::unordered_set<const actions::ConditionKey*> listed;
  auto note = [&](const actions::Keys& keys) { listed.insert(keys.begin(), keys.end()); };
  for (const actions::ResourceType& type : service.types()) note(type.keys);
  for (const actions::Action& action : service.actions()) {
    note(action.keys);
    for (const actions::ActionResource& resource : action.resources) note(resource.keys);
  }
  actions::Keys out;
  for (const actions::ConditionKey& key : service.keys())
    if (!listed.contains(&key)) out.push_back(&key);
  return out;
}

}  // namespace

const ConditionKeys& ConditionKeys::table() {
  static const ConditionKeys table;
  return table;
}

ConditionKeys::ConditionKeys() : data_(actions::action_data("condition-keys")) {
  for (const auto& [service, row] : data_.members()) {
    OfService& out = services_[service];
    out.request = read_rows(row["request"]);
    for (const auto& [type, keys] : row["resources"].members())
      out.resources[type] = read_rows(keys);
    for (const auto& [operation, types] : row["items"].members())
      for (const auto& [type, of] : types.members())
        out.items[operation][type] = {of["of"].as_string(), read_rows(of["keys"])};
  }
}

ConditionKeys::Row ConditionKeys::read_row(const std::string& key, const Value& paths) const {
  using actions::KeyType;
  const actions::ConditionKey* known = actions_.key(key);
  Row row{key, false, paths_of(paths), {}};
  row.is_list = known && (known->type == KeyType::text_list || known->type == KeyType::arn_list ||
                          known->type == KeyType::boolean_list);
  for (const auto& [operation, own] : paths.members())
    (operation == "*" ? row.always : row.by_operation[operation]) = paths_of(own);
  return row;
}

ConditionKeys::Rows ConditionKeys::read_rows(const Value& rows) const {
  Rows out;
  for (const auto& [key, paths] : rows.members()) out.push_back(read_row(key, paths));
  return out;
}

const ConditionKeys::OfService* ConditionKeys::of(std::string_view service) const {
  auto it = services_.find(std::string(service));
  return it == services_.end() ? nullptr : &it->second;
}

void ConditionKeys::add_of_request(policy::Context& context, const Call& call,
                                   const Value& in) const {
  const OfService* own = of(call.service.name);
  if (!own) return;
  PathReader reader(call);
  const std::string operation(call.operation);
  for (const Row& row : own->request) {
    auto it = row.by_operation.find(operation);
    set(context, row.key, row.is_list,
        reader.first(in, it == row.by_operation.end() ? row.always : it->second));
  }
}

void ConditionKeys::add_of_resource(Authorization& authorization, const Call& call,
                                    const Value& document) const {
  const OfService* own = of(call.service.name);
  auto rows =
      own ? own->resources.find(authorization.resource_type) : decltype(own->resources.end()){};
  if (!own || rows == own->resources.end()) return;
  PathReader reader(call);
  for (const Row& row : rows->second)
    set(authorization.request.context, row.key, row.is_list, reader.first(document, row.always));
}

std::vector<policy::Context> ConditionKeys::each(const policy::Context& context, const Call& call,
                                                 const Value& in, std::string_view type) const {
  std::vector<policy::Context> out;
  const OfService* own = of(call.service.name);
  if (own)
    if (auto operation = own->items.find(std::string(call.operation));
        operation != own->items.end())
      if (auto items = operation->second.find(std::string(type)); items != operation->second.end())
        for (const Value& item : items_at(in, items->second.of)) {
          out.push_back(context);
          for (const Row& row : items->second.rows)
            set(out.back(), row.key, row.is_list, PathReader(call).first(item, row.always));
        }
  if (out.empty()) out.push_back(context);
  return out;
}

const ConditionKeys::Allowed* ConditionKeys::allowed(std::string_view name,
                                                     std::string_view type) const {
  std::string id = std::string(name) + ' ' + std::string(type);
  std::lock_guard lock(mutex_);
  if (auto it = allowed_.find(id); it != allowed_.end()) return it->second.get();
  const actions::Action* action = actions_.find(name);
  if (!action) return nullptr;
  auto made = std::make_unique<Allowed>();
  auto add = [&](const actions::Keys& keys) {
    for (const actions::ConditionKey* key : keys) {
      std::string lower = to_lower(key->name);
      size_t variable = variable_in(lower);
      if (variable == std::string::npos)
        made->names.insert(lower);
      else
        made->beginnings.push_back(lower.substr(0, variable));
    }
  };
  add(unlisted_keys(*actions_.service(name.substr(0, name.find(':')))));
  add(action->keys);
  for (const actions::ActionResource& resource : action->resources)
    if (resource.type->name == type || type.empty()) {
      add(resource.keys);
      add(resource.type->keys);
    }
  return allowed_.emplace(std::move(id), std::move(made)).first->second.get();
}

void ConditionKeys::restrict(policy::Context& context, std::string_view action,
                             std::string_view type,
                             const std::vector<std::pair<std::string, std::string>>& kept) const {
  const Allowed* has = allowed(action, type);
  if (!has) return;
  std::vector<std::string> foreign;
  for (const policy::Context::Entry& entry : context.entries()) {
    const std::string& key = entry.key;
    bool stays = key.starts_with("aws:") || has->names.contains(key) ||
                 std::any_of(has->beginnings.begin(), has->beginnings.end(),
                             [&](const std::string& start) { return key.starts_with(start); }) ||
                 std::any_of(kept.begin(), kept.end(), [&](const auto& of_action) {
                   return equals_ignoring_case(of_action.first, key);
                 });
    if (!stays) foreign.push_back(key);
  }
  for (const std::string& key : foreign) context.erase(key);
}

std::vector<std::string> ConditionKeys::names(std::string_view service) const {
  std::vector<std::string> out;
  const Value& row = data_[service];
  auto add = [&](const Value& keys) {
    for (const auto& [key, ignored] : keys.members()) out.push_back(key);
  };
  for (const char* part : {"request", "state", "none"}) add(row[part]);
  for (const auto& [type, keys] : row["resources"].members()) add(keys);
  for (const auto& [operation, types] : row["items"].members())
    for (const auto& [type, of] : types.members()) add(of["keys"]);
  return out;
}

}  // namespace mainstay::cloud
