// Log groups and streams as documents. "group" by name: {logGroupName, creationTime,
// retentionInDays?, kmsKeyId?, logGroupClass, deletionProtectionEnabled, _Id, _Tags, _Bytes}.
// "stream" by "GROUPID/NAME": {logStreamName, creationTime, firstEventTimestamp?,
// lastEventTimestamp?, lastIngestionTime?, _Id, _Group (its name), _Number (of the last event),
// _Count, _Bytes}. Times are milliseconds.
#pragma once

#include <string>
#include <string_view>

#include "cloud/call.hh"
#include "cloud/resource_kind.hh"

namespace mainstay::logs {

using cloud::Call;

Error invalid(std::string message);  // InvalidParameterException

extern const cloud::PageWords page_words;
extern const cloud::ResourceKind group_kind, stream_kind;

// The group that logGroupName or logGroupIdentifier (a name or an ARN) names.
Result<Value> find_group(const Call& call, const Value& in);
void put_group(Call& call, const Value& group);
Result<Value> find_stream(const Call& call, const Value& group, const Value& in);
void put_stream(Call& call, const Value& group, const Value& stream);
std::string stream_prefix(const Value& group);  // of the ids of a group's streams
void remove_stream(Call& call, const Value& group, const Value& stream);

std::string group_arn(const Call& call, const std::string& name);

}  // namespace mainstay::logs
