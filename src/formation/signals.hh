// Signals: what WaitConditions wait for. They come by SignalResource, or by PUT to the URL that a
// WaitConditionHandle is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/http_message.hh"
#include "cloud/cloud.hh"
#include "formation/records.hh"

namespace mainstay::formation {

// The URL of a handle begins, after the endpoint, with this path.
inline constexpr std::string_view wait_handle_path = "/cloudformation-waitcondition-";

// A PUT to a handle: target is the URL's path (with or without endpoint and query), body the JSON
// {"Status": "SUCCESS" | "FAILURE", "UniqueId", "Data", "Reason"}. Wakes whoever waits.
// Errors: "ValidationError" for a URL or body that is none.
Status signal_wait_handle(cloud::Cloud& cloud, std::string_view target, std::string_view body);

// The same as the cloud's HTTP sees it; nothing for a request to another URL.
std::optional<HttpResponse> answer_wait_handle(cloud::Cloud& cloud, const HttpRequest& request);

// Keeps one signal; the same UniqueId twice counts once.
void put_signal(Call& call, const std::string& uuid, const std::string& logical_id, Value signal);

}  // namespace mainstay::formation
