#include "cfn/transform.hh"

#include <algorithm>

#include "cfn/evaluate.hh"
#include "cfn/for_each.hh"
#include "cfn/messages.hh"
#include "cfn/parameters.hh"
#include "cfn/references.hh"

namespace mainstay::cfn {
namespace {

constexpr std::string_view function = "Fn::Transform";
constexpr size_t transforms_max = 1000;  // of one template, so that nobody waits for ever

bool has_nested(const Value& v) {
  for (const Value& item : v.items())
    if (has_nested(item)) return true;
  for (const auto& [key, member] : v.members())
    if (key == function || has_nested(member)) return true;
  return false;
}

// A name, {Name, Parameters}, or several of these.
Result<std::vector<TransformCall>> calls_of(const Value& v) {
  std::vector<TransformCall> out;
  for (const Value& item : v.is_list() ? v.items() : List{v}) {
    if (item.is_null()) continue;
    const Value& name = item.is_map() ? item["Name"] : item;
    // Recorded on AWS for {Name: {Ref: …}}.
    if (!name.is_string())
      return template_error("Key Name of transform definition must be a string.");
    out.push_back({name.as_string(), item.is_map() ? item["Parameters"] : Value()});
  }
  return out;
}

class Runner {
 public:
  explicit Runner(const RunTransform& run) : run_(run) {}

  Result<Value> inside(const Value& v) {
    if (v.is_list()) {
      Value out = Value::list();
      for (const Value& item : v.items()) {
        TRY(Value done, inside(item));
        out.push_back(std::move(done));
      }
      return out;
    }
    if (!v.is_map()) return v;
    Value out = Value::map({});
    for (const auto& [key, member] : v.members()) {
      if (key == function) continue;
      TRY(Value done, inside(member));
      out.set(key, std::move(done));
    }
    if (!v.has(function)) return out;
    TRY(auto calls, calls_of(v[function]));
    return all(calls, std::move(out));
  }

  Result<Value> all(const std::vector<TransformCall>& calls, Value fragment) {
    for (const TransformCall& call : calls) {
      if (++count_ > transforms_max)
        return template_error("The template asks for more than " + std::to_string(transforms_max) +
                              " transforms");
      TRY(fragment, run_(call, fragment));
    }
    return fragment;
  }

 private:
  const RunTransform& run_;
  size_t count_ = 0;
};

constexpr std::string_view extended[] = {"Fn::Length", "Fn::ToJsonString", "Fn::FindInMap"};

// The functions of the extension that are known by now, innermost first.
class Extension {
 public:
  explicit Extension(Context& context) : context_(context) {}

  Value resolve(const Value& v) {
    if (v.is_list()) {
      Value out = Value::list();
      for (const Value& item : v.items()) out.push_back(resolve(item));
      return out;
    }
    if (!v.is_map()) return v;
    Value out = Value::map({});
    for (const auto& [key, member] : v.members()) out.set(key, resolve(member));
    return known(out);
  }

  // DeletionPolicy and UpdateReplacePolicy may be functions, too.
  void resolve_policies(Value& resource) {
    for (const char* name : {"DeletionPolicy", "UpdateReplacePolicy"})
      if (resource[name].is_map()) resource.set(name, value_of(resource[name]));
  }

 private:
  Value known(const Value& v) {
    std::string_view name = function_name(v);
    if (std::find(std::begin(extended), std::end(extended), name) == std::end(extended)) return v;
    return value_of(v);
  }

  // What fails now fails again, with its place, when the template is read.
  Value value_of(const Value& v) {
    auto value = evaluate(v, context_);
    return value.has_value() && !has_unknown(*value) ? *value : v;
  }

  Context& context_;
};

Map without_secrets(const Template& t, const Map& parameters) {
  Map out;
  for (const auto& [name, value] : parameters) {
    const Parameter* p = t.find_parameter(name);
    if (!p || !p->no_echo) out.set(name, value);
  }
  return out;
}

// Of resources nothing is known yet, nor of anything that must be asked for.
Environment nothing_known(const PseudoParameters& pseudo) {
  auto unknown = [](const std::string& what) {
    return Result<Value>(Value(Bytes{"${" + what + "}"}));
  };
  Environment e;
  e.pseudo = pseudo;
  e.ref = e.import_value = e.get_azs = unknown;
  e.get_att = [unknown](const std::string& id, const std::string& name) {
    return unknown(id + "." + name);
  };
  return e;
}

}  // namespace

Result<std::vector<TransformCall>> template_transforms(const Value& root) {
  return calls_of(root["Transform"]);
}

bool has_transform(const Value& root) {
  return root.has("Transform") || has_nested(root);
}

Result<Template> read_declarations(Document document) {
  Template t;
  t.document = std::move(document);
  const Value& root = t.document.root;
  if (!root.is_map()) return template_error("Template format error: unsupported structure.");
  TRY(auto calls, template_transforms(root));
  for (const TransformCall& call : calls) t.transforms.push_back(call.name);
  t.description = root["Description"].as_string();
  t.metadata = root["Metadata"];
  for (const auto& [name, mapping] : root["Mappings"].members()) t.mappings.set(name, mapping);
  for (const auto& [name, declared] : root["Parameters"].members()) {
    if (!declared.is_map()) continue;  // an Fn::Transform
    TRY(Parameter p, parse_parameter(name, declared));
    t.parameter_index[name] = t.parameters.size();
    t.parameters.push_back(std::move(p));
  }
  for (const auto& [id, declared] : root["Resources"].members()) {
    if (!declared["Type"].is_string()) continue;
    Resource r;
    r.id = id;
    r.type = declared["Type"].as_string();
    r.properties = declared["Properties"];
    t.resource_index[id] = t.resources.size();
    t.resources.push_back(std::move(r));
  }
  return t;
}

Result<Value> run_transforms(const Value& root, const RunTransform& run) {
  TRY(auto calls, template_transforms(root));
  Value rest = root;
  rest.erase("Transform");
  Runner runner(run);
  TRY(Value done, runner.inside(rest));
  return runner.all(calls, std::move(done));
}

Result<Value> extend_language(const Value& root, const TemplateInputs& inputs,
                              const Map& parameters) {
  TRY(Template t, read_declarations({"template", root, {}}));
  TRY(bool expanded, expand_for_each(t, inputs));
  (void)expanded;
  const Map open = without_secrets(t, parameters);
  const Environment environment = nothing_known(inputs.pseudo);
  Context context{&t, &open, nullptr, &environment, {}};
  Extension extension(context);
  Value out = t.document.root;
  for (const char* section : {"Conditions", "Resources", "Outputs"})
    if (out.has(section)) out.set(section, extension.resolve(out[section]));
  for (const auto& [id, resource] : Map(out["Resources"].members()))
    if (resource.is_map()) {
      Value changed = resource;
      extension.resolve_policies(changed);
      out.member("Resources").set(id, std::move(changed));
    }
  return out;
}

}  // namespace mainstay::cfn
