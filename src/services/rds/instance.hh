// DB instances: what CreateDBInstance, restores and replicas have in common.
#pragma once

#include "services/rds/engine.hh"
#include "services/rds/kinds.hh"

namespace mainstay::rds {

// Members that a request may set and that are shown as they were set.
void copy_settings(Value& document, const Value& in);
// Where it is, in which networks, with which groups and key. Errors: what it names is not there.
Status place(Call& call, const Value& in, Value& document);
// Its identity and its endpoint; then it is "creating". With a real database where its engine can
// be one.
void make(Call& call, const EngineVersion& version, const Value& in, Value& document);
Status check_window(const Value& in);
// KmsKeyId as the key's ARN, or the account's default key for RDS.
Result<std::string> key_arn(Call& call, const Value& key);

}  // namespace mainstay::rds
