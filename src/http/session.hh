// One connection of the server. Its steps follow one another on its lane (there is never more than
// one operation under way), so it needs no lock; only `expire`, `finish_soon`, `abort` and
// `answered` are called from other threads. Included by server.cc only.
#pragma once

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <memory>

#include "base/text.hh"
#include "http/exchange.hh"
#include "http/request_parser.hh"
#include "http/response_text.hh"
#include "http/session_host.hh"

namespace mainstay::http {

namespace asio = boost::asio;
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

class Session : public Waiting, public std::enable_shared_from_this<Session> {
 public:
  Session(SessionHost& host, Socket socket) : host_(host), socket_(std::move(socket)) {
    boost::system::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    auto peer = socket_.remote_endpoint(ignored);
    if (!ignored) peer_ = peer.address().to_string();
    enter(Phase::idle, host_.options.idle_ms_max);
  }
  ~Session() override { host_.ended(*this); }

  void start() { next_request(); }

  // Ends what the session waits for, if that has taken too long.
  void expire(int64_t now_ms) {
    if (now_ms < deadline_ms_) return;
    expired_ = true;
    cut(phase_ == Phase::receiving || phase_ == Phase::idle ? SHUT_RD : SHUT_RDWR);
  }
  // How long it has been of no use, in ms: idle, or with a header that does not come to its end. -1
  // where it is at work.
  int64_t useless_ms(int64_t now_ms) const {
    if (phase_ != Phase::idle && !(phase_ == Phase::receiving && !has_header_)) return -1;
    return now_ms - since_ms_;
  }
  // To make room for another connection.
  void evict() { cut(SHUT_RDWR); }
  // The server is stopping: what waits for a request goes now.
  void finish_soon() {
    if (phase_ == Phase::idle) cut(SHUT_RD);
    if (phase_ == Phase::lingering || phase_ == Phase::streaming) cut(SHUT_RDWR);
  }
  void abort() { cut(SHUT_RDWR); }
  // The server has stopped, its lanes too: replies that are still held answer nobody. What is
  // returned may be the last of this session.
  [[nodiscard]] std::shared_ptr<Waiting> give_up() {
    return exchange_ ? exchange_->end() : nullptr;
  }

