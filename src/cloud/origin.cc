#include "cloud/origin.hh"

#include "base/text.hh"
#include "wire/router.hh"

namespace mainstay::cloud {
namespace {

// The place of the label that names an endpoint; npos where none does.
size_t endpoint_label(std::string_view host) {
  constexpr std::string_view prefix = "vpce-";
  for (size_t at = 0; at < host.size();) {
    if (host.substr(at).starts_with(prefix)) return at;
    size_t dot = host.find('.', at);
    if (dot == std::string_view::npos) break;
    at = dot + 1;
  }
  return std::string_view::npos;
}

// "vpce-0123-abcd" names the endpoint "vpce-0123".
std::string endpoint_of_host(std::string_view host) {
  size_t at = endpoint_label(host);
  if (at == std::string_view::npos) return "";
  std::string_view label = host.substr(at, host.find_first_of(".:", at) - at);
  return std::string(label.substr(0, label.find('-', std::string_view("vpce-").size())));
}

}  // namespace

Origin Origin::of(const HttpRequest& http) {
  return {std::string(http.headers.get("User-Agent")), std::string(http.headers.get("Referer")),
          endpoint_of_host(to_lower(http.headers.get("Host"))),
          to_lower(http.headers.get("X-Forwarded-Proto")) != "http"};
}

std::string bucket_of_host(std::string_view host) {
  size_t at = endpoint_label(host);
  if (at == std::string_view::npos) return wire::virtual_host_bucket(host);
  constexpr std::string_view mark = ".bucket.";
  std::string_view before = host.substr(0, at);
  return before.ends_with(mark) ? std::string(before.substr(0, before.size() - mark.size())) : "";
}

}  // namespace mainstay::cloud
