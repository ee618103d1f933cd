#include "proofs/sliced_policy.hh"

#include <algorithm>

#include "proofs/sibling_paths.hh"

namespace mainstay::policy::proofs {
namespace {

constexpr size_t slice_resources_max = 64;

bool always_counts(const Statement& statement) {
  return statement.effect == Effect::deny || statement.not_resource ||
         std::any_of(statement.resources.begin(), statement.resources.end(),
                     [](const std::string& text) { return text == "*"; });
}

}  // namespace

SlicedPolicy::SlicedPolicy(const Document& document) {
  for (const Statement& statement : document.statements) {
    if (statement.effect == Effect::deny || statement.not_resource) {
      add(document, statement);
      continue;
    }
    Statement common = statement;
    common.resources.clear();
    const auto& resources = statement.resources;
    for (size_t from = 0; from < resources.size(); from += slice_resources_max) {
      Statement slice = common;
      size_t to = std::min(from + slice_resources_max, resources.size());
      slice.resources.assign(resources.begin() + static_cast<std::ptrdiff_t>(from),
                             resources.begin() + static_cast<std::ptrdiff_t>(to));
      add(document, std::move(slice));
    }
  }
}

void SlicedPolicy::add(const Document& document, Statement statement) {
  Document part;
  part.kind = document.kind;
  part.version = document.version;
  part.statements.push_back(std::move(statement));
  slices_.push_back(std::make_unique<const Policy>("a part of the policy", std::move(part)));
  const Statement& kept = slices_.back()->document().statements[0];
  const auto& resources = slices_.back()->rules()[0].resources();
  bool open = std::any_of(resources.begin(), resources.end(), [](const ResourcePattern& pattern) {
    return pattern.pattern().has_variables();
  });
  if (open || always_counts(kept)) always_.push_back(slices_.back().get());
  for (const std::string& resource : kept.resources)
    by_resource_[resource].push_back(slices_.size() - 1);
}

bool SlicedPolicy::allows(const Request& request) const {
  PolicyList near = always_;
  auto look_up = [&](const std::string& text) {
    auto it = by_resource_.find(text);
    if (it == by_resource_.end()) return;
    for (size_t slice : it->second) near.push_back(slices_[slice].get());
  };
  std::string exact = exact_pattern(request.resource);
  look_up(exact);
  if (request.resource != exact) look_up(request.resource);
  for (const std::string& pattern : patterns_above(exact)) look_up(pattern);
  return proofs::allows(near, request);
}

PolicyList SlicedPolicy::slices() const {
  PolicyList out;
  for (const auto& slice : slices_) out.push_back(slice.get());
  return out;
}

}  // namespace mainstay::policy::proofs