  void answered(HttpResponse&& response) override {
    if (std::this_thread::get_id() == calling_) return keep_answer(std::move(response));
    asio::post(socket_.get_executor(),
               [self = shared_from_this(), response = std::move(response)]() mutable {
                 self->keep_answer(std::move(response));
                 self->on_late_answer();
               });
  }
  void woken() override {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->on_source_ready(); });
  }
  HttpResponse unanswered() override {
    return host_.own_response(500, "the request was not answered");
  }

 private:
  enum class Phase : uint8_t { idle, receiving, handling, responding, streaming, lingering };
  using Code = boost::system::error_code;
  static constexpr int64_t linger_ms = 2'000;
  static constexpr int64_t no_limit_ms = 1'000'000'000'000;
  static constexpr size_t read_bytes = 16 * 1024;
  static constexpr size_t read_bytes_body = 256 * 1024;
  static constexpr size_t piece_bytes = 256 * 1024;  // of a body that is sent from a source
  static constexpr size_t progress_bytes = 1 << 20;

  void cut(int how) { ::shutdown(socket_.native_handle(), how); }
  void enter(Phase phase, int64_t ms_max) {
    since_ms_ = host_.now_ms();
    deadline_ms_ = since_ms_ + ms_max;
    phase_ = phase;
  }

  void next_request() {
    parser_.emplace(host_.options.header_bytes_max, host_.options.body_bytes_max);
    expectation_seen_ = has_header_ = false;
    received_ = 0;
    if (buffer_.size() == 0 && buffer_.capacity() > piece_bytes) buffer_.shrink_to_fit();
    if (buffer_.size() > 0) {
      enter(Phase::receiving, host_.options.request_ms_max);
      return parse();
    }
    enter(Phase::idle, host_.options.idle_ms_max);
    if (host_.stopping) return;
    read();
  }

  void read() {
    if (client_closed_) return;  // its end is told only once
    size_t room = parser_->is_header_done() ? read_bytes_body : read_bytes;
    socket_.async_read_some(buffer_.prepare(room),
                            [self = shared_from_this()](Code error, size_t bytes) {
                              self->buffer_.commit(bytes);
                              self->received_ += bytes;
                              self->on_read(error);
                            });
  }

  void on_read(Code error) {
    if (error) {
      bool late = expired_ && phase_ == Phase::receiving;
      if (late) refuse(408, "the request was not sent in time");
      return;  // otherwise the client has gone
    }
    if (phase_ == Phase::idle || received_ >= progress_bytes) {
      enter(Phase::receiving, host_.options.request_ms_max);
      received_ = 0;
    }
    parse();
  }

  void parse() {
    while (true) {
      boost::beast::error_code error;
      if (!parser_->got_some()) skip_empty_lines();
      if (buffer_.size() == 0) break;
      size_t used = parser_->put(buffer_.data(), error);
      buffer_.consume(used);
      if (error && error != boost::beast::http::error::need_more) return refuse_for(error);
      if (parser_->is_header_done() && !expectation_seen_)
        if (std::string_view fault = parser_->header_fault(); !fault.empty())
          return refuse(400, fault);
      if (parser_->is_header_done() && !expectation_seen_) {
        expectation_seen_ = has_header_ = true;
        std::string_view expected = parser_->request.headers.get("Expect");
        bool waits = equals_ignoring_case(expected, "100-continue");
        if (!expected.empty() && !waits) return refuse(417, "only 100-continue can be expected");
        if (!parser_->is_done() && !plan_body()) return;
        if (waits && is_body_awaited()) return send_continue();
      }
      if (parser_->is_done()) return respond();
      if (error || buffer_.size() == 0) break;
    }
    // A line that never ends (of a chunk, say) must not fill memory.
    if (buffer_.size() > host_.options.header_bytes_max + read_bytes_body)
      return refuse(400, "a line of the request is too long");
    read();
  }

  // False where it was refused.
  bool plan_body() {
    std::optional<uint64_t> length;
    if (auto left = parser_->content_length_remaining())
      length = *left + parser_->request.body.size();
    if (host_.options.plan_body && (!length || *length > host_.options.long_body_bytes)) {
      parser_->request.peer = peer_;
      BodyPlan plan = host_.options.plan_body(parser_->request, length);
      if (plan.refusal) {
        response_ = std::move(*plan.refusal);
        return send(false, false), false;
      }
      if (plan.sink)
        if (Status poured = parser_->pour_into(std::move(plan.sink)); !poured.has_value())
          return refuse(poured.error().status, poured.error().message), false;
    }
    if (!parser_->is_body_too_large()) return true;
    return refuse(413, "the request's body is too large"), false;
  }

  // "A server SHOULD ignore at least one empty line received prior to the request-line" (RFC 9112,
  // 2.2); here as many as come in one reading.
  void skip_empty_lines() {
    while (buffer_.size() >= 2 &&
           std::string_view(static_cast<const char*>(buffer_.data().data()), 2) == "\r\n")
      buffer_.consume(2);
  }

  void refuse_for(boost::beast::error_code error) {
    using Problem = boost::beast::http::error;
    if (error == Problem::header_limit) return refuse(431, "the request's header is too large");
    if (error == Problem::body_limit) return refuse(413, "the request's body is too large");
    if (const Error& failed = parser_->sink_error; !failed.code.empty())
      return refuse(failed.status, failed.message);
    refuse(400, "the request is not HTTP/1.1: " + error.message());
  }

  // Who has sent its body already needs no leave to. But some who send none wait for it (botocore):
  // whoever has more to say then reads our answer as that of its next request.
  bool is_body_awaited() const {
    if (parser_->version < 11) return false;
    return parser_->is_done() ? parser_->request.body.empty() : buffer_.size() == 0;
  }
  void send_continue() {
    static constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(socket_, asio::buffer(line.data(), line.size()),
                      [self = shared_from_this()](Code error, size_t) {
                        if (!error) self->parser_->is_done() ? self->respond() : self->read();
                      });
  }

  // A request whose body takes long to work through must not hold up the others of its lane.
  void respond() {
    phase_ = Phase::handling;
    deadline_ms_ = host_.now_ms() + no_limit_ms;
    is_head_ = parser_->request.method == "HEAD";
    keep_ = parser_->keep_alive() && parser_->version == 11;
    parser_->request.peer = peer_;
    has_answer_ = handler_returned_ = false;
    // Kept for the next request, unless a reply of the last one is still held somewhere.
    if (!exchange_ || exchange_.use_count() > 1) exchange_ = std::make_shared<Exchange>();
    exchange_->begin(shared_from_this());
    if (parser_->request.body.size() < host_.options.long_body_bytes && !parser_->request.sink) {
      call_handler();
      return on_handler_returned();
    }
    host_.run_aside([self = shared_from_this()] {
      self->call_handler();
      asio::post(self->socket_.get_executor(), [self] { self->on_handler_returned(); });
    });
  }

  // On the lane, or aside.
  void call_handler() {
    calling_ = std::this_thread::get_id();
    HttpReply reply(exchange_);
    try {
      host_.handler(std::move(parser_->request), reply);
    } catch (const std::exception& bug) {
      reply.answer(host_.own_response(500, std::string("internal error: ") + bug.what()));
    } catch (...) {
      reply.answer(host_.own_response(500, "internal error"));
    }
    {
      HttpReply last = std::move(reply);
    }  // a drop is an answer from this thread, too
    calling_ = std::thread::id();
  }
  void keep_answer(HttpResponse&& response) {
    response_ = std::move(response);
    has_answer_ = true;
  }
  void on_handler_returned() {
    handler_returned_ = true;
    has_answer_ ? send_response() : watch();
  }
  void on_late_answer() {
    if (!handler_returned_) return;  // it is about to say so
    watching_ ? socket_.cancel() : send_response();
  }

  // While an answer is awaited: whether the client goes. What it sends meanwhile is its next
  // request, kept up to a limit.
  void watch() {
    watching_ = true;
    socket_.async_read_some(buffer_.prepare(read_bytes),
                            [self = shared_from_this()](Code error, size_t bytes) {
                              self->watching_ = false;
                              self->buffer_.commit(bytes);
                              self->on_watched(error);
                            });
  }
  void on_watched(Code error) {
    bool streaming = phase_ == Phase::streaming;
    if (streaming && is_source_ready_) return pump();
    if (!streaming && has_answer_) return send_response();
    if (error && streaming) return abandon();
    if (error) {
      client_closed_ = true;
      return exchange_->client_closed();
    }
    if (buffer_.size() < host_.options.header_bytes_max + read_bytes) watch();
  }

  void send_response() { send(is_head_, keep_ && !host_.stopping); }

  void refuse(int status, std::string_view reason) {
    response_ = host_.own_response(status, reason);
    send(false, false);
  }

  void send(bool is_head, bool keep) {
    enter(Phase::responding, host_.options.response_ms_max);
    head_.clear();
    sent_ = 0;
    keep_ = keep;
    bool chunks = parser_->version == 11;
    bool with_body = append_head(head_, response_, is_head, keep, chunks);
    if (!with_body) response_.source.reset();
    chunked_ = response_.source && !response_.source->size() && chunks;
    std::array<asio::const_buffer, 2> parts{
        asio::buffer(head_),
        asio::buffer(response_.body.data(), with_body ? response_.body.size() : 0)};
    asio::async_write(socket_, parts, [self = shared_from_this()](Code error, size_t) {
      if (error) return;
      self->response_.source ? self->pump() : self->on_sent();
    });
  }
  void on_sent() {
    response_ = {};
    keep_ ? next_request() : linger();
  }

  // The next piece of a body from a source. Where that fails, or is not as long as was said, the
  // connection ends here, so that the client sees it.
  void pump() {
    enter(Phase::responding, host_.options.response_ms_max);
    piece_.clear();
    auto next = response_.source->read(piece_, piece_bytes);
    if (!next.has_value()) return;
    if (*next == BodySource::Next::waiting) return await_source();
    sent_ += piece_.size();
    auto size = response_.source->size();
    bool ended = *next == BodySource::Next::ended;
    if (piece_.empty() && !ended) return await_source();  // an empty chunk would be the last
    if (size && (sent_ > *size || (ended && sent_ < *size))) return;
    if (ended && !chunked_) return on_sent();
    head_ = chunked_ ? chunk_head(piece_.size()) : "";
    std::string_view end = chunked_ ? "\r\n" : "";
    std::array<asio::const_buffer, 3> parts{asio::buffer(head_), asio::buffer(piece_),
                                            asio::buffer(end.data(), end.size())};
    asio::async_write(socket_, parts, [self = shared_from_this(), ended](Code error, size_t) {
      if (error) return;
      ended ? self->on_sent() : self->pump();
    });
  }
  void await_source() {
    enter(Phase::streaming, no_limit_ms);
    is_source_ready_ = false;
    exchange_->begin(shared_from_this());
    response_.source->when_ready([exchange = exchange_] { exchange->wake(); });
    if (!watching_) watch();
  }
  // The client has gone: nobody keeps this any more, nor its source.
  void abandon() {
    response_ = {};
    (void)exchange_->end();
  }
  void on_source_ready() {
    is_source_ready_ = true;
    watching_ ? socket_.cancel() : pump();
  }

  // Closing while the client still sends would reset the connection and lose our answer.
  void linger() {
    enter(Phase::lingering, linger_ms);
    cut(SHUT_WR);
    if (host_.stopping || client_closed_) return;
    discard();
  }
  void discard() {
    buffer_.clear();
    socket_.async_read_some(buffer_.prepare(read_bytes),
                            [self = shared_from_this()](Code error, size_t) {
                              if (!error) self->discard();
                            });
  }

  SessionHost& host_;
  Socket socket_;
  std::string peer_;
  boost::beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  bool expectation_seen_ = false, is_head_ = false, keep_ = false;
  std::shared_ptr<Exchange> exchange_;  // of the request under way; null before the first
  std::atomic<std::thread::id> calling_{};
  bool has_answer_ = false, handler_returned_ = false, watching_ = false;
  bool client_closed_ = false;  // seen while an answer was awaited
  HttpResponse response_;
  std::string head_, piece_;
  uint64_t sent_ = 0;    // of a body from a source
  size_t received_ = 0;  // since the last progress
  bool chunked_ = false, is_source_ready_ = false;
  std::atomic<Phase> phase_ = Phase::idle;
  std::atomic<int64_t> deadline_ms_ = 0;
  std::atomic<int64_t> since_ms_ = 0;
  std::atomic<bool> has_header_ = false;
  std::atomic<bool> expired_ = false;
};

}  // namespace mainstay::http
