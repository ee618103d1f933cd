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

// Signature Version 4 in the header or the URL, or Version 2, whose name is "AWS".
void add_signature(Origin& out, const HttpRequest& http) {
  std::string_view header = http.headers.get("Authorization");
  if (!header.empty()) {
    out.auth_type = "REST-HEADER";
    out.signature_version = header.substr(0, header.find(' '));
    return;
  }
  out.signature_version = query_parameter(http, "X-Amz-Algorithm");
  out.signed_at = query_parameter(http, "X-Amz-Date");
  if (out.signature_version.empty() && !query_parameter(http, "Signature").empty())
    out.signature_version = "AWS";
  if (!out.signature_version.empty()) out.auth_type = "REST-QUERY-STRING";
}

}  // namespace

Origin Origin::of(const HttpRequest& http) {
  Origin out{std::string(http.headers.get("User-Agent")),
             std::string(http.headers.get("Referer")),
             endpoint_of_host(to_lower(http.headers.get("Host"))),
             to_lower(http.headers.get("X-Forwarded-Proto")) != "http",
             {},
             {},
             std::string(http.headers.get("x-amz-content-sha256")),
             {}};
  add_signature(out, http);
  return out;
}

std::string query_parameter(const HttpRequest& http, std::string_view name) {
  for (const std::string& pair : split(http.query, "&"))
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return percent_decode(pair.substr(name.size() + 1));
  return "";
}

std::string bucket_of_host(std::string_view host) {
  size_t at = endpoint_label(host);
  if (at == std::string_view::npos) return wire::virtual_host_bucket(host);
  constexpr std::string_view mark = ".bucket.";
  std::string_view before = host.substr(0, at);
  return before.ends_with(mark) ? std::string(before.substr(0, before.size() - mark.size())) : "";
}

}  // namespace mainstay::cloud
