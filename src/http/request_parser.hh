// Beast's HTTP/1 parser filling an HttpRequest directly, so that nothing is stored twice. Included
// by server.cc only: Beast is slow to compile.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string_view>

#include "base/http_body.hh"
#include "base/http_message.hh"
#include "base/text.hh"

namespace mainstay::http {

class RequestParser : public boost::beast::http::basic_parser<true> {
 public:
  // Bodies that no sink takes are limited to body_bytes_max.
  RequestParser(size_t header_bytes_max, size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {
    header_limit(static_cast<uint32_t>(header_bytes_max));
    body_limit(boost::none);
    eager(true);
  }
  HttpRequest request;
  int version = 11;  // 10 or 11
  Error sink_error;  // why the parser stopped with operation_canceled

  // What is still to come of the body, or 0 where that is not known.
  uint64_t body_left() const {
    auto left = content_length_remaining();
    return left ? *left : 0;
  }
  // From here on the body goes there; what has come of it first.
  Status pour_into(std::shared_ptr<BodySink> sink) {
    request.sink = std::move(sink);
    std::string before = std::move(request.body);
    request.body.clear();
    return request.sink->write(before);
  }
  bool is_body_too_large() const {
    return !request.sink &&
           (body_left() > body_bytes_max_ || request.body.size() > body_bytes_max_);
  }

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
    if (length && *length <= reserve_max) request.body.reserve(*length);
  }
  size_t on_body_impl(Text body, Code& error) override { return take(body, error); }
  void on_chunk_header_impl(uint64_t, Text, Code& error) override { error = {}; }
  size_t on_chunk_body_impl(uint64_t, Text body, Code& error) override { return take(body, error); }
  void on_finish_impl(Code& error) override { error = {}; }

  size_t take(Text body, Code& error) {
    error = {};
    if (!request.sink) {
      if (request.body.size() + body.size() > body_bytes_max_)
        error = boost::beast::http::error::body_limit;
      else
        request.body.append(body.data(), body.size());
    } else if (Status taken = request.sink->write(view(body)); !taken.has_value()) {
      sink_error = taken.error();
      error = boost::system::errc::make_error_code(boost::system::errc::operation_canceled);
    }
    return body.size();
  }

  size_t body_bytes_max_;
};

}  // namespace mainstay::http
