#include "cfn/template_check.hh"

#include <unordered_set>

#include "base/text.hh"
#include "cfn/messages.hh"
#include "cfn/references.hh"

namespace mainstay::cfn {
namespace {

constexpr size_t names_listed_max = 200;

class TemplateChecker {
 public:
  explicit TemplateChecker(const Template& t) : t_(t) {}

  Status check() {
    for (const Resource& r : t_.resources) {
      CHECK_OK(condition(r.condition, "Resources", {"Resources", r.id, "Condition"}));
      for (const std::string& id : r.depends_on)
        if (!t_.find_resource(id)) unresolved(id, {"Resources", r.id, "DependsOn"});
      for (const char* part :
           {"Properties", "Metadata", "UpdatePolicy", "CreationPolicy", "DeletionPolicy"})
        CHECK_OK(body("Resources", {"Resources", r.id, part}));
    }
    CHECK_OK(report("Resources"));
    for (const Output& o : t_.outputs) {
      CHECK_OK(condition(o.condition, "Outputs", {"Outputs", o.id, "Condition"}));
      CHECK_OK(body("Outputs", {"Outputs", o.id, "Value"}));
      CHECK_OK(body("Outputs", {"Outputs", o.id, "Export"}));
      CHECK_OK(export_name(o));
    }
    CHECK_OK(report("Outputs"));
    for (const auto& [name, v] : t_.conditions) CHECK_OK(parameters_only("Conditions", name, v));
    for (const auto& [name, v] : t_.rules) CHECK_OK(parameters_only("Rules", name, v));
    return {};
  }

 private:
  void unresolved(const std::string& name, const Path& path) {
    if (missing_.empty()) first_ = path;
    missing_.push_back(name);
  }

  Status report(const char* block) {
    if (missing_.empty()) return {};
    return template_error("Template format error: Unresolved resource dependencies " +
                          name_list(missing_) + " in the " + block + " block of the template")
        .where(t_.at(first_));
  }

  Status condition(const std::string& name, const char* block, Path path) {
    if (name.empty() || t_.conditions.contains(name)) return {};
    return template_error("Template format error: Unresolved condition dependency " + name +
                          " in the " + block + " block of the template")
        .where(t_.at(path));
  }

  // The name of an export is known before anything is made.
  Status export_name(const Output& o) const {
    TRY(auto references, find_references(o.export_name, {"Outputs", o.id, "Export", "Name"}));
    bool good = !has_function(o.export_name, "Fn::ImportValue") &&
                !has_function(o.export_name, "Fn::GetAZs");
    for (const Reference& r : references)
      good &= r.kind != Reference::Kind::get_att &&
              (r.kind != Reference::Kind::ref || !t_.find_resource(r.name));
    if (good) return {};
    return template_error(
               "Template format error: Output " + o.id +
               " is malformed. The Name field of Export must not depend on any resources, imported "
               "values, or Fn::GetAZs.")
        .where(t_.at(Path{"Outputs", o.id, "Export", "Name"}));
  }

  static bool has_function(const Value& v, std::string_view name) {
    for (const Value& item : v.items())
      if (has_function(item, name)) return true;
    for (const auto& [key, member] : v.members())
      if (key == name || has_function(member, name)) return true;
    return false;
  }

  const Value& value_at(const Path& path) const {
    const Value* v = &t_.document.root;
    for (const std::string& step : path) v = &(*v)[step];
    return *v;
  }

  Status body(const char* block, Path path) {
    auto references = find_references(value_at(path), path);
    if (!references.has_value()) return std::move(references).error().where(t_.at(path));
    for (const Reference& r : *references) CHECK_OK(reference(r, block));
    return {};
  }

  bool is_parameter(const std::string& name) const {
    return t_.find_parameter(name) || PseudoParameters().find(name);
  }

  Status reference(const Reference& r, const char* block) {
    bool in_metadata = r.path.size() > 2 && r.path[2] == "Metadata";
    switch (r.kind) {
      case Reference::Kind::ref:
        if (!is_parameter(r.name) && !t_.find_resource(r.name)) unresolved(r.name, r.path);
        return {};
      case Reference::Kind::get_att:
        if (t_.find_resource(r.name)) return {};
        return template_error(
                   "Template error: instance of Fn::GetAtt references undefined resource " + r.name)
            .where(t_.at(r.path));
      case Reference::Kind::condition: {
        bool is_if = function_name(value_at_function(r.path)) == "Fn::If";
        if (!is_if || in_metadata || t_.conditions.contains(r.name)) return {};
        return template_error("Template error: unresolved condition dependency " + r.name +
                              " in Fn::If")
            .where(t_.at(r.path));
      }
      case Reference::Kind::mapping:
        if (t_.mappings.contains(r.name) || has_default(r.path)) return {};
        return template_error("Template error: Mapping named '" + r.name +
                              "' is not present in the 'Mappings' section of template.")
            .where(t_.at(r.path));
    }
    (void)block;
    return {};
  }

  const Value& value_at_function(const Path& path) const {
    const Value* v = &t_.document.root;
    for (const std::string& step : path) v = v->is_list() ? &v->at(index_of(step)) : &(*v)[step];
    return *v;
  }
  static size_t index_of(const std::string& step) {
    return static_cast<size_t>(parse_int(step).value_or(0));
  }
  bool has_default(const Path& path) const {
    return value_at_function(path)["Fn::FindInMap"].at(3).has("DefaultValue");
  }

  // Conditions and rules speak of parameters, not of resources.
  Status parameters_only(const char* block, const std::string& name, const Value& v) {
    Path path{block, name};
    auto references = find_references(v, path);
    if (!references.has_value()) return std::move(references).error().where(t_.at(path));
    std::vector<std::string> resources;
    for (const Reference& r : *references) {
      if (r.kind == Reference::Kind::condition && !t_.conditions.contains(r.name))
        return template_error("Template error: unresolved condition dependency " + r.name +
                              " in Condition")
            .where(t_.at(r.path));
      if (r.kind == Reference::Kind::get_att ||
          (r.kind == Reference::Kind::ref && !is_parameter(r.name)))
        resources.push_back(r.name);
      if (r.kind == Reference::Kind::mapping) CHECK_OK(reference(r, block));
    }
    if (resources.empty()) return {};
    return template_error("Template format error: Unresolved dependencies " + name_list(resources) +
                          ". Cannot reference resources in the " + block + " block of the template")
        .where(t_.at(path));
  }

  const Template& t_;
  std::vector<std::string> missing_;
  Path first_;
};

}  // namespace

std::string name_list(const std::vector<std::string>& names) {
  std::vector<std::string> once;
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : names)
    if (seen.insert(name).second && seen.size() <= names_listed_max) once.push_back(name);
  if (seen.size() > once.size())
    once.push_back("and " + std::to_string(seen.size() - once.size()) + " more");
  return "[" + join(once, ", ") + "]";
}

Status check_references(const Template& t) {
  return TemplateChecker(t).check();
}

}  // namespace mainstay::cfn
