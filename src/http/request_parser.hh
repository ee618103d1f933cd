// Beast's HTTP/1 parser filling an HttpRequest directly, so that nothing is stored twice. Included
// by server.cc only: Beast is slow to compile.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string_view>

#include "base/http_message.hh"
#include "base/text.hh"

namespace mainstay::http {

class RequestParser : public boost::beast::http::basic_parser<true> {
 public:
  RequestParser(size_t header_bytes_max, size_t body_bytes_max) {
    header_limit(static_cast<uint32_t>(header_bytes_max));
    body_limit(body_bytes_max);
    eager(true);
  }
  HttpRequest request;
  int version = 11;  // 10 or 11

  // Once the header is there: what makes it one that two servers might read differently (RFC 9112,
  // 3.2 and 6.1), "" if nothing does.
  std::string_view header_fault() const {
    size_t hosts = 0;
    for (const auto& [name, value] : request.headers) {
      hosts += equals_ignoring_case(name, "Host");
      if (equals_ignoring_case(name, "Transfer-Encoding") &&
          !equals_ignoring_case(trim(value), "chunked"))
        return "the only transfer encoding is chunked";
    }
    if (hosts > 1) return "a request has one Host";
    return hosts == 0 && version == 11 ? "a request of HTTP/1.1 names its Host" : "";
  }

 private:
  using Text = boost::beast::string_view;
  using Code = boost::beast::error_code;
  using Verb = boost::beast::http::verb;
  // More than this is only set aside as it comes: a length is easily claimed.
  static constexpr uint64_t reserve_max = 1024 * 1024;

  static std::string_view view(Text t) { return {t.data(), t.size()}; }

  void on_request_impl(Verb, Text method, Text target, int number, Code& error) override {
    error = {};
    version = number;
    request.method = view(method);
    std::string_view rest = view(target);
    // The absolute form, as sent to proxies: the path starts at the first slash after "//".
    if (!rest.starts_with('/') && rest.contains("://")) {
      rest.remove_prefix(rest.find("://") + 3);
      rest.remove_prefix(std::min(rest.size(), rest.find_first_of("/?")));
    }
    rest = rest.substr(0, rest.find('#'));
    size_t mark = rest.find('?');
    request.path = rest.substr(0, mark);
    if (mark != std::string_view::npos) request.query = rest.substr(mark + 1);
    if (request.path.empty()) request.path = "/";
  }
  void on_response_impl(int, Text, int, Code&) override {}
  void on_field_impl(boost::beast::http::field, Text name, Text value, Code& error) override {
    error = {};
    request.headers.add(view(name), std::string(view(value)));
  }
  void on_header_impl(Code& error) override { error = {}; }
  void on_body_init_impl(const boost::optional<uint64_t>& length, Code& error) override {
    error = {};
    if (length) request.body.reserve(std::min(*length, reserve_max));
  }
  size_t on_body_impl(Text body, Code& error) override {
    error = {};
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(uint64_t, Text, Code& error) override { error = {}; }
  size_t on_chunk_body_impl(uint64_t, Text body, Code& error) override {
    error = {};
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(Code& error) override { error = {}; }
};

}  // namespace mainstay::http
