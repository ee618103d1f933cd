#include "actions/operations.hh"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>

#include "actions/action_data.hh"
#include "actions/input_path.hh"
#include "base/text.hh"

namespace mainstay::actions {

struct Operations::Request {
  std::string prefix;
  std::string_view operation;
  const Value& in;
  const Where& where;
};

namespace {

using Values = std::vector<std::string>;

// A template's variables that every request has, and the organisation's, which none has.
constexpr std::array<std::string_view, 4> given = {"Partition", "Region", "Account",
                                                   "OrganizationId"};

// A source of a variable's values is a path, or a list of paths whose values are taken together.
Values values_from(const Value& in, const Value& source, const Where& where) {
  if (source.is_list()) {
    Values out;
    for (const Value& one : source.items())
      for (std::string& value : values_from(in, one, where)) out.push_back(std::move(value));
    return out;
  }
  if (source.as_string() == "$user") return where.user.empty() ? Values() : Values{where.user};
  return values_at(in, source.as_string());
}

// Where the data says that a variable's values stand: for this type before for every type, for this
// operation before for the whole service.
class Variables {
 public:
  Variables(const Value& in, const Where& where, const Value& own, const Value& of_service)
      : in_(in), where_(where), tables_{&own, &of_service} {}

  Values of(std::string_view type, std::string_view variable) const {
    std::string of_type = std::string(type) + "." + std::string(variable);
    for (const Value* table : tables_)
      for (std::string_view key : {std::string_view(of_type), variable})
        if (const Value* sources = table->find(key)) return first(*sources);
    if (auto value = standard(variable)) return {*value};
    Values same = values_at(in_, variable);
    return same.empty() ? values_at(in_, std::string(variable) + "s[]") : same;
  }

  std::optional<std::string> standard(std::string_view variable) const {
    if (variable == "Partition") return where_.partition;
    if (variable == "Region") return where_.region;
    if (variable == "Account") return where_.account;
    return {};
  }

 private:
  Values first(const Value& sources) const {
    for (const Value& source : sources.items())
      if (Values values = values_from(in_, source, where_); !values.empty()) return values;
    return {};
  }

  const Value& in_;
  const Where& where_;
  std::array<const Value*, 2> tables_;
};

// A resource type of an action, and what the request says of its ARN.
struct Candidate {
  const ResourceType* type = nullptr;
  bool required = false;
  Values arns;                 // given whole
  std::vector<Values> values;  // else of the template's variables
  size_t known = 0;            // variables given, beside those that every request has
  size_t unknown = 0;

