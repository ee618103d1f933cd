// CloudFormation's state, as documents of one shard per account and region.
//
//   stack       by stack id (an ARN)     what DescribeStacks answers, and "_operation" while one
//   runs name        by stack name            the id of the stack that bears the name now
//   definition  by UUID/current|target   template, parameters and tags: as it is, and as wanted
//   resource    by UUID/LogicalId        one resource, with its properties and attributes
//   former      by UUID/LogicalId        the same as it was before the running update touched it
//   leftover    by UUID/PhysicalId       replaced resources that the clean-up will delete
//   drift-detection by its id; resource-drift by UUID/LogicalId: what was found last
//   deleted     see deleted.hh
//   event       by UUID/number           in order of time
//   finding     by UUID/operation/number: see validation.hh
//   refactor    by its id: see refactor_run.hh
//   change-set  by change set id, export by name, import by export's name/UUID, signal by handle
//
// UUID is the last part of the stack id. All functions need a Call on that shard.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/call.hh"

namespace mainstay::formation {

using cloud::Call;

// Whose stack: enough to find it again.
struct StackKey {
  std::string account, region, id;
  std::string uuid() const { return id.substr(id.rfind('/') + 1); }
  std::string name() const;
};

std::string uuid_of(std::string_view stack_id);
std::string name_of(std::string_view stack_id);
std::string row(std::string_view uuid, std::string_view rest);  // "UUID/rest"

// By name (only stacks that are not deleted) or by id. Error: AWS's "Stack with id X does not
// exist".
Result<Value> find_stack(const Call& call, std::string_view name_or_id);
// The id of the stack that has a resource of this physical id; "" if none.
std::string stack_of_physical(const Call& call, const std::string& physical_id);
void put_stack(Call& call, const Value& stack);

// Documents of a table whose ids start with "UUID/", in id order.
std::vector<Value> rows_of(const Call& call, std::string_view table, std::string_view uuid);
void remove_rows(Call& call, std::string_view table, std::string_view uuid);

// A resource that is there: made, and neither deleted nor let go.
bool is_present(const Value& resource);

// One entry of the stack's events. The members of `what` are those of StackEvent.
void add_event(Call& call, const Value& stack, Value what);
// Puts the stack into a state, with the event that tells of it.
void set_stack_status(Call& call, Value& stack, std::string_view status,
                      std::string_view reason = "");
// Keeps a resource's new state, with its event. properties: also shown in the event.
void set_resource_status(Call& call, const Value& stack, Value& resource, std::string_view status,
                         std::string_view reason = "");

bool in_progress(const Value& stack);

// A deleted stack keeps its documents for those who know its id; its name, exports and imports go.
Status forget_stack(Call& call, const Value& stack);

Error validation_error(std::string message);

// Whoever asked for an operation, as it was kept: through CloudFormation.
cloud::Caller to_caller(const Value& v);

}  // namespace mainstay::formation
