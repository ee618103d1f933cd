// Buses as documents: table "bus" by name, {Name, Description?, KmsKeyIdentifier?,
// DeadLetterConfig?, Policy? (a text), CreationTime, LastModifiedTime, Tags}. The default one is
// made with the first use of an account and region.
#pragma once

#include <string>

#include "cloud/call.hh"

namespace mainstay::events {

using cloud::Call;

inline constexpr std::string_view default_bus = "default";

// The name that a request means by a name or an ARN; "" means the default one.
std::string bus_name_of(const Value& name_or_arn);
// The account that an ARN names, "" for a name.
std::string bus_account_of(const Value& name_or_arn);
std::string bus_arn(const Call& call, const std::string& name);
// Error ResourceNotFoundException.
Result<Value> find_bus(Call& call, const std::string& name);
void put_bus(Call& call, const Value& bus);
Status make_default_bus(Call& call);

Error not_found(std::string message);
Error validation(std::string message);
Error not_valid(std::string_view parameter, std::string_view reason);
Error limit_exceeded();

// A page of a table's documents whose ids begin with a prefix, as shown.
Result<Value> page_of(Call& call, const Value& in, std::string_view table,
                      const std::string& prefix, std::string_view member,
                      Value (*shown)(Call&, const Value&),
                      bool (*keep)(Call&, const Value& document, const Value& in) = nullptr);
// Only the members of `document` that are named and there.
Value with_members(const Value& document, std::initializer_list<const char*> names);

}  // namespace mainstay::events
