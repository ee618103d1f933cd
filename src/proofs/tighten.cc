#include "proofs/tighten.hh"

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <set>

#include "base/json.hh"
#include "base/text.hh"
#include "base/value.hh"
#include "proofs/sibling_paths.hh"
#include "proofs/sliced_policy.hh"

namespace mainstay::policy::proofs {
namespace {

// What was asked for under the same conditions.
struct Granted {
  std::vector<Condition> conditions;
  std::vector<std::string> not_resources;                  // if any: all resources but these
  std::map<std::string, std::set<std::string>> resources;  // by action
};

std::string text_of(const std::vector<Condition>& conditions) {
  std::string out;
  for (const Condition& c : conditions)
    out += c.operator_text() + "\n" + to_lower(c.key) + "\n" + join(c.values, "\n") + "\n\n";
  return out;
}

// A star at the end of an ARN is how a request names what it is about to make ("vpc/*").
bool names_many(const std::string& resource) {
  return resource == "*" || resource.ends_with("/*");
}

// The resource element by which a rule covers the request, if it has variables.
std::string open_pattern(const Rule& rule, const Request& request) {
  const auto& texts = rule.statement().resources;
  for (size_t i = 0; i < rule.resources().size(); ++i)
    if (rule.resources()[i].pattern().has_variables() &&
        rule.resources()[i].matches(request.resource, request.context))
      return texts[i];
  return "";
}

// "s3:GetObject" as "S3": a Sid has letters and digits only.
std::string sid_of(const std::string& action) {
  std::string out;
  for (char c : action.substr(0, action.find(':')))
    if (std::isalnum(static_cast<unsigned char>(c))) out += c;
  return to_upper(out.substr(0, 1)) + out.substr(std::min<size_t>(1, out.size()));
}

// A result of version 2012-10-17 would read as a variable what was none.
bool would_change(const Policy& policy) {
  if (policy.document().has_variables()) return false;
  return to_json(to_value(policy.document())).contains("${");
}

class Tightening {
 public:
  Tightening(const PolicyList& current, const TightenOptions& options)
      : current_(current), options_(options) {}

  Status start() {
    for (const Policy* policy : current_)
      if (would_change(*policy))
        return Error("InvalidArgument", policy->name() + " has \"${\" in a document of version " +
                                            policy->document().version)
            .with_hint("policy variables need \"Version\": \"2012-10-17\"");
    for (const Policy* policy : current_)
      for (const Statement& statement : policy->document().statements)
        if (statement.effect == Effect::deny) add_denial(statement);
    return {};
  }

  void add(const Request& request, size_t number) {
    const Rule* rule = nullptr;
    if (!current_.empty() && allows(current_, request)) rule = allowing(request);
    if (!rule && !current_.empty()) {
      out_.refused.push_back(number);
      return;
    }
    static const std::vector<Condition> unconditional;
    const auto& conditions = rule ? rule->statement().conditions : unconditional;
    auto grant = [&](std::string resource, std::vector<std::string> not_resources) {
      Granted& granted = granted_[text_of(conditions) + join(not_resources, "\n")];
      granted.conditions = conditions;
      granted.not_resources = std::move(not_resources);
      granted.resources[request.action].insert(std::move(resource));
    };
    // Of a statement with NotResource, an ARN may be excepted for other values of its variables.
    bool excepts = rule && rule->statement().not_resource;
    std::string open = rule && !excepts ? open_pattern(*rule, request) : "";
    std::string exact = request.resource == "*" ? "*" : exact_pattern(request.resource);
    bool is_pattern = names_many(request.resource);
    if (!open.empty())
      grant(open, {});
    else if ((is_pattern || excepts) && may_allow(conditions, request.action, request.resource))
      grant(is_pattern ? request.resource : exact, {});
    else
      grant(exact, excepts ? rule->statement().resources : std::vector<std::string>());
  }

  Result<Tightened> finish(const std::vector<Request>& requests) {
    if (granted_.empty())
      return Error("NothingToAllow", "none of the requests is allowed by the current policies");
    out_.document.version = "2012-10-17";
    out_.document.statements = denials_;
    std::vector<Statement> allows;
    for (auto& [text, granted] : granted_) add_statements(granted, allows);
    name(allows);
    auto& statements = out_.document.statements;
    statements.insert(statements.begin(), allows.begin(), allows.end());
    CHECK_OK(verify(requests));
    return std::move(out_);
  }

