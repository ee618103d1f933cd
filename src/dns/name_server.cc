#include "dns/name_server.hh"

#include <arpa/inet.h>

#include "base/text.hh"

namespace mainstay::dns {

std::string NameServer::to_text() const {
  bool is_six = address.find(':') != std::string::npos;
  return (is_six ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<NameServer> NameServer::parse(const std::string& text) {
  NameServer out{text, 53};
  bool has_brackets = text.starts_with('[') && text.find(']') != std::string::npos;
  size_t colon = text.rfind(':');
  size_t end = has_brackets ? text.find(']') + 1 : colon;
  bool has_port =
      has_brackets ? end < text.size() : colon != std::string::npos && text.find(':') == colon;
  if (has_port) {
    auto port = text[end] == ':' ? parse_int(text.substr(end + 1)) : std::nullopt;
    if (!port || *port < 1 || *port > 65535)
      return Error("UsageInvalid", "\"" + text + "\" has no port from 1 to 65535");
    out.port = static_cast<uint16_t>(*port);
    out.address = text.substr(0, end);
  }
  if (has_brackets) out.address = text.substr(1, text.find(']') - 1);
  unsigned char raw[16];
  if (::inet_pton(AF_INET, out.address.c_str(), raw) == 1 ||
      ::inet_pton(AF_INET6, out.address.c_str(), raw) == 1)
    return out;
  return Error("UsageInvalid", "\"" + text + "\" is no address of a server")
      .with_hint("an IP address with a port, as 192.0.2.1:53 or [2001:db8::1]:53");
}

}  // namespace mainstay::dns