  Values take_arns() { return arns.empty() ? type->form.fill(values) : std::move(arns); }
};

// The ARNs among a variable's values: those of this type are what the request is about, others are
// about something else.
void take_whole(Values& values, const ArnTemplate& form, Values& arns) {
  for (const std::string& value : values)
    if (value.starts_with("arn:") && form.fits(value)) arns.push_back(value);
  std::erase_if(values, [](const std::string& value) { return value.starts_with("arn:"); });
}

// ARNs that the request has as members of their own ("TopicArn").
Values arns_in(const Value& in, const ArnTemplate& form) {
  Values out;
  for (const auto& [name, value] : in.members())
    if (value.as_string().starts_with("arn:") && form.fits(value.as_string()))
      out.push_back(value.as_string());
  return out;
}

Candidate candidate(const ResourceType& type, const Variables& variables, const Value& in) {
  Candidate out{&type, false, {}, {}, 0, 0};
  for (const std::string& variable : type.form.variables()) {
    Values found = variables.of(type.name, variable);
    take_whole(found, type.form, out.arns);
    if (found.empty())
      if (auto value = variables.standard(variable)) found = {*value};
    if (std::ranges::find(given, variable) == given.end())
      ++(found.empty() ? out.unknown : out.known);
    out.values.push_back(std::move(found));
  }
  if (out.arns.empty() && out.unknown > 0) out.arns = arns_in(in, type.form);
  if (out.arns.empty()) return out;
  out.known += out.unknown;
  out.unknown = 0;
  return out;
}

// Of the types that an action may act on, those that this request is about: the required ones, the
// others where the request names them whole; if there are none, those it names in part.
std::vector<Candidate> chosen(std::vector<Candidate> all) {
  auto is_whole = [](const Candidate& c) { return c.required || (c.known > 0 && c.unknown == 0); };
  auto is_part = [](const Candidate& c) { return c.known > 0; };
  if (std::ranges::any_of(all, is_whole))
    std::erase_if(all, std::not_fn(is_whole));
  else
    std::erase_if(all, std::not_fn(is_part));
  return all;
}

struct Wanted {
  const ResourceType* type = nullptr;
  bool required = false;
};

std::vector<Wanted> wanted_types(const Service& service, const Action& action, const Value& need,
                                 const Value& in) {
  Values names;
  for (const Value& name : need["types"].items()) names.push_back(name.as_string());
  if (need.has("types_from")) {
    names = values_at(in, need["types_from"].as_string());
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
  }
  std::vector<Wanted> out;
  for (const std::string& name : names)
    if (const ResourceType* type = service.type(name)) out.push_back({type, true});
  if (need.has("types") || need.has("types_from")) return out;
  for (const ActionResource& resource : action.resources)
    out.push_back({resource.type, resource.required});
  return out;
}

// The part of an operation's needs that every entry of it shares.
Needed common_part(const std::string& prefix, std::string_view operation, const Value& need) {
  std::string name = need.is_string() ? need.as_string() : need["action"].as_string();
  Needed out{name.contains(':') ? name : prefix + ":" + name, "", {"*"}, {}};
  for (const auto& [key, value] : need["context"].members())
    out.context.emplace_back(
        key, value.as_string() == "$operation" ? std::string(operation) : value.as_string());
  return out;
}

// EC2's identifiers say what they are: "subnet-0a1b" is a subnet (the data's "ids").
void add_by_id(const Needed& common, const Service& service, const Value& kinds, const Values& ids,
               const Where& where, std::vector<Needed>& out) {
  std::map<std::string, Values> by_type;
  for (const std::string& id : ids)
    by_type[kinds[id.substr(0, id.rfind('-'))].as_string()].push_back(id);
  static const Value nothing = Value::map();
  Variables variables(nothing, where, nothing, nothing);
  for (const auto& [name, of_type] : by_type) {
    out.push_back(common);
    const ResourceType* type = service.type(name);
    if (!type) continue;
    out.back().type = name;
    std::vector<Values> values;
    for (const std::string& variable : type->form.variables()) {
      auto value = variables.standard(variable);
      values.push_back(value ? Values{*value} : of_type);
    }
    out.back().resources = type->form.fill(values);
  }
}

}  // namespace

Operations::Operations(const ActionTable& table)
    : table_(table), data_(action_data("iam-operations")) {
  Value services = action_data("services");
  for (const Value& row : services.items()) prefixes_.set(row["name"].as_string(), row["signing"]);
  for (const auto& [service, prefix] : data_["prefixes"]["rows"].members())
    prefixes_.set(service, prefix);
  for (const Value& group : data_["operations"].items())
    for (const auto& [operation, needs] : group["rows"].members())
      operations_.member(group["service"].as_string()).set(operation, needs);
}

std::string Operations::prefix(std::string_view service) const {
  const Value* known = prefixes_.find(service);
  return known ? to_lower(known->as_string()) : to_lower(service);
}

void Operations::add(const Request& request, const Value& need, std::vector<Needed>& out) const {
  if (need.has("if") && !holds(request.in, need["if"].as_string())) return;
  if (need.has("unless") && holds(request.in, need["unless"].as_string())) return;
  Needed common = common_part(request.prefix, request.operation, need);
  const Action* action = table_.find(common.action);
  if (!action) return out.push_back(std::move(common));
  std::string prefix = common.action.substr(0, common.action.find(':'));
  const Service& service = *table_.service(prefix);
  if (need.has("by_id")) {
    auto ids = values_at(request.in, need["by_id"].as_string());
    return add_by_id(common, service, data_["ids"][prefix]["rows"], ids, request.where, out);
  }
  // What is made by the request has no name in it yet.
  static const Value nothing = Value::map();
  bool fresh = need["fresh"].as_bool();
  const Value& in = fresh ? nothing : request.in;
  Variables variables(in, request.where, need["with"],
                      fresh ? nothing : data_["variables"][prefix]);
  std::vector<Candidate> all;
  for (const Wanted& wanted : wanted_types(service, *action, need, request.in)) {
    all.push_back(candidate(*wanted.type, variables, in));
    all.back().required = wanted.required && !need["one_of"].as_bool();
  }
  auto found = chosen(std::move(all));
  if (found.empty()) out.push_back(common);
  for (Candidate& one : found)
    out.push_back({common.action, one.type->name, one.take_arns(), common.context});
}

std::vector<Needed> Operations::needed(std::string_view service, std::string_view operation,
                                       const Value& in, const Where& where) const {
  Request request{prefix(service), operation, in, where};
  std::vector<Needed> out;
  if (const Value* needs = operations_[service].find(operation)) {
    for (const Value& need : needs->items()) add(request, need, out);
  } else {
    add(request, Value(operation), out);
  }
  for (const Value& need : data_["always"][request.prefix]["needs"].items())
    add(request, need, out);
  return out;
}

}  // namespace mainstay::actions
