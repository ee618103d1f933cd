#include "cfn/diff.hh"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/text.hh"
#include "cfn/dependencies.hh"
#include "cfn/messages.hh"
#include "cfn/references.hh"
#include "cfn/template_check.hh"

namespace mainstay::cfn {
namespace {

constexpr std::string_view nested_stack = "AWS::CloudFormation::Stack";

// A side with its conditions decided and its resources unknown.
struct Evaluated {
  const Template* tmpl = nullptr;
  const Map* parameters = nullptr;
  Environment environment;
  Map conditions;

  bool has(const std::string& id) const {
    const Resource* r = tmpl->find_resource(id);
    return r && holds(r->condition, conditions);
  }
  Result<Value> value(const Value& v, Path path) const {
    Context context{tmpl, parameters, &conditions, &environment, std::move(path)};
    return evaluate(v, context);
  }
};

Result<Evaluated> evaluated(const Side& side) {
  Evaluated out{side.tmpl, side.parameters, *side.environment, {}};
  out.environment.ref = [](const std::string& id) {
    return Result<Value>(Value(Bytes{"${" + id + "}"}));
  };
  out.environment.get_att = [](const std::string& id, const std::string& attribute) {
    return Result<Value>(Value(Bytes{"${" + id + "." + attribute + "}"}));
  };
  TRY(out.conditions, evaluate_conditions(*side.tmpl, *side.parameters, *side.environment));
  return out;
}

class Planner {
 public:
  Planner(const Evaluated& before, const Evaluated& after, const PlanOptions& options)
      : before_(before), after_(after), options_(options) {}

  Result<std::vector<ResourceChange>> plan() {
    CHECK_OK(check_types());
    find_changed_parameters();
    for (const Resource& r : after_.tmpl->resources)
      if (after_.has(r.id)) CHECK_OK(resource(r));
    CHECK_OK(propagate());
    return collect();
  }

 private:
  Status check_types() const {
    std::vector<std::string> changed;
    for (const Resource& r : after_.tmpl->resources)
      if (after_.has(r.id) && before_.has(r.id) &&
          before_.tmpl->find_resource(r.id)->type != r.type)
        changed.push_back(r.id);
    if (changed.empty()) return {};
    return template_error(
               "Update of resource type is not permitted. The new template modifies resource type "
               "of the following resources: " +
               name_list(changed))
        .where(after_.tmpl->at({"Resources", changed[0], "Type"}));
  }

  void find_changed_parameters() {
    for (const auto& [name, value] : *after_.parameters) {
      const Value* old = before_.parameters->find(name);
      if (!old || !(*old == value)) changed_parameters_.insert(name);
    }
  }

  ResourceChange& change_of(const Resource& r) {
    auto [slot, is_new] = changes_.try_emplace(r.id);
    if (is_new) {
      slot->second.logical_id = r.id;
      slot->second.type = r.type;
      slot->second.at = after_.tmpl->document.key_at(r.path());
    }
    return slot->second;
  }

  void add_cause(const Resource& r, Cause cause) {
    ResourceChange& change = change_of(r);
    cause.at = after_.tmpl->at(cause.path);
    if (std::find(change.scope.begin(), change.scope.end(), cause.attribute) == change.scope.end())
      change.scope.push_back(cause.attribute);
    // "Always" and "Static" replace; "Always" and "Dynamic", or "Conditionally", may.
    Replacement r_new = cause.recreation == Recreation::never ? Replacement::no
                        : cause.recreation == Recreation::always && cause.is_static
                            ? Replacement::yes
                            : Replacement::conditional;
    change.replacement = std::max(change.replacement, r_new);
    change.replacement_certain |= cause.recreation == Recreation::always && cause.certain;
    change.causes.push_back(std::move(cause));
  }

  Status resource(const Resource& r) {
    if (!before_.has(r.id)) {
      change_of(r).action = Action::add;
      return {};
    }
    const Resource& old = *before_.tmpl->find_resource(r.id);
    CHECK_OK(properties(old, r));
    CHECK_OK(attribute(old.metadata, r.metadata, r, "Metadata"));
    CHECK_OK(attribute(old.creation_policy, r.creation_policy, r, "CreationPolicy"));
    CHECK_OK(attribute(old.update_policy, r.update_policy, r, "UpdatePolicy"));
    CHECK_OK(attribute(old.deletion_policy, r.deletion_policy, r, "DeletionPolicy"));
    CHECK_OK(
        attribute(old.update_replace_policy, r.update_replace_policy, r, "UpdateReplacePolicy"));
    const Schema* schema = schema_of(r);
    if (options_.stack_tags_changed && schema && !schema->tag_property().empty())
      add_cause(r, Cause{.attribute = "Tags", .path = r.path()});
    if (options_.nested_stacks_change && r.type == nested_stack)
      add_cause(r, Cause{.attribute = "Properties",
                         .path = r.path(),
                         .is_static = false,
                         .source = ChangeSource::automatic,
                         .certain = false});
    return {};
  }

