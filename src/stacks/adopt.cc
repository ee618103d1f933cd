#include "stacks/adopt.hh"

#include <algorithm>

#include "base/text.hh"
#include "stacks/upload.hh"
#include "stacks/watch.hh"

namespace mainstay::stacks {
namespace {

class Adopter {
 public:
  Adopter(Session& session, const StackConfig& stack, CloudFormation cloud)
      : session_(session),
        stack_(stack),
        cloud_(std::move(cloud)),
        name_(session.config.full_name(stack)) {}

  Result<RunResult> run(const Adoption& adoption) {
    TRY(deployed_, cloud_.describe(name_));
    if (deployed_ && deployed_->phase() == StackPhase::in_review) deployed_.reset();
    TRY(Value variables, session_.variables_of(stack_));
    TRY(rendered_, session_.render(stack_, variables));
    TRY(Submission submission, session_.submission_for(stack_, rendered_, variables, deployed_));
    CHECK_OK(upload_if_needed(session_, stack_, cloud_, submission));
    TRY(submission.imports, imports_for(adoption.ids, submission));
    auto set =
        cloud_.make_change_set(submission, !deployed_, "mainstay-" + session_.around.run_id,
                               *session_.around.clock, session_.around.interruption.stop_waiting);
    if (!set) return leave_nothing(set.error());
    if (Status yes = adoption.confirm(set->changes); !yes) {
      (void)cloud_.delete_change_set(set->id).has_value();  // the refusal is what counts
      return leave_nothing(yes.error());
    }
    session_.say(stack_, StepState::running, "importing resources");
    CHECK_OK(cloud_.execute_change_set(set->id, submission.token));
    session_.begins(stack_, cloud_.region(), deployed_ ? Operation::update : Operation::create,
                    set->changes.size());
    return finish();
  }

 private:
  // A change set of a new stack has made an empty one.
  Error leave_nothing(Error error) {
    if (deployed_) return error;
    auto empty = cloud_.describe(name_);
    if (empty && *empty && (*empty)->phase() == StackPhase::in_review)
      (void)cloud_.remove((*empty)->id, "").has_value();
    return error;
  }

  Result<Value> imports_for(const ResourceIds& ids, const Submission& submission) const {
    TRY(auto keys, cloud_.identifiers(submission));
    Value imports = Value::list();
    for (const auto& [id, given] : ids) {
      const Value& resource = rendered_.document.root["Resources"][id];
      if (!resource.is_map()) return no_such_resource(id);
      std::string type = resource["Type"].as_string();
      const auto known = keys.find(type);
      TRY(Value identifier,
          identifier_of(id, type, known == keys.end() ? std::vector<std::string>{} : known->second,
                        given));
      imports.push_back(Value::map({{"ResourceType", type},
                                    {"LogicalResourceId", id},
                                    {"ResourceIdentifier", std::move(identifier)}}));
    }
    return imports;
  }

  Error no_such_resource(const std::string& id) const {
    std::vector<std::string> names;
    for (const auto& [name, resource] : rendered_.document.root["Resources"].members())
      names.push_back(name);
    auto near = nearest(id, names);
    Error error("UsageInvalid",
                "the template of stack " + stack_.name + " has no resource " + printable(id));
    return near ? std::move(error).with_hint("did you mean \"" + *near + "\"?") : error;
  }

  static Result<Value> identifier_of(const std::string& id, const std::string& type,
                                     const std::vector<std::string>& keys,
                                     const std::map<std::string, std::string>& given) {
    auto wrong = [&](const std::string& what) {
      return Error("UsageInvalid", id + ": " + what + "; a resource of type " + type +
                                       " is identified by " + join(keys, ", "))
          .with_hint(keys.size() == 1 ? "--resource " + id + "=" + keys[0]
                                      : "--resource " + id + "." + keys[0] + "=... and so on");
    };
    if (keys.empty())
      return Error("UsageInvalid", id + ": CloudFormation can't import resources of type " + type);
    Value out = Value::map();
    for (const auto& [key, value] : given) {
      if (key.empty() && keys.size() > 1) return wrong("it needs more than one identifier");
      std::string name = key.empty() ? keys[0] : key;
      if (std::ranges::find(keys, name) == keys.end())
        return wrong("it is not identified by " + printable(name));
      out.set(name, value);
    }
    if (out.size() != keys.size()) return wrong("not all of its identifiers are given");
    return out;
  }

  Result<RunResult> finish() {
    TRY(auto settled, wait_until_settled(session_, stack_, cloud_, name_, [](const auto&) {}));
    if (!settled) return Error("StackFailed", name_ + " is gone: the import was rolled back");
    if (settled->phase() != StackPhase::complete) {
      Failure failure = diagnose(cloud_, *settled, &rendered_.document);
      Error error("StackFailed", "importing failed; it is " + settled->status);
      if (failure.cause)
        error.message += ": " + failure.cause->logical_id + ": " + failure.cause->reason;
      session_.say(stack_, StepState::failed, "it is " + settled->status);
      return error;
    }
    session_.say(stack_, StepState::done, "resources imported", true);
    RunResult result;
    result.done = result.changed = 1;
    return result;
  }

  Session& session_;
  const StackConfig& stack_;
  CloudFormation cloud_;
  std::string name_;
  std::optional<DeployedStack> deployed_;
  Rendered rendered_;
};

}  // namespace

Result<ResourceIds> parse_resource_ids(const std::vector<std::string>& words) {
  ResourceIds ids;
  for (const std::string& word : words) {
    size_t equals = word.find('=');
    std::string left = word.substr(0, equals);
    size_t dot = left.find('.');
    std::string key = dot == std::string::npos ? "" : left.substr(dot + 1);
    if (equals == std::string::npos || left.empty() || dot == 0 || word.size() == equals + 1)
      return Error("UsageInvalid",
                   "\"" + printable(word) + "\" does not say which resource is what")
          .with_hint("LOGICALID=IDENTIFIER, or LOGICALID.PROPERTY=VALUE");
    if (!ids[left.substr(0, dot)].try_emplace(key, word.substr(equals + 1)).second)
      return Error("UsageInvalid", printable(left) + " is given twice");
  }
  return ids;
}

Result<RunResult> adopt_resources(Session& session, const Adoption& adoption) {
  const StackConfig* stack = session.config.find(adoption.stack);
  if (!stack) {
    std::vector<std::string> names;
    for (const StackConfig& one : session.config.stacks) names.push_back(one.name);
    Error error("UsageInvalid", "there is no stack \"" + printable(adoption.stack) + "\"");
    auto near = nearest(adoption.stack, names);
    return near ? std::move(error).with_hint("did you mean \"" + *near + "\"?") : error;
  }
  TRY(CloudFormation cloud, session.cloud_for(*stack));
  return Adopter(session, *stack, std::move(cloud)).run(adoption);
}

}  // namespace mainstay::stacks
