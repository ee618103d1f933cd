// Secrets as documents: table "secret" by name, in DescribeSecret's shape, with _Policy (the
// resource policy's text). Table "version" by name and version id: {VersionId, CreatedDate, _Kind
// ("SecretString" or "SecretBinary"), _Sealed, _DataKey}. VersionIdsToStages says which versions
// have stages; one that loses its last is deprecated, and the oldest of those is gone when there
// are too many.
#pragma once

#include <string>

#include "cloud/call.hh"
#include "cloud/paging.hh"

namespace mainstay::secretsmanager {

using cloud::Call;

inline constexpr const char* current = "AWSCURRENT";
inline constexpr const char* previous = "AWSPREVIOUS";
inline constexpr const char* pending = "AWSPENDING";

// Clients give each value a token (their libraries do so by themselves); services here, which ask
// in process, need not. The words are recorded on AWS.
Status check_token(const Call& call, const Value& in);

// Names of secrets, and what stands in the place of one. Error ValidationException.
Status check_name(const std::string& name);
// By name, ARN, or ARN without the six characters at its end. Errors:
// ResourceNotFoundException, and check_name's.
Result<Value> find_secret(Call& call, const Value& id);
// The same, and not marked for deletion.
Result<Value> find_live_secret(Call& call, const Value& id);
void put_secret(Call& call, const Value& secret);
std::string version_key(const Value& secret, const std::string& version);
// All of a secret's versions, the oldest first, those without a stage too.
std::vector<Value> versions_of(const Call& call, const Value& secret);
bool has_stage(const Value& stages, std::string_view stage);
// The id of the version that has a stage, "" if none has.
std::string version_of_stage(const Value& secret, std::string_view stage);
// Moves a stage to a version; the one before it becomes AWSPREVIOUS where it is AWSCURRENT.
void move_stage(Call& call, Value& secret, const std::string& stage, const std::string& to);

// Adds a version with what `in` gives as SecretString or SecretBinary, under the id
// ClientRequestToken or a new one; the id. Errors: ResourceExistsException for an id that has
// another value, and KMS's.
Result<std::string> add_version(Call& call, Value& secret, const Value& in,
                                const std::vector<std::string>& stages);
Result<Value> open_version(Call& call, const Value& secret, const Value& version);

Value named(const Value& secret);  // {ARN, Name}
Error invalid_parameter(std::string message);
Error invalid_request(std::string message);

}  // namespace mainstay::secretsmanager
