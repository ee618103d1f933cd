// A server and a raw connection to it, for the tests of this room.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "http/client.hh"
#include "http/server.hh"
#include "http/url.hh"

namespace mainstay::http {

inline Handler at_once(std::function<HttpResponse(HttpRequest&&)> answer) {
  return [answer](HttpRequest&& request, const Reply& reply) {
    reply.answer(answer(std::move(request)));
  };
}

// Answers with what it was asked.
inline HttpResponse echo(HttpRequest&& request) {
  if (request.path == "/throw") throw std::runtime_error("a bug");
  HttpResponse response;
  if (request.path == "/empty") response.status = 204;
  if (request.path == "/inject") response.headers.set("X-Evil", "a\r\nX-Forged: 1");
  response.headers.set("X-Target", request.path + "?" + request.query);
  response.headers.set("X-Method", request.method);
  response.body = request.body;
  return response;
}

inline std::unique_ptr<Server> serve(ServerOptions options = {}, Handler handler = at_once(echo)) {
  auto server = Server::start(std::move(options), std::move(handler));
  REQUIRE(server);
  return std::move(*server);
}

// A connection on which bytes are sent as they are.
class Raw {
 public:
  explicit Raw(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Raw() { ::close(fd_); }
  void send(std::string_view text) { ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  // Reads until the text ends in `end`, or the server closes.
  std::string receive(std::string_view end) {
    std::string text;
    char c;
    while (!(text.size() >= end.size() && text.ends_with(end) && !end.empty()) &&
           ::recv(fd_, &c, 1, 0) == 1)
      text += c;
    return text;
  }
  std::string all() { return receive(""); }
  void close_sending() { ::shutdown(fd_, SHUT_WR); }

 private:
  int fd_;
};

inline std::string status_line(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

inline Url local(const Server& server) {
  return parse_url("http://127.0.0.1:" + std::to_string(server.port())).value();
}

}  // namespace mainstay::http
