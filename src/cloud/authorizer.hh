// May they? The step of the pipeline between a valid request and its handler.
//
// For every action that the operation needs (room actions), on every resource: the caller's
// policies, the control policies of both accounts, what guards the resource, and the circumstances
// as condition keys; then policy::decide. The first refusal is the answer, in AWS's words and the
// service's form. An account's root is free within its account, but for control policies; services
// acting for themselves are free. Threads: any.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actions/operations.hh"
#include "base/error.hh"
#include "cloud/authorization.hh"
#include "cloud/caller.hh"
#include "cloud/origin.hh"
#include "cloud/standing.hh"

namespace mainstay::cloud {

class Call;
class Cloud;

// What is known of a caller before it is known what it asks for.
struct CallerSide {
  bool free = false;          // a service acting for itself
  bool free_at_home = false;  // an account's root, on resources of its account
  Standing standing;
  Origin origin;
  std::shared_ptr<const Authorization> authorization;  // made later for those that are free at home
};

class Authorizer {
 public:
  explicit Authorizer(Cloud& cloud) : cloud_(cloud), operations_(table_) {}

  // Takes IAM's and Organizations' locks, so it comes before the service's own state is locked.
  Result<CallerSide> caller_side(const Caller& caller, std::string_view region,
                                 const Origin& origin);

  // Errors: the refusal, or that something could not be decided.
  Status check(Call& call, const Value& in, const CallerSide& side);

 private:
  Standing standing_of(const std::string& account);
  Result<std::shared_ptr<const Authorization>> make_authorization(const Caller& caller,
                                                                  std::string_view region,
                                                                  const Standing& standing,
                                                                  const Origin& origin);
  Status add_endpoint(Authorization& authorization, const Caller& caller, std::string_view region,
                      const std::string& id);
  Status add_control(Authorization& authorization, const Standing& standing);
  Status add_resource_side(const Call& call, Authorization& authorization, const Standing& own);
  Status check_one(Call& call, const Value& in, const Authorization& common,
                   const Standing& standing, const actions::Needed& needed,
                   const std::string& resource);

  Cloud& cloud_;
  actions::ActionTable table_;
  actions::Operations operations_;
  PolicyCache cache_;
};

// The refusal as the service words and codes it.
Error refusal(const Call& call, const policy::Request& request, const policy::Decision& decision);
// A tag's key and value, whose members KMS names TagKey and TagValue. Refers to the tag.
std::pair<const std::string&, const std::string&> tag_pair(const Value& tag);
// Condition keys of a request that follow from the call and its input alone.
void add_request_keys(policy::Context& context, const Call& call, const Value& in);
// The tags that a request specifies for the resources of one type that it makes: those of another
// type say nothing of these (EC2, "TagSpecifications").
void add_specified_tags(policy::Context& context, const Value& in, std::string_view type);

}  // namespace mainstay::cloud
