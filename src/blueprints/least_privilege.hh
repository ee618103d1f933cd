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

// What a generated policy must stay within: whatever it allows, these statements allow too.
struct Limit {
  std::string what;  // "never deletes a table", for the error
  Value statements;
};
Limit never_allows(const std::vector<std::string>& actions);
Limit stays_on(const std::vector<std::string>& resources);
Limit never_reaches(const std::vector<std::string>& resources);
// The actions only where the condition holds, others anywhere.
Limit only_where(std::string what, const std::vector<std::string>& actions, Value condition);
// The actions only on these resources, others anywhere.
Limit only_on(std::string what, const std::vector<std::string>& actions,
              const std::vector<std::string>& resources);

// Decides for all requests (policy/symbolic.hh) that the document stays within each limit. Errors:
// "BlueprintInvalid" with a request that goes beyond, or with what could not be decided. Pseudo
// parameters stand for a sample account: another would only rename.
Status prove(const Value& document, const std::vector<Limit>& limits);

}  // namespace mainstay::blueprints
