#include "policy/request.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::policy {
namespace {

Error invalid_principal(std::string_view text) {
  return Error("InvalidPrincipal", "not a principal: " + printable(text))
      .with_hint("the ARN of a user, role or session, an account id, a service's name or \"*\"");
}

// "assumed-role/NAME/SESSION" and its like: the parts between slashes.
Result<Principal> session_of(const std::vector<std::string>& arn, std::string_view text) {
  Principal out;
  out.arn = text;
  out.account = arn[4];
  auto parts = split(arn[5], "/");
  if (parts[0] == "assumed-role" && parts.size() == 3) {
    out.kind = Principal::Kind::role_session;
    out.role_arn = "arn:" + arn[1] + ":iam::" + arn[4] + ":role/" + parts[1];
  } else if (parts[0] == "federated-user" && parts.size() == 2) {
    out.kind = Principal::Kind::federated_user;
  } else {
    return invalid_principal(text);
  }
  return out;
}

const char* type_name(Principal::Kind kind) {
  switch (kind) {
    case Principal::Kind::root:
      return "Account";
    case Principal::Kind::user:
      return "User";
    case Principal::Kind::role_session:
      return "AssumedRole";
    case Principal::Kind::federated_user:
      return "FederatedUser";
    case Principal::Kind::web_identity:
    case Principal::Kind::service:
      return "";
    case Principal::Kind::anonymous:
      return "Anonymous";
  }
  return "";
}

}  // namespace

Context::Entry& Context::entry(std::string_view key) {
  std::string lower = to_lower(key);
  auto at = std::lower_bound(entries_.begin(), entries_.end(), lower,
                             [](const Entry& e, const std::string& k) { return e.key < k; });
  if (at == entries_.end() || at->key != lower) at = entries_.insert(at, Entry{lower, {}, false});
  return *at;
}

void Context::set(std::string_view key, std::string value) {
  Entry& e = entry(key);
  e.values.assign(1, std::move(value));
  e.multivalued = false;
}

void Context::set_list(std::string_view key, std::vector<std::string> values) {
  Entry& e = entry(key);
  e.values = std::move(values);
  e.multivalued = true;
}

void Context::erase(std::string_view key) {
  std::string lower = to_lower(key);
  std::erase_if(entries_, [&](const Entry& e) { return e.key == lower; });
}

const Context::Entry* Context::find_lower(std::string_view key) const {
  auto at = std::lower_bound(entries_.begin(), entries_.end(), key,
                             [](const Entry& e, std::string_view k) { return e.key < k; });
  return at == entries_.end() || at->key != key ? nullptr : &*at;
}

const Context::Entry* Context::find(std::string_view key) const {
  return find_lower(to_lower(key));
}

Result<Principal> Principal::from_text(std::string_view text) {
  Principal out;
  out.arn = text;
  if (text == "*") return out;
  if (is_account_id(text)) {
    out.kind = Kind::root;
    out.account = text;
    out.arn = "arn:aws:iam::" + out.account + ":root";
    return out;
  }
  if (!text.starts_with("arn:")) {
    if (text.find('.') == std::string_view::npos) return invalid_principal(text);
    out.kind = Kind::service;
    return out;
  }
  auto parts = split(text, ":");
  if (parts.size() != 6 || !is_account_id(parts[4])) return invalid_principal(text);
  out.account = parts[4];
  if (parts[2] == "sts") return session_of(parts, text);
  if (parts[2] != "iam") return invalid_principal(text);
  if (parts[5] == "root") {
    out.kind = Kind::root;
  } else if (parts[5].starts_with("user/")) {
    out.kind = Kind::user;
  } else if (parts[5].starts_with("role/")) {
    out.kind = Kind::role_session;
    out.role_arn = text;
    std::string name = parts[5].substr(parts[5].rfind('/') + 1);
    out.arn = "arn:" + parts[1] + ":sts::" + parts[4] + ":assumed-role/" + name + "/mainstay";
  } else {
    return invalid_principal(text);
  }
  return out;
}

void Principal::add_keys(Context& context) const {
  if (const char* type = type_name(kind); *type) context.set("aws:PrincipalType", type);
  if (kind == Kind::service) {
    context.set("aws:PrincipalIsAWSService", "true");
    context.set("aws:PrincipalServiceName", arn);
    return;
  }
  if (kind == Kind::anonymous) {
    context.set("aws:userid", "anonymous");
    return;
  }
  context.set("aws:PrincipalIsAWSService", "false");
  if (kind == Kind::web_identity) return;
  context.set("aws:PrincipalAccount", account);
  context.set("aws:PrincipalArn", kind == Kind::role_session ? role_arn : arn);
  if (!unique_id.empty()) context.set("aws:userid", unique_id);
  if (kind == Kind::root) context.set("aws:userid", account);
  if (kind == Kind::user) context.set("aws:username", arn.substr(arn.rfind('/') + 1));
}

}  // namespace mainstay::policy
