#include "cloud/authorization.hh"

#include <mutex>

#include "cloud/authorizer.hh"

namespace mainstay::cloud {
namespace {

policy::PolicyList& list_of(policy::Policies& policies, policy::Kind kind) {
  switch (kind) {
    case policy::Kind::boundary:
      return policies.boundary;
    case policy::Kind::session:
      return policies.session;
    case policy::Kind::resource:
    case policy::Kind::trust:
      return policies.resource;
    case policy::Kind::resource_control:
      return policies.resource_control;
    case policy::Kind::endpoint:
      return policies.endpoint;
    default:
      return policies.identity;
  }
}

void set_tags(policy::Context& context, const Value& tags, const std::string& prefix) {
  for (const Value& tag : tags.items()) {
    auto [key, value] = tag_pair(tag);
    context.set(prefix + key, value);
  }
}

}  // namespace

std::pair<const std::string&, const std::string&> tag_pair(const Value& tag) {
  bool kms = tag.has("TagKey");
  return {tag[kms ? "TagKey" : "Key"].as_string(), tag[kms ? "TagValue" : "Value"].as_string()};
}

Result<std::shared_ptr<const policy::Policy>> PolicyCache::get(policy::Kind kind,
                                                               const std::string& name,
                                                               const std::string& key,
                                                               const Text& text) {
  std::string full = std::to_string(static_cast<int>(kind)) + name + '\n' + key;
  {
    std::shared_lock lock(mutex_);
    auto it = policies_.find(full);
    if (it != policies_.end()) return it->second;
  }
  TRY(std::string json, text());
  TRY(auto policy, policy::Policy::parse(name, json, kind));
  std::unique_lock lock(mutex_);
  if (policies_.size() >= policies_max) policies_.clear();
  policies_.emplace(std::move(full), policy);
  return policy;
}

Status Authorization::add_to(policy::PolicyList& list, policy::Kind kind, const std::string& name,
                             const std::string& key, const PolicyCache::Text& text) {
  auto policy = cache_->get(kind, name, key, text);
  if (!policy.has_value())
    return aws_error("AccessDenied",
                     "the " + std::string(policy::kind_name(kind)) + " " + name +
                         " can't be read, so nothing is allowed: " + policy.error().message,
                     403);
  held_.push_back(*policy);
  list.push_back(held_.back().get());
  return {};
}

Status Authorization::add(policy::Kind kind, const std::string& name, const std::string& text) {
  return add_to(list_of(policies, kind), kind, name, text,
                [&]() -> Result<std::string> { return text; });
}

Status Authorization::add_fixed(policy::Kind kind, const std::string& name,
                                const PolicyCache::Text& text) {
  return add_to(list_of(policies, kind), kind, name, "", text);
}

Status Authorization::add_level(
    const std::vector<std::pair<std::string, std::string>>& names_and_texts) {
  policy::PolicyList level;
  for (const auto& [name, text] : names_and_texts)
    CHECK_OK(add_to(level, policy::Kind::service_control, name, text,
                    [&]() -> Result<std::string> { return text; }));
  policies.service_control.push_back(std::move(level));
  return {};
}

void Authorization::resource_tags(const Value& tags, std::string_view prefix) {
  set_tags(request.context, tags, "aws:ResourceTag/");
  if (!prefix.empty()) set_tags(request.context, tags, std::string(prefix) + ":ResourceTag/");
}

void Authorization::principal_tags(const Value& tags) {
  set_tags(request.context, tags, "aws:PrincipalTag/");
}

}  // namespace mainstay::cloud