  Recreation recreation_of(const Resource& r, const Path& path, const Value& before,
                           const Value& after) const {
    if (options_.recreation) return options_.recreation(r.type, path, before, after);
    const Schema* schema = schema_of(r);
    return schema ? schema->recreation(path) : Recreation::never;
  }

  const Schema* schema_of(const Resource& r) const {
    return options_.schema ? options_.schema(r.type) : nullptr;
  }

  // Values as the type takes them, so that "80" and 80 are no difference; unchecked if refused.
  static Value as_schema(const Value& v, const Schema* schema, const std::string& id) {
    if (!schema) return v;
    auto checked = schema->check_properties(v, id);
    return checked.has_value() ? std::move(*checked) : v;
  }

  Status properties(const Resource& old, const Resource& now) {
    Path path{"Resources", now.id, "Properties"};
    const Schema* schema = schema_of(now);
    TRY(Value before, before_.value(old.properties, path));
    TRY(Value after, after_.value(now.properties, path));
    std::unordered_map<std::string, std::string> behind_property;  // found once for each
    before = as_schema(before, schema, now.id);
    after = as_schema(after, schema, now.id);
    for (PropertyChange& c : diff_properties(before, after, schema)) {
      Cause cause;
      cause.attribute = "Properties";
      cause.name = c.path.empty() ? "" : c.path[0];
      cause.path = path;
      cause.path.insert(cause.path.end(), c.path.begin(), c.path.end());
      cause.recreation = recreation_of(now, c.path, before, after);
      cause.is_static = !has_unknown(c.after);
      cause.before = std::move(c.before);
      cause.after = std::move(c.after);
      auto [behind, is_new] = behind_property.try_emplace(cause.name);
      if (is_new) {
        TRY(behind->second, parameters_behind(now.properties[cause.name], cause.path));
      }
      explain(cause, behind->second);
      add_cause(now, std::move(cause));
    }
    return {};
  }

  Status attribute(const Value& old, const Value& now, const Resource& r, const char* name) {
    Path path{"Resources", r.id, name};
    TRY(Value before, before_.value(old, path));
    TRY(Value after, after_.value(now, path));
    if (diff_properties(Value::map({{"v", before}}), Value::map({{"v", after}}), nullptr).empty())
      return {};
    Cause cause{.attribute = name, .path = path, .before = before, .after = after};
    TRY(std::string parameters, parameters_behind(now, path));
    explain(cause, parameters);
    add_cause(r, std::move(cause));
    return {};
  }

  // Whose doing a difference is: names the new and changed parameters that now reads; "" where it
  // is the text's alone.
  Result<std::string> parameters_behind(const Value& now, const Path& path) const {
    std::set<std::string> parameters;
    CHECK_OK(collect_parameters(now, path, parameters, 0));
    return join({parameters.begin(), parameters.end()}, ", ");
  }

  static void explain(Cause& cause, const std::string& parameters) {
    if (parameters.empty()) return;
    cause.source = ChangeSource::parameter_reference;
    cause.entity = parameters;
  }

  // The changed parameters that v reads, by itself or through conditions.
  Status collect_parameters(const Value& v, const Path& path, std::set<std::string>& out,
                            size_t hops) const {
    TRY(auto references, find_references(v, path));
    for (const Reference& r : references) {
      if (r.kind == Reference::Kind::ref && changed_parameters_.contains(r.name))
        out.insert(r.name);
      const Value* condition = after_.tmpl->conditions.find(r.name);
      if (r.kind == Reference::Kind::condition && condition &&
          hops <= after_.tmpl->conditions.size())
        CHECK_OK(collect_parameters(*condition, {"Conditions", r.name}, out, hops + 1));
    }
    return {};
  }

  // Does what this reference gives change, given what happens to the resource it names?
  // The cause's certain says how sure that is.
  bool is_affected(const Reference& r, Cause& cause) const {
    auto it = changes_.find(r.name);
    if (it == changes_.end() || it->second.action != Action::modify) return false;
    const ResourceChange& target = it->second;
    bool replaced = target.replacement != Replacement::no;
    cause.certain = target.replacement_certain;
    if (r.kind == Reference::Kind::ref) return replaced;
    if (replaced) return true;
    // An attribute may change with its resource, unless it is the resource's identity.
    const Schema* schema = options_.schema ? options_.schema(target.type) : nullptr;
    if (!schema) return true;
    const auto& identity = schema->primary_identifier();
    return std::find(identity.begin(), identity.end(), r.attribute) == identity.end();
  }

