// That a refactor changes nothing: see refactor_stacks.hh.
#include <algorithm>

#include "base/text.hh"
#include "formation/exports.hh"
#include "formation/refactor_stacks.hh"
#include "formation/types.hh"
#include "formation/wanted.hh"

namespace mainstay::formation {
namespace {

Error of_stack(const RefactoredStack& s, const std::string& message) {
  return validation_error(s.key.id + ": " + message);
}

// "Following template sections are not allowed ..." is recorded for Conditions and Rules; the user
// guide says the same of mappings.
Status check_new_sections(const RefactoredStack& s) {
  std::vector<std::string> refused;
  for (const char* section : {"Conditions", "Mappings", "Rules"})
    if (s.now.tmpl.document.root.has(section)) refused.push_back(section);
  if (refused.empty()) return {};
  return of_stack(
      s, "Following template sections are not allowed when creating a stack while refactoring: " +
             join(refused, ", "));
}

// User guide, "Resource limitations": types whose provisioning type is FULLY_MUTABLE, that is with
// a handler for each of the four. The words are recorded.
Status check_type(const RefactoredStack& s, const std::string& type) {
  const cfn::Schema* schema = Types::all().schema(type);
  const Value& root = schema ? schema->root() : Value();
  const Value& tagging = root["tagging"];
  std::string refusal = "Stack Refactor does not support " + type;
  if (tagging["taggable"].as_bool() && tagging.has("tagUpdatable") &&
      !tagging["tagUpdatable"].as_bool())
    return of_stack(
        s, refusal + " because the resource type does not allow tag updates after creation.");
  for (const char* handler : {"create", "read", "update", "delete"})
    if (!root["handlers"].has(handler)) return of_stack(s, refusal + ".");
  if (type == "AWS::CloudFormation::Stack")
    return of_stack(s,
                    "mainstay's embedded cloud does not move nested stacks themselves; what is "
                    "in them can be moved");
  return {};
}

class RefactorCheck {
 public:
  RefactorCheck(Call& call, const std::vector<RefactoredStack>& stacks, const Origins& origins)
      : call_(call), stacks_(stacks), origins_(origins), imports_(stacks.size()) {}

  Result<Refactored> run() {
    Refactored out;
    for (const auto& [to, origin] : origins_)
      if (is_moved(to, origin))
        CHECK_OK(
            check_type(stacks_[origin.from.stack], row_of(origin)["ResourceType"].as_string()));
    CHECK_OK(find_exports());
    for (const auto& [to, origin] : origins_) {
      TRY(Value wanted, resource_document(now_of(to), environment(to.stack),
                                          stacks_[to.stack].key.region, to.id));
      CHECK_OK(check_unchanged(to, origin, wanted));
      out.resources.push_back({to, origin, std::move(wanted)});
    }
    for (size_t i = 0; i < stacks_.size(); ++i) {
      TRY(Value outputs, evaluate_outputs(stacks_[i].now, environment(i)));
      out.outputs.push_back(std::move(outputs));
    }
    out.imports = imports_;
    return out;
  }

 private:
  const Prepared& now_of(const Place& place) const { return stacks_[place.stack].now; }
  const Value& row_of(const Origin& origin) const {
    return stacks_[origin.from.stack].resources.at(origin.from.id);
  }
  const Value* row_at(const Place& to) const {
    auto it = origins_.find(to);
    return it == origins_.end() ? nullptr : &row_of(it->second);
  }

  Result<Value> zones(size_t stack, const std::string& region,
                      const std::function<Result<Value>(const std::string&)>& ask) const {
    const std::string& name = region.empty() ? stacks_[stack].key.region : region;
    for (const RefactoredStack& s : stacks_)
      for (const auto& [id, r] : s.resources)
        if (const Value* known = r["_zones"].find(name)) return *known;
    return ask(region);
  }

  // References find the resources that are there, by their new names.
  cfn::Environment environment(size_t stack) {
    cfn::Environment e = make_environment(asker_of(call_), stacks_[stack].now.pseudo);
    e.ref = [this, stack](const std::string& id) -> Result<Value> {
      const Value* r = row_at({stack, id});
      return r ? (*r)["PhysicalResourceId"] : Value();
    };
    e.get_att = [this, stack](const std::string& id, const std::string& name) -> Result<Value> {
      const Value* r = row_at({stack, id});
      return attribute_of(r ? *r : Value::map({{"LogicalResourceId", id}}), name);
    };
    e.get_azs = [this, stack, ask = e.get_azs](const std::string& region) {
      return zones(stack, region, ask);
    };
    e.import_value = [this, stack](const std::string& name) -> Result<Value> {
      TRY(Value value, exported(name));
      imports_[stack].insert(name);
      return value;
    };
    return e;
  }

