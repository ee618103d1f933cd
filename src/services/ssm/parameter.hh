// Parameters as documents, how they are named, and what their values are under.
//
// Table "parameter", by name: the ParameterMetadata shape of the newest version, with _Tags. Table
// "version", by name and number: the ParameterHistory shape; a SecureString's Value is the base64
// text of its ciphertext, and _DataKey is there where the value is enveloped (advanced tier).
#pragma once

#include <string>
#include <string_view>

#include "cloud/call.hh"
#include "cloud/paging.hh"

namespace mainstay::ssm {

using cloud::Call;

// "name", "name:3", "name:label", or an ARN of either.
struct Reference {
  std::string name;
  std::string selector;  // with its colon, "" where there is none
};
Reference parse_reference(Call& call, const std::string& text);
// "w" and "/w" are one name: the one under which there is a parameter, else as written.
std::string stored_name(const Call& call, const std::string& name);

// AWS's limits on names (user guide, "Requirements and constraints for parameter names").
Status check_name(const std::string& name);

std::string version_key(std::string_view name, int64_t version);
std::string arn_of(const Call& call, std::string_view name);
// The stored versions, oldest first.
List versions_of(Call& call, const std::string& name);
Result<Value> find_parameter(Call& call, const std::string& name);
// The version that a reference means: its history document.
Result<Value> find_version(Call& call, const Reference& reference);

// The Parameter shape of a version; secrets stay ciphertext unless decrypt.
Result<Value> answer_parameter(Call& call, const Reference& reference, const Value& version,
                               bool decrypt);

// A version's Value for a SecureString, sealed by KMS. Errors: InvalidKeyId, with KMS's reason.
Status seal_value(Call& call, Value& version, const std::string& plain);
Result<std::string> open_value(Call& call, const Value& version);

Error parameter_not_found();
Error validation(std::string message);

}  // namespace mainstay::ssm