 private:
  void add_denial(Statement statement) {
    if (std::find(denials_.begin(), denials_.end(), statement) != denials_.end()) return;
    if (!statement.sid.empty() && !sids_.insert(statement.sid).second) statement.sid.clear();
    denials_.push_back(std::move(statement));
  }

  // The statement that allows it; of several, the one with the fewest conditions.
  const Rule* allowing(const Request& request) const {
    std::string action = to_lower(request.action);
    const Rule* best = nullptr;
    for (const Policy* policy : current_)
      for (const Rule& rule : policy->rules()) {
        if (!rule.allows() || (best && best->tests().size() <= rule.tests().size())) continue;
        if (rule.covers_action(action) && rule.covers_resource(request.resource, request.context) &&
            !rule.failing_test(request.context))
          best = &rule;
      }
    return best;
  }

  // Statements of one set of conditions: the actions of a service that have the same resources.
  void add_statements(const Granted& granted, std::vector<Statement>& out) {
    std::map<std::pair<std::string, std::set<std::string>>, std::vector<std::string>> groups;
    for (const auto& [action, resources] : granted.resources) {
      auto joined = join_siblings(resources, options_.siblings_max, [&](const std::string& p) {
        return may_allow(granted.conditions, action, p);
      });
      out_.generalized.insert(out_.generalized.end(), joined.generalized.begin(),
                              joined.generalized.end());
      std::string service = to_lower(action.substr(0, action.find(':')));
      groups[{service, std::move(joined.resources)}].push_back(action);
    }
    for (const auto& [group, actions] : groups) {
      Statement& statement = out.emplace_back();
      statement.effect = Effect::allow;
      statement.actions = actions;
      statement.resources.assign(group.second.begin(), group.second.end());
      statement.not_resource = !granted.not_resources.empty();
      if (statement.not_resource) statement.resources = granted.not_resources;
      statement.conditions = granted.conditions;
    }
  }

  // Whether the current policies allow as much. Asked once for each.
  bool may_allow(const std::vector<Condition>& conditions, const std::string& action,
                 const std::string& resource) {
    if (current_.empty()) return true;
    auto [it, fresh] =
        asked_.try_emplace(text_of(conditions) + "\n" + action + "\n" + resource, false);
    if (!fresh) return it->second;
    Document document;
    document.version = "2012-10-17";
    document.statements = denials_;
    Statement& statement = document.statements.emplace_back();
    statement.effect = Effect::allow;
    statement.actions = {action};
    statement.resources = {resource};
    statement.conditions = conditions;
    Policy policy("a statement", std::move(document));
    it->second = compare(current_, {&policy}, options_.compare).answer == Answer::no_more;
    return it->second;
  }

  void name(std::vector<Statement>& statements) {
    for (Statement& statement : statements) {
      std::string sid = sid_of(statement.actions.front());
      statement.sid = sid;
      for (int number = 2; !sids_.insert(statement.sid).second; ++number)
        statement.sid = sid + std::to_string(number);
    }
  }

  // Read back as text, as whoever attaches it will, and held against requests and policies.
  Status verify(const std::vector<Request>& requests) {
    TRY(auto policy,
        Policy::parse("the tightened policy", to_json(to_value(out_.document)), Kind::identity));
    SlicedPolicy sliced(policy->document());
    std::set<size_t> refused(out_.refused.begin(), out_.refused.end());
    for (size_t i = 0; i < requests.size(); ++i)
      if (!refused.contains(i) && !sliced.allows(requests[i]))
        return Error("TightenFailed", "the result does not allow " + requests[i].action + " on " +
                                          requests[i].resource);
    if (current_.empty()) {
      out_.check.reason = "there is no current policy to hold it against";
      return {};
    }
    out_.check = compare(current_, sliced.slices(), options_.compare);
    if (out_.check.answer == Answer::more) {
      const Request& request = out_.check.witnesses[0].request;
      return Error("TightenFailed",
                   "the result allows more: " + request.action + " on " + request.resource);
    }
    return {};
  }

  const PolicyList& current_;
  const TightenOptions& options_;
  std::vector<Statement> denials_;
  std::set<std::string> sids_;
  std::map<std::string, Granted> granted_;  // by conditions and excepted resources
  std::map<std::string, bool> asked_;
  Tightened out_;
};

}  // namespace

Result<Tightened> tighten(const PolicyList& current, const std::vector<Request>& requests,
                          const TightenOptions& options) {
  Tightening tightening(current, options);
  CHECK_OK(tightening.start());
  for (size_t i = 0; i < requests.size(); ++i) tightening.add(requests[i], i);
  return tightening.finish(requests);
}

}  // namespace mainstay::policy::proofs
