// Delivery policies of topics: how messages to HTTP endpoints are tried again ("Amazon SNS message
// delivery retries", developer guide). Pure.
#pragma once

#include <string>

#include "base/value.hh"

namespace mainstay::sns {

// A delivery policy as it is kept: without what is null, and with whether subscriptions may have
// their own (recorded on AWS). text: JSON.
std::string whole_delivery_policy(const std::string& text);
// A topic's own policy over AWS's defaults: {"http": {...}}.
Value effective_delivery_policy(const Value& topic);

}  // namespace mainstay::sns
