// Queues, topics and functions as what other services send to: the call that an ARN means, and what
// its failure means to services that try again and keep dead letters. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "cloud/outbox.hh"
#include "wire/arn.hh"

namespace mainstay::cloud {

std::string queue_url(const wire::Arn& queue);

// The delivery of a text to a queue, a topic or a function (which is called asynchronously), in the
// ARN's account and region; nothing for other ARNs. group: of a FIFO queue, "" for none.
std::optional<Delivery> delivery_to(const wire::Arn& target, std::string text,
                                    const std::string& group = "");
// A dead letter, with attributes {name: text}.
Delivery dead_letter(const wire::Arn& queue, std::string body, const Value& attributes);

// Whether it is worth trying again: throttles, faults of the receiver.
bool is_passing(const Error& error);
// As EventBridge calls reasons in dead letters ("Using dead-letter queues to process undelivered
// events"): NO_PERMISSIONS, NO_RESOURCE, THROTTLING, INVALID_PARAMETER, SDK_CLIENT_ERROR.
std::string_view failure_reason(const Error& error);

}  // namespace mainstay::cloud
