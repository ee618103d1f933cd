// Custom resources: what a function or a topic of the user's makes, and tells by a PUT to a URL
// (user guide, "Custom resource request and response reference").
#pragma once

#include <optional>
#include <string_view>

#include "base/http_message.hh"
#include "cloud/cloud.hh"
#include "formation/provider.hh"

namespace mainstay::formation {

// The URL of an answer begins, after the endpoint, with this path.
inline constexpr std::string_view custom_response_path =
    "/cloudformation-custom-resource-response-";

// The table of answers, by UUID/RequestId; each is kept until its stack rests.
inline constexpr const char* custom_responses = "custom-response";

// Sends the request, then is not_yet until the answer is there, or the time for it is over.
// Errors: what the provider answered, in AWS's words; where nobody could answer, that.
Status create_custom(Subject& s);
Status update_custom(Subject& s);
Status remove_custom(Subject& s);

// A PUT to a URL that was sent with a request; nothing for all other requests.
std::optional<HttpResponse> answer_custom_response(cloud::Cloud& cloud, const HttpRequest& request);

}  // namespace mainstay::formation
