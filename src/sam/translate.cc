#include <algorithm>
#include <set>

#include "base/text.hh"
#include "sam/translation.hh"

namespace mainstay::sam {
namespace {

constexpr std::string_view prefix = "AWS::Serverless::";

struct ResourceKind {
  std::string_view name;
  void (*make)(const Maker&);
};
constexpr ResourceKind resource_kinds[] = {
    {"Function", make_function}, {"SimpleTable", make_simple_table}, {"LayerVersion", make_layer}};

// What the transform knows on AWS, and makes what is not here.
constexpr std::string_view resources_elsewhere[] = {
    "Api",       "HttpApi",    "StateMachine", "Application",
    "Connector", "GraphQLApi", "WebSocketApi", "CapacityProvider"};

void make(Translation& all, const std::string& id, const Value& declared) {
  std::string_view kind = std::string_view(declared["Type"].as_string()).substr(prefix.size());
  for (const ResourceKind& known : resource_kinds)
    if (known.name == kind) return known.make(Maker(all, id, declared));
  bool known = std::find(std::begin(resources_elsewhere), std::end(resources_elsewhere), kind) !=
               std::end(resources_elsewhere);
  all.fault(id, known ? "mainstay does not transform " + declared["Type"].as_string() +
                            ": this cloud does not run what it makes."
                      : "Unknown resource type " + declared["Type"].as_string() + ".");
}

// "${F.Alias}" in texts of Fn::Sub.
std::string renamed_text(std::string text, const std::map<std::string, std::string>& renamed) {
  for (const auto& [from, to] : renamed) {
    text = replace_all(text, "${" + from + "}", "${" + to + "}");
    text = replace_all(text, "${" + from + ".", "${" + to + ".");
  }
  return text;
}

// References to what bears another id now ("Referencing generated CloudFormation resources").
class References {
 public:
  explicit References(const std::map<std::string, std::string>& renamed) : renamed_(renamed) {}

  Value follow(const Value& v) const {
    if (v.is_list()) {
      Value out = Value::list();
      for (const Value& item : v.items()) out.push_back(follow(item));
      return out;
    }
    if (!v.is_map()) return v;
    Value out = Value::map({});
    for (const auto& [key, member] : v.members()) out.set(key, member_of(key, member));
    return out;
  }

  Value depends_on(const Value& v) const {
    if (v.is_string()) return name(v.as_string());
    Value out = Value::list();
    for (const Value& item : v.items()) out.push_back(name(item.as_string()));
    return out;
  }

 private:
  std::string name(const std::string& id) const {
    auto it = renamed_.find(id);
    return it == renamed_.end() ? id : it->second;
  }

  Value member_of(const std::string& key, const Value& v) const {
    if (key == "Ref" && v.is_string()) return name(v.as_string());
    if (key == "Fn::GetAtt") return get_att_of(v);
    if (key != "Fn::Sub") return follow(v);
    if (v.is_string()) return renamed_text(v.as_string(), renamed_);
    Value out = follow(v);
    if (v.at(0).is_string()) out.make_list()[0] = renamed_text(v.at(0).as_string(), renamed_);
    return out;
  }

  // Of [F.Alias, Attribute], and of [F, Alias.Attribute], which is the same.
  Value get_att_of(const Value& v) const {
    std::string text = v.is_string() ? v.as_string() : v.at(0).as_string();
    std::string rest = v.is_string() ? "" : v.at(1).as_string();
    if (!v.is_string() && !v.at(1).is_string()) return Value::list({name(text), follow(v.at(1))});
    std::string whole = rest.empty() ? text : text + "." + rest;
    for (const auto& [from, to] : renamed_)
      if (whole.starts_with(from + "."))
        return Value::list({Value(to), Value(whole.substr(from.size() + 1))});
    return v;
  }

  const std::map<std::string, std::string>& renamed_;
};

}  // namespace

std::string Translation::known_text(const Value& v) const {
  if (v.is_map() && v.size() == 1 && v["Ref"].is_string())
    if (const Value* value = around.parameters.find(v["Ref"].as_string())) return value->to_text();
  return v.to_text();
}

void Translation::fault(const std::string& id, const std::string& what) {
  faults.push_back("Resource with id [" + id + "] is invalid. " + what);
}

void Maker::put_main(std::string_view type, Value properties, std::string_view as) const {
  std::string id(as.empty() ? id_ : std::string(as));
  put(id, type, std::move(properties));
  for (const char* member : {"DependsOn", "Metadata", "DeletionPolicy", "UpdateReplacePolicy"})
    if (declared_.has(member)) made(id).set(member, declared_[member]);
}

void Maker::put(const std::string& id, std::string_view type, Value properties) const {
  if (all_.resources.has(id))
    return fault("The logical id " + id + " that would be generated is taken already.");
  Value made = Value::map({{"Type", type}, {"Properties", std::move(properties)}});
  if (declared_.has("Condition")) made.set("Condition", declared_["Condition"]);
  all_.resources.set(id, std::move(made));
}

Value Maker::copied(std::initializer_list<const char*> names) const {
  Value out = Value::map({});
  for (const char* name : names)
    if (has(name)) out.set(name, (*this)[name]);
  return out;
}

void Maker::check_known(
    std::initializer_list<const std::initializer_list<const char*>*> lists) const {
  std::set<std::string_view> known;
  for (const auto* list : lists) known.insert(list->begin(), list->end());
  for (const auto& [name, value] : declared_["Properties"].members())
    if (!known.contains(name))
      fault("property " + name + " not defined for resource of type " +
            declared_["Type"].as_string());
}

Result<Value> translate(const Value& root, const Surroundings& around) {
  TRY(Value declared, with_globals(root));
  Translation all{around};
  // Others first: events change buckets that stand in the same template.
  for (const auto& [id, resource] : declared.members())
    if (!resource["Type"].as_string().starts_with(prefix)) all.resources.set(id, resource);
  for (const auto& [id, resource] : declared.members())
    if (resource["Type"].as_string().starts_with(prefix)) make(all, id, resource);
  if (!all.faults.empty())
    return Error("TransformFailed",
                 "Invalid Serverless Application Specification document. Number of errors found: " +
                     std::to_string(all.faults.size()) + ". " + join(all.faults, " "));
  References references(all.renamed);
  Value out = root;
  out.erase("Globals");
  out.set("Resources", references.follow(all.resources));
  for (const auto& [id, resource] : all.resources.members())
    if (resource.has("DependsOn"))
      out.member("Resources")
          .member(id)
          .set("DependsOn", references.depends_on(resource["DependsOn"]));
  for (const char* section : {"Conditions", "Outputs"})
    if (out.has(section)) out.set(section, references.follow(root[section]));
  return out;
}

}  // namespace mainstay::sam
