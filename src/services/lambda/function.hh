// Functions, their versions and aliases as documents, and how they are answered.
//
// Table "function", by name:
//   Name, Config (the members of FunctionConfiguration that $LATEST was given), Code (Digest: the
//   SHA-256 in hexadecimal, Size, Blob), Tags, LastVersion, Revision, Created, Changed, and where
//   concurrency is reserved Reserved, and IsReserved "yes" to be found by
// Table "version", by key_of(name, number): the same of a published version, with Version.
// Table "alias", by key_of(name, alias): the AliasConfiguration shape, without its ARN, and
// Function.
#pragma once

#include "cloud/resource_kind.hh"
#include "services/lambda/name.hh"

namespace mainstay::lambda {

// What a qualifier leads to: a function or version, and the alias that led there.
struct Target {
  Value function;         // the function's document
  Value document;         // of the version meant: the function's own for $LATEST
  std::string version;    // "$LATEST" or a number
  std::string qualifier;  // as asked for, "" for none
};
// Errors: ResourceNotFoundException in the words that AWS has for each.
Result<Target> find_target(const Call& call, const FunctionName& name);
Result<Value> find_function(const Call& call, const FunctionName& name);  // the unqualified one
Result<Value> find_version(const Call& call, const Value& function, std::string_view version);
const Value* find_alias(const Call& call, std::string_view name, std::string_view alias);

// The FunctionConfiguration shape. arn_qualifier: what stands behind the ARN, "" for none.
Value configuration(const Call& call, const Value& document, std::string_view arn_qualifier);
Value configuration(const Call& call, const Target& target);
// Whether AWS would still be at it, by the cloud's clock ("Lambda function states"); and the
// refusal of what has to wait for its end.
// Its RevisionId: it has another once a change has come to its end (recorded on AWS).
std::string current_revision(const Call& call, const Value& document);
bool is_pending(const Call& call, const Value& document);
bool is_updating(const Call& call, const Value& document);
Status check_settled(const Call& call, const Value& document);
// Right after something was made or changed AWS is still at it.
Value configuration_while_created(const Call& call, const Value& document);
Value configuration_while_updated(const Call& call, const Value& document);

// Puts it with a fresh revision.
void put_function(Call& call, Value document);
Status check_revision(const Call& call, const Value& document, const Value& in,
                      std::string_view where);
std::string version_of(const Value& document);

// The next version of $LATEST, or the last one where nothing has changed since.
Result<Value> publish(Call& call, Value& function, const Value& description);

// Lambda's words for pages, of tables whose lists walk them in order.
inline constexpr cloud::PageWords page_words = {.token_in = "Marker",
                                                .token_out = "NextMarker",
                                                .limit = "MaxItems",
                                                .size_default = 50,
                                                .size_max = 50,
                                                .bad_token_code = "InvalidParameterValueException",
                                                .bad_token = "Invalid marker value."};
// Pages as Lambda has them: MaxItems, Marker, NextMarker. `items` by key.
Result<Value> answer_page(List items, const std::function<std::string(const Value&)>& key,
                          const Value& in, std::string_view member);

}  // namespace mainstay::lambda
