#include "http/response_text.hh"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/http_body.hh"
#include "base/text.hh"

namespace mainstay::http {
namespace {

struct Reason {
  int status;
  std::string_view text;
};

// RFC 9110 section 15, and 431 of RFC 6585.
constexpr std::array<Reason, 34> reasons{{{100, "Continue"},
                                          {200, "OK"},
                                          {201, "Created"},
                                          {202, "Accepted"},
                                          {204, "No Content"},
                                          {206, "Partial Content"},
                                          {301, "Moved Permanently"},
                                          {302, "Found"},
                                          {303, "See Other"},
                                          {304, "Not Modified"},
                                          {307, "Temporary Redirect"},
                                          {308, "Permanent Redirect"},
                                          {400, "Bad Request"},
                                          {401, "Unauthorized"},
                                          {403, "Forbidden"},
                                          {404, "Not Found"},
                                          {405, "Method Not Allowed"},
                                          {406, "Not Acceptable"},
                                          {408, "Request Timeout"},
                                          {409, "Conflict"},
                                          {410, "Gone"},
                                          {411, "Length Required"},
                                          {412, "Precondition Failed"},
                                          {413, "Content Too Large"},
                                          {415, "Unsupported Media Type"},
                                          {416, "Range Not Satisfiable"},
                                          {417, "Expectation Failed"},
                                          {429, "Too Many Requests"},
                                          {431, "Request Header Fields Too Large"},
                                          {500, "Internal Server Error"},
                                          {501, "Not Implemented"},
                                          {502, "Bad Gateway"},
                                          {503, "Service Unavailable"},
                                          {504, "Gateway Timeout"}}};

void append_clean(std::string& out, std::string_view text) {
  bool clean = std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20; });
  if (clean) {
    out += text;
    return;
  }
  for (char c : text)
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
}

}  // namespace

std::string_view reason_of(int status) {
  for (const Reason& r : reasons)
    if (r.status == status) return r.text;
  return "Unknown";
}

bool append_head(std::string& out, const HttpResponse& response, bool head_request, bool keep_alive,
                 bool chunks_allowed) {
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_of(response.status);
  out += "\r\n";
  bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  bool length_given = false;
  for (const auto& [name, value] : response.headers) {
    bool is_length = equals_ignoring_case(name, "Content-Length");
    // For HEAD the length speaks of what GET would send; otherwise the body itself decides.
    if (is_length && (!head_request || bodiless)) continue;
    if (equals_ignoring_case(name, "Transfer-Encoding") || equals_ignoring_case(name, "Connection"))
      continue;
    length_given |= is_length;
    append_clean(out, name);
    out += ": ";
    append_clean(out, value);
    out += "\r\n";
  }
  if (!bodiless && !length_given) {
    auto length =
        response.source ? response.source->size() : std::optional<uint64_t>(response.body.size());
    if (length) {
      out += "Content-Length: ";
      out += std::to_string(*length);
      out += "\r\n";
    } else if (chunks_allowed) {
      out += "Transfer-Encoding: chunked\r\n";
    }
  }
  out += keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
  return !bodiless && !head_request && (response.source || !response.body.empty());
}

std::string chunk_head(size_t bytes) {
  char digits[2 * sizeof bytes];
  auto end = std::to_chars(digits, digits + sizeof digits, bytes, 16).ptr;
  return std::string(digits, end) + "\r\n";
}

}  // namespace mainstay::http
