#include "cloud/web_name.hh"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.hh"

namespace mainstay::cloud {
namespace {

constexpr size_t name_bytes_max = 253;  // RFC 1035, 2.3.4

constexpr std::array<std::string_view, 15> aws_suffixes = {"amazonaws.com",
                                                           "amazonaws.com.cn",
                                                           "amazonaws.eu",
                                                           "c2s.ic.gov",
                                                           "sc2s.sgov.gov",
                                                           "cloud.adc-e.uk",
                                                           "csp.hci.ic.gov",
                                                           "api.aws",
                                                           "api.amazonwebservices.com.cn",
                                                           "api.aws.ic.gov",
                                                           "api.aws.scloud",
                                                           "api.cloud-aws.adc-e.uk",
                                                           "api.aws.hci.ic.gov",
                                                           "api.amazonwebservices.eu",
                                                           "on.aws"};

// LocalStack's name for loopback, where buckets have hosts: test suites written for it say so.
constexpr std::string_view localstack_name = "localhost.localstack.cloud";

bool is_or_below(std::string_view name, std::string_view suffix) {
  return name == suffix || (name.ends_with(suffix) && name[name.size() - suffix.size() - 1] == '.');
}

bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_ipv4(const std::string& name) {
  in_addr address;
  return ::inet_pton(AF_INET, name.c_str(), &address) == 1;
}
bool is_ipv6(const std::string& name) {
  in6_addr address;
  return ::inet_pton(AF_INET6, name.c_str(), &address) == 1;
}

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > name_bytes_max) return false;
  if (name.starts_with('.') || name.ends_with('.') || name.contains("..")) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

bool WebHost::is_loopback() const {
  if (is_address) return name.starts_with("127.") || name == "::1" || name == "0.0.0.0";
  return is_or_below(name, "localhost") || is_or_below(name, localstack_name);
}

bool WebHost::is_near() const {
  return is_address || !name.contains('.') || is_loopback() || is_or_below(name, "internal");
}

bool WebHost::is_aws() const {
  return std::any_of(aws_suffixes.begin(), aws_suffixes.end(),
                     [&](std::string_view suffix) { return is_or_below(name, suffix); });
}

std::optional<WebHost> parse_web_host(std::string_view text) {
  WebHost host;
  size_t end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (text.starts_with('[')) {
    if (end == std::string_view::npos) return std::nullopt;
    host.name = to_lower(text.substr(1, end - 1));
    host.is_address = true;
    if (!is_ipv6(host.name)) return std::nullopt;
    ++end;
  } else {
    host.name = to_lower(text.substr(0, end));
    if (host.name.ends_with('.')) host.name.pop_back();
    if (!is_dns_name(host.name)) return std::nullopt;
    host.is_address = is_ipv4(host.name);
  }
  std::string_view port = text.substr(std::min(end, text.size()));
  if (!port.empty() && (port[0] != ':' || !is_digits(port.substr(1)))) return std::nullopt;
  bool has_port = port.size() > 1;
  host.authority = host.name + (has_port ? std::string(port) : "");
  return host;
}

WebOrigin parse_web_origin(std::string_view text) {
  WebOrigin origin{std::string(text), std::nullopt};
  size_t mark = text.find("://");
  if (mark == std::string_view::npos) return origin;
  size_t end = std::min(text.size(), text.find_first_of("/?#", mark + 3));
  std::string_view scheme = text.substr(0, mark);
  origin.text = text.substr(0, end);
  if (scheme == "http" || scheme == "https")
    origin.host = parse_web_host(text.substr(mark + 3, end - mark - 3));
  return origin;
}

}  // namespace mainstay::cloud
