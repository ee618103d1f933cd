// Policies that blueprints generate: written once with CloudFormation's pseudo parameters, and
// proved before they leave the house. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::blueprints {

// "arn:aws:dynamodb:REGION:ACCOUNT:rest" with ${AWS::...} for partition, region and account.
std::string arn_here(std::string_view service, std::string_view rest);

// A statement whose texts may have ${AWS::...}; `condition` may be null.
Value allow(std::string_view sid, const std::vector<std::string_view>& actions,
            const std::vector<std::string>& resources, Value condition = {});
Value deny(std::string_view sid, const std::vector<std::string_view>& actions,
           const std::vector<std::string>& resources);
Value policy_of(Value statements);  // a list, as a document
// The document with every text that has "${" as Fn::Sub, for a template.
Value substituted(const Value& document);
// A role that a service may assume for resources of this account only (aws:SourceAccount).
Value trust_for(std::string_view service);

// What a generated policy must never do, decided for all requests (policy/symbolic.hh).
struct Limits {
  std::vector<std::string> never;     // action patterns
  std::vector<std::string> only_on;   // resource patterns, "*" for actions without resources too
  std::vector<std::string> never_on;  // resource patterns that no action may reach
};
// Errors: "BlueprintInvalid" with the request that goes beyond, or with what could not be decided.
// Pseudo parameters stand for a sample account: another would only rename.
Status prove(const Value& document, const Limits& limits);

}  // namespace mainstay::blueprints
