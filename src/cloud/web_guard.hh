// Keeps web pages away from a cloud that is served on a port: any page that a browser shows can
// send requests to it, and most test keys may do anything. Decided before anything else is looked
// at (docs/cloud.md, "Web pages"; decision 14).
//
//   host     an address, one label, below localhost or internal, AWS's own, or allowed by name:
//            else a stranger's name may have been made to point here (DNS rebinding)
//   origin   what Origin, else Referer, else Sec-Fetch-Site says: this server's, loopback's, one
//            allowed by name, or one that the CORS rules of the bucket in question allow
//   own      what is the program's own (/_mainstay/, /moto-api/) is changed by programs, or with
//            the header X-Mainstay-Request, which a page of another origin can't send unasked
//
// Threads: any. Owner: whoever serves; it must not outlive its cloud.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/http_message.hh"
#include "base/http_reply.hh"

namespace mainstay::cloud {

class Cloud;

struct WebGuardOptions {
  std::vector<std::string> hosts;    // "cloud.example.com"; "*.example.com" for all below
  std::vector<std::string> origins;  // "https://app.example.com", as browsers write them
};

class WebGuard {
 public:
  // Errors: HostInvalid, OriginInvalid.
  static Result<WebGuard> make(WebGuardOptions options, Cloud& cloud);

  struct Verdict {
    std::optional<HttpResponse> answer;  // where the request goes no further
    Headers cors;                        // else what goes with its answer
  };
  Verdict judge(const HttpRequest& request) const;

 private:
  struct Marks;
  class Judgement;  // of one request
  WebGuard(WebGuardOptions options, Cloud& cloud) : options_(std::move(options)), cloud_(&cloud) {}

  WebGuardOptions options_;
  Cloud* cloud_;
};

// A reply whose answers carry these headers, too.
HttpReply with_headers(HttpReply reply, Headers headers);

}  // namespace mainstay::cloud
