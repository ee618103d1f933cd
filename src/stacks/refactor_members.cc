#include "stacks/refactor_members.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::stacks {
namespace {

bool has_transform(const Value& root) {
  return root.has("Transform");
}

class Gatherer {
 public:
  Gatherer(Session& session, const Config* from) : session_(session), from_(from) {}

  Result<std::vector<RefactorMember>> gather() {
    TRY(auto names, outline(session_.config, {}, false));
    for (const std::string& name : names)
      if (const StackConfig& stack = *session_.config.find(name); stack.enabled)
        CHECK_OK(take(stack, session_.config.full_name(stack), false));
    if (from_)
      for (const StackConfig& stack : from_->stacks) {
        std::string full = from_->full_name(stack);
        bool stays = std::ranges::any_of(session_.config.stacks, [&](const StackConfig& s) {
          return session_.config.full_name(s) == full;
        });
        if (!stays) CHECK_OK(take(stack, full, true));
      }
    return std::move(members_);
  }

 private:
  Status take(const StackConfig& stack, const std::string& full_name, bool is_leaving) {
    TRY(CloudFormation cloud, session_.cloud_for(stack));
    RefactorMember m{&stack, full_name, cloud, stack.profile + " " + cloud.region(),
                     {},     {},        false, is_leaving,
                     {},     {}};
    TRY(m.deployed, m.cloud.describe(full_name));
    if (m.deployed && m.deployed->phase() == StackPhase::in_review) m.deployed.reset();
    if (m.deployed) CHECK_OK(read_deployed(m));
    if (is_leaving && !m.deployed) return {};
    if (!is_leaving) {
      TRY(Value variables, session_.variables_of(stack));
      TRY(m.rendered, session_.render(stack, variables));
      TRY(m.submission, session_.submission_for(stack, m.rendered, variables, m.deployed));
    }
    if (has_transform(m.there.root) || has_transform(m.rendered.document.root)) {
      session_.warn_once("stack " + stack.name +
                         " is left as it is: its template has a transform, and what it makes is "
                         "not known here");
      return {};
    }
    members_.push_back(std::move(m));
    return {};
  }

  Status read_deployed(RefactorMember& m) {
    const std::string& status = m.deployed->status;
    if (!status.ends_with("_COMPLETE") || status == "ROLLBACK_COMPLETE")
      return Error("RefactorRefused",
                   m.name + " is " + status + ", and stacks are only refactored at rest")
          .where(session_.config.at(*m.stack));
    TRY(std::string body, m.cloud.template_body(m.deployed->id));
    TRY(m.there, cfn::parse_document(body, "deployed template", cfn::ParseOptions::for_template()));
    if (Value resources = m.there.root["Resources"]; resources.has(refactor_placeholder)) {
      resources.erase(refactor_placeholder);
      m.there.root.set("Resources", std::move(resources));
      m.has_placeholder = true;
    }
    return {};
  }

  Session& session_;
  const Config* from_;
  std::vector<RefactorMember> members_;
};

Result<ResourcePlace> place_of(const std::string& word, const Config& first, const Config* second) {
  size_t dot = word.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == word.size())
    return Error("UsageInvalid", "--map: \"" + printable(word) + "\" is not STACK.LOGICALID");
  std::string stack = word.substr(0, dot), id = word.substr(dot + 1);
  for (const Config* config : {&first, second}) {
    if (!config) continue;
    for (const StackConfig& s : config->stacks)
      if (s.name == stack || config->full_name(s) == stack)
        return ResourcePlace{config->full_name(s), id};
  }
  std::vector<std::string> names;
  for (const StackConfig& s : first.stacks) names.push_back(s.name);
  Error error("UsageInvalid", "--map: there is no stack \"" + printable(stack) + "\"");
  auto near = nearest(stack, names);
  return near ? std::move(error).with_hint("did you mean \"" + *near + "\"?") : error;
}

}  // namespace

Result<std::vector<RefactorMember>> refactor_members(Session& session, const Config* from) {
  return Gatherer(session, from).gather();
}

Result<MoveMap> parse_move_pairs(const std::vector<std::string>& words, const Config& config,
                                 const Config* from) {
  MoveMap pairs;
  for (const std::string& word : words) {
    size_t equals = word.find('=');
    if (equals == std::string::npos)
      return Error("UsageInvalid", "--map: \"" + printable(word) + "\" has no =")
          .with_hint("--map STACK.OLD=STACK.NEW");
    const Config& first = from ? *from : config;
    TRY(ResourcePlace old_place, place_of(word.substr(0, equals), first, &config));
    TRY(ResourcePlace new_place, place_of(word.substr(equals + 1), config, from));
    if (!pairs.emplace(old_place, new_place).second)
      return Error("UsageInvalid", "--map: " + old_place.text() + " is given twice");
  }
  return pairs;
}

std::string moved_body(const RefactorMember& m) {
  const Value& wanted = m.rendered.document.root;
  Value body = m.is_leaving ? m.there.root : wanted;
  // "you can't ... change or add new parameters, conditions, or mappings" (user guide)
  if (m.deployed)
    for (const char* section : {"Parameters", "Conditions", "Mappings", "Rules"}) {
      body.erase(section);
      if (m.there.root.has(section)) body.set(section, m.there.root[section]);
    }
  if (m.is_leaving) {
    body.set("Resources", Value::map());
    body.erase("Outputs");
  }
  const bool keeps_text = m.deployed && !m.has_placeholder && !m.is_leaving &&
                          to_canonical_json(body) == to_canonical_json(wanted);
  if (keeps_text) return m.rendered.body;
  if (!m.deployed || m.has_placeholder || m.is_leaving)
    body.member("Resources")
        .set(refactor_placeholder,
             Value::map({{"Type", "AWS::CloudFormation::WaitConditionHandle"}}));
  return to_json(body);
}

}  // namespace mainstay::stacks