  // Every reference of a resource that stays, found once.
  Status find_all_references() {
    for (const Resource& r : after_.tmpl->resources) {
      if (!after_.has(r.id) || !before_.has(r.id)) continue;
      TRY(auto found,
          find_references(r.properties, {"Resources", r.id, "Properties"}, &after_.conditions));
      for (Reference& reference : found) {
        bool to_resource =
            reference.kind == Reference::Kind::ref || reference.kind == Reference::Kind::get_att;
        if (to_resource && before_.has(reference.name) && after_.has(reference.name))
          users_[reference.name].push_back({&r, std::move(reference)});
      }
    }
    return {};
  }

  struct Use {
    const Resource* user;
    Reference reference;
    std::optional<size_t> cause{};  // in the user's change, once it has one
  };

  // Carries changes along references until nothing new turns up. A resource is visited again only
  // when its verdict got worse, so this ends after at most four visits of each.
  Status propagate() {
    CHECK_OK(find_all_references());
    std::vector<std::string> open;
    for (const Resource& r : after_.tmpl->resources)
      if (changes_.contains(r.id)) open.push_back(r.id);
    while (!open.empty()) {
      std::string id = std::move(open.back());
      open.pop_back();
      for (Use& use : users_[id])
        if (follow(use)) open.push_back(use.user->id);
    }
    return {};
  }

  // True where the user's own verdict changed.
  bool follow(Use& use) {
    Cause cause;
    if (!is_affected(use.reference, cause)) return false;
    bool is_attribute = use.reference.kind == Reference::Kind::get_att;
    cause.attribute = "Properties";
    cause.path = use.reference.path;
    cause.name = cause.path.size() > 3 ? cause.path[3] : "";
    cause.is_static = false;
    cause.source =
        is_attribute ? ChangeSource::resource_attribute : ChangeSource::resource_reference;
    cause.entity = use.reference.name + (is_attribute ? "." + use.reference.attribute : "");
    cause.recreation = recreation_of(*use.user, property_path(cause.path), Value(), Value());
    auto it = changes_.find(use.user->id);
    bool was_changed = it != changes_.end();
    if (was_changed && it->second.action != Action::modify) return false;
    Replacement was = was_changed ? it->second.replacement : Replacement::no;
    bool was_certain = was_changed && it->second.replacement_certain;
    if (use.cause) {
      strengthen(it->second, *use.cause, cause);
    } else {
      add_cause(*use.user, std::move(cause));
      use.cause = changes_.at(use.user->id).causes.size() - 1;
    }
    const ResourceChange& change = changes_.at(use.user->id);
    return !was_changed || change.replacement != was || change.replacement_certain != was_certain;
  }

  // The same cause again, now certain.
  static void strengthen(ResourceChange& change, size_t known, const Cause& cause) {
    if (!cause.certain) return;
    change.causes[known].certain = true;
    change.replacement_certain |= cause.recreation == Recreation::always;
  }

  // The property that the reference stands in: the path below Properties, up to the function.
  static Path property_path(const Path& path) {
    Path out;
    for (size_t i = 3; i < path.size(); ++i) {
      if (path[i] == "Ref" || path[i].starts_with("Fn::")) break;
      out.push_back(path[i]);
    }
    return out;
  }

  std::vector<ResourceChange> collect() {
    std::vector<ResourceChange> out;
    for (const Resource& r : after_.tmpl->resources)
      if (auto it = changes_.find(r.id); it != changes_.end()) out.push_back(std::move(it->second));
    for (const Resource& r : before_.tmpl->resources) {
      if (!before_.has(r.id) || after_.has(r.id)) continue;
      ResourceChange change;
      change.logical_id = r.id;
      change.type = r.type;
      change.action = Action::remove;
      change.at = before_.tmpl->document.key_at(r.path());
      out.push_back(std::move(change));
    }
    return out;
  }

  const Evaluated& before_;
  const Evaluated& after_;
  const PlanOptions& options_;
  std::set<std::string> changed_parameters_;
  std::unordered_map<std::string, ResourceChange> changes_;
  std::unordered_map<std::string, std::vector<Use>> users_;
};

}  // namespace

const char* action_name(Action a) {
  static constexpr const char* names[] = {"Add", "Modify", "Remove"};
  return names[static_cast<size_t>(a)];
}

const char* replacement_name(Replacement r) {
  static constexpr const char* names[] = {"False", "Conditional", "True"};
  return names[static_cast<size_t>(r)];
}

const char* source_name(ChangeSource s) {
  static constexpr const char* names[] = {"DirectModification", "ParameterReference",
                                          "ResourceReference", "ResourceAttribute", "Automatic"};
  return names[static_cast<size_t>(s)];
}

Result<std::vector<ResourceChange>> plan_changes(const Side& before, const Side& after,
                                                 const PlanOptions& options) {
  TRY(Evaluated old, evaluated(before));
  TRY(Evaluated now, evaluated(after));
  return Planner(old, now, options).plan();
}

}  // namespace mainstay::cfn
