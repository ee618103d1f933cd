#include "backings/loopback_port.hh"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mainstay::backings {

std::optional<uint16_t> free_port(uint16_t asked) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::nullopt;
  int on = 1;  // connections of the last server may still be ending there
  (void)::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::optional<uint16_t> found;
  for (uint16_t port : {asked, uint16_t{0}}) {
    address.sin_port = htons(port);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) continue;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    found = ntohs(address.sin_port);
    break;
  }
  ::close(fd);
  return found;
}

bool is_listening(uint16_t port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  bool taken = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return taken;
}

}  // namespace mainstay::backings
