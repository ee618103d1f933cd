#include "stacks/unseen.hh"

#include <algorithm>
#include <optional>
#include <set>

#include "cfn/references.hh"

namespace mainstay::stacks {
namespace {

using cfn::Reference;

std::set<std::string> unseen_parameters(const Value& root, const Submission& submission) {
  std::set<std::string> names;
  for (const auto& [name, parameter] : root["Parameters"].members())
    if (parameter["Type"].as_string().starts_with("AWS::SSM::")) names.insert(name);
  for (const ParameterValue& p : submission.parameters)
    if (!p.use_previous && is_hidden(root["Parameters"][p.key])) names.insert(p.key);
  return names;
}

class Finder {
 public:
  Finder(const Value& root, const Submission& submission)
      : names_(unseen_parameters(root, submission)) {
    for (const auto& [id, condition] : root["Conditions"].members())
      if (!in_conditions_) in_conditions_ = parameter_of(condition);
  }

  bool nothing() const { return names_.empty(); }

  std::optional<std::string> of_resource(const Value& resource) const {
    if (resource.has("Condition") && in_conditions_) return in_conditions_;
    return parameter_of(resource);
  }

 private:
  // What can't be read is left to CloudFormation, which refuses it.
  std::optional<std::string> parameter_of(const Value& v) const {
    auto references = cfn::find_references(v, {});
    if (!references) return std::nullopt;
    for (const Reference& r : *references) {
      if (r.kind == Reference::Kind::ref && names_.contains(r.name)) return r.name;
      if (r.kind == Reference::Kind::condition && in_conditions_) return in_conditions_;
    }
    return std::nullopt;
  }

  std::set<std::string> names_;
  std::optional<std::string> in_conditions_;
};

}  // namespace

std::map<std::string, std::string> unseen_resources(const Rendered& rendered,
                                                    const Submission& submission) {
  const Value& root = rendered.document.root;
  std::map<std::string, std::string> out;
  Finder finder(root, submission);
  if (finder.nothing()) return out;
  for (const auto& [id, resource] : root["Resources"].members())
    if (auto parameter = finder.of_resource(resource)) out[id] = *parameter;
  return out;
}

}  // namespace mainstay::stacks
