// Topics as documents: table "topic" by name, {TopicName, TopicArn, Attributes (texts, as set),
// _Tags, _Policy (parsed), _Confirmed, _Pending, _Deleted (numbers of subscriptions), _Sequence,
// DataProtectionPolicy?}.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "cloud/call.hh"
#include "cloud/resource_kind.hh"

namespace mainstay::sns {

using cloud::Call;

// "Invalid parameter: " and what.
Error invalid(std::string_view what);

// What follows the account in the ARN that a member of the request has. Errors: no ARN, or one of
// another region or service, in AWS's words.
Result<std::string> resource_in(const Call& call, const Value& in, std::string_view member);

extern const cloud::ResourceKind topic_kind;
// The topic that TopicArn (or another member) names. Error NotFound.
Result<Value> find_topic(const Call& call, const Value& in, std::string_view member = "TopicArn");
void put_topic(Call& call, const Value& topic);

bool is_one_of(const auto& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_fifo(const Value& topic);
// As its messages are signed (signature.hh): "1", "2", or "" where they are not.
std::string signature_version(const Value& topic);
bool is_true(const Value& attribute);  // the text "true"

}  // namespace mainstay::sns
