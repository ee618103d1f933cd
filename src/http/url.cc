#include "http/url.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::http {

std::string Url::authority() const {
  return port_is_default() ? host : host + ":" + std::to_string(port);
}

std::string Url::to_string() const {
  return scheme + "://" + authority() + path + (query.empty() ? "" : "?" + query);
}

Result<Url> parse_url(std::string_view text) {
  auto invalid = [&](std::string_view why) {
    return Error("UrlInvalid", "\"" + printable(text) + "\" is not a URL: " + std::string(why))
        .with_hint("write it like http://127.0.0.1:4566");
  };
  for (unsigned char c : text)
    if (c <= ' ' || c == 0x7f) return invalid("it has a blank or control character");
  Url url;
  size_t colon = text.find("://");
  if (colon == std::string_view::npos) return invalid("there is no http:// or https://");
  url.scheme = to_lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return invalid("only http and https will do");
  std::string_view rest = text.substr(colon + 3);
  size_t end = std::min(rest.size(), rest.find_first_of("/?#"));
  std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(end);
  rest = rest.substr(0, rest.find('#'));
  size_t mark = rest.find('?');
  url.path = rest.substr(0, mark);
  if (mark != std::string_view::npos) url.query = rest.substr(mark + 1);

  if (authority.contains('@')) return invalid("user names don't belong here");
  size_t bracket = authority.rfind(']');
  size_t port_at = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = to_lower(authority.substr(0, port_at));
  if (url.host.empty()) return invalid("the host is missing");
  url.port = url.scheme == "https" ? 443 : 80;
  if (port_at != std::string_view::npos) {
    auto port = parse_int(authority.substr(port_at + 1));
    if (!port || *port < 1 || *port > 65535) return invalid("the port is not from 1 to 65535");
    url.port = static_cast<uint16_t>(*port);
  }
  return url;
}

}  // namespace mainstay::http