  Status find_exports() {
    for (size_t i = 0; i < stacks_.size(); ++i) {
      const Prepared& p = stacks_[i].now;
      cfn::Environment e = environment(i);
      cfn::Context context{&p.tmpl, &p.parameters, &p.conditions, &e, {}};
      for (const cfn::Output& o : p.tmpl.outputs) {
        if (o.export_name.is_null() || !cfn::holds(o.condition, p.conditions)) continue;
        TRY(Value name, cfn::evaluate(o.export_name, context));
        exports_[name.to_text()] = {i, &o};
      }
    }
    return {};
  }

  // As it will be exported by a stack of the refactor, else as another exports it.
  Result<Value> exported(const std::string& name) {
    if (auto it = exports_.find(name); it != exports_.end()) {
      if (!under_way_.insert(name).second)
        return validation_error("Circular dependency between exports: " + name);
      const auto& [stack, output] = it->second;
      const Prepared& p = stacks_[stack].now;
      cfn::Environment e = environment(stack);
      cfn::Context context{&p.tmpl, &p.parameters, &p.conditions, &e, {}};
      auto value = cfn::evaluate(output->value, context);
      under_way_.erase(name);
      return value;
    }
    const Value* row = call_.find("export", name);
    bool is_ours = row && std::any_of(stacks_.begin(), stacks_.end(), [&](const auto& s) {
                     return (*row)["ExportingStackId"].as_string() == s.key.id;
                   });
    if (!row || is_ours) return validation_error("No export named " + name + " found.");
    return (*row)["Value"];
  }

  Error modified(const Place& to, const std::string& what) const {
    return validation_error(
        "Found an action type that is not permitted during refactor operations: Modify (" +
        name_of(stacks_, to) + ": " + what + ")");
  }

  Status check_unchanged(const Place& to, const Origin& origin, const Value& wanted) const {
    const Value& row = row_of(origin);
    auto changes = cfn::diff_properties(row["Properties"], wanted["Properties"],
                                        Types::all().schema(row["ResourceType"].as_string()));
    if (!changes.empty()) return modified(to, "Properties/" + join(changes.front().path, "/"));
    const std::pair<const char*, const char*> kept[] = {{"Metadata", "Metadata"},
                                                        {"_deletion_policy", "DeletionPolicy"},
                                                        {"_replace_policy", "UpdateReplacePolicy"}};
    for (auto [member, shown] : kept)
      if (row[member] != wanted[member]) return modified(to, shown);
    const RefactoredStack& source = stacks_[origin.from.stack];
    const cfn::Resource& then = *source.then.tmpl.find_resource(origin.from.id);
    const cfn::Resource& now = *now_of(to).tmpl.find_resource(to.id);
    if (then.creation_policy != now.creation_policy) return modified(to, "CreationPolicy");
    if (then.update_policy != now.update_policy) return modified(to, "UpdatePolicy");
    return check_depends_on(to, origin, then, now);
  }

  // A DependsOn follows what it names; it can't reach into another stack.
  Status check_depends_on(const Place& to, const Origin& origin, const cfn::Resource& then,
                          const cfn::Resource& now) const {
    std::set<std::string> expected;
    for (const auto& [place, from] : origins_)
      if (place.stack == to.stack && from.from.stack == origin.from.stack &&
          std::find(then.depends_on.begin(), then.depends_on.end(), from.from.id) !=
              then.depends_on.end())
        expected.insert(place.id);
    std::set<std::string> found;
    for (const std::string& id : now.depends_on)
      if (now_of(to).dependencies.needs.contains(id)) found.insert(id);
    return found == expected ? Status() : Status(modified(to, "DependsOn"));
  }

  Call& call_;
  const std::vector<RefactoredStack>& stacks_;
  const Origins& origins_;
  std::vector<std::set<std::string>> imports_;
  std::map<std::string, std::pair<size_t, const cfn::Output*>> exports_;
  std::set<std::string> under_way_;
};

}  // namespace

// "you can't ... change or add new parameters, conditions, or mappings" (user guide). The words are
// ours.
Status check_sections(const RefactoredStack& s) {
  if (s.is_new) return check_new_sections(s);
  const Value &then = s.then.tmpl.document.root, &now = s.now.tmpl.document.root;
  for (const char* section : {"Parameters", "Conditions", "Mappings", "Rules"})
    for (const auto& [name, value] : now[section].members()) {
      const Value* before = then[section].find(name);
      if (before && *before == value) continue;
      return of_stack(s, "Stack Refactor does not allow " + std::string(section) + " to be " +
                             (before ? "changed: " : "added: ") + name +
                             ". Update the stack before refactoring.");
    }
  return {};
}

Result<Refactored> check_refactor(Call& call, const std::vector<RefactoredStack>& stacks,
                                  const Origins& origins) {
  return RefactorCheck(call, stacks, origins).run();
}

}  // namespace mainstay::formation
