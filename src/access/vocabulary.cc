#include "access/vocabulary.hh"

#include "base/text.hh"

namespace mainstay::access {
namespace {

// Of resources that a witness makes up.
constexpr const char* witness_account = "123456789012";
constexpr const char* witness_region = "us-east-1";

const std::string& spelled(const std::string& key, const policy::proofs::Spelling& spelling) {
  auto it = spelling.find(key);
  return it == spelling.end() ? key : it->second;
}

}  // namespace

Vocabulary::Vocabulary() {
  std::vector<std::string> names;
  for (const actions::Action* action : table_.matching("*")) names.push_back(action->name);
  known_ = std::make_unique<const policy::proofs::KnownActions>(std::move(names));
}

policy::proofs::SymbolicOptions Vocabulary::options() const {
  policy::proofs::SymbolicOptions options;
  options.actions = known_.get();
  options.resources = [this](std::string_view name) {
    const actions::Action* action = table_.find(name);
    return action ? actions::resource_globs(*action, witness_account, witness_region)
                  : std::vector<std::string>();
  };
  return options;
}

std::string witness_text(const policy::Request& request, const policy::proofs::Spelling& spelling) {
  std::string text = request.action + " on " + request.resource;
  std::string before = " with ";
  for (const policy::Context::Entry& entry : request.context.entries()) {
    text += before + spelled(entry.key, spelling) + "=" + join(entry.values, ",");
    before = ", ";
  }
  return text;
}

Value witness_value(const policy::Request& request, const policy::proofs::Spelling& spelling) {
  Value context = Value::map();
  for (const policy::Context::Entry& entry : request.context.entries()) {
    Value values = Value::list();
    for (const std::string& value : entry.values) values.push_back(value);
    context.set(spelled(entry.key, spelling), std::move(values));
  }
  Value out = Value::map({{"action", request.action},
                          {"resource", request.resource},
                          {"context", std::move(context)}});
  if (!request.principal.arn.empty()) out.set("principal", request.principal.arn);
  return out;
}

}  // namespace mainstay::access
