// Keys as documents, and how requests name them.
//
// A key's document is the KeyMetadata shape with members beside it that no model names:
//   _Policy (text), _Tags, _Materials (list of {KeyMaterialId, Bytes, RotationDate?}; the last is
//   in use, the others still decrypt), _Rotation ({PeriodDays, Since}), _OnDemand (count of
//   rotations).
// An alias's document is the AliasListEntry shape. A grant's is GrantListEntry with _Token.
#pragma once

#include <string>
#include <string_view>

#include "cloud/call.hh"
#include "cloud/paging.hh"
#include "services/kms/spec.hh"

namespace mainstay::kms {

using cloud::Call;

inline constexpr int64_t day_ms = 24 * 3600 * 1000LL;

// Which forms of naming a key an operation takes.
enum class Named { by_id, by_id_or_alias };

// The key that `name` means: id, ARN, "alias/x", alias ARN. Where an AWS-managed alias is first
// used, its key comes to be (the operation must then write). Errors: NotFoundException,
// InvalidArnException.
Result<Value> find_key(Call& call, const std::string& name, Named named = Named::by_id_or_alias);
// The same for operations that only the key's own account may call, and never on AWS-managed keys.
Result<Value> find_own_key(Call& call, const Value& in);
Result<Value> find_readable_key(Call& call, const Value& in);  // own account, AWS-managed too
void put_key(Call& call, const Value& key);
// A key whose deletion date has passed is no more.
bool is_gone(const Value& key, Time now);

// Error unless the key is enabled (DisabledException, KMSInvalidStateException).
Status check_usable(const Value& key);
// ... and not on its way out.
Status check_not_pending(const Value& key);
// ... and usable for this: InvalidKeyUsageException.
Status check_usage(const Value& key, std::string_view usage, std::string_view operation);
// DryRunOperationException where the request only asks whether it could.
Status check_dry_run(const Value& in);

Result<Value> new_key(Call& call, const Value& in, std::string_view manager);
// The bytes of the material in use.
std::string_view material(const Value& key);
std::string new_material_id(Call& call);

bool is_aws_alias(std::string_view name);  // "alias/aws/x" or its ARN
bool makes_aws_key(const Value& in);       // a request that may be an AWS-managed key's first use
std::string account_meant(const Value& in);

// Marker, Limit, NextMarker, Truncated.
Result<Value> page(const Value& in, List items, const char* list, const char* key,
                   int64_t count_default);

Error not_found(std::string message);
Error access_denied(const Call& call);

}  // namespace mainstay::kms
