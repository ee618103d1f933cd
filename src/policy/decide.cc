#include "policy/decide.hh"

#include <algorithm>
#include <array>

#include "base/text.hh"

namespace mainstay::policy {
namespace {

// The action in lower case, without an allocation for actions of a usual length.
class LowerAction {
 public:
  explicit LowerAction(const std::string& action) {
    char* to = buffer_.data();
    if (action.size() > buffer_.size()) {
      long_.resize(action.size());
      to = long_.data();
    }
    std::transform(action.begin(), action.end(), to, [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    text_ = {to, action.size()};
  }
  std::string_view text() const { return text_; }

 private:
  std::array<char, 128> buffer_;
  std::string long_;
  std::string_view text_;
};

// What the policies of one list say together.
struct Hit {
  const Policy* deny_policy = nullptr;
  const Rule* deny = nullptr;
  const Policy* allow_policy = nullptr;
  const Rule* allow = nullptr;
  Reach reach = Reach::none;  // the strongest of the allowing statements

  bool allowed() const { return allow != nullptr; }
};

class Scan {
 public:
  Scan(const Request& request, Trace* trace)
      : request_(request), action_(request.action), trace_(trace) {}

  Hit list(const PolicyList& policies, Kind layer) {
    Hit hit;
    for (const Policy* policy : policies)
      for (const Rule& rule : policy->rules()) {
        if (hit.deny && !trace_) return hit;
        look(*policy, rule, layer, hit);
      }
    return hit;
  }

 private:
  void look(const Policy& policy, const Rule& rule, Kind layer, Hit& hit) {
    using Outcome = TraceRow::Outcome;
    // No statement of the list can add to what an earlier one has said.
    if (!trace_ && rule.allows() && hit.reach == Reach::direct) return;
    const Test* failing = nullptr;
    Reach reach = Reach::none;
    Outcome outcome = Outcome::applies;
    if (!rule.covers_action(action_.text()))
      outcome = Outcome::other_action;
    else if ((reach = rule.reaches(request_.principal)) == Reach::none)
      outcome = Outcome::other_principal;
    else if (!rule.covers_resource(request_.resource, request_.context))
      outcome = Outcome::other_resource;
    else if ((failing = rule.failing_test(request_.context)))
      outcome = Outcome::condition;
    if (trace_) note(policy, rule, layer, outcome, failing);
    if (outcome != Outcome::applies) return;
    if (!rule.allows()) {
      if (!hit.deny) hit.deny = &rule, hit.deny_policy = &policy;
    } else if (!hit.allow || reach > hit.reach) {
      hit.allow = &rule;
      hit.allow_policy = &policy;
      hit.reach = reach;
    }
  }

  void note(const Policy& policy, const Rule& rule, Kind layer, TraceRow::Outcome outcome,
            const Test* failing) {
    std::string detail;
    if (failing) {
      const Context::Entry* entry = request_.context.find_lower(failing->key());
      detail =
          failing->key() + (entry ? " = " + join(entry->values, ", ") : " is not in the request");
    }
    trace_->push_back({layer, &policy, &rule, outcome, std::move(detail)});
  }

  const Request& request_;
  LowerAction action_;
  Trace* trace_;
};

// All layers of a request, scanned.
struct Layers {
  Hit identity, boundary, session, resource, resource_control, endpoint;
  std::vector<Hit> service_control;
};

Layers scan(const Request& request, const Policies& policies, Trace* trace) {
  Scan scan(request, trace);
  Layers out;
  for (const PolicyList& level : policies.service_control)
    out.service_control.push_back(scan.list(level, Kind::service_control));
  out.resource_control = scan.list(policies.resource_control, Kind::resource_control);
  out.endpoint = scan.list(policies.endpoint, Kind::endpoint);
  out.identity = scan.list(policies.identity, Kind::identity);
  out.boundary = scan.list(policies.boundary, Kind::boundary);
  out.session = scan.list(policies.session, Kind::session);
  Kind kind =
      policies.resource.empty() ? Kind::resource : policies.resource.front()->document().kind;
  out.resource = scan.list(policies.resource, kind);
  if (policies.resource_only_denies) out.resource.reach = Reach::none;
  return out;
}

Decision explicit_deny(const Hit& hit, Kind layer) {
  return {Verdict::explicit_deny, layer, hit.deny_policy, hit.deny, ""};
}

Decision implicit_deny(Kind layer) {
  return {Verdict::implicit_deny, layer, nullptr, nullptr, ""};
}

Decision allow_by(const Hit& hit, Kind layer) {
  return {Verdict::allow, layer, hit.allow_policy, hit.allow, ""};
}

// The join of the layers after the denials: who must allow, and whose allowing is enough.
class Join {
 public:
  Join(const Request& request, const Policies& policies, const Layers& layers)
      : request_(request), policies_(policies), layers_(layers) {
    reach_ = layers.resource.reach;
    by_other_ = policies.other_grant > reach_;
    if (by_other_) reach_ = policies.other_grant;
  }

  Decision decide() const {
    using Kind_ = Principal::Kind;
    Kind_ kind = request_.principal.kind;
    for (const Hit& level : layers_.service_control)
      if (!level.allowed()) return implicit_deny(Kind::service_control);
    if (policies_.has_endpoint_policy && !layers_.endpoint.allowed())
      return implicit_deny(Kind::endpoint);
    if (kind == Kind_::service || kind == Kind_::anonymous || kind == Kind_::web_identity)
      return reach_ == Reach::direct ? by_resource() : implicit_deny(resource_kind());
    return request_.cross_account() ? cross_account() : same_account();
  }

 private:
  bool is_root() const { return request_.principal.kind == Principal::Kind::root; }
  bool identity_allows() const { return is_root() || layers_.identity.allowed(); }
  bool boundary_allows() const { return policies_.boundary.empty() || layers_.boundary.allowed(); }
  bool session_allows() const { return !policies_.has_session_policy || layers_.session.allowed(); }
  Kind resource_kind() const {
    return policies_.resource.empty() ? Kind::resource
                                      : policies_.resource.front()->document().kind;
  }
  Decision by_resource() const {
    if (by_other_)
      return {Verdict::allow, Kind::resource, nullptr, nullptr, policies_.other_grant_name};
    return allow_by(layers_.resource, resource_kind());
  }
  Decision by_identity() const {
    if (is_root()) return {Verdict::allow, Kind::identity, nullptr, nullptr, "root of the account"};
    return allow_by(layers_.identity, Kind::identity);
  }
  // What the caller's own side lacks.
  Decision own_side_denies(bool identity_needed) const {
    if (identity_needed && !identity_allows()) return implicit_deny(Kind::identity);
    return implicit_deny(boundary_allows() ? Kind::session : Kind::boundary);
  }

  // The table of "Policy evaluation for requests within a single account".
  Decision same_account() const {
    if (reach_ == Reach::direct) return by_resource();
    if (policies_.resource_must_allow && reach_ == Reach::none)
      return implicit_deny(resource_kind());
    bool limits = boundary_allows() && session_allows();
    if (reach_ == Reach::role) return limits ? by_resource() : own_side_denies(false);
    return limits && identity_allows() ? by_identity() : own_side_denies(true);
  }

  Decision cross_account() const {
    if (!identity_allows() || !boundary_allows() || !session_allows()) return own_side_denies(true);
    return reach_ == Reach::none ? implicit_deny(resource_kind()) : by_resource();
  }

  const Request& request_;
  const Policies& policies_;
  const Layers& layers_;
  Reach reach_ = Reach::none;
  bool by_other_ = false;
};

}  // namespace

Decision decide(const Request& request, const Policies& policies, Trace* trace) {
  Layers layers = scan(request, policies, trace);
  for (const Hit& level : layers.service_control)
    if (level.deny) return explicit_deny(level, Kind::service_control);
  const std::array<std::pair<const Hit*, Kind>, 6> order{
      {{&layers.resource_control, Kind::resource_control},
       {&layers.endpoint, Kind::endpoint},
       {&layers.identity, Kind::identity},
       {&layers.boundary, Kind::boundary},
       {&layers.session, Kind::session},
       {&layers.resource, Kind::resource}}};
  for (const auto& [hit, kind] : order)
    if (hit->deny)
      return explicit_deny(*hit, kind == Kind::resource ? hit->deny_policy->document().kind : kind);
  return Join(request, policies, layers).decide();
}

std::string denial_message(const Request& request, const Decision& decision, bool quote_resource) {
  std::string out =
      "User: " + request.principal.arn + " is not authorized to perform: " + request.action;
  if (request.resource != "*") {
    std::string quote = quote_resource ? "\"" : "";
    out += " on resource: " + quote + request.resource + quote;
  }
  std::string kind = kind_name(decision.layer);
  if (decision.verdict == Verdict::explicit_deny) {
    bool vowel = kind.starts_with('i');
    return out + " with an explicit deny in " +
           (decision.layer == Kind::trust ? "the "
            : vowel                       ? "an "
                                          : "a ") +
           kind;
  }
  return out + " because no " + kind + " allows the " + request.action + " action";
}

Narrowed::Narrowed(Request request, const Policies& policies,
                   const std::vector<std::string>& of_resource)
    : request_(std::move(request)), policies_(policies) {
  for (PolicyList* list :
       {&policies_.identity, &policies_.session, &policies_.resource_control, &policies_.endpoint})
    *list = narrow(*list, of_resource);
  // An empty boundary would mean that none is set.
  if (!policies_.boundary.empty()) policies_.boundary = narrow(policies_.boundary, of_resource);
  for (PolicyList& level : policies_.service_control) level = narrow(level, of_resource);
  policies_.resource.clear();
}

PolicyList Narrowed::narrow(const PolicyList& list, const std::vector<std::string>& of_resource) {
  PolicyList out;
  for (const Policy* policy : list) {
    kept_.push_back(policy->narrowed(request_, of_resource));
    out.push_back(kept_.back().get());
  }
  return out;
}

Decision Narrowed::decide(const std::string& resource, const std::string& account,
                          const PolicyList& resource_policies) {
  request_.resource = resource;
  request_.resource_account = account;
  policies_.resource = resource_policies;
  return policy::decide(request_, policies_);
}

}  // namespace mainstay::policy
