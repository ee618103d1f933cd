// Inline policies, attached policies, tags and boundaries: the same operations for users, groups
// and roles, one template each.
#pragma once

#include "services/iam/entity.hh"
#include "services/iam/managed_policy.hh"

namespace mainstay::iam {

Result<Value> put_inline(Call& call, const Entity& entity, const Value& in);
Result<Value> get_inline(Call& call, const Entity& entity, const Value& in);
Result<Value> list_inline(Call& call, const Entity& entity, const Value& in);
Result<Value> delete_inline(Call& call, const Entity& entity, const Value& in);
Result<Value> attach(Call& call, const Entity& entity, const Value& in);
Result<Value> detach(Call& call, const Entity& entity, const Value& in);
Result<Value> list_attached(Call& call, const Entity& entity, const Value& in);
Result<Value> tag(Call& call, const Entity& entity, const Value& in);
Result<Value> untag(Call& call, const Entity& entity, const Value& in);
Result<Value> list_tags(Call& call, const Entity& entity, const Value& in);
Result<Value> put_boundary(Call& call, const Entity& entity, const Value& in);
Result<Value> delete_boundary(Call& call, const Entity& entity, const Value& in);

// A handler of one of these for one kind of entity.
template <auto operation, const Entity& entity>
Result<Value> on(Call& call, const Value& in) {
  return operation(call, entity, in);
}

}  // namespace mainstay::iam
