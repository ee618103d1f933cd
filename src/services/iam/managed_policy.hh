// Managed policies and their versions: the account's own ("policy" documents by ARN, versions
// inside) and AWS's, which come with the embedded data.
#pragma once

#include "services/iam/entity.hh"

namespace mainstay::iam {

// By ARN; error NoSuchEntity. AWS's own have "_aws" set.
Result<Value> find_policy(Call& call, const std::string& arn);
Result<std::string> policy_text(const Value& policy);  // of its default version
void count_attachment(Call& call, Value policy, int change);

Result<Value> create_policy(Call& call, const Value& in);
Result<Value> get_policy(Call& call, const Value& in);
Result<Value> list_policies(Call& call, const Value& in);
Result<Value> delete_policy(Call& call, const Value& in);
Result<Value> create_policy_version(Call& call, const Value& in);
Result<Value> get_policy_version(Call& call, const Value& in);
Result<Value> list_policy_versions(Call& call, const Value& in);
Result<Value> delete_policy_version(Call& call, const Value& in);
Result<Value> set_default_policy_version(Call& call, const Value& in);
Result<Value> list_entities_for_policy(Call& call, const Value& in);
Result<Value> tag_policy(Call& call, const Value& in);
Result<Value> untag_policy(Call& call, const Value& in);
Result<Value> list_policy_tags(Call& call, const Value& in);

}  // namespace mainstay::iam
