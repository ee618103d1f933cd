#include "policy/compiled.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::policy {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return !name.empty() && std::find(names.begin(), names.end(), name) != names.end();
}

// "arn:aws:iam::123456789012:root", in any partition.
bool names_account(const std::vector<std::string>& arns, std::string_view account) {
  if (account.empty()) return false;
  return std::any_of(arns.begin(), arns.end(), [&](std::string_view arn) {
    constexpr std::string_view tail = ":root";
    if (!arn.ends_with(tail)) return false;
    arn.remove_suffix(tail.size());
    return arn.ends_with(account) && arn.substr(0, arn.size() - account.size()).ends_with(":iam::");
  });
}

// Of a session, the unique id of its role ("AROAEXAMPLE:session" is of the role AROAEXAMPLE), of a
// federated user that of its issuing user.
std::string_view source_id(const Principal& p) {
  using Kind = Principal::Kind;
  if (p.kind == Kind::federated_user) return p.issuer_id;
  if (p.kind != Kind::role_session) return "";
  return std::string_view(p.unique_id).substr(0, p.unique_id.find(':'));
}

// NotPrincipal spares a caller only if everything that it is has been listed: account, role and
// session. Source: "IAM JSON policy elements: NotPrincipal".
bool spares(const Principals& named, const Principal& p) {
  using Kind = Principal::Kind;
  if (named.everyone) return true;
  if (p.kind == Kind::service) return contains(named.service, p.arn);
  if (p.kind == Kind::web_identity) return contains(named.federated, p.arn);
  if (p.kind == Kind::anonymous || !names_account(named.aws, p.account)) return false;
  if (p.kind == Kind::root) return true;
  auto lists = [&](std::string_view arn, std::string_view id) {
    return contains(named.aws, arn) || contains(named.aws, id);
  };
  return lists(p.arn, p.unique_id) && (p.role_arn.empty() || lists(p.role_arn, source_id(p)));
}

// The place after the fifth colon, where variables begin to count.
size_t after_fifth_colon(std::string_view text) {
  size_t at = 0;
  for (int i = 0; i < 5; ++i) {
    at = text.find(':', at);
    if (at == std::string_view::npos) return at;
    ++at;
  }
  return at;
}

// A star inside one of the first five segments, not at its end.
bool has_inner_star(std::string_view text) {
  size_t end = after_fifth_colon(text);
  if (end == std::string_view::npos) return false;
  for (size_t i = 0; i + 1 < end; ++i)
    if (text[i] == '*' && text[i + 1] != ':') return true;
  return false;
}

}  // namespace

Reach reach_of(const Principals& named, const Principal& p) {
  using Kind = Principal::Kind;
  if (named.everyone) return Reach::direct;
  if (p.kind == Kind::service) return contains(named.service, p.arn) ? Reach::direct : Reach::none;
  if (p.kind == Kind::web_identity)
    return contains(named.federated, p.arn) ? Reach::direct : Reach::none;
  if (p.kind == Kind::anonymous) return Reach::none;
  if (contains(named.aws, p.arn) && p.kind != Kind::root) return Reach::direct;
  bool has_id = p.kind == Kind::user || p.kind == Kind::role_session;
  if (has_id && contains(named.aws, p.unique_id)) return Reach::direct;
  if (contains(named.aws, p.role_arn) || contains(named.aws, source_id(p))) return Reach::role;
  if (names_account(named.aws, p.account) || contains(named.canonical, p.canonical_id))
    return Reach::account;
  return Reach::none;
}

ResourcePattern::ResourcePattern(std::string_view text, bool variables)
    : pattern_(text, Pattern::Wildcards::yes,
               variables ? after_fifth_colon(text) : std::string::npos),
      by_segment_(has_inner_star(text)) {
  if (by_segment_ && !pattern_.has_variables()) segments_ = ArnGlob(pattern_.fixed());
}

bool ResourcePattern::matches(std::string_view arn, const Context& context) const {
  if (!pattern_.has_variables())
    return by_segment_ ? segments_.matches(arn) : pattern_.fixed().matches(arn);
  auto resolved = pattern_.resolve(context);
  if (!resolved) return false;
  return by_segment_ ? ArnGlob(*resolved).matches(arn) : resolved->matches(arn);
}

Rule::Rule(const Statement& statement, bool variables) : statement_(&statement) {
  for (const std::string& action : statement.actions) {
    actions_.emplace_back(action);
    actions_.back().fold_case();
  }
  for (const std::string& resource : statement.resources)
    resources_.emplace_back(resource, variables);
  for (const Condition& condition : statement.conditions) tests_.emplace_back(condition, variables);
}

bool Rule::covers_action(std::string_view action) const {
  if (every_action_) return true;
  bool any = std::any_of(actions_.begin(), actions_.end(),
                         [&](const Glob& glob) { return glob.matches(action); });
  return any != statement_->not_action;
}

bool Rule::covers_resource(std::string_view resource, const Context& context) const {
  bool any = std::any_of(resources_.begin(), resources_.end(), [&](const ResourcePattern& pattern) {
    return pattern.matches(resource, context);
  });
  return any != statement_->not_resource;
}

Reach Rule::reaches(const Principal& principal) const {
  if (!statement_->principals) return Reach::direct;
  if (statement_->not_principal)
    return spares(*statement_->principals, principal) ? Reach::none : Reach::direct;
  return reach_of(*statement_->principals, principal);
}

const Test* Rule::failing_test(const Context& context) const {
  for (const Test& test : tests_)
    if (!test.holds(context)) return &test;
  return nullptr;
}

Policy::Policy(std::string name, std::shared_ptr<const Document> document)
    : name_(std::move(name)), document_(std::move(document)) {}

Policy::Policy(std::string name, Document document)
    : Policy(std::move(name), std::make_shared<const Document>(std::move(document))) {
  rules_.reserve(document_->statements.size());
  for (const Statement& statement : document_->statements)
    rules_.emplace_back(statement, document_->has_variables());
}

std::unique_ptr<const Policy> Policy::narrowed(const Request& request,
                                               const std::vector<std::string>& of_resource) const {
  std::unique_ptr<Policy> out(new Policy(name_, document_));
  std::string action = to_lower(request.action);
  for (const Rule& rule : rules_) {
    if (!rule.covers_action(action) || rule.reaches(request.principal) == Reach::none) continue;
    bool later = std::any_of(rule.tests().begin(), rule.tests().end(),
                             [&](const Test& test) { return contains(of_resource, test.key()); });
    if (!later && rule.failing_test(request.context)) continue;
    out->rules_.push_back(rule);
    out->rules_.back().drop_actions();
    if (!later) out->rules_.back().drop_tests();
  }
  return out;
}

Result<std::shared_ptr<const Policy>> Policy::parse(std::string name, std::string_view json,
                                                    Kind kind) {
  auto document = policy::parse(json, kind);
  if (!document.has_value()) return std::move(document.error()).because(name);
  return std::make_shared<const Policy>(std::move(name), std::move(*document));
}

}  // namespace mainstay::policy
