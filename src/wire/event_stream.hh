// Event streams as AWS frames them ("application/vnd.amazon.eventstream"; Smithy 2.0, "Amazon Event
// Stream Specification"): messages of headers and a payload, each with checksums. Answers only: no
// service here takes a stream of events in. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

inline constexpr std::string_view event_stream_type = "application/vnd.amazon.eventstream";

using EventHeaders = std::vector<std::pair<std::string, std::string>>;  // all of type string

// One message: prelude, headers, payload and both checksums.
std::string event_message(const EventHeaders& headers, std::string_view payload);

// The member of an operation's output that is a stream of events; null where none is.
const Member* event_stream_of(const Operation& operation);

// The event of this name (a member of the stream's union) with its members, or the exception of
// this name.
std::string encode_event(const Shape& stream, Protocol protocol, const std::string& name,
                         const Value& members);
// What the output says beside the stream, as its first message: the form of protocols that have no
// other place for it (Smithy, "Initial response messages").
std::string encode_initial_response(const Operation& operation, Protocol protocol,
                                    const Value& output);

}  // namespace mainstay::wire
